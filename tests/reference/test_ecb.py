"""Acceptance case ``real-ecb-fx``: the European Central Bank's reference rates since 1999."""

import csv
import importlib.util
import json
import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from seawall.ingest import built_in_profiles
from seawall.ingest.currency_rates import CurrencyRate, RateTable, built_in_rates
from seawall.ingest.redenominations import EURO_CONVERSIONS
from seawall.session import Dataset, Session

SHARED = Path(__file__).parents[3] / "shared"
REFERENCE = SHARED / "reference" / "reference-credit.json"
CASE = "real-ecb-fx"


@pytest.fixture(scope="module")
def case() -> dict[str, Any]:
    if REFERENCE.is_file():
        (found,) = [c for c in json.loads(REFERENCE.read_text())["cases"] if c["id"] == CASE]
        found["tape"] = SHARED / found["inputs"]["file"]
        if found["tape"].is_file():
            return dict(found)
    message = f"no reference data: {REFERENCE} and the tape it names are not there"
    if os.environ.get("SEAWALL_NO_SKIPS") == "1":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="module")
def rows(case: dict[str, Any]) -> list[dict[str, str]]:
    """The file as Python's own reader sees it."""
    with case["tape"].open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with Session(tmp_path_factory.mktemp("ecb") / "ledger.db") as opened:
        yield opened


@pytest.fixture(scope="module")
def dataset(case: dict[str, Any], session: Session) -> Dataset:
    profile = built_in_profiles(["seawall.ingest.profiles"])["ecb_rates"]
    return session.ingest(case["tape"], profile=profile, strict=True)


@pytest.fixture(scope="module")
def rates(dataset: Dataset) -> RateTable:
    return RateTable(dataset.records)


def convert(rates: RateTable, currency: str, book: str, as_of: str | date) -> CurrencyRate:
    day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    answer = rates.rate(currency, book, as_of=day, max_age_days=7)
    assert isinstance(answer, CurrencyRate), answer
    return answer


def test_every_row_is_kept(dataset: Dataset, case: dict[str, Any]) -> None:
    assert dataset.summary is not None
    assert dataset.summary.kept_count == dataset.record_count == case["expected"]["rows"]
    assert len(dataset.rejects) == 0


def test_no_column_is_unread_and_the_trailing_one_is_dropped(
    dataset: Dataset, case: dict[str, Any]
) -> None:
    assert case["expected"]["trailing_empty_column"]
    assert dataset.summary is not None
    assert dataset.summary.unread_fields == []


def test_first_and_last_day_are_the_reference_s(dataset: Dataset, case: dict[str, Any]) -> None:
    days = dataset.records["rate_date"].to_pylist()
    assert min(days).isoformat() == case["expected"]["first"]
    assert max(days).isoformat() == case["expected"]["last"]


def test_every_cell_without_a_quote_is_an_absent_one(
    dataset: Dataset, case: dict[str, Any]
) -> None:
    assert dataset.summary is not None
    uses = dataset.summary.rule_uses.values()
    absent = sum(rules.get("sentinel_to_null", 0) for rules in uses)
    assert absent == case["expected"]["na_cells"]


def test_every_quote_is_the_file_s(dataset: Dataset, rows: list[dict[str, str]]) -> None:
    records = dataset.records.to_arrow()
    for code in set(rows[0]) - {"Date", ""}:
        file = [None if row[code] == "N/A" else float(row[code]) for row in rows]
        assert records[code.lower()].to_pylist() == file, code


@pytest.mark.parametrize(
    ("currency", "book", "figure"),
    [("EUR", "USD", "eurusd"), ("GBP", "USD", "gbpusd"), ("USD", "JPY", "usdjpy")],
)
def test_a_cross_is_the_reference_s(
    rates: RateTable, case: dict[str, Any], currency: str, book: str, figure: str
) -> None:
    day = case["inputs"]["date"]
    found = convert(rates, currency, book, day)
    expected = float(case["expected"][figure])
    assert found.rate == pytest.approx(expected, rel=case["tolerance"]["rel"], abs=0)
    assert found.rate_date == day


def test_both_liras_have_the_reference_s_quotes(rates: RateTable, case: dict[str, Any]) -> None:
    old, new = case["expected"]["try_per_eur_2004_12_31"], case["expected"]["try_2005_01_03"]
    assert convert(rates, "EUR", "TRL", "2004-12-31").rate == float(old)
    assert convert(rates, "EUR", "TRY", "2004-12-31").rate == float(old) / 1e6
    assert convert(rates, "EUR", "TRY", "2005-01-03").rate == float(new)
    assert convert(rates, "EUR", "TRL", "2005-01-03").rate == pytest.approx(
        float(new) * 1e6, rel=1e-15
    )


