"""What a simulation of defaults is told and answers. Percentages are in percent."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from seawall.engines.debt.simulation.question_types import Amount, Bump, Percent, WhatIfEntry
from seawall.engines.debt.types import BookTerms

MAX_SCENARIOS = 100_000_000
MAX_LEVELS = 16
MAX_SEED = 2**53 - 1  # any JSON reader keeps it

Fraction = Annotated[float, Meta(ge=0, le=1)]
Score = Annotated[float, Meta(ge=-10, le=10)]
Name = Annotated[str, Meta(min_length=1)]
RateFactor = Annotated[float, Meta(gt=0, le=1_000_000)]
Confidence = Annotated[float, Meta(gt=0, lt=1)]

FactorSource = Literal[
    "none", "sector", "rating", "collateral_type", "collateral_region", "currency"
]


SamplingKind = Literal["plain", "importance", "sobol"]


class DefaultProbabilityTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Over the horizon, where a position states none; an obligor has the highest of its own."""

    by_rating_pct: Annotated[
        dict[str, Percent],
        Meta(description="Default probability over the horizon by rating, in percent."),
    ] = {}
    assumed_pct: Annotated[
        Percent | UnsetType,
        Meta(description="In percent, where nothing else gives one; absent: that is refused."),
    ] = UNSET
    score_shift: Annotated[
        Score,
        Meta(description="Δ: an obligor's probability becomes Φ(Φ⁻¹(PD) + Δ)."),
    ] = 0.0
    score_shifts: Annotated[
        dict[str, Score], Meta(description="Δ by group of the factors, in place of score_shift.")
    ] = {}


class LossGivenDefaultTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """E[LGD | default] where a position states none.

    With collateral it is what is left of the exposure after the sale and the recoveries from
    distressed assets, as a fraction of the exposure. ``fixed`` it is the same in every scenario;
    ``parametric`` it rises where many default, and varies by obligor with ``own_variance``. In a
    ``waterfall`` nothing of it is used: collateral takes a value in each scenario, and what
    connected obligors leave to each creditor is settled.
    """

    model: Annotated[
        Literal["fixed", "parametric", "waterfall"],
        Meta(description="How what is lost varies from scenario to scenario."),
    ] = "fixed"
    own_variance: Annotated[
        Annotated[float, Meta(ge=0, lt=1)],
        Meta(description="Parametric: the obligor's own part of the spread, a fraction."),
    ] = 0.0
    collateral_haircut_pct: Annotated[
        Percent, Meta(description="Of collateral in a sale, in percent.")
    ] = 20.0
    sale_cost_pct: Annotated[
        Percent, Meta(description="Of what is left after the haircut, in percent.")
    ] = 5.0
    assumed_pct: Annotated[
        Percent | UnsetType,
        Meta(description="In percent, without collateral; absent: such a position is refused."),
    ] = UNSET
    # Of a waterfall alone:
    administration_cost_pct: Annotated[
        Percent,
        Meta(description="Waterfall: of free assets and surpluses of collateral, in percent."),
    ] = 5.0
    collateral_volatility_pct: Annotated[
        Annotated[float, Meta(ge=0, le=400)],
        Meta(description="Waterfall: σ of the logarithm of collateral, in percent."),
    ] = 25.0
    collateral_correlation: Annotated[
        Fraction,
        Meta(description="Waterfall: R² of collateral with its owner's factor."),
    ] = 0.25


class QuarterTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A default falls in a quarter of the period, by a constant hazard, and is discounted."""

    count: Annotated[Annotated[int, Meta(ge=1, le=40)], Meta(description="Quarters of the period.")]
    discount_rate_pct: Annotated[
        Annotated[float, Meta(gt=-100, le=1000)], Meta(description="In percent a year.")
    ] = 0.0
    currency_factors: Annotated[
        dict[Name, tuple[RateFactor, ...]],
        Meta(
            description="By currency: its rate in each quarter over the one that the book is "
            "converted at."
        ),
    ] = {}


class FactorCorrelation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of two factors, by the names of their groups."""

    first: Annotated[str, Meta(description="The name of a group.")]
    second: Annotated[str, Meta(description="The name of another group.")]
    correlation: Annotated[
        Annotated[float, Meta(ge=-1, le=1)], Meta(description="Of their factors, from -1 to 1.")
    ]


class FactorTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How obligors default together: one systematic factor a group of them.

    An obligor is of the group of its largest exposure. ``asset_correlation`` is R², the square of
    its loading: one number, or ``irb_corporate``, that of the internal ratings-based approach for
    its default probability.
    """

    by: Annotated[
        FactorSource,
        Meta(description="What has a systematic factor each; none: one factor for all."),
    ] = "none"
    asset_correlation: Annotated[
        Annotated[float, Meta(ge=0, lt=1)] | Literal["irb_corporate"],
        Meta(description="R², the square of an obligor's loading, a fraction; or irb_corporate."),
    ] = "irb_corporate"
    correlation: Annotated[
        Annotated[float, Meta(ge=-1, le=1)], Meta(description="Of any two factors, from -1 to 1.")
    ] = 0.5
    correlations: Annotated[
        list[FactorCorrelation], Meta(description="Of pairs of factors, in place of correlation.")
    ] = []
    degrees_of_freedom: Annotated[
        Annotated[float, Meta(gt=2, le=1e9)] | None,
        Meta(description="Of Student's t copula; null: the Gaussian copula."),
    ] = None


class MacroTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values that macroeconomic variables take, and the factors with them.

    Variables and factors are jointly normal; a value is how far a variable is from its mean.
    Default probabilities stay: those of the book are over all states of the economy.
    """

    variables: Annotated[
        Annotated[tuple[Name, ...], Meta(min_length=1, max_length=64)],
        Meta(description="Their names."),
    ]
    values: Annotated[
        tuple[float, ...], Meta(description="Of each variable: how far it is from its mean.")
    ]
    covariance: Annotated[tuple[tuple[float, ...], ...], Meta(description="Of the variables.")]
    factor_covariance: Annotated[
        dict[str, tuple[float, ...]],
        Meta(description="With each variable, by group of the factors."),
    ]


class SimulationParameters(BookTerms, frozen=True, forbid_unknown_fields=True):
    """What a simulation may be told. The threshold is a fraction of the exposure.

    An obligor's draws belong to its slot, its rank among the obligors of the dataset. To compare
    with an earlier dataset under the same draws, name that one in ``slots_from``: its obligors keep
    their slots, and those that are new come after.
    """

    scenario_count: Annotated[
        Annotated[int, Meta(ge=1, le=MAX_SCENARIOS)], Meta(description="Scenarios that are drawn.")
    ] = 100_000
    seed: Annotated[
        Annotated[int, Meta(ge=0, le=MAX_SEED)],
        Meta(description="Of all draws: the same seed gives the same losses on any machine."),
    ] = 1
    confidence_levels: Annotated[
        Annotated[tuple[Confidence, ...], Meta(min_length=1, max_length=MAX_LEVELS)],
        Meta(description="Of value at risk and expected shortfall, fractions."),
    ] = (0.95, 0.99, 0.999)
    default_probability: Annotated[
        DefaultProbabilityTerms, Meta(description="Where a position states none.")
    ] = DefaultProbabilityTerms()
    loss_given_default: Annotated[
        LossGivenDefaultTerms, Meta(description="Where a position states none.")
    ] = LossGivenDefaultTerms()
    quarters: Annotated[
        QuarterTerms | UnsetType,
        Meta(description="In which quarter a default falls; absent: one period."),
    ] = UNSET
    factors: Annotated[FactorTerms, Meta(description="Who defaults together with whom.")] = (
        FactorTerms()
    )
    macro: Annotated[
        MacroTerms | UnsetType,
        Meta(description="Values that condition the factors; absent: all states of the economy."),
    ] = UNSET
    sampling: Annotated[
        SamplingKind, Meta(description="plain; importance for a rare tail; sobol for the mean.")
    ] = "plain"
    what_if: Annotated[
        Annotated[tuple[WhatIfEntry, ...], Meta(max_length=64)],
        Meta(description="Changes of the book, each compared with it under common draws."),
    ] = ()
    sensitivities: Annotated[
        Annotated[tuple[Bump, ...], Meta(max_length=64)],
        Meta(description="Relative changes of one figure of the whole book."),
    ] = ()
    reverse_losses: Annotated[
        Annotated[tuple[Amount, ...], Meta(max_length=16)],
        Meta(description="Amounts, in the book's currency, whose likeliest cause is searched."),
    ] = ()
    slots_from: Annotated[
        tuple[str, ...], Meta(description="Dataset versions whose obligors are numbered first.")
    ] = ()
    tail_materiality_threshold_pct: Annotated[
        Fraction,
        Meta(description="A finding is material from this on, a fraction of the exposure."),
    ] = 0.1


