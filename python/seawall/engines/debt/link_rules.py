"""The links from a supervisory path to a book: declared small functions, one idea each."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

import numpy as np

from seawall.engines.debt.link_types import (
    COLLATERAL_INDICES,
    Link,
    Segment,
    SupervisoryLinks,
)
from seawall.errors import InvalidInput
from seawall.supervisory import SupervisoryPath

Series = np.ndarray[tuple[int], np.dtype[np.float64]]  # one value a quarter
Shock = Callable[[Segment], Series | str]  # or why there is none
T = TypeVar("T")

# What one unit is worth in dollars follows the published rate to this power.
_DOLLAR_RATES = {"EUR": ("usd_per_eur", 1), "GBP": ("usd_per_gbp", 1), "JPY": ("jpy_per_usd", -1)}

_WEIGHTS_SOURCE = (
    "a judgement: one weight for a point of each driver, so that the jump-off 2007Q4 gives the net "
    "charge-offs of the 13 quarters to 2011Q1 above the rate of 2007, 5.275 % of loans (Federal "
    "Reserve, Charge-Off and Delinquency Rates on Loans and Leases at Commercial Banks, all loans, "
    "not seasonally adjusted)"
)


class Terms(NamedTuple):
    """What every link looks at."""

    path: SupervisoryPath
    links: SupervisoryLinks
    book_currency: str

    def source(self) -> str:
        """Name the publication, for a link that only reads it."""
        source = self.path.source
        return f"{source.publisher}, {source.document} ({source.year})"

    def change(self, variable: str) -> Series:
        """Return the distance from the jump-off, in the variable's unit."""
        return np.array([self.path.change(variable, q) for q in self.path.quarters])

    def relative_change(self, variable: str) -> Series:
        """Return level / jump-off − 1."""
        return np.array([self.path.relative_change(variable, q) for q in self.path.quarters])

    def publishes(self, variable: str) -> bool:
        """Whether the path has a value of a variable for the jump-off and every quarter."""
        series = self.path.variables.get(variable)
        return series is not None and None not in (*series, self.path.jump_off.values[variable])

    def nothing(self) -> Series:
        """Return no change in any quarter."""
        return np.zeros(len(self.path.quarters))


def field(name: str) -> str:
    """Say where a caller wrote a field of the links."""
    return f"parameters.supervisory_links.{name}"


# --- interest rate


def _declare_floating_rate(terms: Terms) -> Link:
    variable = terms.links.floating_rate_variable
    return Link(
        "interest_rate_delta_pct",
        f"floating debt in {', '.join(terms.links.floating_rate_currencies)}: {variable}(q) − "
        f"{variable}(jump-off), percentage points, without a floor; fixed: 0",
        terms.source(),
        [variable],
        {variable: terms.change(variable).tolist()},
    )


def _floating_rate(terms: Terms) -> Shock:
    change, nothing = terms.change(terms.links.floating_rate_variable), terms.nothing()

    def shock(segment: Segment) -> Series | str:
        if segment.rate_type == "fixed":
            return nothing
        if not segment.rate_type:
            return "whether the rate is fixed is unknown"
        currency = segment.currency or terms.book_currency
        if currency in terms.links.floating_rate_currencies:
            return change
        return f"the path has no rate of {currency}"

    return shock


# --- collateral


def _declare_collateral(terms: Terms) -> Link:
    indices = {**COLLATERAL_INDICES, **terms.links.collateral_indices}
    inputs = sorted({name for name in indices.values() if name and terms.publishes(name)})
    values = {name: terms.relative_change(name).tolist() for name in inputs}
    for region, own in terms.links.region_indices.items():
        for name, index in own.items():
            values[f"{region}: {name}"] = [level / index.jump_off - 1 for level in index.levels]
    return Link(
        "collateral_market_impact",
        "(index(q) / index(jump-off) − 1) × multiplier of the region, with the index of the "
        "collateral's type",
        terms.source(),
        inputs,
        values,
    )


def _collateral(terms: Terms) -> Shock:
    links = terms.links
    indices = {**COLLATERAL_INDICES, **links.collateral_indices}

    def shock(segment: Segment) -> Series | str:
        if segment.collateral_value == 0:
            return terms.nothing()  # there is nothing that could be left uncovered
        if not segment.collateral_type:
            return "the type of the collateral is unknown"
        name = indices.get(segment.collateral_type)
        if name is None:
            return f"no index is linked to {segment.collateral_type}"
        region = segment.collateral_region or _assumed_region(terms, segment)
        if not region:
            return "the region of the collateral is unknown"
        own = _of_region(links.region_indices, region, {})
        if name in own:
            change = np.array(own[name].levels) / own[name].jump_off - 1
        elif _country(region) == "US":
            if not terms.publishes(name):
                return f"the path has no {name}"
            change = terms.relative_change(name)
        else:
            return f"the published {name} is of the United States, not of {region}"
        change = change * _of_region(links.region_multipliers, region, 1.0)
        if change.min() < -1:
            raise InvalidInput(
                f"takes more than the whole value of collateral in {region}",
                where=field("region_multipliers"),
            )
        return change

    return shock


