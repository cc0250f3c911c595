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

    jump_off: Level
    levels: list[Level]  # one a quarter of the path


class SupervisoryLinks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a caller may change about the links, field by field."""

    floating_rate_variable: str = "treasury_3m_rate"
    floating_rate_currencies: tuple[str, ...] = ("USD",)  # whose floating debt follows it
    collateral_indices: dict[str, str | None] = {}  # laid over COLLATERAL_INDICES; null: none
    region_indices: dict[str, dict[str, IndexLevels]] = {}  # by region, in place of a variable
    region_multipliers: dict[str, Annotated[float, Meta(ge=0)]] = {}  # of the index's change
    assume_us_when_region_unknown: bool | None = None  # null: for segments in USD
    recovery_index: str = "commercial_real_estate_price_index"
    unemployment_weight: Weight = 0.0047
    spread_weight: Weight = 0.0047
    gdp_weight: Weight = 0.0047


class HorizonLinks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a caller may change about the links that only a run with a horizon has."""

    revenue_variable: str | None = "nominal_gdp_growth"  # a growth or a level; null: none
    revenue_sensitivity: Annotated[float, Meta(ge=0, le=10)] = 1.0  # of revenue to its change
    refinancing_rate_variable: str | None = "bbb_corporate_yield"  # a rate; null: none


class Segment(msgspec.Struct, frozen=True):
    """Debt of a book that moves alike; text that is empty or absent is unknown."""

    collateral_value: float
    currency: str | None = None  # absent: the book's
    collateral_type: str | None = None
    collateral_region: str | None = None  # ISO 3166, such as US or US-NY
    rate_type: Literal["fixed", "floating", ""] | None = None


class Link(msgspec.Struct, frozen=True):
    """One declared step from a path to a shock, as reports and evidence show it."""

    name: str
    formula: str
    source: str
    inputs: list[str]
    values: dict[str, list[float]]  # what the path makes of them, by quarter


class NotCovered(msgspec.Struct, frozen=True):
    """A shock that is 0 because no series is published, not because nothing happens."""

    segment: int  # its index
    link: str
    reason: str


class LinkGap(msgspec.Struct, frozen=True):
    """A part of the book that a link does not reach, and why; its shock is 0."""

    link: str
    reason: str
    currency: str
    collateral_type: str
    collateral_region: str
    rate_type: str
    record_count: int
    total_outstanding: float
