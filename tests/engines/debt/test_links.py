"""From a supervisory path to shocks: hand-computed values of the Federal Reserve's 2025 paths."""

from types import SimpleNamespace
from typing import Any

import msgspec
import numpy as np
import pytest

from seawall.engines.debt.link_types import IndexLevels, SupervisoryLinks
from seawall.engines.debt.links import PathShocks, segment_shocks
from seawall.errors import InvalidInput, NotFound
from seawall.provenance import canonical_json
from seawall.supervisory import SupervisoryPath, load_path
from supervisory.paths import path_of

RATE, COLLATERAL, RECOVERY, DEFAULT, CURRENCY = range(5)
SEVERE, BASELINE = load_path("frb_2025_severely_adverse"), load_path("frb_2025_baseline")


def segment(**fields: Any) -> dict[str, Any]:
    return {
        "currency": "USD",
        "collateral_type": "office",
        "collateral_region": "US",
        "rate_type": "fixed",
        "record_count": 1,
        "total_outstanding": 100.0,
        "collateral_value": 100.0,
        **fields,
    }


def shocks_of(
    *segments: dict[str, Any],
    path: SupervisoryPath = SEVERE,
    book_currency: str = "USD",
    **links: Any,
) -> PathShocks:
    changed = msgspec.convert(links, SupervisoryLinks)
    return segment_shocks(path, changed, segments, book_currency=book_currency)


def shock(quarter: str, link: int, found: PathShocks) -> float:
    return float(found.shocks[found.quarters.index(quarter), 0, link])


def close(expected: float) -> Any:
    return pytest.approx(expected, rel=1e-12, abs=0)


def reasons(found: PathShocks) -> list[tuple[int, str, str]]:
    return [(gap.segment, gap.link, gap.reason) for gap in found.not_covered]


def test_every_quarter_and_segment_has_five_shocks() -> None:
    found = shocks_of(segment(), segment(rate_type="floating"))
    assert found.shocks.shape == (13, 2, 5)
    assert found.shocks.dtype == np.float64
    assert found.quarters == SEVERE.quarters
    assert np.isfinite(found.shocks).all()
    assert found.not_covered == []


def test_a_segment_may_be_an_object_with_these_attributes() -> None:
    found = segment_shocks(
        SEVERE, SupervisoryLinks(), [SimpleNamespace(**segment())], book_currency="USD"
    )
    assert np.array_equal(found.shocks, shocks_of(segment()).shocks)


# --- interest rate


def test_floating_debt_follows_the_three_month_treasury_rate() -> None:
    found = shocks_of(segment(rate_type="floating"))
    assert shock("2025Q1", RATE, found) == close(1.8 - 4.4)
    assert shock("2025Q2", RATE, found) == close(0.1 - 4.4)


def test_a_fixed_rate_does_not_move() -> None:
    found = shocks_of(segment(rate_type="fixed"))
    assert not found.shocks[:, 0, RATE].any()
    assert found.not_covered == []


@pytest.mark.parametrize("rate_type", ["", None])
def test_a_rate_that_may_float_does_not_move_and_is_told(rate_type: str | None) -> None:
    found = shocks_of(segment(rate_type=rate_type))
    assert not found.shocks[:, 0, RATE].any()
    assert [gap.reason for gap in found.not_covered] == ["whether the rate is fixed is unknown"]


def test_floating_debt_of_another_currency_has_no_published_rate() -> None:
    found = shocks_of(segment(rate_type="floating", currency="EUR"))
    assert not found.shocks[:, 0, RATE].any()
    assert reasons(found) == [(0, "interest_rate_delta_pct", "the path has no rate of EUR")]


def test_a_caller_may_choose_rate_and_currencies() -> None:
    found = shocks_of(
        segment(rate_type="floating", currency="EUR"),
        floating_rate_variable="prime_rate",
        floating_rate_currencies=["EUR"],
    )
    assert shock("2025Q2", RATE, found) == close(3.1 - 7.8)
    assert found.not_covered == []