def test_a_holiday_has_the_rate_of_the_row_before_it(
    rates: RateTable, case: dict[str, Any], rows: list[dict[str, str]]
) -> None:
    published = sorted(row["Date"] for row in rows)
    for holiday in case["expected"]["missing_dates_checked"]:
        assert holiday not in published
        before = max(day for day in published if day < holiday)
        found = convert(rates, "USD", "EUR", holiday)
        assert found.rate_date == before
        assert found == convert(rates, "USD", "EUR", before)


def test_no_day_since_1999_is_too_far_from_a_row_for_the_dollar(rates: RateTable) -> None:
    day, refused = date(1999, 1, 4), 0
    while day <= date(2026, 4, 13):
        answer = rates.rate("USD", "EUR", as_of=day, max_age_days=7)
        refused += not isinstance(answer, CurrencyRate)
        day += timedelta(days=1)
    assert refused == 0


@pytest.mark.parametrize(
    ("currency", "last_fresh", "first_stale", "newest"),
    [
        ("RUB", "2022-03-08", "2022-03-09", "2022-03-01"),
        ("ISK", "2008-12-16", "2008-12-17", "2008-12-09"),
        ("ISK", None, "2018-01-31", "2008-12-09"),
        ("USD", "2026-04-20", "2026-04-21", "2026-04-13"),
    ],
)
def test_a_currency_that_is_no_longer_quoted_is_stale_after_a_week(
    rates: RateTable, currency: str, last_fresh: str | None, first_stale: str, newest: str
) -> None:
    if last_fresh is not None:
        assert convert(rates, currency, "EUR", last_fresh).rate_date == newest
    answer = rates.rate(currency, "EUR", as_of=date.fromisoformat(first_stale), max_age_days=7)
    assert not isinstance(answer, CurrencyRate)
    assert (answer.rule, answer.newest_date) == ("currency_rate_stale", newest)


def test_the_krona_is_quoted_again_after_its_gap(rates: RateTable) -> None:
    assert convert(rates, "ISK", "EUR", "2018-02-01").rate_date == "2018-02-01"


def test_before_its_first_quote_a_currency_is_missing(rates: RateTable) -> None:
    answer = rates.rate("HRK", "EUR", as_of=date(2005, 3, 31), max_age_days=7)
    assert not isinstance(answer, CurrencyRate)
    assert answer.rule == "currency_rate_missing"


@pytest.mark.parametrize(
    "change",
    [c for c in EURO_CONVERSIONS if c.effective_date > date(2001, 1, 1)],
    ids=lambda change: change.predecessor,
)
def test_a_fixed_rate_goes_on_from_the_last_quotes(rates: RateTable, change: Any) -> None:
    eve = change.effective_date - timedelta(days=1)
    quoted = convert(rates, "EUR", change.predecessor, eve)
    fixed = convert(rates, "EUR", change.predecessor, change.effective_date)
    assert fixed.rate == change.factor
    # Quotes of the market on the eve; the kuna, with the widest spread, was 0.03 % away.
    assert quoted.rate == pytest.approx(fixed.rate, rel=5e-4)


def test_a_rate_is_traced_to_its_line_of_the_file(
    session: Session, dataset: Dataset, rates: RateTable, case: dict[str, Any]
) -> None:
    (leg,) = convert(rates, "EUR", "USD", "2023-03-31").legs
    traced = session.record(dataset, leg["record"])
    assert traced.proved
    line = case["tape"].read_text().splitlines()[traced.source_row - 1]
    assert line.startswith(f"2023-03-31,{leg['per_base']},")
    assert json.loads(traced.source_bytes)["cells"]["USD"] == str(leg["per_base"])


def test_the_built_in_table_is_the_last_row_of_each_month(case: dict[str, Any]) -> None:
    tool = Path(__file__).parents[2] / "tools" / "import_ecb_rates.py"
    spec = importlib.util.spec_from_file_location("import_ecb_rates", tool)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    published = case["tape"].read_text().splitlines()
    built_in = built_in_rates().read_text()
    assert module.month_ends(case["tape"].read_text()) == built_in
    assert set(built_in.splitlines()) <= set(published)