class TailFigures(msgspec.Struct, frozen=True):
    """Value at risk and expected shortfall at a level, in the book's currency."""

    confidence_level: Annotated[float, Meta(description="A fraction, such as 0.99.")]
    value_at_risk: Annotated[
        float, Meta(description="The least loss that scenarios of that part do not pass.")
    ]
    value_at_risk_low: Annotated[
        float, Meta(description="The quantile is between this and the high one with 95 % at least.")
    ]
    value_at_risk_high: Annotated[float | None, Meta(description="Null: beyond the largest loss.")]
    expected_shortfall: Annotated[
        float, Meta(description="The mean loss of the worst scenarios beyond that part.")
    ]
    expected_shortfall_standard_error: Annotated[float, Meta(description="Of that mean.")]
    scenarios_beyond: Annotated[int, Meta(description="With a loss above value at risk.")]
    effective_scenarios: Annotated[float, Meta(description="In the tail, if all weighed alike.")]
    is_thin: Annotated[
        bool,
        Meta(
            description="Fewer than 100 of them are expected; by Sobol points 10 in each scramble."
        ),
    ]


class InputCounts(msgspec.Struct, frozen=True):
    """Where positions have a figure from."""

    stated: Annotated[int, Meta(description="Positions whose tape states it.")]
    by_rating: Annotated[int, Meta(description="Of default probabilities.")]
    by_collateral: Annotated[int, Meta(description="Of losses given default.")]
    assumed: Annotated[int, Meta(description="Positions that have the assumed one.")]


class SamplingResult(msgspec.Struct, frozen=True):
    """How the systematic states were drawn: frozen numbers that make the run again."""

    kind: Annotated[SamplingKind, Meta(description="plain, importance or sobol.")]
    factor_shift: Annotated[
        list[float], Meta(description="Of the independent factors; importance sampling.")
    ] = []
    mixing_tilt: Annotated[
        float,
        Meta(description="Of the mixing variable of Student's t copula; importance sampling."),
    ] = 0.0


class ConditionalFactor(msgspec.Struct, frozen=True):
    """A systematic factor given macroeconomic values; without them it has mean 0, deviation 1."""

    factor: Annotated[str, Meta(description="The name of its group.")]
    mean: Annotated[float, Meta(description="Given the macroeconomic values.")]
    standard_deviation: Annotated[float, Meta(description="Given the macroeconomic values.")]


class CurrencyTranslation(msgspec.Struct, frozen=True):
    """What rates do to the positions in a currency, in the book's own.

    Losses are at the rates of their default's quarter. What rates do to balances that perform to
    the end is no loss, and in none of the other figures.
    """

    currency: Annotated[str, Meta(description="ISO 4217 code.")]
    exposure: Annotated[float, Meta(description="At the rate that the book is converted at.")]
    expected_loss: Annotated[float | None, Meta(description="Null: there is no closed form.")]
    expected_loss_at_book_rate: Annotated[
        float | None, Meta(description="Were the rates to stay; null: there is no closed form.")
    ]
    expected_translation: Annotated[
        float | None, Meta(description="Of what performs: at the last quarter's rate less its own.")
    ]


class LossBin(msgspec.Struct, frozen=True):
    """Scenarios whose loss is from ``begin`` up to ``end``, without it."""

    begin: Annotated[float, Meta(description="The least loss of the bin.")]
    end: Annotated[float, Meta(description="The least loss beyond it.")]
    scenario_count: Annotated[int, Meta(description="Scenarios in it.")]
    probability: Annotated[float, Meta(description="Their weight, a fraction of all.")]


class Spread(msgspec.Struct, frozen=True):
    """How unevenly an amount is spread over obligors."""

    herfindahl_index: Annotated[float | None, Meta(description="Null: there is nothing to spread.")]
    effective_obligors: Annotated[
        float | None, Meta(description="That many alike would be as concentrated.")
    ]
    gini_coefficient: Annotated[
        float | None,
        Meta(description="0: all alike, towards 1: one has all; null: there is nothing to spread."),
    ]
    largest_ten_pct: Annotated[float | None, Meta(description="What the ten largest have.")]
