"""A simulation as people read it: sentences and table rows, for any surface."""

from collections.abc import Sequence

from msgspec import UNSET

from seawall.engines.debt.simulation.answers import SimulationResult
from seawall.engines.debt.simulation.changes import FigureChange
from seawall.engines.debt.simulation.large_pool_limit import LargePoolLimit
from seawall.engines.debt.simulation.reverse import AdverseState
from seawall.engines.debt.simulation.scenario_account import ScenarioAccount
from seawall.engines.debt.simulation.twins import Twin
from seawall.engines.debt.simulation.types import (
    CurrencyTranslation,
    InputCounts,
    TailFigures,
)
from seawall.engines.debt.view import money

TAIL_COLUMNS = (
    ("level", "right"),
    ("value at risk", "right"),
    ("95 % interval", "left"),
    ("expected shortfall", "right"),
    ("of book", "right"),
    ("standard error", "right"),
)
CHANGE_COLUMNS = (
    ("level", "right"),
    ("expected shortfall", "right"),
    ("after", "right"),
    ("change", "right"),
    ("standard error", "right"),
)


def headline(result: SimulationResult) -> str:
    """Say what was simulated, in one sentence."""
    names = "one factor" if len(result.factors) == 1 else f"{len(result.factors)} factors"
    return (
        f"{money(result.exposure, result.currency)} of {result.obligor_count:,} obligors, "
        f"{result.scenario_count:,} scenarios of seed {result.seed}, {names}"
    )


def expected(result: SimulationResult) -> str:
    """Say what is lost on average, simulated and exact."""
    currency = result.currency
    simulated = (
        f"{money(result.expected_loss, currency)} ± "
        f"{money(result.expected_loss_standard_error, currency)}"
    )
    exact = result.exact_expected_loss
    return simulated if exact is None else f"{simulated}; exactly {money(exact, currency)}"


def judged(twins: Sequence[Twin]) -> str:
    """Say what the run was judged by, and how far it is from that."""
    if not twins:
        return "by nothing: no figure of this run has a closed form"
    said = (f"{twin.figure.replace('_', ' ')} {twin.distance:.1f}" for twin in twins)
    return (
        f"{', '.join(said)} standard errors from exact; beyond {twins[0].limit:.2f} it is refused"
    )


def limit_sentences(limits: Sequence[LargePoolLimit | None], currency: str) -> list[str]:
    """Say what tails would be of many small loans, where that has a closed form."""
    return [
        f"{100 * limit.confidence_level:.10g} %: value at risk "
        f"{money(limit.value_at_risk, currency)}, expected shortfall "
        f"{money(limit.expected_shortfall, currency)}, were the loans many and small"
        for limit in limits
        if limit is not None
    ]


def notes(result: SimulationResult) -> list[str]:
    """Say what a reader of the figures must know."""
    said = [
        *_assumed("default probability", result.default_probabilities),
        *_assumed("loss given default", result.losses_given_default),
    ]
    if "" in result.factors:
        said.append(
            "no obligor states what factors go by: all share one factor"
            if len(result.factors) == 1
            else "obligors that do not state what factors go by share one factor"
        )
    if result.conditional_factors is not UNSET:
        said += [
            f"given the macroeconomic values {given.factor or 'unstated'} has "
            f"mean {given.mean:.2f} and deviation {given.standard_deviation:.2f}"
            for given in result.conditional_factors
        ]
    if result.translations is not UNSET:
        said += [_translated(line, result.currency) for line in result.translations]
    if result.exposure > 0 and result.potential_loss == 0:
        said.append(
            "no default costs anything: losses given default are 0, as where collateral at its "
            "stated value covers every exposure"
        )
    thin = [f"{100 * tail.confidence_level:.10g} %" for tail in result.tails if tail.is_thin]
    if thin:
        said.append(f"few scenarios are beyond {', '.join(thin)}: simulate more")
    shared = result.shared_collateral
    if shared is not None and shared.withheld_count:
        said.append(
            f"{shared.withheld_count:,} loans over "
            f"{money(shared.withheld_total_outstanding, result.currency)} state collateral that "
            "secures, or may secure, other loans too: they count without it"
        )
    said += [
        f"{left_out.record_count:,} records in {left_out.currency} are not in the book: "
        f"{left_out.reason} ({left_out.rule})"
        for left_out in result.unconverted
    ]
    return said


