"""The oracle against closed forms and published tables, before anything is held against it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from .loan_oracle import (
    Flow,
    LoanTerms,
    case_rate,
    contractual_flows,
    maturity,
    payment_days,
    step_end,
    year_fraction,
)

AS_OF = date(2025, 12, 31)
FAR = date(2099, 12, 31)


def terms(**changes: Any) -> LoanTerms:
    given: dict[str, Any] = {
        "balance": Decimal(1200),
        "rate_pct": Decimal(6),
        "maturity_date": date(2026, 12, 31),
        **changes,
    }
    return LoanTerms(**given)


def flows(months: int = 24, **changes: Any) -> list[Flow]:
    return contractual_flows(terms(**changes), AS_OF, months)


def level(amount: int, rate: str, months: int, term: int) -> dict[str, Any]:
    return {
        "balance": Decimal(amount),
        "original_amount": Decimal(amount),
        "rate_pct": Decimal(rate),
        "amortization_term_months": months,
        "first_payment_date": date(2026, 1, 15),
        "maturity_date": date(2025 + term // 12, 12, 15),
    }


def test_a_level_mortgage_is_the_published_one() -> None:
    # case amort-level-200k of the reference figures: 200,000 at 6 % over 360 months
    found = flows(120, **level(200_000, "6", 360, 360))
    assert found[0].interest == 1000
    assert float(found[0].principal) == pytest.approx(199.10105030550478918, rel=1e-14)
    assert float(found[11].balance) == pytest.approx(197543.97657544656224, rel=1e-14)
    assert float(found[119].balance) == pytest.approx(167371.44992745321504, rel=1e-14)


def test_a_balloon_is_what_120_level_payments_leave() -> None:
    # case balloon-cre: 25,000,000 at 6.05 %, 360 months of amortisation, 10 years
    found = flows(120, **level(25_000_000, "6.05", 360, 120))
    assert float(found[0].interest + found[0].principal) == pytest.approx(
        150692.22362494908472, rel=1e-14
    )
    assert float(found[-1].maturity) == pytest.approx(20949302.363504418776, rel=1e-14)


def test_a_bullet_pays_interest_and_all_of_it_at_the_end() -> None:
    found = flows(first_payment_date=date(2026, 1, 15), maturity_date=date(2026, 12, 15))
    assert [f.interest for f in found] == [Decimal(6)] * 12
    assert {f.principal for f in found} == {Decimal(0)}
    assert (found[-1].maturity, found[-1].balance) == (1200, 0)


def test_linear_principal_is_the_same_in_every_payment() -> None:
    found = flows(amortisation="linear")
    assert [f.principal for f in found] == [Decimal(100)] * 12
    assert found[-1].maturity == 0


def test_the_interest_only_months_are_the_first_payments() -> None:
    found = flows(
        amortisation="linear",
        first_payment_date=date(2026, 1, 31),
        interest_only_term_months=3,
    )
    assert [round(f.principal, 6) for f in found[:4]] == [0, 0, 0, Decimal("133.333333")]


def test_custom_principal_is_paid_with_the_period_that_it_falls_in() -> None:
    schedule = ((date(2026, 1, 15), Decimal(50)), (date(2026, 3, 31), Decimal(70)))
    found = flows(amortisation="custom", principal_schedule=schedule)
    assert [f.principal for f in found[:4]] == [50, 0, 70, 0]


def test_a_stated_payment_comes_before_a_computed_one() -> None:
    (first, *_) = flows(scheduled_payment=Decimal(26), amortization_term_months=60)
    assert first.principal == 20


def test_a_payment_below_the_interest_repays_nothing() -> None:
    (first, *_) = flows(scheduled_payment=Decimal(5), amortization_term_months=60)
    assert (first.interest, first.principal) == (6, 0)


def test_a_year_of_prepayment_leaves_its_share() -> None:
    found = flows(prepayment_rate_pct=Decimal(6), maturity_date=date(2030, 12, 31), months=12)
    assert float(found[-1].balance) == pytest.approx(1200 * 0.94, rel=1e-15)


def test_a_year_of_defaults_leaves_its_share_and_takes_no_interest() -> None:
    found = flows(default_rate_pct=Decimal(4), maturity_date=date(2030, 12, 31), months=12)
    assert float(found[-1].balance) == pytest.approx(1200 * 0.96, rel=1e-15)
    performing = found[0].opening_balance - found[0].defaulted
    assert float(found[0].interest) == pytest.approx(float(performing) * 0.005, rel=1e-15)


def test_what_survives_is_repaid_as_the_whole_would_have_been() -> None:
    whole = flows(months=12, **level(200_000, "6", 360, 360))
    pool = flows(
        months=12,
        prepayment_rate_pct=Decimal(10),
        default_rate_pct=Decimal(2),
        **level(200_000, "6", 360, 360),
    )
    left = Decimal("0.98") * Decimal("0.9")  # after a year
    assert float(pool[-1].balance) == pytest.approx(float(whole[-1].balance * left), rel=1e-14)


def test_a_floating_rate_is_index_and_spread_between_floor_and_cap() -> None:
    loan = terms(
        floating=True,
        spread_pct=Decimal(2),
        floor_pct=Decimal("2.5"),
        cap_pct=Decimal(9),
    )
    assert case_rate(loan, Decimal("1.3"), Decimal(0)) == Decimal("7.2")
    assert case_rate(loan, Decimal(1), Decimal(-5)) == Decimal("2.5")
    assert case_rate(loan, Decimal(2), Decimal(1)) == 9


def test_the_rate_of_a_step_is_that_of_the_period_that_ends_in_it() -> None:
    found = contractual_flows(
        terms(floating=True, spread_pct=Decimal(2)),
        AS_OF,
        2,
        rate_factors=[Decimal(1), Decimal(2)],
        rate_deltas_pct=[Decimal(0), Decimal(1)],
    )
    assert [f.rate_pct for f in found] == [6, 11]


@pytest.mark.parametrize(
    ("method", "begin", "end", "expected"),
    [
        ("30/360", date(2026, 1, 31), date(2026, 2, 28), 28 / 360),
        ("30/360", date(2026, 1, 30), date(2026, 3, 31), 60 / 360),
        ("30/360", date(2026, 1, 15), date(2026, 3, 31), 76 / 360),
        ("30e/360", date(2026, 1, 15), date(2026, 3, 31), 75 / 360),
        ("actual/360", date(2026, 2, 6), date(2026, 3, 6), 28 / 360),
        ("actual/365", date(2024, 1, 1), date(2025, 1, 1), 366 / 365),
        # ISDA, "EMU and Market Conventions" (1999): 61 days of 2003 and 121 of 2004
        ("actual/actual", date(2003, 11, 1), date(2004, 5, 1), 61 / 365 + 121 / 366),
    ],
)
def test_a_period_has_the_fraction_of_a_year_that_its_method_says(
    method: str, begin: date, end: date, expected: float
) -> None:
    assert float(year_fraction(begin, end, method)) == pytest.approx(expected, rel=1e-15)


def test_steps_from_a_months_last_day_end_on_months_last_days() -> None:
    assert step_end(date(2026, 2, 28), 1) == date(2026, 3, 31)
    assert step_end(date(2026, 1, 30), 1) == date(2026, 2, 28)
    assert step_end(date(2026, 1, 30), 2) == date(2026, 3, 30)


def test_the_last_payment_day_is_the_maturity_whatever_its_day() -> None:
    loan = terms(next_payment_date=date(2026, 1, 15), maturity_date=date(2026, 3, 20))
    assert payment_days(loan, AS_OF, FAR) == [
        (date(2025, 12, 15), date(2026, 1, 15)),
        (date(2026, 1, 15), date(2026, 2, 15)),
        (date(2026, 2, 15), date(2026, 3, 15)),
        (date(2026, 3, 15), date(2026, 3, 20)),
    ]


def test_days_are_counted_back_from_the_maturity_where_no_other_is_known() -> None:
    loan = terms(maturity_date=date(2026, 5, 31), payment_interval_months=3)
    assert [day for _, day in payment_days(loan, AS_OF, FAR)] == [
        date(2026, 2, 28),
        date(2026, 5, 31),
    ]


def test_no_period_begins_before_there_is_a_loan() -> None:
    loan = terms(
        origination_date=date(2025, 12, 20),
        first_payment_date=date(2026, 1, 15),
        maturity_date=date(2026, 2, 15),
    )
    assert payment_days(loan, AS_OF, FAR)[0] == (date(2025, 12, 20), date(2026, 1, 15))


def test_nothing_is_paid_before_the_next_payment_day() -> None:
    loan = terms(next_payment_date=date(2026, 6, 15), maturity_date=date(2026, 7, 15))
    assert payment_days(loan, AS_OF, FAR)[0] == (date(2026, 5, 15), date(2026, 6, 15))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"first_payment_date": date(2025, 2, 6)}, date(2035, 1, 6)),
        ({"origination_date": date(2025, 1, 20)}, date(2035, 1, 20)),
        ({}, None),
    ],
)
def test_a_maturity_that_is_not_stated_follows_from_the_term(
    changes: dict[str, Any], expected: date | None
) -> None:
    assert maturity(terms(maturity_date=None, original_term_months=120, **changes)) == expected


def test_a_loan_without_a_maturity_pays_interest_and_is_never_due() -> None:
    found = flows(maturity_date=None, months=24)
    assert len(found) == 24
    assert {f.maturity + f.principal for f in found} == {Decimal(0)}


def test_interest_at_maturity_only_runs_from_the_beginning() -> None:
    loan = {"payment_interval_months": 0, "origination_date": date(2025, 6, 30)}
    (only,) = flows(maturity_date=date(2026, 6, 30), **loan)
    assert (only.interest, only.maturity) == (72, 1200)


def test_a_schedule_of_a_balloon_is_longer_than_the_loan() -> None:
    found = flows(
        amortisation="linear",
        amortization_term_months=120,
        first_payment_date=date(2025, 1, 31),
    )
    assert round(found[0].principal, 6) == Decimal(
        "11.111111"
    )  # 1200 / 108: twelve of its 120 payments are made


@pytest.mark.parametrize("kind", ["bullet", "linear", "annuity", "custom"])
@pytest.mark.parametrize("interval", [1, 3, 12, 0])
def test_what_was_there_is_repaid_defaulted_or_left(kind: str, interval: int) -> None:
    found = flows(
        amortisation=kind,
        payment_interval_months=interval,
        origination_date=date(2025, 3, 10),
        prepayment_rate_pct=Decimal(12),
        default_rate_pct=Decimal(3),
        principal_schedule=((date(2026, 5, 5), Decimal(75)),),
    )
    for flow in found:
        gone = flow.defaulted + flow.principal + flow.prepayment + flow.maturity
        assert abs(flow.opening_balance - gone - flow.balance) < Decimal("1e-20")
    assert found[-1].balance == 0
    assert [f.opening_balance for f in found[1:]] == [f.balance for f in found[:-1]]
