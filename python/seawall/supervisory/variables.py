"""The variables that a supervisory path may have: our names, what the publisher calls them, units.

Names and columns are those of the Federal Reserve's stress test scenarios, tables A (domestic) and
B (international).
"""

from typing import Literal

import msgspec

Unit = Literal[
    "percent annualised growth",
    "percent",
    "index level",
    "USD per EUR",
    "USD per GBP",
    "JPY per USD",
    "currencies per USD, index",
]
Area = Literal["domestic", "international"]

GROWTH: Unit = "percent annualised growth"
PERCENT: Unit = "percent"
INDEX: Unit = "index level"


class Variable(msgspec.Struct, frozen=True):
    """One series of a path."""

    name: str
    column: str  # as published
    unit: Unit
    area: Area

    @property
    def is_level(self) -> bool:
        """Whether it is an index or a price, which is above 0 and whose ratio is a change."""
        return self.unit not in (GROWTH, PERCENT)


_DOMESTIC: tuple[tuple[str, str, Unit], ...] = (
    ("real_gdp_growth", "Real GDP growth", GROWTH),
    ("nominal_gdp_growth", "Nominal GDP growth", GROWTH),
    ("real_disposable_income_growth", "Real disposable income growth", GROWTH),
    ("nominal_disposable_income_growth", "Nominal disposable income growth", GROWTH),
    ("unemployment_rate", "Unemployment rate", PERCENT),
    ("cpi_inflation", "CPI inflation rate", GROWTH),
    ("treasury_3m_rate", "3-month Treasury rate", PERCENT),
    ("treasury_5y_yield", "5-year Treasury yield", PERCENT),
    ("treasury_10y_yield", "10-year Treasury yield", PERCENT),
    ("bbb_corporate_yield", "BBB corporate yield", PERCENT),
    ("mortgage_rate", "Mortgage rate", PERCENT),
    ("prime_rate", "Prime rate", PERCENT),
    ("equity_index", "Dow Jones Total Stock Market Index (Level)", INDEX),
    ("house_price_index", "House Price Index (Level)", INDEX),
    (
        "commercial_real_estate_price_index",
        "Commercial Real Estate Price Index (Level)",
        INDEX,
    ),
    ("market_volatility_index", "Market Volatility Index (Level)", INDEX),
)

_INTERNATIONAL: tuple[tuple[str, str, Unit], ...] = (
    ("euro_area_real_gdp_growth", "Euro area real GDP growth", GROWTH),
    ("euro_area_inflation", "Euro area inflation", GROWTH),
    ("usd_per_eur", "Euro area bilateral dollar exchange rate (USD/euro)", "USD per EUR"),
    ("developing_asia_real_gdp_growth", "Developing Asia real GDP growth", GROWTH),
    ("developing_asia_inflation", "Developing Asia inflation", GROWTH),
    (
        "developing_asia_per_usd_index",
        "Developing Asia bilateral dollar exchange rate (F/USD, index)",
        "currencies per USD, index",
    ),
    ("japan_real_gdp_growth", "Japan real GDP growth", GROWTH),
    ("japan_inflation", "Japan inflation", GROWTH),
    ("jpy_per_usd", "Japan bilateral dollar exchange rate (yen/USD)", "JPY per USD"),
    ("uk_real_gdp_growth", "U.K. real GDP growth", GROWTH),
    ("uk_inflation", "U.K. inflation", GROWTH),
    ("usd_per_gbp", "U.K. bilateral dollar exchange rate (USD/pound)", "USD per GBP"),
)

VARIABLES: dict[str, Variable] = {
    variable.name: variable
    for variable in (
        *(Variable(*entry, area="domestic") for entry in _DOMESTIC),
        *(Variable(*entry, area="international") for entry in _INTERNATIONAL),
    )
}
"""By name, in the order of the published columns."""
