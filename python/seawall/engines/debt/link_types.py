"""What may be said about the links from a supervisory path to a book, and what they answer."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Weight = Annotated[float, Meta(ge=0, le=1)]  # fraction of the debt, per percentage point
Level = Annotated[float, Meta(gt=0)]

_HOUSE_TYPES = (
    "single_family",
    "two_to_four_family",
    "condominium",
    "planned_unit_development",
    "townhouse",
    "residential",
)
_COMMERCIAL_TYPES = (
    "multifamily",
    "office",
    "retail",
    "industrial",
    "lodging",
    "mixed_use",
    "self_storage",
    "healthcare",
    "manufactured_housing",
    "cooperative",  # the loan is to the corporation that owns the building
    "warehouse",
    "land",
    "commercial_real_estate",
    "other_real_estate",
    "other",  # of the property types of a tape
)
_SHARE_TYPES = ("shares", "equities", "securities")

COLLATERAL_INDICES = {
    **dict.fromkeys(_HOUSE_TYPES, "house_price_index"),
    **dict.fromkeys(_COMMERCIAL_TYPES, "commercial_real_estate_price_index"),
    **dict.fromkeys(_SHARE_TYPES, "equity_index"),
}
"""The variable that each type of collateral follows; a type that is not here follows none."""


class IndexLevels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A caller's own index of a region."""

    jump_off: Annotated[Level, Meta(description="In the last quarter that is history.")]
    levels: Annotated[list[Level], Meta(description="One a quarter of the path.")]


class SupervisoryLinks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a caller may change about the links, field by field."""

    floating_rate_variable: Annotated[
        str, Meta(description="The rate that floating debt follows.")
    ] = "treasury_3m_rate"
    floating_rate_currencies: Annotated[
        tuple[str, ...], Meta(description="Whose floating debt follows it.")
    ] = ("USD",)
    collateral_indices: Annotated[
        dict[str, str | None],
        Meta(description="By type of collateral: the variable that it follows; null: none."),
    ] = {}
    region_indices: Annotated[
        dict[str, dict[str, IndexLevels]], Meta(description="By region, in place of a variable.")
    ] = {}
    region_multipliers: Annotated[
        dict[str, Annotated[float, Meta(ge=0)]],
        Meta(description="By region: times the change of the index."),
    ] = {}
    assume_us_when_region_unknown: Annotated[
        bool | None, Meta(description="Null: for segments in USD.")
    ] = None
    recovery_index: Annotated[
        str, Meta(description="The index that recoveries from distressed assets follow.")
    ] = "commercial_real_estate_price_index"
    unemployment_weight: Annotated[
        Weight,
        Meta(description="Fraction of the debt for a percentage point that unemployment rises."),
    ] = 0.0047
    spread_weight: Annotated[
        Weight,
        Meta(description="Fraction of the debt for a percentage point that the BBB spread rises."),
    ] = 0.0047
    gdp_weight: Annotated[
        Weight, Meta(description="Fraction of the debt for a percentage point that real GDP falls.")
    ] = 0.0047


class HorizonLinks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a caller may change about the links that only a run with a horizon has."""

    revenue_variable: Annotated[
        str | None, Meta(description="A growth or a level; null: none.")
    ] = "nominal_gdp_growth"
    revenue_sensitivity: Annotated[
        Annotated[float, Meta(ge=0, le=10)],
        Meta(description="Times the change of revenue's variable."),
    ] = 1.0
    refinancing_rate_variable: Annotated[str | None, Meta(description="A rate; null: none.")] = (
        "bbb_corporate_yield"
    )


class Segment(msgspec.Struct, frozen=True):
    """Debt of a book that moves alike; text that is empty or absent is unknown."""

    collateral_value: float
    currency: Annotated[str | None, Meta(description="Absent: the book's.")] = None
    collateral_type: str | None = None
    collateral_region: Annotated[str | None, Meta(description="ISO 3166, such as US or US-NY.")] = (
        None
    )
    rate_type: Literal["fixed", "floating", ""] | None = None


class Link(msgspec.Struct, frozen=True):
    """One declared step from a path to a shock, as reports and evidence show it."""

    name: Annotated[str, Meta(description="The shock that it makes.")]
    formula: Annotated[str, Meta(description="How the path makes it.")]
    source: Annotated[str, Meta(description="Where the formula is from.")]
    inputs: Annotated[list[str], Meta(description="Variables of the path that it reads.")]
    values: Annotated[
        dict[str, list[float]], Meta(description="What the path makes of them, by quarter.")
    ]


class NotCovered(msgspec.Struct, frozen=True):
    """A shock that is 0 because no series is published, not because nothing happens."""

    segment: Annotated[int, Meta(description="Its index.")]
    link: str
    reason: str


class LinkGap(msgspec.Struct, frozen=True):
    """A part of the book that a link does not reach, and why; its shock is 0."""

    link: Annotated[str, Meta(description="The shock that it would make.")]
    reason: Annotated[str, Meta(description="A sentence for readers.")]
    currency: Annotated[str, Meta(description="Of the part; empty: it is not known.")]
    collateral_type: Annotated[str, Meta(description="Of the part; empty: it is not known.")]
    collateral_region: Annotated[str, Meta(description="Of the part; empty: it is not known.")]
    rate_type: Annotated[str, Meta(description="fixed or floating; empty: it is not known.")]
    record_count: Annotated[int, Meta(description="Records of the part.")]
    total_outstanding: Annotated[float, Meta(description="What they owe.")]
