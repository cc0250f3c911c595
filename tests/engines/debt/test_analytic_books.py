"""Exact distributions against slow enumeration, each other, and what must hold of them."""

import itertools
import math
from typing import Any

import numpy as np
import pytest

from seawall.engines.debt import analytic

PD = [0.004, 0.03, 0.25, 0.9, 0.03]
LOADINGS = [0.3, 0.6, -0.2, 0.5, 0.7]
UNITS = [5, 3, 2, 1, 3]


def normal(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2))


def enumerated(nu: float | None) -> Any:
    """Sum over all 2^5 states, on a fine grid of the factor and of the mixing variable."""
    z = np.linspace(-9, 9, 721)
    weight_z = np.exp(-0.5 * z**2)
    v = np.array([0.0]) if nu is None else np.linspace(-20, 4, 1201)
    weight_v = np.exp(0.0 if nu is None else 0.5 * nu * (v - np.exp(v)))
    weights = np.outer(weight_v / weight_v.sum(), weight_z / weight_z.sum())
    thresholds = [threshold(p, nu) for p in PD]
    scale = np.exp(0.5 * v)[:, np.newaxis]
    conditional = [
        np.vectorize(normal)((t * scale - a * z) / math.sqrt(1 - a * a))
        for t, a in zip(thresholds, LOADINGS, strict=True)
    ]
    probabilities = np.zeros(sum(UNITS) + 1)
    for state in itertools.product((0, 1), repeat=len(PD)):
        of_state = weights.copy()
        for defaults, p in zip(state, conditional, strict=True):
            of_state *= p if defaults else 1 - p
        probabilities[np.dot(state, UNITS)] += of_state.sum()
    return probabilities


def threshold(p: float, nu: float | None) -> float:
    """Invert the distribution function by halving; of Student's t it is an average of Φ."""
    v = np.linspace(-20, 4, 2401)
    weights = np.exp(0.5 * nu * (v - np.exp(v))) if nu else np.ones(1)
    scale = np.exp(0.5 * v) if nu else np.ones(1)
    low, high = -60.0, 60.0
    while high - low > 1e-13:
        middle = 0.5 * (low + high)
        below = np.average([normal(middle * s) for s in scale], weights=weights) < p
        low, high = (middle, high) if below else (low, middle)
    return low


