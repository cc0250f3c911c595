"""The scenario sweep through its Python face, against the equations in numpy."""

from typing import Any

import msgspec
import numpy as np
import pytest

from seawall import native
from seawall.engines.debt.sweep import NO_LTV_LIMIT, SweepLoans, SweepScenarios, sweep
from seawall.errors import Cancelled, InvalidInput, LimitExceeded


def one_loan(**changes: Any) -> SweepLoans:
    """Return a loan of 1000 that pays nothing and whose collateral brings 360."""
    terms = {
        "balance": 1000.0,
        "scheduled_principal": 10.0,
        "spread": 0.04,
        "income": 0.0,
        "collateral_value": 2000.0,
        "haircut": 0.2,
        "sale_cost": 0.1,
        "prior_claims": 0.0,
        "unsecured_recovery": 0.0,
        "dscr_limit": 1.0,
        "ltv_limit": NO_LTV_LIMIT,
        "index_class": 0,
        "income_class": 0,
        "collateral_class": 0,
        "currency_class": 0,
    }
    return SweepLoans(**{name: [value] for name, value in (terms | changes).items()})


def drivers(quarters: int = 3, scenarios: int = 2, **changes: Any) -> SweepScenarios:
    shape = (1, quarters, scenarios)
    cubes = {
        "index": np.full(shape, 0.03),
        "income": np.ones(shape),
        "collateral": np.full(shape, 0.25),
        "currency": np.ones(shape),
    }
    return SweepScenarios(**(cubes | changes))


def test_a_loan_that_pays_nothing_loses_what_collateral_leaves_in_the_second_quarter() -> None:
    found = sweep(one_loan(), drivers())
    assert found.loss_minor.tolist() == [[0, 0], [64_000, 64_000], [0, 0]]
    assert found.default_count.tolist() == [[0, 0], [1, 1], [0, 0]]
    assert found.breach_count.tolist() == [[1, 1], [1, 1], [0, 0]]
    assert found.loss_minor.dtype == np.int64


def test_a_loss_is_in_minor_units_of_the_books_currency() -> None:
    found = sweep(one_loan(), drivers(currency=np.full((1, 3, 2), 1.5)), minor_units_per_unit=1)
    assert found.loss_minor.sum(axis=0).tolist() == [960, 960]


def test_a_cube_of_other_memory_order_gives_the_same() -> None:
    index = np.asfortranarray(np.random.default_rng(1).uniform(0.0, 0.1, (2, 3, 5)))
    loans = one_loan(index_class=2, income=14.0)
    wide = {name: np.ones((1, 3, 5)) for name in ("income", "collateral", "currency")}
    apart = sweep(loans, drivers(index=index, **wide))
    assert 0 < apart.breach_count.sum() < 15
    packed = sweep(loans, drivers(index=np.ascontiguousarray(index), **wide))
    assert apart.breach_count.tolist() == packed.breach_count.tolist()


def test_no_instruments_and_no_scenarios_give_zeros_and_nothing() -> None:
    none = SweepLoans(*[np.zeros(0)] * 11, *[np.zeros(0, dtype=np.int64)] * 4)
    assert sweep(none, drivers()).loss_minor.tolist() == [[0, 0]] * 3
    assert sweep(one_loan(), drivers(scenarios=0)).loss_minor.shape == (3, 0)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"balance": -1.0}, "loans.balance[0]"),
        ({"haircut": float("nan")}, "loans.haircut[0]"),
        ({"index_class": 2}, "loans.index_class[0]"),
        ({"income_class": 0.5}, "loans.income_class"),
        ({"income": "much"}, "loans.income"),
    ],
)
def test_what_a_loan_cannot_be_is_refused_with_its_place(
    changes: dict[str, Any], where: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        sweep(one_loan(**changes), drivers())
    assert caught.value.where == where


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"income": np.full((1, 3, 2), -0.1)}, "scenarios.income[0]"),
        ({"income": np.ones((1, 3, 3))}, "scenarios.income"),
        ({"currency": np.ones((3, 2))}, "scenarios.currency"),
    ],
)
def test_what_a_driver_cannot_be_is_refused_with_its_place(
    changes: dict[str, Any], where: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        sweep(one_loan(), drivers(**changes))
    assert caught.value.where == where


def test_a_loss_that_a_double_could_not_count_passes_a_limit() -> None:
    with pytest.raises(LimitExceeded) as caught:
        sweep(one_loan(balance=2.0**51), drivers())
    assert caught.value.where == "loans.balance[0]"


def test_a_column_that_is_missing_is_refused_by_name() -> None:
    cubes = msgspec.structs.asdict(drivers())
    with pytest.raises(InvalidInput) as caught:
        native.sweep({}, cubes, minor_units_per_unit=100)
    assert caught.value.where == "loans.balance"


def test_a_cancelled_sweep_raises_and_a_finished_one_has_counted_its_instruments() -> None:
    control = native.RunControl()
    sweep(one_loan(), drivers(), control=control)
    assert control.completed_units == 1
    control.cancel()
    with pytest.raises(Cancelled):
        sweep(one_loan(), drivers(), control=control)


def test_the_instruction_set_in_use_has_a_name() -> None:
    assert native.sweep_instruction_set() in {"avx512", "avx2", "baseline"}
