"""Books as a user brings them: currencies, supervisory paths, the report, a proposed profile."""

import csv
from pathlib import Path

import pytest

from seawall.supervisory import VARIABLES
from supervisory.paths import QUARTERS, fed_rows, write_rows

from .typed import Command, Outcome

BOOK = """\
loan_id,obligor_id,currency,outstanding_principal,interest_rate_pct,collateral_value,\
collateral_type,collateral_region,reporting_date
L1,A,USD,1000000,5,1200000,office,US,2023-03-31
L2,B,EUR,500000,4,100000,office,DE,2023-03-31
L3,B,JPY,30000000,1,0,,,2023-03-31
"""
RATES = """\
Date,USD,JPY,GBP,
2023-03-31,1.0875,144.83,0.87918,
2023-03-30,1.0886,144.53,0.88020,
2023-03-01,1.0684,145.16,0.88488,
"""
BUILT_IN = ("frb_2025_baseline", "frb_2025_severely_adverse")


@pytest.fixture(autouse=True)
def files(seawall: Command) -> None:
    Path("book.csv").write_text(BOOK)
    Path("rates.csv").write_text(RATES)


@pytest.fixture
def book(seawall: Command) -> str:
    return str(seawall("ingest", "book.csv", "--json").json()["dataset_version_id"])


@pytest.fixture
def rates(seawall: Command) -> str:
    done = seawall("ingest", "rates.csv", "--profile", "ecb_rates", "--json")
    return str(done.json()["dataset_version_id"])


def rows(path: str) -> list[dict[str, str]]:
    with Path(path).open(newline="") as file:
        return list(csv.DictReader(file))


# --- currencies


def test_a_book_is_converted_by_the_row_on_or_before_the_day(
    seawall: Command, book: str, rates: str
) -> None:
    # A Sunday: the rates are those of Friday.
    asked = ("--currency", "USD", "--rates", rates, "--rates-date", "2023-04-02")
    done = seawall("stress", book, *asked, "--rows", "records", "--output", "out.csv")
    assert done.exit_code == 0, done.err
    converted = {
        row["source_record_id"]: float(row["total_outstanding"]) for row in rows("out.csv")
    }
    assert converted == pytest.approx(
        {"L1": 1_000_000, "L2": 500_000 * 1.0875, "L3": 30_000_000 * 1.0875 / 144.83}, rel=1e-15
    )


def test_a_rate_that_is_too_old_leaves_its_records_out_and_says_so(
    seawall: Command, book: str, rates: str
) -> None:
    asked = ("--currency", "USD", "--rates", rates, "--rates-date", "2023-04-02")
    tail = ("--max-rate-age-days", "1", "--rows", "unconverted", "--output", "out.csv")
    done = seawall("stress", book, *asked, *tail)
    assert "1 records in JPY are not in the book" in done.out
    assert "is of 2023-03-31, 2 days before 2023-04-02; 1 are allowed" in done.out
    assert "1.0 M USD outstanding" in done.out
    left_out = [(row["currency"], row["total_outstanding"]) for row in rows("out.csv")]
    assert left_out == [("EUR", "500000"), ("JPY", "30000000")]


@pytest.mark.parametrize(
    ("asked", "code", "says"),
    [
        ("", "currency_mixed", "EUR 1, JPY 1, USD 1"),
        ("--currency USD", "currency_mixed", "no rates were given"),
        ("--currency USD --rates RATES", "invalid_input", "of which day"),
        ("--rates RATES --rates-date 2023-03-31", "invalid_input", "currency"),
        ("--currency USD --rates RATES --rates-date 31.03.2023", "invalid_input", "no ISO date"),
        ("--currency USD --rates BOOK --rates-date 2023-03-31", "invalid_input", "ecb_rates"),
        ("--currency USD --rates dv_absent --rates-date 2023-03-31", "not_found", "dv_absent"),
        ("--currency CHF --rates RATES --rates-date 2023-03-31", "invalid_input", "CHF"),
    ],
)
def test_a_mixed_book_is_not_added_up_without_rates_of_a_day(
    seawall: Command, book: str, rates: str, asked: str, code: str, says: str
) -> None:
    words = asked.replace("RATES", rates).replace("BOOK", book).split()
    seawall("stress", book, *words).refused(code, says)
    assert seawall("runs", "--json").json() == []