# --- collateral


@pytest.mark.parametrize(
    ("collateral_type", "quarter", "expected"),
    [
        ("single_family", "2026Q3", -0.33436820863085998137),  # 214.4 / 322.1 − 1
        ("office", "2026Q4", -0.30003233107015842224),  # 216.5 / 309.3 − 1
        ("multifamily", "2026Q4", -0.30003233107015842224),
        ("cooperative", "2026Q4", -0.30003233107015842224),
        ("other", "2026Q4", -0.30003233107015842224),
        ("shares", "2025Q4", 29199.6 / 58399.3 - 1),
    ],
)
def test_collateral_follows_the_index_of_its_type(
    collateral_type: str, quarter: str, expected: float
) -> None:
    found = shocks_of(segment(collateral_type=collateral_type))
    assert shock(quarter, COLLATERAL, found) == close(expected)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"collateral_type": "receivables"}, "no index is linked to receivables"),
        ({"collateral_type": None}, "the type of the collateral is unknown"),
        (
            {"collateral_region": "GB"},
            "the published commercial_real_estate_price_index is of the United States, not of GB",
        ),
        (
            {"collateral_region": "USSR"},
            "the published commercial_real_estate_price_index is of the United States, not of USSR",
        ),
        (
            {"collateral_region": None, "currency": "EUR"},
            "the region of the collateral is unknown",
        ),
    ],
)
def test_collateral_without_an_index_is_unshocked_and_said_so(
    fields: dict[str, Any], reason: str
) -> None:
    found = shocks_of(segment(), segment(**fields))
    assert not found.shocks[:, 1, COLLATERAL].any()
    assert reasons(found) == [(1, "collateral_market_impact", reason)]


def test_no_collateral_needs_no_index() -> None:
    found = shocks_of(segment(collateral_type=None, collateral_value=0.0))
    assert found.not_covered == []


def test_an_unknown_region_is_american_when_the_debt_is_in_dollars() -> None:
    unknown = segment(collateral_region=None)
    assert shock("2026Q4", COLLATERAL, shocks_of(unknown)) < -0.3
    refused = shocks_of(unknown, assume_us_when_region_unknown=False)
    assert shock("2026Q4", COLLATERAL, refused) == 0
    assert len(refused.not_covered) == 1


def test_a_caller_may_take_unknown_regions_for_american() -> None:
    unknown = segment(collateral_region="", currency="EUR")
    found = shocks_of(unknown, assume_us_when_region_unknown=True)
    assert shock("2026Q4", COLLATERAL, found) == close(216.5 / 309.3 - 1)


def test_a_multiplier_of_a_subdivision_comes_before_that_of_its_country() -> None:
    multipliers = {"US-NY": 1.2, "US": 0.5}
    new_york = shocks_of(segment(collateral_region="US-NY"), region_multipliers=multipliers)
    texas = shocks_of(segment(collateral_region="US-TX"), region_multipliers=multipliers)
    assert shock("2026Q4", COLLATERAL, new_york) == close((216.5 / 309.3 - 1) * 1.2)
    assert shock("2026Q4", COLLATERAL, texas) == close((216.5 / 309.3 - 1) * 0.5)


def test_a_multiplier_cannot_take_more_than_the_whole_value() -> None:
    with pytest.raises(InvalidInput) as raised:
        shocks_of(segment(), region_multipliers={"US": 4.0})
    assert raised.value.where == "parameters.supervisory_links.region_multipliers"


def test_a_caller_s_index_covers_its_region() -> None:
    own = {"commercial_real_estate_price_index": {"jump_off": 80.0, "levels": [60.0] * 13}}
    found = shocks_of(segment(collateral_region="GB-LND"), region_indices={"GB": own})
    assert shock("2025Q1", COLLATERAL, found) == -0.25
    assert found.not_covered == []
    declared = found.links[COLLATERAL].values
    assert declared["GB: commercial_real_estate_price_index"] == [-0.25] * 13


