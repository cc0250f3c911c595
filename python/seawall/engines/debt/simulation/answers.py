"""The answer of a simulation: its distribution, and what was asked of it on top."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from seawall.engine import CurrencyRates
from seawall.engines.debt.simulation.changes import WhatIf
from seawall.engines.debt.simulation.passes import Passes
from seawall.engines.debt.simulation.question_types import Bump
from seawall.engines.debt.simulation.reverse import ReverseStress
from seawall.engines.debt.simulation.tail import Tail
from seawall.engines.debt.simulation.types import (
    ConditionalFactor,
    CurrencyTranslation,
    InputCounts,
    LossBin,
    SamplingResult,
    Spread,
    TailFigures,
)
from seawall.engines.debt.types import ConvertedCurrency, SharedCollateral, UnconvertedCurrency


class NamedWhatIf(msgspec.Struct, frozen=True):
    """What changes that were asked for with the run do."""

    what_if_id: str
    change: WhatIf


class Sensitivity(msgspec.Struct, frozen=True):
    """What a bump that was asked for with the run does."""

    bump: Bump
    change: WhatIf


class SimulationResult(msgspec.Struct, frozen=True):
    """The answer of a simulation, amounts in the book's currency."""

    currency: str
    position_count: int
    obligor_count: int
    exposure: float
    potential_loss: Annotated[
        float, Meta(description="Where every obligor defaults; of parametric losses at most.")
    ]
    scenario_count: int
    seed: int
    factors: Annotated[list[str], Meta(description="Names of the groups.")]
    expected_loss: float
    expected_loss_standard_error: float
    exact_expected_loss: Annotated[
        float | None,
        Meta(description="What the simulated one estimates; null: not in closed form."),
    ]
    loss_standard_deviation: float
    exact_loss_standard_deviation: Annotated[
        float | None, Meta(description="Null: losses vary, or too many unlike obligors.")
    ]
    tails: list[TailFigures]
    histogram: list[LossBin]
    exposure_spread: Spread
    tail_spread: Annotated[
        Spread, Meta(description="Of contributions to expected shortfall at the last level.")
    ]
    sampling: SamplingResult
    default_probabilities: InputCounts
    losses_given_default: InputCounts
    losses_sha256: Annotated[
        str,
        Meta(description="Of the scenarios' losses: int64 minor units, little-endian, in order."),
    ]
    assumptions: list[str]
    conditional_factors: Annotated[
        list[ConditionalFactor] | UnsetType, Meta(description="Given macroeconomic values.")
    ] = UNSET
    translations: Annotated[
        list[CurrencyTranslation] | UnsetType, Meta(description="Of currencies whose rates move.")
    ] = UNSET
    currency_rates: CurrencyRates | None = None
    currencies: list[ConvertedCurrency] = []
    unconverted: list[UnconvertedCurrency] = []
    shared_collateral: SharedCollateral | None = None
    what_if: list[NamedWhatIf] = []
    sensitivities: list[Sensitivity] = []
    reverse_stress: list[ReverseStress] = []


def asked_on_top(
    tail: Tail, passes: Passes
) -> tuple[list[NamedWhatIf], list[Sensitivity], list[ReverseStress]]:
    """Answer what the parameters ask beside the distribution, each in a pass.

    Raises
    ------
    InvalidInput, NotFound
        With the place, such as ``parameters.what_if[0].changes[1].source_record_id``.
    """
    asked = tail.parameters
    what_ifs: list[NamedWhatIf] = []
    sensitivities: list[Sensitivity] = []
    reverse: list[ReverseStress] = []
    for index, entry in enumerate(asked.what_if):
        change = tail.what_if(entry.changes, where=f"parameters.what_if[{index}].changes")
        what_ifs.append(NamedWhatIf(entry.what_if_id, change))
        passes.ended()
    changes = tail.each_sensitivity(asked.sensitivities, where="parameters.sensitivities")
    for bump, change in zip(asked.sensitivities, changes, strict=True):
        sensitivities.append(Sensitivity(bump, change))
        passes.ended()
    for index, loss in enumerate(asked.reverse_losses):
        reverse.append(tail.reverse_stress(loss, where=f"parameters.reverse_losses[{index}]"))
        passes.ended()
    return what_ifs, sensitivities, reverse
