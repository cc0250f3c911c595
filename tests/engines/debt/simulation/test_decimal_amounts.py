"""Amounts in minor units against Python's decimals and fractions."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from seawall.engines.debt.simulation.decimal_amounts import (
    minor_amounts,
    multiplied,
    one_and,
    open_after_sale,
)
from seawall.errors import InvalidInput, LimitExceeded
from seawall.session import Session

from .tapes import ingest, loan

# As tapes have them, as converted amounts are, and as nobody writes them.
WRITTEN = st.tuples(st.integers(0, 10**12), st.integers(0, 6)).map(
    lambda parts: float(Decimal(parts[0]).scaleb(-parts[1]))
)
ANY = st.floats(0, 1e13)
AMOUNTS = st.one_of(WRITTEN, ANY)
PERCENTAGES = st.one_of(
    st.integers(0, 1000).map(lambda tenths: tenths / 10),
    st.floats(0, 100),
    st.sampled_from([50.0, 5e-324, 100.0]),
)
FACTORS = st.one_of(st.just(1.0), st.floats(0, 2), st.sampled_from([0.5, 0.25, 5e-324]))


def exact(value: float) -> Fraction:
    return Fraction(Decimal(repr(value)))


def nearest(value: Fraction) -> float:
    return value.numerator / value.denominator  # of whole numbers, rounded once


@settings(max_examples=400)
@given(AMOUNTS, PERCENTAGES, st.integers(0, 4), FACTORS)
@example(1.003, 50.0, 3, 1.0)
@example(1e-300, 5e-324, 0, 5e-324)
@example(4503599627370497.0, 50.0, 0, 1.0)
@example(3.0, 100.0, 0, 0.5)
def test_a_share_is_the_exact_one_rounded_half_to_even_once(
    amount: float, percentage: float, digits: int, factor: float
) -> None:
    found = minor_amounts(
        np.array([amount]), digits, percentages=np.array([percentage]), factor=factor
    )
    share = exact(amount) * exact(percentage) / 100 * 10**digits * Fraction(factor)
    assert found.tolist() == [round(share)]


@settings(max_examples=200)
@given(AMOUNTS, AMOUNTS, AMOUNTS, st.floats(0, 100), st.sampled_from([0.0, 5.0, 0.1, 33.3]))
@example(1000.01, 62.51, 0.0, 25.0, 0.0)
def test_what_a_sale_leaves_open_is_the_double_nearest_to_the_decimal(
    exposure: float, collateral: float, recovery: float, haircut: float, cost: float
) -> None:
    columns = [np.array([value]) for value in (exposure, collateral, recovery)]
    found = open_after_sale(*columns, haircut_pct=haircut, sale_cost_pct=cost)
    kept = (100 - exact(haircut)) * (100 - exact(cost)) / 10_000
    left = exact(exposure) - exact(collateral) * kept - exact(recovery)
    assert found.tolist() == [nearest(max(left, Fraction(0)))]


@given(st.floats(-1e9, 1e9), st.floats(0, 10))
@example(1000.05, 1.1)
def test_a_product_is_the_double_nearest_to_that_of_the_decimals(left: float, right: float) -> None:
    wanted = nearest(exact(left) * exact(right))
    assert multiplied(np.array([left, np.nan]), right)[0] == wanted
    assert np.isnan(multiplied(np.array([np.nan]), right)[0])


def test_one_and_a_change_is_taken_in_decimals() -> None:
    assert one_and(-0.9) == 0.1
    assert 1 + -0.9 != 0.1


@pytest.mark.parametrize(
    ("columns", "where"),
    [
        ({"amounts": [1.0, np.nan]}, "amount[1]"),
        ({"amounts": [1.0], "percentages": [np.inf]}, "percentage[0]"),
        ({"amounts": [1.0], "factor": -1.0}, "factor"),
        ({"amounts": [1.0], "digits": 5}, "digits"),
    ],
)
def test_what_is_no_amount_is_refused_with_its_place(columns: dict[str, Any], where: str) -> None:
    given_ = {n: np.array(v) if isinstance(v, list) else v for n, v in columns.items()}
    with pytest.raises(InvalidInput) as caught:
        minor_amounts(given_.pop("amounts"), given_.pop("digits", 2), **given_)
    assert caught.value.where == where


def test_a_share_beyond_2_62_minor_units_is_refused() -> None:
    with pytest.raises(LimitExceeded) as caught:
        minor_amounts(np.array([1.0, 2.0**62]), 0)
    assert caught.value.where == "amount[1]"


@pytest.mark.parametrize(
    ("currency", "cells", "loss"),
    [
        ("KWD", {"outstanding": 1.003, "lgd_pct": 50}, 0.502),  # 501.49999999999994 as doubles
        ("EUR", {"outstanding": 1.15, "lgd_pct": 30}, 0.34),  # 34.5
        ("EUR", {"outstanding": 1.015, "lgd_pct": 100}, 1.02),  # 101.49999999999999
        ("EUR", {"outstanding": 10, "lgd_pct": "", "collateral_value": 0.02}, 9.98),  # 998.5
    ],
)
def test_a_loss_that_is_half_a_unit_in_decimals_goes_to_the_even_one(
    session: Session, currency: str, cells: dict[str, Any], loss: float
) -> None:
    one = loan(0, currency=currency, pd_pct=100, **cells)
    asked = {"loss_given_default": {"collateral_haircut_pct": 25, "sale_cost_pct": 0}}
    run = session.simulate(ingest(session, [one]), scenarios=8, parameters=asked)
    assert run.result.expected_loss == loss
