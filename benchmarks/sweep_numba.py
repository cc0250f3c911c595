"""The scenario sweep in numba, a rival of its own file: importing numba takes a second.

The loop over scenarios is without branches, so that LLVM may vectorise it.
"""

from typing import Any

import numba
import numpy as np

from seawall.engines.debt.sweep import SweepLoans, SweepResult, SweepScenarios
from sweep_rivals import Sweep, columns, drivers


def numba_sweep(loans: SweepLoans, scenarios: SweepScenarios, *, threads: int) -> Sweep:
    """Return the sweep by numba, compiled and its preparation done."""
    numba.set_num_threads(threads)
    cubes = drivers(scenarios, np.asarray(scenarios.index).shape[2])
    taken = tuple(columns(loans).values())

    def run() -> SweepResult:
        return SweepResult(*kernel(taken[:10], taken[10:], cubes, numba.get_num_threads()))

    run()
    return run


@numba.njit(parallel=True, error_model="numpy")  # type: ignore[untyped-decorator]
def kernel(values: Any, classes: Any, cubes: Any, threads: int) -> Any:
    balances, scheduled, spreads, incomes, collaterals = values[:5]
    ltv_collaterals, dscr_limits, sale_proceeds, prior_claims, unrecovered = values[5:]
    index, income_factor, collateral_factor, currency = cubes
    quarters, count = index.shape[1:]
    sums = np.zeros((threads, 3, quarters, count), dtype=np.int64)
    size = len(balances)
    for thread in numba.prange(threads):
        balance = np.empty(count)
        short_before = np.empty(count, dtype=np.int64)
        losses, breaches, defaults = sums[thread]
        for i in range(size * thread // threads, size * (thread + 1) // threads):
            balance[:] = balances[i]
            short_before[:] = 0
            for quarter in range(quarters):
                rates = index[classes[0][i], quarter]
                income_row = income_factor[classes[1][i], quarter]
                collateral_row = collateral_factor[classes[2][i], quarter]
                currency_row = currency[classes[3][i], quarter]
                loss_row = losses[quarter]
                breach_row = breaches[quarter]
                default_row = defaults[quarter]
                for s in range(count):
                    rate = max(rates[s] + spreads[i], 0.0)
                    owed = balance[s]
                    interest = owed * (rate * 0.25)
                    principal = min(owed, scheduled[i])
                    service = interest + principal
                    income = income_row[s] * incomes[i]
                    factor = collateral_row[s]
                    breach_row[s] += (income < service * dscr_limits[i]) | (
                        factor * ltv_collaterals[i] < owed
                    )
                    short = np.int64(income < service)
                    default = short & short_before[s]
                    short_before[s] = short
                    proceeds = factor * collaterals[i] * sale_proceeds[i] - prior_claims[i]
                    left = owed - min(max(proceeds, 0.0), owed)
                    loss = np.rint(left * unrecovered[i] * currency_row[s])
                    loss_row[s] += np.int64(loss) if default else 0
                    default_row[s] += default
                    paid = min(max(income - interest, 0.0), principal)
                    balance[s] = 0.0 if default else owed - paid
    total = sums.sum(axis=0)
    return total[0], total[1], total[2]
