"""Books in several currencies: converted by dated rates, or refused."""

from pathlib import Path

import apsw
import pytest

from seawall.errors import CurrencyMixed, InvalidInput, NotFound
from seawall.session import Dataset, Session

RATES = b"""Date,USD,JPY,GBP,RUB,
2026-04-13,1.1684,186.75,0.87058,N/A,
2026-04-10,1.1711,186.43,0.87105,N/A,
2022-03-01,1.1162,128.35,0.83333,117.2010,
"""

BOOK = b"""loan_id,currency,principal,collateral,interest_rate,sector
A,USD,1000000,800000,5,office
B,EUR,500000,100000,4,office
C,JPY,93000000,0,1,office
D,RUB,70000000,0,9,office
"""

PER_EUR = {"USD": 1.1711, "JPY": 186.43}


@pytest.fixture
def book(session: Session) -> Dataset:
    return session.ingest(BOOK, format="csv")


@pytest.fixture
def rates(session: Session) -> Dataset:
    return session.ingest(RATES, format="csv", profile="ecb_rates")


def test_a_mixed_book_without_rates_is_refused(session: Session, book: Dataset) -> None:
    with pytest.raises(CurrencyMixed):
        session.stress(book)
    with pytest.raises(CurrencyMixed):
        session.stress(book, currency="USD")


def test_a_converted_book_adds_up_in_the_chosen_currency(
    session: Session, book: Dataset, rates: Dataset
) -> None:
    # 2026-04-12 is a Sunday: the rates are those of Friday.
    run = session.stress(book, currency="USD", rates=rates, rates_as_of="2026-04-12")
    usd = PER_EUR["USD"]
    expected = 1_000_000 + 500_000 * usd + 93_000_000 * usd / PER_EUR["JPY"]
    exposure = run.result.debt_exposure
    assert run.result.currency == "USD"
    assert exposure.total_outstanding == pytest.approx(expected, rel=1e-12)
    assert exposure.collateral_value == pytest.approx(800_000 + 100_000 * usd, rel=1e-12)


def test_each_converted_figure_keeps_its_original_its_rate_and_the_rates_date(
    session: Session, book: Dataset, rates: Dataset
) -> None:
    run = session.stress(book, currency="USD", rates=rates, rates_as_of="2026-04-12")
    row = next(r for r in run.table("records").rows() if r["source_record_id"] == "C")
    assert row["currency"] == "JPY"
    assert row["original_total_outstanding"] == 93_000_000
    assert row["currency_rate"] == pytest.approx(PER_EUR["USD"] / PER_EUR["JPY"], rel=1e-12)
    assert row["total_outstanding"] == 93_000_000 * row["currency_rate"]
    evidence = session.trace(run.findings[0]).evidence[0]
    assert evidence["currency_rates"]["dataset_version_id"] == rates.dataset_version_id
    assert {c["currency"]: c["rate_date"] for c in evidence["currencies"]}["JPY"] == "2026-04-10"
    assert {c["currency"]: c["original_total_outstanding"] for c in evidence["currencies"]}[
        "JPY"
    ] == 93_000_000


def test_a_rate_is_traced_to_the_row_it_was_read_from(
    session: Session, book: Dataset, rates: Dataset
) -> None:
    run = session.stress(book, currency="USD", rates=rates, rates_as_of="2026-04-12")
    legs = next(c.legs for c in run.result.currencies if c.currency == "JPY")
    shown = session.record(rates, legs[0]["record"])
    assert shown.proved
    assert b"2026-04-10" in shown.source_bytes


def test_a_record_without_a_usable_rate_is_left_out_and_told(
    session: Session, book: Dataset, rates: Dataset
) -> None:
    run = session.stress(book, currency="USD", rates=rates, rates_as_of="2026-04-12")
    assert run.result.record_count == 3
    (left_out,) = run.result.unconverted
    assert (left_out.currency, left_out.rule) == ("RUB", "currency_rate_stale")
    assert "2022-03-01" in left_out.reason
    assert [row["currency"] for row in run.table("unconverted").rows()] == ["RUB"]


