"""`stress` over months, and the views of its answer, as a user types them."""

import csv
import json
from pathlib import Path

import pytest

from seawall.cli.exit_codes import EXIT_FAILED

from .typed import Command

TAPE = """\
id,obligor,currency,outstanding,coupon,amortisation,reporting_date,next_payment_date,maturity,\
collateral,ebitda,dscr_minimum
A,a,EUR,1200000,6,bullet,2026-01-15,2026-02-15,2026-06-15,1500000,372000,2.0
C,c,EUR,600000,6,bullet,2026-01-15,2026-02-15,2030-01-15,500000,18600,1.2
"""
VIEWS = ("covenants", "wall", "waterfall")


@pytest.fixture(autouse=True)
def files(seawall: Command) -> None:
    Path("tape.csv").write_text(TAPE)


@pytest.fixture
def dataset(seawall: Command) -> str:
    return str(seawall("ingest", "tape.csv", "--json").json()["dataset_version_id"])


def test_stress_over_months_prints_a_row_a_case_and_its_material_findings(
    seawall: Command, dataset: str
) -> None:
    outcome = seawall("stress", dataset, "--months", "6", "--preset", "severe")
    (base,) = [line for line in outcome.out.splitlines() if line.startswith("  base")]
    assert base.split()[1] == "2"  # A is refinanced in part only
    assert "month 1" in base
    assert "material: covenants, refinancing, recovery" in base
    assert any("fi_" in row and "recovery:severe" in row for row in outcome.out.splitlines())


def test_stress_over_months_says_how_cash_goes_over_13_weeks(
    seawall: Command, dataset: str
) -> None:
    outcome = seawall("stress", dataset, "--months", "6")
    (said,) = [line for line in outcome.out.splitlines() if line.startswith("  13 weeks")]
    assert "base" in said
    assert "1 of 2" in said  # C cannot pay its interest


def test_a_printed_finding_can_be_traced(seawall: Command, dataset: str) -> None:
    run = seawall("stress", dataset, "--months", "6", "--json").json()
    (found,) = [f["id"] for f in run["findings"] if f["title"] == "covenants:base"]
    outcome = seawall("trace", found)
    assert outcome.exit_code == 0
    assert "Merkle-proved" in outcome.out
    assert "ever in breach of a covenant" in outcome.out


def test_day_0_can_be_given(seawall: Command, dataset: str) -> None:
    run = seawall("stress", dataset, "--months", "6", "--as-of", "2026-02-01", "--json").json()
    assert run["result"]["horizon"]["as_of"] == "2026-02-01"


def test_a_table_of_the_horizon_goes_to_a_file(seawall: Command, dataset: str) -> None:
    words = ("--months", "6", "--rows", "cash_flow", "--output", "out.csv")
    assert seawall("stress", dataset, *words).exit_code == 0
    rows = list(csv.DictReader(Path("out.csv").read_text().splitlines()))
    assert [row["month"] for row in rows] == list("123456")
    assert {row["case_id"] for row in rows} == {"base"}


def test_rows_of_a_horizon_need_one(seawall: Command, dataset: str) -> None:
    outcome = seawall("stress", dataset, "--rows", "tiers", "--output", "out.csv")
    assert outcome.exit_code == EXIT_FAILED
    assert "tiers" in outcome.err


def test_covenants_are_shown_by_their_headroom(seawall: Command, dataset: str) -> None:
    shown = seawall("covenants", dataset, "--months", "6", "--json").json()["rows"]
    limited = [row for row in shown if row["limit"] is not None]
    assert [row["record"] for row in limited] == ["C", "A"]
    assert limited[0]["first_breach_month"] == 1
    assert limited[0]["headroom"] < limited[1]["headroom"]


def test_the_wall_says_which_test_binds(seawall: Command, dataset: str) -> None:
    shown = seawall("wall", dataset, "--months", "6", "--json").json()["rows"]
    (due,) = [row for row in shown if row["quarter"] == "2026Q2"]
    assert due["due"] == 1_200_000
    assert due["gap"] == pytest.approx(1_200_000 - 0.65 * 1_500_000)
    assert due["binding_test"] == "ltv"