# --- supervisory paths


def scenario(file: str, name: str, quarters: list[str], commercial_property: float) -> None:
    """Write a file as the Federal Reserve publishes it; commercial property stays at one level."""
    header, *table = fed_rows("domestic", name, quarters)
    place = header.index(VARIABLES["commercial_real_estate_price_index"].column)
    for row in table:
        row[place] = f"{commercial_property:.1f}"
    write_rows(Path(file), [header, *table])


@pytest.fixture
def imports(seawall: Command) -> Command:
    """Import a path of one's own, behind a history in which commercial property ends at 8."""
    scenario("history.csv", "Actual", ["2024Q3", "2024Q4"], 8)

    def run(file: str) -> Outcome:
        words = ("--path-id", "fall", "--year", "2025", "--output", "fall.json")
        return seawall("supervisory", "import", file, "--history", "history.csv", *words)

    return run


@pytest.fixture
def dollars(seawall: Command) -> str:
    Path("usd.csv").write_text("".join(BOOK.splitlines(keepends=True)[:2]))
    return str(seawall("ingest", "usd.csv", "--json").json()["dataset_version_id"])


def test_the_built_in_paths_are_listed(seawall: Command) -> None:
    shown = seawall("supervisory", "list").out
    assert all(name in shown for name in BUILT_IN)
    assert set(seawall("supervisory", "list", "--json").json()) == set(BUILT_IN)


def test_a_path_is_shown_from_its_jump_off_on(seawall: Command) -> None:
    lines = seawall("supervisory", "show", "frb_2025_severely_adverse").out.splitlines()
    (line,) = (line for line in lines if "commercial_real_estate_price_index" in line)
    assert line.split()[1:3] == ["309.3", "302.4"]


def test_a_built_in_path_stresses_a_book_quarter_by_quarter(seawall: Command, dollars: str) -> None:
    (path,) = seawall("stress", dollars, "--supervisory", BUILT_IN[1], "--json").json()["result"][
        "supervisory"
    ]
    assert len(path["quarters"]) == 13
    # From table 3A: commercial property from 309.3 to 216.5.
    (quarter,) = (q for q in path["quarters"] if q["quarter"] == "2026Q4")
    assert quarter["collateral_value"] == pytest.approx(1_200_000 * 216.5 / 309.3, rel=1e-12)


def test_an_imported_path_is_shown_and_stresses_a_book(
    seawall: Command, imports: Command, dollars: str
) -> None:
    scenario("fall.csv", "Fall", QUARTERS, 4)
    assert "fall: 2025Q1 to 2028Q1" in imports("fall.csv").out
    assert "fall" in seawall("supervisory", "show", "fall.json").out
    result = seawall("stress", dollars, "--supervisory", "fall.json", "--json").json()["result"]
    (path,) = result["supervisory"]
    assert {q["collateral_value"] for q in path["quarters"]} == {1_200_000 * 4 / 8}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("supervisory", "show", "absent"), "not_found", "built in are frb_2025_baseline"),
        (("supervisory", "show", "absent.json"), "not_found", "absent.json"),
        (("stress", "DV", "--supervisory", "absent"), "invalid_input", "frb_2025_baseline"),
        (("stress", "DV", "--supervisory", "absent.json"), "not_found", "absent.json"),
        (("stress", "DV", "--supervisory", "no_path.json"), "invalid_input", "no_path.json"),
        (
            ("stress", "DV", "--supervisory", BUILT_IN[0], "--supervisory", BUILT_IN[0]),
            "invalid_input",
            "twice",
        ),
    ],
)
def test_a_path_that_is_none_is_refused(
    seawall: Command, dollars: str, words: tuple[str, ...], code: str, says: str
) -> None:
    Path("no_path.json").write_text('{"path_id": "a"}')
    seawall(*(dollars if word == "DV" else word for word in words)).refused(code, says)


