"""From a horizon's parameters to the drivers of its cases."""

import math
from typing import Any

import msgspec
import numpy as np
import pytest

from seawall.engines.debt.horizon_cases import (
    DRIVERS,
    PRESETS,
    CaseAssumptions,
    HorizonCase,
    complete_cases,
)
from seawall.engines.debt.horizon_types import Horizon
from seawall.engines.debt.link_types import SupervisoryLinks
from seawall.engines.debt.paths import PathRun
from seawall.supervisory import SupervisoryPath, load_path

SEVERE = load_path("frb_2025_severely_adverse")
SEGMENT = {
    "currency": "USD",
    "collateral_type": "office",
    "collateral_region": "US",
    "rate_type": "fixed",
    "record_count": 1,
    "total_outstanding": 100.0,
    "collateral_value": 100.0,
}
FLOATING = {**SEGMENT, "rate_type": "floating"}


def cases_of(segment_count: int = 2, **horizon: Any) -> list[HorizonCase]:
    return complete_cases(msgspec.convert(horizon, Horizon), segment_count=segment_count)


def path_case(
    *segments: dict[str, Any], path: SupervisoryPath = SEVERE, currency: str = "USD", **horizon: Any
) -> HorizonCase:
    run = PathRun(path, SupervisoryLinks(), segments, currency=currency)
    asked = msgspec.convert(horizon, Horizon)
    return complete_cases(asked, segment_count=len(segments), paths=[run])[-1]


def driver(case: HorizonCase, name: str, *, segment: int = 0) -> list[float]:
    return case.drivers[:, segment, DRIVERS.index(name)].tolist()


def value(case: HorizonCase, name: str, month: int, *, segment: int = 0) -> float:
    return driver(case, name, segment=segment)[month - 1]


# --- the base, presets and a caller's own


def test_only_the_base_runs_unless_more_is_asked_for() -> None:
    (base,) = cases_of()
    assert base.case_id == "base"
    assert base.assumptions == CaseAssumptions()


def test_in_the_base_nothing_changes() -> None:
    (base,) = cases_of(months=24, segment_count=3)
    assert base.drivers.shape == (24, 3, 7)
    assert base.drivers.dtype == np.float64
    for name in DRIVERS:
        unchanged = 0.0 if name == "interest_rate_delta_pct" else 1.0
        assert set(driver(base, name)) == {unchanged}
    assert (base.liquidity_factor, base.collection_days, base.payment_days) == (1.0, 0, 0)
    assert not base.refinancing_rate_delta_pct.any()


def test_the_cases_are_the_base_the_presets_and_the_callers_in_their_order() -> None:
    found = cases_of(presets=["severe", "mild"], cases=[{"case_id": "b"}, {"case_id": "a"}])
    assert [case.case_id for case in found] == ["base", "severe", "mild", "b", "a"]


@pytest.mark.parametrize(
    ("preset", "stated"),
    [
        ("mild", (0.9, 1.05, 1.1, 0.95, 0.95, 15, -5)),
        ("moderate", (0.8, 1.15, 1.3, 0.85, 0.85, 30, -10)),
        ("severe", (0.6, 1.3, 2.0, 0.7, 0.7, 60, -20)),
    ],
)
def test_a_preset_is_the_contracts(preset: str, stated: tuple[float, ...]) -> None:
    revenue, costs, rates, liquidity, values, collection, payment = stated
    case = cases_of(presets=[preset])[1]
    assert set(driver(case, "revenue_factor")) == {revenue}
    assert set(driver(case, "cost_factor")) == {costs}
    assert set(driver(case, "interest_rate_change_factor")) == {rates}
    assert set(driver(case, "collateral_factor")) == {values}
    assert case.liquidity_factor == liquidity
    assert (case.collection_days, case.payment_days) == (collection, payment)


def test_a_case_changes_the_preset_that_it_is_based_on_field_by_field() -> None:
    own = {"case_id": "own", "based_on": "severe", "revenue_change_factor": 0.0}
    case = cases_of(cases=[own])[1]
    assert case.assumptions == msgspec.structs.replace(PRESETS["severe"], revenue_change_factor=0.0)
    assert set(driver(case, "revenue_factor")) == {0.0}


def test_a_case_without_a_preset_changes_the_base() -> None:
    case = cases_of(cases=[{"case_id": "own", "payment_period_reduction_days": -7}])[1]
    assert case.assumptions == CaseAssumptions(payment_period_reduction_days=-7)


def test_what_is_distressed_is_sold_in_the_market_of_the_collateral() -> None:
    case = cases_of(presets=["severe"])[1]
    assert driver(case, "recovery_factor") == driver(case, "collateral_factor")


# --- supervisory paths


