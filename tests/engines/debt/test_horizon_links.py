"""The two links that only a horizon has, on paths of one's own."""

import msgspec
import pytest

from seawall.engines.debt.horizon_links import refinancing_rate_link, revenue_link
from seawall.engines.debt.link_types import HorizonLinks
from seawall.errors import InvalidInput
from seawall.supervisory import SupervisoryPath, load_path

SEVERE = load_path("frb_2025_severely_adverse")


def growing(*yearly: float) -> SupervisoryPath:
    variables = {**SEVERE.variables, "nominal_gdp_growth": list(yearly)}
    variables = {name: values[: len(yearly)] for name, values in variables.items()}
    quarters = SEVERE.quarters[: len(yearly)]
    return msgspec.structs.replace(SEVERE, quarters=quarters, variables=variables)


def test_four_quarters_of_a_yearly_growth_make_a_year_of_it() -> None:
    _, factor = revenue_link(growing(-8.0, -8.0, -8.0, -8.0), HorizonLinks())
    assert factor[3] == pytest.approx(0.92, rel=1e-15)
    assert factor[0] == pytest.approx(0.92**0.25, rel=1e-15)


def test_a_sensitivity_multiplies_the_change() -> None:
    links = HorizonLinks(revenue_sensitivity=3.0)
    declared, factor = revenue_link(growing(-8.0, -8.0, -8.0, -8.0), links)
    assert factor[3] == pytest.approx(1 - 3 * 0.08, rel=1e-15)
    assert declared.formula.startswith("1 + 3.0 × ")


def test_a_sensitivity_that_makes_revenue_negative_is_refused() -> None:
    with pytest.raises(InvalidInput) as raised:
        revenue_link(growing(-50.0, -50.0), HorizonLinks(revenue_sensitivity=10.0))
    assert raised.value.where == "parameters.horizon.links.revenue_sensitivity"


@pytest.mark.parametrize("name", ["treasury_3m_rate", "turnover"])
def test_revenue_follows_no_rate(name: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        revenue_link(SEVERE, HorizonLinks(revenue_variable=name))
    assert raised.value.where == "parameters.horizon.links.revenue_variable"


@pytest.mark.parametrize("name", ["nominal_gdp_growth", "house_price_index", "libor"])
def test_the_rate_of_new_debt_follows_a_rate(name: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        refinancing_rate_link(SEVERE, HorizonLinks(refinancing_rate_variable=name))
    assert raised.value.where == "parameters.horizon.links.refinancing_rate_variable"


def test_each_link_names_its_source_and_its_values() -> None:
    for link in (revenue_link, refinancing_rate_link):
        declared, values = link(SEVERE, HorizonLinks())
        assert "Federal Reserve" in declared.source
        assert "is a judgement" in declared.source
        assert [*declared.values.values()] == [values.tolist()]
