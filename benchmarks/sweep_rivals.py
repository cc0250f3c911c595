"""The scenario sweep's workload, and the same model in numpy.

Each loss is rounded to a minor unit and added in int64, as the engine does it, so that all sums
must be equal. Two forms: whole columns, as one writes it, and blocks of instruments whose arrays
stay in the cache, which is about twice as fast.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from seawall.engines.debt.sweep import SweepLoans, SweepResult, SweepScenarios

MINOR_UNITS = 100
INDEX_CLASSES, INCOME_CLASSES, COLLATERAL_CLASSES, CURRENCIES = 2, 8, 4, 4
NUMPY_BLOCK = 8192  # the fastest of the powers of two

Floats = np.ndarray[Any, np.dtype[np.float64]]
Sweep = Callable[[], SweepResult]


def sweep_loans(count: int, *, seed: int) -> SweepLoans:
    """Return loans that mostly cover their service, half of them floating, in four currencies."""
    random = np.random.default_rng(seed)
    balance = np.round(random.lognormal(14.0, 1.0, count), 2)
    scheduled = balance * random.uniform(0.0, 0.02, count)
    spread = random.uniform(0.01, 0.06, count)
    index_class = random.integers(0, 1 + INDEX_CLASSES, count)
    service = balance * (spread + np.where(index_class > 0, 0.03, 0.0)) / 4 + scheduled
    return SweepLoans(
        balance=balance,
        scheduled_principal=scheduled,
        spread=spread,
        income=service * random.lognormal(0.7, 0.4, count),
        collateral_value=balance * random.uniform(0.9, 2.5, count),
        haircut=random.uniform(0.05, 0.3, count),
        sale_cost=random.uniform(0.02, 0.1, count),
        prior_claims=balance * random.uniform(0.0, 0.1, count),
        unsecured_recovery=random.uniform(0.0, 0.4, count),
        dscr_limit=random.uniform(1.0, 1.3, count),
        ltv_limit=random.uniform(0.7, 1.1, count),
        index_class=index_class,
        income_class=random.integers(0, INCOME_CLASSES, count),
        collateral_class=random.integers(0, COLLATERAL_CLASSES, count),
        currency_class=random.integers(0, CURRENCIES, count),
    )


def sweep_scenarios(count: int, *, quarters: int, seed: int) -> SweepScenarios:
    """Return drivers from calm to severe, worst in mid-horizon, with noise of each class."""
    random = np.random.default_rng(seed)
    quarter = np.linspace(0.0, np.pi, quarters)
    severity = np.outer(np.sin(quarter), np.linspace(0.0, 1.0, count))

    def cube(classes: int, level: float, fall: float, noise: float) -> Floats:
        reach = random.uniform(0.5, 1.0, (classes, 1, 1))
        drawn = random.normal(0.0, noise, (classes, quarters, count))
        return np.asarray(level - fall * reach * severity + drawn)

    return SweepScenarios(
        index=cube(INDEX_CLASSES, 0.03, -0.03, 0.002),
        income=np.maximum(cube(INCOME_CLASSES, 1.0, 0.5, 0.03), 0.0),
        collateral=np.maximum(cube(COLLATERAL_CLASSES, 1.0, 0.4, 0.02), 0.0),
        currency=cube(CURRENCIES, 1.0, 0.15, 0.01),
    )


def result(quarters: int, scenarios: int) -> SweepResult:
    def counts() -> Any:
        return np.zeros((quarters, scenarios), dtype=np.int64)

    return SweepResult(counts(), counts(), counts())


def columns(loans: SweepLoans) -> dict[str, Any]:
    """Return the columns as arrays, with what is constant for an instrument multiplied out."""
    taken = {name: np.asarray(getattr(loans, name)) for name in SweepLoans.__struct_fields__}
    collateral = taken["collateral_value"] * (1 - taken["haircut"])
    return {
        "balance": taken["balance"],
        "scheduled": taken["scheduled_principal"],
        "spread": taken["spread"],
        "income": np.maximum(taken["income"], 0.0),
        "collateral": collateral,
        "ltv_collateral": collateral * taken["ltv_limit"],
        "dscr_limit": taken["dscr_limit"],
        "sale_proceeds": 1 - taken["sale_cost"],
        "prior_claims": taken["prior_claims"],
        "unrecovered": 1 - taken["unsecured_recovery"],
        "index_class": taken["index_class"],
        "income_class": taken["income_class"],
        "collateral_class": taken["collateral_class"],
        "currency_class": taken["currency_class"],
    }


def drivers(scenarios: SweepScenarios, count: int) -> tuple[Floats, ...]:
    """Return the first scenarios' cubes: the index with its class of fixed rates, and the rest."""
    index, income, collateral, currency = (
        np.ascontiguousarray(np.asarray(getattr(scenarios, name))[:, :, :count])
        for name in SweepScenarios.__struct_fields__
    )
    fixed = np.zeros((1, *index.shape[1:]))
    return np.concatenate([fixed, index]), income, collateral, currency * MINOR_UNITS


def numpy_sweep(
    loans: SweepLoans, scenarios: SweepScenarios, *, count: int, block: int = NUMPY_BLOCK
) -> Sweep:
    """Return the first `count` scenarios' sweep by numpy in blocks, its preparation done."""
    cubes = drivers(scenarios, count)
    quarters = cubes[0].shape[1]
    whole = columns(loans)
    blocks = [
        {name: column[begin : begin + block] for name, column in whole.items()}
        for begin in range(0, len(whole["balance"]), block)
    ]

    def run() -> SweepResult:
        found = result(quarters, count)
        for block in blocks:
            for scenario in range(count):
                numpy_block(block, cubes, scenario, found)
        return found

    return run


def numpy_block(
    loans: dict[str, Any], cubes: tuple[Floats, ...], scenario: int, found: SweepResult
) -> None:
    index, income_factor, collateral_factor, currency = cubes
    balance = loans["balance"]
    short_before = np.zeros(len(balance), dtype=bool)
    for quarter in range(index.shape[1]):
        rate = np.maximum(index[:, quarter, scenario][loans["index_class"]] + loans["spread"], 0.0)
        interest = balance * (rate / 4)
        principal = np.minimum(balance, loans["scheduled"])
        service = interest + principal
        income = income_factor[:, quarter, scenario][loans["income_class"]] * loans["income"]
        factor = collateral_factor[:, quarter, scenario][loans["collateral_class"]]
        breach = income < service * loans["dscr_limit"]
        breach |= factor * loans["ltv_collateral"] < balance
        found.breach_count[quarter, scenario] += np.count_nonzero(breach)
        short = income < service
        (defaults,) = np.nonzero(short & short_before)
        short_before = short
        paid = np.minimum(np.maximum(income - interest, 0.0), principal)
        after = balance - paid
        if len(defaults):
            claim = balance[defaults]
            proceeds = factor[defaults] * loans["collateral"][defaults]
            proceeds = proceeds * loans["sale_proceeds"][defaults] - loans["prior_claims"][defaults]
            left = claim - np.minimum(np.maximum(proceeds, 0.0), claim)
            worth = currency[:, quarter, scenario][loans["currency_class"][defaults]]
            loss = np.rint(left * loans["unrecovered"][defaults] * worth)
            found.loss_minor[quarter, scenario] += loss.astype(np.int64).sum()
            found.default_count[quarter, scenario] += len(defaults)
            after[defaults] = 0.0
        balance = after