def test_the_waterfall_shows_what_is_unpaid_first(seawall: Command, dataset: str) -> None:
    shown = seawall("waterfall", dataset, "--months", "6", "--json").json()["rows"]
    assert shown[0]["group"] == "c"
    assert shown[0]["unpaid"] == pytest.approx(224_350)
    assert shown[0]["fulcrum"] is True


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_asks_over_a_year_unless_told(seawall: Command, dataset: str, view: str) -> None:
    found = seawall(view, dataset, "--json").json()
    assert found["months"] == 12
    assert found["run_id"] in seawall("runs").out


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_cut_to_its_limit_and_its_file_is_whole(
    seawall: Command, dataset: str, view: str
) -> None:
    outcome = seawall(view, dataset, "--preset", "severe", "--limit", "1", "--output", "all.csv")
    assert outcome.exit_code == 0, outcome.err
    rows = list(csv.DictReader(Path("all.csv").read_text().splitlines()))
    assert f"1 of {len(rows)}; --limit and --output show more" in outcome.out


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (("--preset", "harsh"), "parameters.horizon.presets[0]"),
        (("--as-of", "soon"), "parameters.horizon.as_of"),
        (("--set", "horizon=12"), "parameters.horizon"),
    ],
)
def test_a_bad_horizon_is_one_line_with_its_place(
    seawall: Command, dataset: str, words: tuple[str, ...], place: str
) -> None:
    outcome = seawall("wall", dataset, *words)
    assert outcome.exit_code == EXIT_FAILED
    assert outcome.err.count("\n") == 1
    assert place in outcome.err


def test_a_price_shows_what_the_book_and_its_positions_return(
    seawall: Command, dataset: str
) -> None:
    words = ("--months", "6", "--price", "80", "--risk-free-rate", "3")
    found = seawall("price", dataset, *words, "--json").json()
    assert found["purchase"]["base"]["price_pct"] == 80
    assert found["purchase"]["base"]["paid"] == 0.8 * 1_800_000
    returns = [row["xirr_pct"] for row in found["rows"]]
    assert returns == sorted(returns)
    shown = seawall("price", dataset, *words, "--output", "all.csv").out
    assert "XIRR" in shown
    assert "implied PD" in shown
    assert len(list(csv.DictReader(Path("all.csv").read_text().splitlines()))) == 2


def test_a_price_of_nothing_is_one_line_with_its_place(seawall: Command, dataset: str) -> None:
    outcome = seawall("price", dataset, "--price", "0")
    assert outcome.exit_code == EXIT_FAILED
    assert "parameters.horizon.purchase.price_pct" in outcome.err


def test_a_what_if_says_what_it_changes_in_each_case(seawall: Command, dataset: str) -> None:
    entry = {
        "kind": "amend_and_extend",
        "what_if_id": "later",
        "source_record_id": "A",
        "extension_months": 12,
    }
    words = ("--months", "6", "--preset", "mild", "--set", f"horizon.what_if=[{json.dumps(entry)}]")
    outcome = seawall("stress", dataset, *words)
    said = [line for line in outcome.out.splitlines() if line.startswith("  what if")]
    assert len(said) == 2
    assert "later  base: " in said[0]
    assert "maturing −1.2 M EUR" in said[0]


def test_limits_of_concentration_say_what_is_above_them(seawall: Command, dataset: str) -> None:
    limits = "horizon.concentration_limits"
    words = ("--set", f"{limits}.obligor_pct=50", "--set", f"{limits}.sector_pct=50")
    outcome = seawall(
        "stress", dataset, "--months", "6", *words, "--set", f"{limits}.currency_pct=100"
    )
    said = [line for line in outcome.out.splitlines() if line.startswith("  limit")]
    assert "obligor: 1 above 50 % of the book by 300.0 k EUR: a (66.7 %)" in said[0]
    assert "sector: not tested: no record says of which it is" in said[1]
    assert "currency: none above 100 % of the book" in said[2]
    findings = [line for line in outcome.out.splitlines() if line.startswith("  finding")]
    assert "concentration:obligor" in findings[-1]


def test_parts_above_a_limit_are_named_up_to_five(seawall: Command) -> None:
    rows = "".join(f"R{at},r{at},EUR,100,2026-01-15\n" for at in range(7))
    Path("many.csv").write_text(f"id,obligor,currency,outstanding,reporting_date\n{rows}")
    many = str(seawall("ingest", "many.csv", "--json").json()["dataset_version_id"])
    words = ("--months", "6", "--set", "horizon.concentration_limits.obligor_pct=10")
    outcome = seawall("stress", many, *words)
    (said,) = [line for line in outcome.out.splitlines() if line.startswith("  limit")]
    assert "7 above 10 %" in said
    assert said.endswith("r4 (14.3 %) and 2 more")