def test_rates_need_a_currency_and_a_day(session: Session, book: Dataset, rates: Dataset) -> None:
    with pytest.raises(InvalidInput, match=r"parameters\.currency"):
        session.stress(book, rates=rates, rates_as_of="2026-04-12")
    with pytest.raises(InvalidInput, match="rates_as_of"):
        session.stress(book, currency="USD", rates=rates)
    with pytest.raises(InvalidInput, match="rates"):
        session.stress(book, rates_as_of="2026-04-12")
    with pytest.raises(InvalidInput, match=r"parameters\.currency_rates"):
        session.stress(book, parameters={"currency_rates": "x"})
    with pytest.raises(InvalidInput, match="as_of"):
        session.stress(book, currency="USD", rates=rates, rates_as_of="12.04.2026")
    with pytest.raises(NotFound):
        session.stress(book, currency="USD", rates="dv_none", rates_as_of="2026-04-12")


def test_the_day_of_the_rates_is_part_of_the_question(
    session: Session, book: Dataset, rates: Dataset
) -> None:
    asked = {"currency": "USD", "rates": rates, "started_at": "2026-05-01T00:00:00Z"}
    friday = session.stress(book, rates_as_of="2026-04-10", **asked)
    monday = session.stress(book, rates_as_of="2026-04-13", **asked)
    assert friday.run_id != monday.run_id
    assert friday.result.debt_exposure != monday.result.debt_exposure


def test_a_currency_may_fall_in_a_scenario(session: Session, book: Dataset, rates: Dataset) -> None:
    fall = {"scenario_id": "weak_yen", "currency_changes": {"JPY": -0.2}}
    asked = {"currency": "USD", "rates": rates, "rates_as_of": "2026-04-10"}
    run = session.stress(book, scenarios=[fall], **asked)
    scenario = run.result.stress_tests[-1]
    base = run.result.debt_exposure
    yen = 93_000_000 * PER_EUR["USD"] / PER_EUR["JPY"]
    # The uncollateralised yen loan is worth less in dollars: exposure falls, and nothing is lost.
    assert scenario.net_exposure_after_recovery == pytest.approx(
        base.net_exposure_after_recovery - 0.2 * yen, rel=1e-12
    )
    assert scenario.loss_estimate == 0.0


def test_a_currency_that_the_book_does_not_hold_cannot_change(
    session: Session, book: Dataset, rates: Dataset
) -> None:
    asked = {"currency": "USD", "rates": rates, "rates_as_of": "2026-04-10"}
    for code in ("CHF", "USD"):
        change = {"scenario_id": "x", "currency_changes": {code: -0.2}}
        with pytest.raises(InvalidInput, match=code):
            session.stress(book, scenarios=[change], **asked)


def test_a_ledger_with_converted_runs_verifies(
    session: Session, book: Dataset, rates: Dataset
) -> None:
    session.stress(book, currency="USD", rates=rates, rates_as_of="2026-04-12")
    assert session.verify().ok


def test_verify_misses_the_rates_of_a_run(
    session: Session, book: Dataset, rates: Dataset, tmp_path: Path
) -> None:
    session.stress(book, currency="USD", rates=rates, rates_as_of="2026-04-12")
    database = apsw.Connection(str(tmp_path / "ledger.db"))
    triggers = database.execute("select name from sqlite_master where type = 'trigger'").fetchall()
    for (name,) in triggers:
        database.execute(f"drop trigger {name}")
    for table in ("derived_table", "derivation"):
        database.execute(
            f"delete from {table} where dataset_version_id = ?", (rates.dataset_version_id,)
        )
    problems = [problem.message for problem in session.verify().problems]
    assert any("currency rates" in message for message in problems)
