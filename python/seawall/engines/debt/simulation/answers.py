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

    what_if_id: Annotated[str, Meta(description="As the question names it.")]
    change: Annotated[WhatIf, Meta(description="What it does.")]


class Sensitivity(msgspec.Struct, frozen=True):
    """What a bump that was asked for with the run does."""

    bump: Annotated[Bump, Meta(description="As the question states it.")]
    change: Annotated[WhatIf, Meta(description="What it does.")]


class SimulationResult(msgspec.Struct, frozen=True):
    """The answer of a simulation, amounts in the book's currency."""

    currency: Annotated[str, Meta(description="The book's, an ISO 4217 code: of all amounts.")]
    position_count: Annotated[int, Meta(description="Instruments, and records without any.")]
    obligor_count: Annotated[int, Meta(description="Who owe them.")]
    exposure: Annotated[float, Meta(description="What is at risk, of all positions.")]
    potential_loss: Annotated[
        float, Meta(description="Where every obligor defaults; of parametric losses at most.")
    ]
    scenario_count: Annotated[int, Meta(description="Scenarios that were drawn.")]
    seed: Annotated[int, Meta(description="Of all draws.")]
    factors: Annotated[list[str], Meta(description="Names of the groups.")]
    expected_loss: Annotated[float, Meta(description="The mean over the scenarios.")]
    expected_loss_standard_error: Annotated[float, Meta(description="Of the mean.")]
    exact_expected_loss: Annotated[
        float | None,
        Meta(description="What the simulated one estimates; null: not in closed form."),
    ]
    loss_standard_deviation: Annotated[float, Meta(description="Over the scenarios.")]
    exact_loss_standard_deviation: Annotated[
        float | None, Meta(description="Null: losses vary, or too many unlike obligors.")
    ]
    tails: Annotated[
        list[TailFigures], Meta(description="One a confidence level, in the question's order.")
    ]
    histogram: Annotated[
        list[LossBin], Meta(description="Of the losses, from the least to the largest.")
    ]
    exposure_spread: Annotated[Spread, Meta(description="Of the exposure over obligors.")]
    tail_spread: Annotated[
        Spread, Meta(description="Of contributions to expected shortfall at the last level.")
    ]
    sampling: Annotated[SamplingResult, Meta(description="How the scenarios were drawn.")]
    default_probabilities: Annotated[InputCounts, Meta(description="Where they are from.")]
    losses_given_default: Annotated[InputCounts, Meta(description="Where they are from.")]
    losses_sha256: Annotated[
        str,
        Meta(description="Of the scenarios' losses: int64 minor units, little-endian, in order."),
    ]
    assumptions: Annotated[list[str], Meta(description="What was taken to be so, for readers.")]
    conditional_factors: Annotated[
        list[ConditionalFactor] | UnsetType, Meta(description="Given macroeconomic values.")
    ] = UNSET
    translations: Annotated[
        list[CurrencyTranslation] | UnsetType, Meta(description="Of currencies whose rates move.")
    ] = UNSET
    currency_rates: Annotated[
        CurrencyRates | None, Meta(description="Null unless the book was converted.")
    ] = None
    currencies: Annotated[
        list[ConvertedCurrency], Meta(description="Of a converted book: one a currency.")
    ] = []
    unconverted: Annotated[
        list[UnconvertedCurrency],
        Meta(description="Records that were left out of the book, by currency."),
    ] = []
    shared_collateral: Annotated[
        SharedCollateral | None, Meta(description="Null when the tape states none.")
    ] = None
    what_if: Annotated[list[NamedWhatIf], Meta(description="In the question's order.")] = []
    sensitivities: Annotated[list[Sensitivity], Meta(description="In the question's order.")] = []
    reverse_stress: Annotated[
        list[ReverseStress], Meta(description="One an amount, in the question's order.")
    ] = []


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