def _translated(line: CurrencyTranslation, currency: str) -> str:
    said = f"{money(line.exposure, currency)} are in {line.currency}, whose rate moves"
    if line.expected_loss is not None and line.expected_loss_at_book_rate is not None:
        moved = line.expected_loss - line.expected_loss_at_book_rate
        said += f": expected losses differ by {money(moved, currency)} for it"
    if line.expected_translation is not None:
        said += (
            f"; balances that perform are worth {money(line.expected_translation, currency)} more, "
            "no loss"
        )
    return said


def tail_rows(result: SimulationResult) -> list[list[str]]:
    """Make one row a level, under `TAIL_COLUMNS`."""
    scale = max(1.0, result.exposure)
    return [
        [
            _level(tail),
            money(tail.value_at_risk, result.currency),
            _interval(tail, result.currency),
            money(tail.expected_shortfall, result.currency),
            f"{100 * tail.expected_shortfall / scale:.2f} %",
            money(tail.expected_shortfall_standard_error, result.currency),
        ]
        for tail in result.tails
    ]


def change_rows(tails: Sequence[FigureChange], currency: str) -> list[list[str]]:
    """Make one row a level, under `CHANGE_COLUMNS`."""
    return [
        [
            _level(tail.before),
            money(tail.before.expected_shortfall, currency),
            money(tail.after.expected_shortfall, currency),
            money(tail.change, currency),
            money(tail.standard_error, currency),
        ]
        for tail in tails
    ]


def scenario_sentences(account: ScenarioAccount, currency: str) -> list[str]:
    """Say what a scenario lost and what its factors were, the worst first."""
    factors = sorted(account.factors.items(), key=lambda item: item[1])
    said = [
        f"{money(account.loss, currency)} lost, "
        f"{account.defaulted_obligor_count:,} obligors in default",
        "factors, normal with mean 0 and deviation 1: "
        + ", ".join(f"{name or 'unstated'} {value:+.2f}" for name, value in factors),
    ]
    if account.translation is not None:
        said.append(
            f"{money(account.translation, currency)} by currency rates on balances that perform, "
            "no loss"
        )
    if account.mixing != 1:
        said.append(f"mixing variable W / ν {account.mixing:.3f}: below 1 all shocks are larger")
    return said


def state_sentences(state: AdverseState, currency: str) -> list[str]:
    """Say where a state is, how likely, and who loses most in it."""
    factors = sorted(state.factors.items(), key=lambda item: item[1])
    said = [
        f"{state.radius:.2f} standard deviations from the middle, probability "
        f"{state.probability:.2e}, {state.curved_probability:.2e} with the curvature of the losses",
        "factors: " + ", ".join(f"{name or 'unstated'} {value:+.2f}" for name, value in factors),
    ]
    if state.mixing != 1:
        said.append(f"mixing variable W / ν {state.mixing:.3f}: below 1 all shocks are larger")
    said.append(
        "largest: "
        + ", ".join(
            f"{driver.obligor_id} {money(driver.expected_loss, currency)}"
            for driver in state.drivers[:5]
        )
    )
    return said


def _assumed(what: str, counts: InputCounts) -> list[str]:
    return [f"{counts.assumed:,} positions have an assumed {what}"] if counts.assumed else []


def _level(tail: TailFigures) -> str:
    return f"{100 * tail.confidence_level:.10g} %"


def _interval(tail: TailFigures, currency: str) -> str:
    high = tail.value_at_risk_high
    end = "beyond the largest loss" if high is None else money(high, currency)
    return f"{money(tail.value_at_risk_low, currency)} … {end}"
