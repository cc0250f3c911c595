"""The first 13 weeks of a book: when payments come, what they leave, and which days move them."""

from itertools import pairwise
from typing import Any

import pytest

from seawall.engines.debt.horizon_results import CaseWeek
from seawall.errors import InvalidInput
from seawall.session import Dataset, Run, Session

# Days 1 to 91 follow Friday 16 January 2026, so that weeks end on Fridays. A owes 600 of interest,
# first on Good Friday, 3 April; B on the Saturday after it. A earns 1,000 a day and B nothing.
BOOK = b"""id,obligor,currency,outstanding,coupon,rate_type,amortisation,day_count,reporting_date,\
next_payment_date,maturity,ebitda,cash
A,a,EUR,120000,6,fixed,bullet,30/360,2026-01-16,2026-04-03,2030-04-03,372000,50
B,b,EUR,240000,6,fixed,bullet,30/360,2026-01-16,2026-04-04,2030-04-04,0,200
"""


@pytest.fixture
def book(session: Session) -> Dataset:
    return session.ingest(BOOK, format="csv")


def weeks(run: Run, case: int = 0) -> list[CaseWeek]:
    found: list[CaseWeek] = run.result.horizon.cases[case].weeks
    return found


def due(run: Run) -> dict[int, float]:
    return {week.week: week.interest_due for week in weeks(run) if week.interest_due}


def test_weeks_are_the_thirteen_after_day_0(session: Session, book: Dataset) -> None:
    found = weeks(session.stress(book, months=6))
    assert [week.week for week in found] == list(range(1, 14))
    assert (found[0].date, found[-1].date) == ("2026-01-23", "2026-04-17")


def test_a_week_earns_by_the_day_and_pays_on_the_day(session: Session, book: Dataset) -> None:
    found = weeks(session.stress(book, months=6, horizon={"surplus_cash": "retained"}))
    assert found[0].receipts == pytest.approx(7_000)
    assert found[0].closing_cash == pytest.approx(250 + 7_000)
    assert found[10].interest_due == pytest.approx(600)
    # B has 200 for its 1,200.
    assert found[11].interest_due == pytest.approx(1_200)
    assert found[11].debt_service_shortfall == pytest.approx(1_000)
    assert (found[11].short_count, found[11].obligor_count) == (1, 2)
    assert found[-1].closing_cash == pytest.approx(50 + 3 * 31_000 + 31_000 / 30 - 600)


def test_what_is_left_of_a_week_opens_the_next(session: Session, book: Dataset) -> None:
    run = session.stress(book, months=6, presets=["severe"])
    for case in range(2):
        found = weeks(run, case)
        for week, following in pairwise(found):
            assert following.opening_cash == pytest.approx(week.closing_cash)
        for week in found:
            paid = week.interest_paid + week.principal_paid + week.maturity_paid_in_cash
            assert week.closing_cash == pytest.approx(
                week.opening_cash
                + week.receipts
                - week.operating_payments
                + week.operating_shortfall
                - paid
                - week.distributed
            )


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, {11: 600, 12: 1_200}),
        ({"business_day_convention": "preceding"}, {11: 1_800}),
        ({"business_day_convention": "following"}, {11: 600, 12: 1_200}),
        # Good Friday and Easter Monday are no business days: Tuesday the 7th is.
        (
            {"business_day_convention": "following", "holiday_calendar": "TARGET"},
            {12: 1_800},
        ),
        (
            {"business_day_convention": "preceding", "holiday_calendar": "TARGET"},
            {11: 1_800},
        ),
    ],
    ids=str,
)
def test_payments_move_to_business_days(
    session: Session, book: Dataset, asked: dict[str, Any], expected: dict[int, float]
) -> None:
    assert due(session.stress(book, months=6, horizon=asked)) == pytest.approx(expected)


def test_weeks_of_obligors_add_up_to_those_of_the_book(session: Session, book: Dataset) -> None:
    run = session.stress(book, months=6, presets=["mild"])
    rows = list(run.table("obligor_weekly_cash").rows())
    for row in run.table("weekly_cash").rows():
        of_week = [
            r["closing_cash"]
            for r in rows
            if (r["case_id"], r["week"]) == (row["case_id"], row["week"])
        ]
        assert row["closing_cash"] == pytest.approx(sum(of_week))
    assert len(rows) == 2 * 2 * 13


def test_evidence_names_the_holidays_that_moved_payments(session: Session, book: Dataset) -> None:
    asked = {"business_day_convention": "following", "holiday_calendar": "TARGET"}
    run = session.stress(book, months=6, horizon=asked)
    (found,) = [f for f in run.findings if f.title == "liquidity:base"]
    evidence = session.trace(found).evidence[0]
    assert evidence["parameters"]["holiday_calendar"] == "TARGET"
    assert "2026-04-03" in evidence["parameters"]["holidays"]
    assert len(evidence["figures"]["weeks"]) == 13


@pytest.mark.parametrize(
    "asked",
    [
        {"business_day_convention": "following", "holiday_calendar": "Atlantis"},
        {"holiday_calendar": "TARGET"},  # moves nothing without a convention
    ],
    ids=str,
)
def test_a_calendar_that_cannot_be_used_is_refused(
    session: Session, book: Dataset, asked: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput) as raised:
        session.stress(book, months=6, horizon=asked)
    assert raised.value.where == "parameters.horizon.holiday_calendar"