def test_a_caller_changes_single_types_of_collateral() -> None:
    links = {"collateral_indices": {"receivables": "equity_index", "office": None}}
    receivables = shocks_of(segment(collateral_type="receivables"), **links)
    assert shock("2025Q4", COLLATERAL, receivables) == close(29199.6 / 58399.3 - 1)
    assert shocks_of(segment(collateral_type="retail"), **links).not_covered == []
    assert len(shocks_of(segment(), **links).not_covered) == 1


# --- recoveries


def test_recoveries_fall_with_commercial_property_and_never_rise() -> None:
    severe, baseline = shocks_of(segment()), shocks_of(segment(), path=BASELINE)
    assert shock("2026Q4", RECOVERY, severe) == close(216.5 / 309.3 - 1)
    assert BASELINE.relative_change("commercial_real_estate_price_index", "2026Q4") > 0
    assert not baseline.shocks[:, 0, RECOVERY].any()


def test_a_caller_may_choose_the_index_of_recoveries() -> None:
    found = shocks_of(segment(), recovery_index="equity_index")
    assert shock("2025Q4", RECOVERY, found) == close(29199.6 / 58399.3 - 1)


# --- defaults


def test_the_default_increment_adds_three_drivers() -> None:
    gdp = 1 - (0.911 * 0.933) ** 0.25  # 2025Q1 and Q2: −8.9 % and −6.7 % a year
    points = (6.8 - 4.1) + ((5.7 - 1.0) - (5.4 - 4.3)) + 100 * gdp
    found = shocks_of(segment())
    assert shock("2025Q2", DEFAULT, found) == close(0.0047 * points)


def test_the_default_increment_is_the_one_that_the_documentation_states() -> None:
    found = shocks_of(segment())
    assert shock("2026Q1", DEFAULT, found) == pytest.approx(0.0804, abs=5e-5)
    assert shock("2028Q1", DEFAULT, found) == shock("2026Q1", DEFAULT, found)


def test_a_default_that_happened_stays() -> None:
    increments = shocks_of(segment()).shocks[:, 0, DEFAULT]
    assert (np.diff(increments) >= 0).all()
    assert increments[0] > 0


def test_what_gets_better_makes_no_negative_default() -> None:
    jump_off: dict[str, float | None] = {
        "treasury_3m_rate": 4.0,
        "unemployment_rate": 9.0,
        "bbb_corporate_yield": 8.0,
        "treasury_10y_yield": 3.0,
        "real_gdp_growth": -1.0,
        "commercial_real_estate_price_index": 100.0,
    }
    path = path_of(
        jump_off,
        treasury_3m_rate=[4.0, 4.0],
        unemployment_rate=[8.0, 7.0],
        bbb_corporate_yield=[7.0, 6.0],
        treasury_10y_yield=[3.0, 3.0],
        real_gdp_growth=[2.0, 3.0],
        commercial_real_estate_price_index=[101.0, 102.0],
    )
    assert not shocks_of(segment(), path=path).shocks[:, 0, DEFAULT].any()


@pytest.mark.parametrize(
    ("weight", "points"),
    [
        ("unemployment_weight", 10.0 - 4.1),
        ("spread_weight", (6.0 - 1.0) - (5.4 - 4.3)),
        ("gdp_weight", 100 * (1 - (0.911 * 0.933 * 0.92 * 0.941 * 0.982) ** 0.25)),
    ],
)
def test_each_driver_counts_by_its_own_weight(weight: str, points: float) -> None:
    none = {"unemployment_weight": 0.0, "spread_weight": 0.0, "gdp_weight": 0.0}
    found = shocks_of(segment(), **{**none, weight: 0.01})
    assert shock("2028Q1", DEFAULT, found) == close(0.01 * points)


def test_more_than_the_whole_debt_cannot_default() -> None:
    with pytest.raises(InvalidInput, match="whole debt"):
        shocks_of(segment(), unemployment_weight=0.5)


