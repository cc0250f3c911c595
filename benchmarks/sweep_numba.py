"""The scenario sweep in numba, rivals of their own file: importing numba takes a second.

Two forms. ``split``, the fastest of those that were tried: loops over scenarios inside, split so
that LLVM has one without branches to vectorise. ``plain``, the loop nest that a user would write:
scenarios outside, quarters inside, scalar, with a branch at each default.
"""

from typing import Any

import numba
import numpy as np

from seawall.engines.debt.sweep import SweepLoans, SweepResult, SweepScenarios
from sweep_rivals import Sweep, columns, drivers


def numba_sweep(
    loans: SweepLoans, scenarios: SweepScenarios, *, threads: int, form: str = "split"
) -> Sweep:
    """Return the sweep by numba, compiled and its preparation done; 0 threads for all cores."""
    kernel = {"split": split_kernel, "plain": plain_kernel}[form]
    if threads:
        numba.set_num_threads(threads)
    used = numba.get_num_threads()
    cubes = drivers(scenarios, np.asarray(scenarios.index).shape[2])
    taken = tuple(columns(loans).values())

    def run() -> SweepResult:
        return SweepResult(*kernel(taken[:10], taken[10:], cubes, used))

    run()
    return run


def split_in_python(values: Any, classes: Any, cubes: Any, threads: int) -> Any:
    balances, scheduled, spreads, incomes, collaterals = values[:5]
    ltv_collaterals, dscr_limits, sale_proceeds, prior_claims, unrecovered = values[5:]
    index, income_factor, collateral_factor, currency = cubes
    quarters, count = index.shape[1:]
    sums = np.zeros((threads, 3, quarters, count), dtype=np.int64)
    size = len(balances)
    for thread in numba.prange(threads):
        balance = np.empty(count)
        paid = np.empty(count)
        short_before = np.empty(count)  # 1 or 0
        default = np.empty(count)
        losses, breaches, defaults = sums[thread]
        for i in range(size * thread // threads, size * (thread + 1) // threads):
            spread, due, base_income = spreads[i], scheduled[i], incomes[i]
            dscr_limit, ltv_collateral = dscr_limits[i], ltv_collaterals[i]
            balance[:] = balances[i]
            short_before[:] = 0.0
            for quarter in range(quarters):
                rates = index[classes[0][i], quarter]
                incomes_row = income_factor[classes[1][i], quarter]
                factors = collateral_factor[classes[2][i], quarter]
                breach_row = breaches[quarter]
                default_count = 0.0
                for s in range(count):
                    owed = balance[s]
                    interest = owed * (max(rates[s] + spread, 0.0) * 0.25)
                    principal = min(owed, due)
                    service = interest + principal
                    income = incomes_row[s] * base_income
                    breach_row[s] += np.int64(
                        (income < service * dscr_limit) | (factors[s] * ltv_collateral < owed)
                    )
                    short = 1.0 if income < service else 0.0
                    default[s] = short * short_before[s]
                    short_before[s] = short
                    default_count += default[s]
                    paid[s] = min(max(income - interest, 0.0), principal)
                if default_count > 0.0:
                    worth = currency[classes[3][i], quarter]
                    for s in range(count):
                        if default[s] > 0.0:
                            proceeds = factors[s] * collaterals[i] * sale_proceeds[i]
                            proceeds = max(proceeds - prior_claims[i], 0.0)
                            left = balance[s] - min(proceeds, balance[s])
                            loss = np.rint(left * unrecovered[i] * worth[s])
                            losses[quarter, s] += np.int64(loss)
                            defaults[quarter, s] += 1
                            balance[s] = paid[s] = 0.0
                for s in range(count):
                    balance[s] -= paid[s]
    total = sums.sum(axis=0)
    return total[0], total[1], total[2]


def plain_in_python(values: Any, classes: Any, cubes: Any, _threads: int) -> Any:
    balances, scheduled, spreads, incomes, collaterals = values[:5]
    ltv_collaterals, dscr_limits, sale_proceeds, prior_claims, unrecovered = values[5:]
    index, income_factor, collateral_factor, currency = cubes
    quarters, count = index.shape[1:]
    loss = np.zeros((quarters, count), dtype=np.int64)
    breach = np.zeros((quarters, count), dtype=np.int64)
    default = np.zeros((quarters, count), dtype=np.int64)
    for s in numba.prange(count):
        for i in range(len(balances)):
            balance = balances[i]
            short_before = False
            for quarter in range(quarters):
                rate = index[classes[0][i], quarter, s] + spreads[i]
                interest = balance * (max(rate, 0.0) * 0.25)
                principal = min(balance, scheduled[i])
                service = interest + principal
                income = income_factor[classes[1][i], quarter, s] * incomes[i]
                factor = collateral_factor[classes[2][i], quarter, s]
                if income < service * dscr_limits[i] or factor * ltv_collaterals[i] < balance:
                    breach[quarter, s] += 1
                short = income < service
                if short and short_before:
                    proceeds = factor * collaterals[i] * sale_proceeds[i] - prior_claims[i]
                    left = balance - min(max(proceeds, 0.0), balance)
                    worth = currency[classes[3][i], quarter, s]
                    loss[quarter, s] += np.int64(np.rint(left * unrecovered[i] * worth))
                    default[quarter, s] += 1
                    break  # nothing is due on a balance of 0
                short_before = short
                balance -= min(max(income - interest, 0.0), principal)
    return loss, breach, default


split_kernel = numba.njit(parallel=True, error_model="numpy")(split_in_python)
plain_kernel = numba.njit(parallel=True, error_model="numpy")(plain_in_python)
