"""Calendars and returns through the bindings: what they refuse, and how days cross them."""

from datetime import date, datetime
from typing import Any

import pytest

from seawall import native
from seawall.errors import InvalidInput, LimitExceeded

NEW_YEAR = date(2025, 1, 1)


def bond(**changed: Any) -> dict[str, float]:
    terms = {"maturity": date(2030, 1, 1), "coupon": 0.05, "yield_": 0.04, "frequency": 2}
    return native.bond_figures(NEW_YEAR, **(terms | changed))


def test_days_come_back_as_dates() -> None:
    assert native.add_months(date(2025, 1, 31), 1) == date(2025, 2, 28)
    assert native.add_months(date(2025, 2, 28), 1, from_month_end=True) == date(2025, 3, 31)
    assert native.add_months(date(9998, 1, 1), 0) == date(9998, 1, 1)


def test_a_datetime_is_no_day() -> None:
    with pytest.raises(TypeError):
        native.add_months(datetime(2025, 1, 31, 12), 1)


def test_periods_are_pairs_of_their_start_and_payment_day() -> None:
    assert native.accrual_periods(
        date(2025, 1, 31), 1, date(2025, 3, 15), after=NEW_YEAR, up_to=date(2026, 1, 1)
    ) == [
        (date(2024, 12, 31), date(2025, 1, 31)),
        (date(2025, 1, 31), date(2025, 2, 28)),
        (date(2025, 2, 28), date(2025, 3, 15)),
    ]


def test_a_bond_that_yields_its_coupon_is_at_par() -> None:
    assert bond(yield_=0.05)["clean_price"] == pytest.approx(100.0, abs=1e-11)


def test_a_price_without_default_risk_implies_none() -> None:
    implied = native.implied_default_probability(
        [1.0], [104.0], [0.5], [40.0], risk_free_rate=0.04, price=101.0
    )
    assert implied["yearly"] is None
    assert implied["risk_free_value"] == pytest.approx(100.0, rel=1e-15)


REFUSALS: dict[str, tuple[Any, str]] = {
    "day count": (lambda: native.year_fraction("simple", NEW_YEAR, NEW_YEAR), "day_count"),
    "convention": (lambda: native.adjust_days([NEW_YEAR], "nearest", []), "convention"),
    "basis": (lambda: bond(basis="simple"), "basis"),
    "months": (lambda: native.add_months(date(9990, 1, 1), 200), "months"),
    "one sign": (lambda: native.internal_rate_of_return([1.0, 2.0]), "amounts"),
    "no root": (lambda: native.internal_rate_of_return([1.0, -1.0, 1.0]), "amounts"),
    "not finite": (lambda: native.internal_rate_of_return([1.0, float("nan")]), "amounts[1]"),
    "falling days": (
        lambda: native.internal_rate_of_return_dated([NEW_YEAR, date(2024, 1, 1)], [-1.0, 2.0]),
        "days[1]",
    ),
    "ragged": (lambda: native.net_present_value_dated(0.1, [NEW_YEAR], [-1.0, 2.0]), "days"),
    "rate": (lambda: native.net_present_value(-1.0, [1.0]), "rate"),
    "payments": (lambda: native.level_payment(1.0, 0.1, 0), "payment_count"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_what_cannot_be_computed_is_refused_at_its_place(what: str) -> None:
    compute, where = REFUSALS[what]
    with pytest.raises(InvalidInput) as caught:
        compute()
    assert caught.value.code == "invalid_input"
    assert caught.value.where == where


def test_flows_need_an_outflow_and_an_inflow() -> None:
    with pytest.raises(InvalidInput, match="flows need an outflow and an inflow"):
        native.internal_rate_of_return([0.0, 5.0])


def test_flows_that_change_their_sign_too_often_are_refused() -> None:
    with pytest.raises(LimitExceeded, match="16 times at most"):
        native.internal_rate_of_return([(-1.0) ** i for i in range(18)])