def test_the_weights_give_the_charge_offs_of_the_last_great_recession() -> None:
    # Net charge-off rates, all loans, all commercial banks, percent a year, not seasonally
    # adjusted (Federal Reserve; FRED series CORALACBN), 2007Q1 to 2011Q1.
    before = [0.47, 0.50, 0.57, 0.86]
    after = [0.95, 1.24, 1.51, 2.05, 2.00, 2.64, 2.82, 3.14, 2.92, 2.83, 2.49, 2.39, 1.92]
    observed = (sum(after) / 4 - sum(before) / 4 * 13 / 4) / 100
    # Table 1A of the Federal Reserve's 2025 scenarios, 2007Q4 and the quarters to 2011Q1.
    path = path_of(
        {
            "treasury_3m_rate": 3.4,
            "unemployment_rate": 4.8,
            "bbb_corporate_yield": 6.3,
            "treasury_10y_yield": 4.4,
            "real_gdp_growth": 2.5,
            "commercial_real_estate_price_index": 1.0,
        },
        treasury_3m_rate=[3.4] * 13,
        unemployment_rate=[5.0, 5.3, 6.0, 6.9, 8.3, 9.3, 9.6, 9.9, 9.8, 9.6, 9.5, 9.5, 9.0],
        bbb_corporate_yield=[6.4, 6.7, 7.1, 9.7, 9.1, 8.1, 6.5, 5.8, 5.6, 5.4, 4.8, 4.7, 5.0],
        treasury_10y_yield=[3.9, 4.1, 4.1, 3.7, 3.2, 3.7, 3.8, 3.7, 3.9, 3.6, 2.9, 3.0, 3.5],
        real_gdp_growth=[-1.7, 2.4, -2.1, -8.5, -4.5, -0.7, 1.4, 4.4, 2.0, 3.9, 3.1, 2.1, -0.9],
        commercial_real_estate_price_index=[1.0] * 13,
    )
    increment = shock("2028Q1", DEFAULT, shocks_of(segment(), path=path))
    assert observed == close(0.05275)
    assert increment == pytest.approx(observed, abs=0.0005)


# --- currencies


@pytest.mark.parametrize(
    ("currency", "book_currency", "quarter", "expected"),
    [
        ("GBP", "USD", "2026Q2", 1.121 / 1.252 - 1),
        ("EUR", "USD", "2026Q2", 0.927 / 1.035 - 1),
        ("JPY", "USD", "2025Q1", 157.4 / 155.1 - 1),
        ("USD", "EUR", "2026Q2", 1.035 / 0.927 - 1),
        ("GBP", "EUR", "2026Q2", (1.121 / 1.252) / (0.927 / 1.035) - 1),
        ("JPY", "GBP", "2025Q1", (157.4 / 155.1) / (1.234 / 1.252) - 1),
    ],
)
def test_a_currency_changes_its_worth_over_the_dollar(
    currency: str, book_currency: str, quarter: str, expected: float
) -> None:
    found = shocks_of(segment(currency=currency), book_currency=book_currency)
    assert shock(quarter, CURRENCY, found) == close(expected)


def test_the_book_s_own_currency_does_not_change() -> None:
    own = shocks_of(segment(currency="EUR", collateral_value=0.0), book_currency="EUR")
    absent = shocks_of(segment(currency=None, collateral_value=0.0), book_currency="CHF")
    assert not own.shocks[:, 0, CURRENCY].any()
    assert not absent.shocks[:, 0, CURRENCY].any()
    assert own.not_covered == absent.not_covered == []


@pytest.mark.parametrize(("currency", "book_currency"), [("CHF", "USD"), ("USD", "CHF")])
def test_a_currency_without_a_published_path_is_unshocked_and_said_so(
    currency: str, book_currency: str
) -> None:
    found = shocks_of(segment(currency=currency), book_currency=book_currency)
    assert not found.shocks[:, 0, CURRENCY].any()
    expected = (0, "currency_change", "the path has no exchange rate of CHF")
    assert reasons(found) == [expected]