def _assumed_region(terms: Terms, segment: Segment) -> str:
    assumed = terms.links.assume_us_when_region_unknown
    if assumed is None:
        assumed = (segment.currency or terms.book_currency) == "USD"
    return "US" if assumed else ""


def _country(region: str) -> str:
    return region.partition("-")[0]


def _of_region(found: Mapping[str, T], region: str, default: T) -> T:
    return found.get(region, found.get(_country(region), default))


# --- recoveries


def _recovery(terms: Terms) -> Series | str:
    name = terms.links.recovery_index
    if not terms.publishes(name):
        return f"the path has no {name}"
    return np.minimum(0.0, terms.relative_change(name))


def _declare_recovery(terms: Terms) -> Link:
    name = terms.links.recovery_index
    values = _recovery(terms)
    return Link(
        "recovery_degradation",
        f"min(0, {name}(q) / {name}(jump-off) − 1), for every distressed asset",
        f"{terms.source()}; that recoveries follow this index is a judgement",
        [name],
        {} if isinstance(values, str) else {name: values.tolist()},
    )


# --- defaults


def _default_drivers(terms: Terms) -> dict[str, Series]:
    """Return how many points each driver is on its bad side of the jump-off."""
    growth = [terms.path.cumulative_growth("real_gdp_growth", q) for q in terms.path.quarters]
    spread = terms.change("bbb_corporate_yield") - terms.change("treasury_10y_yield")
    return {
        "unemployment": np.maximum(0.0, terms.change("unemployment_rate")),
        "spread": np.maximum(0.0, spread),
        "gdp": np.maximum(0.0, -100 * np.array(growth)),
    }


def _default_increment(terms: Terms) -> Series:
    weights = terms.links
    drivers = _default_drivers(terms)
    now = (
        weights.unemployment_weight * drivers["unemployment"]
        + weights.spread_weight * drivers["spread"]
        + weights.gdp_weight * drivers["gdp"]
    )
    increment = np.maximum.accumulate(now)  # what has defaulted stays so
    if increment[-1] > 1:
        raise InvalidInput(
            "the three weights make more than the whole debt default", where=field("gdp_weight")
        )
    return increment


def _declare_default(terms: Terms) -> Link:
    weights = terms.links
    return Link(
        "default_risk_increment",
        f"largest up to q of {weights.unemployment_weight} × rise of the unemployment rate + "
        f"{weights.spread_weight} × rise of the BBB yield over the 10-year Treasury yield + "
        f"{weights.gdp_weight} × fall of real GDP, each in percentage points since the jump-off "
        "and at least 0",
        f"{terms.source()}; weights: {_WEIGHTS_SOURCE}",
        ["unemployment_rate", "bbb_corporate_yield", "treasury_10y_yield", "real_gdp_growth"],
        {
            **{name: values.tolist() for name, values in _default_drivers(terms).items()},
            "increment": _default_increment(terms).tolist(),
        },
    )


# --- currencies


def _declare_currency(terms: Terms) -> Link:
    inputs = [name for name, _ in _DOLLAR_RATES.values() if terms.publishes(name)]
    return Link(
        "currency_change",
        f"worth(q) / worth(jump-off) − 1 of the segment's currency in {terms.book_currency}, "
        "over the US dollar",
        terms.source(),
        inputs,
        {name: terms.relative_change(name).tolist() for name in inputs},
    )


def _currency(terms: Terms) -> Shock:
    def shock(segment: Segment) -> Series | str:
        currency = segment.currency or terms.book_currency
        if currency == terms.book_currency:
            return terms.nothing()
        worth = []
        for one in (currency, terms.book_currency):
            name, power = _DOLLAR_RATES.get(one, ("", 1))
            if one != "USD" and not terms.publishes(name):
                return f"the path has no exchange rate of {one}"
            change = terms.nothing() if one == "USD" else terms.relative_change(name)
            worth.append((1 + change) ** power)
        return worth[0] / worth[1] - 1

    return shock


def _alike(series: Callable[[Terms], Series | str]) -> Callable[[Terms], Shock]:
    """Make the link of a shock that every segment has alike."""

    def prepare(terms: Terms) -> Shock:
        values = series(terms)
        return lambda _: values

    return prepare


LINKS: tuple[tuple[Callable[[Terms], Link], Callable[[Terms], Shock]], ...] = (
    (_declare_floating_rate, _floating_rate),
    (_declare_collateral, _collateral),
    (_declare_recovery, _alike(_recovery)),
    (_declare_default, _alike(_default_increment)),
    (_declare_currency, _currency),
)