@pytest.mark.parametrize(
    ("file", "code", "says"),
    [
        ("absent.csv", "not_found", "absent.csv"),
        ("book.csv", "source_unreadable", "book.csv"),
        ("late.csv", "invalid_input", "the quarter before 2025Q2"),
    ],
)
def test_files_that_are_no_scenario_make_no_path(
    imports: Command, file: str, code: str, says: str
) -> None:
    scenario("late.csv", "Late", [*QUARTERS[1:], "2028Q2"], 4)  # a quarter is between
    imports(file).refused(code, says)
    assert not Path("fall.json").exists()


# --- the report


def test_a_run_is_printed_to_the_file_that_was_named(seawall: Command, dollars: str) -> None:
    run = seawall("stress", dollars, "--json").json()["run_id"]
    assert seawall("report", run, "--output", "out.html").exit_code == 0
    assert run in Path("out.html").read_text(encoding="utf-8")


def test_a_report_without_its_folder_or_its_run_is_refused(seawall: Command, dollars: str) -> None:
    run = seawall("stress", dollars, "--json").json()["run_id"]
    seawall("report", run, "--output", "nowhere/out.html").refused("not_found", "nowhere")
    seawall("report", "run_absent").refused("not_found", "run_absent")
    assert not list(Path.cwd().rglob("*.html*"))


# --- a profile that is proposed


def test_a_proposed_profile_reads_the_tape_it_was_made_from(seawall: Command) -> None:
    assert seawall("ingest", "book.csv", "--suggest", "--output", "mine.toml").exit_code == 0
    assert not Path("seawall.db").exists()
    read = seawall("ingest", "book.csv", "--profile", "mine.toml", "--json").json()
    assert read["summary"]["kept_count"] == 3
    assert read["summary"]["currencies"] == {"EUR": 1, "JPY": 1, "USD": 1}


def test_a_proposed_profile_overwrites_no_file(seawall: Command) -> None:
    Path("mine.toml").write_text("# a day's work\n")
    done = seawall("ingest", "book.csv", "--suggest", "--output", "mine.toml")
    done.refused("conflict", "mine.toml")
    assert Path("mine.toml").read_text() == "# a day's work\n"


# --- the demonstration


def test_the_demo_converts_a_tape_of_two_currencies_on_its_own_day(seawall: Command) -> None:
    Path("two.csv").write_text("".join(BOOK.splitlines(keepends=True)[:3]))
    words = ("--tape", "two.csv", "--currency", "USD", "--rates", "rates.csv", "--folder", "demo")
    done = seawall("demo", *words)
    assert done.exit_code == 0, done.err
    assert "rates.csv, last on or before 2023-03-31, into USD" in done.out
    assert "1.5 M USD outstanding" in done.out  # 1,000,000 + 500,000 · 1.0875
    assert Path("demo/report.html").is_file()
    assert seawall("verify", "--store", "demo/seawall.db").exit_code == 0


def test_the_demo_asks_for_a_day_that_the_tape_does_not_tell(seawall: Command) -> None:
    lines = BOOK.replace("reporting_date", "remark").splitlines(keepends=True)
    Path("two.csv").write_text("".join(lines[:3]))
    words = ("demo", "--tape", "two.csv", "--rates", "rates.csv", "--folder", "demo")
    seawall(*words).refused("invalid_input", "say --rates-date")
    assert seawall(*words, "--rates-date", "2023-03-31").exit_code == 0


def test_the_demo_needs_the_files_that_it_is_told(seawall: Command) -> None:
    seawall("demo", "--tape", "absent.csv", "--folder", "a").refused("not_found", "absent.csv")
    words = ("demo", "--tape", "book.csv", "--rates", "absent.csv", "--folder", "b")
    seawall(*words).refused("not_found", "absent.csv")