def test_month_m_is_in_the_quarter_that_it_ends_or_lies_in() -> None:
    case = path_case(FLOATING, months=12)
    first, second = 1.8 - 4.4, 0.1 - 4.4
    assert driver(case, "interest_rate_delta_pct")[:6] == pytest.approx([first] * 3 + [second] * 3)


def test_collateral_recoveries_and_currency_are_factors_of_the_jump_off() -> None:
    case = path_case({**SEGMENT, "currency": "GBP"}, months=24)
    office = SEVERE.relative_change("commercial_real_estate_price_index", "2026Q4")
    pound = SEVERE.relative_change("usd_per_gbp", "2026Q4")
    assert value(case, "collateral_factor", 24) == 1 + office
    assert value(case, "recovery_factor", 24) == 1 + office
    assert value(case, "currency_factor", 24) == pytest.approx(1 + pound, rel=1e-14)


def test_revenue_follows_the_level_of_nominal_output() -> None:
    case = path_case(SEGMENT, FLOATING)
    growth = [SEVERE.value("nominal_gdp_growth", q) for q in SEVERE.quarters]
    level = math.prod((1 + g / 100) ** 0.25 for g in growth[:4])
    assert value(case, "revenue_factor", 12) == pytest.approx(level, rel=1e-14)
    assert driver(case, "revenue_factor") == driver(case, "revenue_factor", segment=1)
    assert set(driver(case, "cost_factor")) == {1.0}


def test_new_debt_costs_what_corporate_bonds_yield_whatever_it_replaces() -> None:
    case = path_case(SEGMENT)
    rise = SEVERE.change("bbb_corporate_yield", "2025Q4")
    assert rise > 0
    assert case.refinancing_rate_delta_pct[11] == rise
    assert value(case, "interest_rate_delta_pct", 12) == 0  # the loan's own rate is fixed


def test_beyond_the_last_quarter_its_values_hold() -> None:
    variables = {name: values[:2] for name, values in SEVERE.variables.items()}
    short = msgspec.structs.replace(SEVERE, quarters=SEVERE.quarters[:2], variables=variables)
    case = path_case(FLOATING, path=short, months=24)
    for name in DRIVERS:
        assert set(driver(case, name)[6:]) == {value(case, name, 6)}
    assert case.drivers[:6].tolist() == path_case(FLOATING).drivers[:6].tolist()


def test_a_path_that_is_not_followed_is_no_case() -> None:
    run = PathRun(SEVERE, SupervisoryLinks(), [SEGMENT], currency="USD")
    asked = Horizon(follow_supervisory=False)
    assert [c.case_id for c in complete_cases(asked, segment_count=1, paths=[run])] == ["base"]


def test_a_path_declares_the_links_that_only_a_horizon_has() -> None:
    case = path_case(SEGMENT)
    assert [link.name for link in case.links] == ["revenue_factor", "refinancing_rate_delta_pct"]
    assert case.links[0].values["factor"][0] == value(case, "revenue_factor", 1)
    assert case.not_covered == []


def test_the_links_may_be_changed() -> None:
    case = path_case(
        SEGMENT,
        links={
            "revenue_variable": "commercial_real_estate_price_index",
            "revenue_sensitivity": 0.5,
            "refinancing_rate_variable": "prime_rate",
        },
    )
    fall = SEVERE.relative_change("commercial_real_estate_price_index", "2025Q4")
    assert value(case, "revenue_factor", 12) == 1 + 0.5 * ((1 + fall) - 1)
    assert case.refinancing_rate_delta_pct[11] == SEVERE.change("prime_rate", "2025Q4")


@pytest.mark.parametrize("name", ["nominal_gdp_growth", "bbb_corporate_yield"])
def test_what_a_path_does_not_publish_moves_nothing_and_is_told(name: str) -> None:
    variables = {**SEVERE.variables, name: [None] * len(SEVERE.quarters)}
    run = PathRun(SEVERE, SupervisoryLinks(), [SEGMENT, FLOATING], currency="USD")
    run.path = msgspec.structs.replace(SEVERE, variables=variables)
    case = complete_cases(Horizon(), segment_count=2, paths=[run])[-1]
    reason = f"the path has no {name}"
    assert [(gap.segment, gap.reason) for gap in case.not_covered] == [(0, reason), (1, reason)]
    if name == "nominal_gdp_growth":
        assert set(driver(case, "revenue_factor")) == {1.0}
    else:
        assert not case.refinancing_rate_delta_pct.any()


def test_a_link_to_nothing_is_told() -> None:
    case = path_case(SEGMENT, links={"revenue_variable": None, "refinancing_rate_variable": None})
    assert set(driver(case, "revenue_factor")) == {1.0}
    assert [gap.reason for gap in case.not_covered] == [
        "no variable is linked to operating revenue",
        "no variable is linked to the rate of new debt",
    ]