# --- all links


def test_the_baseline_shocks_little() -> None:
    kinds = [segment(), segment(collateral_type="single_family", rate_type="floating")]
    found = shocks_of(*kinds, segment(currency="GBP"), path=BASELINE).shocks
    assert np.abs(found[:, :, RATE]).max() == close(1.0)  # 4.4 to 3.4
    assert (found[:, :, COLLATERAL] >= 0).all()
    assert found[:, :, DEFAULT].max() == close(0.0047 * 0.9)  # 0.2 of unemployment, 0.7 of spread
    assert np.abs(found[:, :, CURRENCY]).max() < 0.04


def test_every_link_declares_formula_source_and_what_it_read() -> None:
    links = shocks_of(segment()).links
    assert [link.name for link in links] == [
        "interest_rate_delta_pct",
        "collateral_market_impact",
        "recovery_degradation",
        "default_risk_increment",
        "currency_change",
    ]
    for link in links:
        assert link.formula
        assert "Federal Reserve" in link.source
        assert all(name in SEVERE.variables for name in link.inputs)
        assert all(len(values) == 13 for values in link.values.values())
    assert links[RATE].values["treasury_3m_rate"][1] == close(0.1 - 4.4)
    assert links[COLLATERAL].values["house_price_index"][6] == close(214.4 / 322.1 - 1)
    assert canonical_json(links)


def test_the_declared_formula_has_the_caller_s_weights() -> None:
    assert "0.01 × rise of the unemployment" in (
        shocks_of(segment(), unemployment_weight=0.01).links[DEFAULT].formula
    )


@pytest.mark.parametrize(
    ("links", "where"),
    [
        ({"floating_rate_variable": "libor"}, "floating_rate_variable"),
        ({"floating_rate_variable": "equity_index"}, "floating_rate_variable"),
        ({"recovery_index": "prime_rate"}, "recovery_index"),
        ({"collateral_indices": {"ships": "freight"}}, "collateral_indices.ships"),
        (
            {"region_indices": {"GB": {"prime_rate": IndexLevels(1.0, [1.0] * 13)}}},
            "region_indices.GB.prime_rate",
        ),
        (
            {"region_indices": {"GB": {"equity_index": IndexLevels(1.0, [1.0])}}},
            "region_indices.GB.equity_index.levels",
        ),
    ],
)
def test_a_link_that_cannot_be_is_refused_with_its_place(links: dict[str, Any], where: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        segment_shocks(SEVERE, SupervisoryLinks(**links), [segment()], book_currency="USD")
    assert raised.value.where == f"parameters.supervisory_links.{where}"


def test_a_segment_of_an_unknown_rate_type_is_refused() -> None:
    with pytest.raises(InvalidInput, match="rate_type"):
        shocks_of(segment(rate_type="variable"))


def test_a_path_without_a_needed_variable_is_refused() -> None:
    path = path_of({"unemployment_rate": 4.0}, unemployment_rate=[5.0])
    with pytest.raises(NotFound):
        shocks_of(segment(), path=path)


def test_a_domestic_path_has_no_exchange_rate() -> None:
    domestic = {n: v for n, v in SEVERE.variables.items() if n != "usd_per_gbp"}
    jump_off = {n: v for n, v in SEVERE.jump_off.values.items() if n != "usd_per_gbp"}
    path = path_of(jump_off, **domestic)
    found = shocks_of(segment(currency="GBP"), path=path)
    assert [gap.link for gap in found.not_covered] == ["currency_change"]


@pytest.mark.parametrize("field", ["region_indices", "region_multipliers"])
def test_a_region_that_is_no_code_is_refused_with_its_place(field: str) -> None:
    given = {field: {"NY state": {} if field == "region_indices" else 1.2}}
    with pytest.raises(InvalidInput, match=rf"supervisory_links\.{field}\.NY state"):
        shocks_of(segment(), **given)