@pytest.mark.parametrize("nu", [None, 4.0])
def test_a_book_has_the_distribution_of_its_enumerated_states(nu: float | None) -> None:
    found = analytic.loss_distribution(PD, LOADINGS, UNITS, degrees_of_freedom=nu)
    assert found.probabilities == pytest.approx(enumerated(nu), rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("nu", [None, 2.1, 30.0])
def test_pairs_and_the_distribution_agree_on_the_moments(nu: float | None) -> None:
    distribution = analytic.loss_distribution(PD, LOADINGS, UNITS, degrees_of_freedom=nu)
    moments = analytic.pool_moments(PD, LOADINGS, UNITS, degrees_of_freedom=nu)
    assert moments.expected_loss == pytest.approx(np.dot(PD, UNITS), rel=1e-14)
    assert distribution.mean == pytest.approx(moments.expected_loss, rel=1e-11)
    assert distribution.standard_deviation == pytest.approx(moments.standard_deviation, rel=1e-11)


@pytest.mark.parametrize("nu", [None, 5.0])
def test_like_obligors_are_a_book_of_like_rows(nu: float | None) -> None:
    pool = analytic.default_count_distribution(40, 0.03, 0.25, degrees_of_freedom=nu)
    book = analytic.loss_distribution([0.03] * 40, [0.5] * 40, [1] * 40, degrees_of_freedom=nu)
    assert book.probabilities == pytest.approx(pool.probabilities, rel=1e-9, abs=1e-15)


def test_the_order_of_the_rows_changes_no_more_than_rounding() -> None:
    order = [3, 0, 4, 2, 1]
    turned = [list(np.array(column)[order]) for column in (PD, LOADINGS, UNITS)]
    assert analytic.loss_distribution(*turned).probabilities == pytest.approx(
        analytic.loss_distribution(PD, LOADINGS, UNITS).probabilities, rel=1e-12, abs=1e-18
    )


def test_two_factors_turned_together_are_the_same_factors() -> None:
    first = np.array([[0.5, 0.2], [0.1, 0.6], [-0.3, 0.4]])
    turn = np.array([[math.cos(0.7), math.sin(0.7)], [-math.sin(0.7), math.cos(0.7)]])
    book = ([0.1, 0.05, 0.2], first, [3, 2, 1])
    turned = ([0.1, 0.05, 0.2], first @ turn, [3, 2, 1])
    assert analytic.loss_distribution(*turned).probabilities == pytest.approx(
        analytic.loss_distribution(*book).probabilities, rel=1e-10
    )


def test_many_degrees_of_freedom_come_near_the_gaussian_copula() -> None:
    gaussian = analytic.default_count_distribution(50, 0.02, 0.2)
    t = analytic.default_count_distribution(50, 0.02, 0.2, degrees_of_freedom=1e6)
    assert t.probabilities == pytest.approx(gaussian.probabilities, rel=0, abs=1e-5)


def test_loadings_of_0_are_not_independence_under_a_t_copula() -> None:
    pair = analytic.pair_figures(0.01, 0.01, 0.0, degrees_of_freedom=4.0)
    assert pair.default_correlation > 0.05
    assert analytic.pair_figures(0.01, 0.01, 0.0).default_correlation == pytest.approx(0, abs=1e-14)


def test_no_probability_of_a_pair_is_below_0() -> None:
    assert analytic.pair_figures(1e-4, 1e-4, -0.9).joint_default_probability >= 0
    rows = [0.9, 0.0999, 0.0001], [0.3, 0.6999, 0.0001]
    for correlation in (-0.95, 0.0, 0.6, 1.0):
        joint = analytic.joint_migration(*rows, asset_correlation=correlation)
        assert joint.min() >= 0
        assert joint.sum(axis=1) == pytest.approx(rows[0], rel=0, abs=1e-14)
        assert joint.sum(axis=0) == pytest.approx(rows[1], rel=0, abs=1e-14)


def test_independent_obligors_are_binomial() -> None:
    found = analytic.default_count_distribution(12, 0.3, 0.0)
    expected = [math.comb(12, k) * 0.3**k * 0.7 ** (12 - k) for k in range(13)]
    assert found.probabilities == pytest.approx(expected, rel=1e-13)
    assert found.quadrature_error == 0.0


def test_sure_and_impossible_defaults_have_no_draw() -> None:
    found = analytic.loss_distribution([0.0, 1.0, 1.0], [0.5, 0.5, 0.9], [1, 2, 4])
    assert found.probabilities == pytest.approx([0, 0, 0, 0, 0, 0, 1, 0], abs=0)
    assert found.tail(0.5).value_at_risk == 6


@pytest.mark.parametrize("nu", [None, 3.0])
def test_contributions_sum_to_their_figures(nu: float | None) -> None:
    book = (PD, LOADINGS, UNITS)
    found = analytic.loss_distribution(*book, degrees_of_freedom=nu)
    shares = analytic.loss_contributions(*book, confidence_level=0.95, degrees_of_freedom=nu)
    tail = found.tail(0.95)
    assert shares.standard_deviation.sum() == pytest.approx(found.standard_deviation, rel=1e-10)
    assert shares.value_at_risk.sum() == pytest.approx(tail.value_at_risk, rel=1e-10)
    assert shares.expected_shortfall.sum() == pytest.approx(tail.expected_shortfall, rel=1e-10)


def test_a_quantile_on_an_atom_is_not_moved_by_rounding() -> None:
    assert analytic.default_count_distribution(1, 0.01, 0.2).tail(0.99).value_at_risk == 0
    assert analytic.default_count_distribution(1, 0.01, 0.2).tail(0.9901).value_at_risk == 1


def test_half_of_the_points_tells_how_good_all_are() -> None:
    found = analytic.loss_distribution(PD, LOADINGS, UNITS, degrees_of_freedom=4.0)
    assert 0 < found.quadrature_error < 1e-7
    assert found.probabilities.sum() == pytest.approx(1.0, rel=1e-13)


def test_tranches_of_a_pool_share_its_expected_loss() -> None:
    bounds = [(0, 0.03), (0.03, 0.07), (0.07, 1)]
    losses = [
        (b - a) * analytic.expected_tranche_loss(0.03, 0.2, attachment=a, detachment=b)
        for a, b in bounds
    ]
    assert sum(losses) == pytest.approx(0.03, rel=1e-13)


def test_the_infinite_pool_loses_its_quantile_with_its_probability() -> None:
    quantile = analytic.large_pool_figures(0.02, 0.2, confidence_level=0.99).value_at_risk
    assert analytic.large_pool_cdf(0.02, 0.2, loss_fraction=quantile) == pytest.approx(
        0.99, rel=1e-13
    )


def test_several_sectors_have_the_moments_of_their_formula() -> None:
    pd = np.array([0.02, 0.05, 0.01, 0.1])
    exposures = np.array([30.0, 10.0, 70.0, 20.0])
    shares = np.array([[0.5, 0.5], [0.2, 0.3], [1.0, 0.0], [0.0, 0.9]])
    found = analytic.credit_risk_plus(
        pd, exposures, unit=10, sector_shares=shares, sector_variances=[0.4, 1.5]
    )
    moved = shares.T @ (pd * exposures)
    variance = pd @ exposures**2 + np.dot([0.4, 1.5], moved**2)
    assert found.expected_loss == pytest.approx(pd @ exposures, rel=1e-12)
    assert found.unbanded_standard_deviation == pytest.approx(math.sqrt(variance), rel=1e-14)
    assert found.standard_deviation == pytest.approx(math.sqrt(variance), rel=1e-11)


@pytest.mark.parametrize("variance", [0.0, 1e-13])
def test_a_sector_without_variance_is_poisson(variance: float) -> None:
    found = analytic.credit_risk_plus(
        [0.5, 0.7], [1, 1], unit=1, sector_shares=[[1], [1]], sector_variances=[variance]
    )
    expected = [math.exp(-1.2) * 1.2**k / math.factorial(k) for k in range(10)]
    assert found.probabilities[:10] == pytest.approx(expected, rel=1e-11)


def test_a_firm_s_debt_and_equity_are_its_assets() -> None:
    found = analytic.merton_figures(
        90, asset_volatility=0.25, debt=100, risk_free_rate=0.03, years=2
    )
    assert found.debt_value + found.equity_value == pytest.approx(90, rel=1e-14)


@pytest.mark.parametrize("volatility", [0.01, 0.2, 3.0])
@pytest.mark.parametrize("debt", [1e-6, 100, 1e5])
def test_equity_gives_the_firm_back_that_it_is_of(volatility: float, debt: float) -> None:
    terms = {"debt": debt, "risk_free_rate": 0.03, "years": 2.0}
    assets = analytic.merton_assets(50, equity_volatility=volatility, **terms)
    found = analytic.merton_figures(
        assets.asset_value, asset_volatility=assets.asset_volatility, **terms
    )
    spread = assets.asset_volatility * math.sqrt(2)
    delta = normal(found.distance_to_default + spread)
    assert found.equity_value == pytest.approx(50, rel=1e-9)
    assert delta * assets.asset_volatility * assets.asset_value == pytest.approx(
        50 * volatility, rel=1e-9
    )


def test_a_firm_that_cannot_default_has_no_recovery() -> None:
    found = analytic.merton_figures(1e9, asset_volatility=0.1, debt=1, risk_free_rate=0.0, years=1)
    assert found.default_probability == 0
    assert found.recovery is None


def test_sales_count_from_5_to_50_millions() -> None:
    def weight(turnover_eur_m: float | None) -> float:
        return analytic.irb_figures(
            0.01, 0.45, asset_class="corporate", turnover_eur_m=turnover_eur_m
        ).risk_weight

    assert weight(1.0) == weight(5.0) < weight(20.0) < weight(50.0)
    assert weight(80.0) == weight(50.0) == weight(None)


def test_the_maturity_of_retail_changes_nothing() -> None:
    def weight(maturity_years: float) -> float:
        return analytic.irb_figures(
            0.01, 0.45, asset_class="other_retail", maturity_years=maturity_years
        ).risk_weight

    assert weight(1.0) == weight(5.0)


@pytest.mark.parametrize(("asset_correlation", "value_at_risk"), [(0.6, 0.109), (0.9, 0.059)])
def test_value_at_risk_may_fall_where_correlation_rises(
    asset_correlation: float, value_at_risk: float
) -> None:
    found = analytic.large_pool_figures(
        0.02, asset_correlation=asset_correlation, confidence_level=0.95
    )
    assert found.value_at_risk == pytest.approx(value_at_risk, abs=0.0005)
