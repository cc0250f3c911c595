"""What closed forms refuse, and where."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seawall.engines.debt import analytic
from seawall.errors import InvalidInput, LimitExceeded

NAN = float("nan")


def pool(**changed: Any) -> Any:
    book = {"default_probabilities": [0.1, 0.2], "loadings": [0.3, 0.4], "loss_units": [1, 2]}
    return analytic.loss_distribution(**(book | changed))


def moments(**changed: Any) -> Any:
    book = {"default_probabilities": [0.1, 0.2], "loadings": [0.3, 0.4], "losses": [1, 2]}
    return analytic.pool_moments(**(book | changed))


def large(p: float = 0.02, rho: float = 0.2, alpha: float = 0.99) -> Any:
    return analytic.large_pool_figures(p, rho, confidence_level=alpha)


def irb(**changed: Any) -> Any:
    exposure = {"default_probability": 0.01, "loss_given_default": 0.45, "asset_class": "corporate"}
    return analytic.irb_figures(**(exposure | changed))


def assets(**changed: Any) -> Any:
    terms = {"equity_value": 3, "equity_volatility": 0.8, "debt": 10, "risk_free_rate": 0.05}
    return analytic.merton_assets(**({"years": 1} | terms | changed))


def sectors(**changed: Any) -> Any:
    book = {"default_probabilities": [0.1], "exposures": [10], "sector_shares": [[1]]}
    return analytic.credit_risk_plus(**({"unit": 1, "sector_variances": [0.5]} | book | changed))


def frye(**changed: Any) -> Any:
    terms = {"expected_loss": 0.009, "asset_correlation": 0.15, "confidence_level": 0.999}
    return analytic.frye_jacobs_loss(0.02, **(terms | changed))


def linear(beta: Any, sigma: Any) -> Any:
    return analytic.linear_reverse_stress(beta, factor_covariance=sigma, loss=1.0)


REFUSALS: dict[str, tuple[Callable[[], Any], str]] = {
    "probability": (lambda: large(p=1.0), "default_probability"),
    "no number": (lambda: large(p=NAN), "default_probability"),
    "correlation": (lambda: large(rho=0.0), "asset_correlation"),
    "level": (lambda: large(alpha=1.0), "confidence_level"),
    "loss": (lambda: analytic.large_pool_cdf(0.1, 0.1, loss_fraction=1.1), "loss_fraction"),
    "sure loss": (lambda: analytic.large_pool_factor(0.1, 0.1, loss_fraction=1), "loss_fraction"),
    "tranche": (
        lambda: analytic.expected_tranche_loss(0.1, 0.1, attachment=0.2, detachment=0.2),
        "detachment",
    ),
    "granularity": (
        lambda: analytic.granularity_adjustment(
            0.1, 0.1, confidence_level=0.9, effective_obligor_count=0
        ),
        "effective_obligor_count",
    ),
    "no obligor": (lambda: analytic.default_count_distribution(0, 0.1, 0.1), "obligor_count"),
    "one asset": (lambda: analytic.default_count_distribution(9, 0.1, 1.0), "asset_correlation"),
    "tail's level": (lambda: pool().tail(0.0), "confidence_level"),
    "no book": (
        lambda: pool(default_probabilities=[], loadings=[], loss_units=[]),
        "default_probabilities",
    ),
    "an obligor's probability": (
        lambda: pool(default_probabilities=[0.1, -0.2]),
        "default_probabilities[1]",
    ),
    "common risk alone": (lambda: pool(loadings=[[0.1, 0.2], [0.8, 0.6]]), "loadings[1]"),
    "three factors": (lambda: pool(loadings=[[0.1] * 3] * 2), "loadings"),
    "ragged": (lambda: pool(loss_units=[1]), "loss_units"),
    "ragged loadings": (lambda: pool(loadings=[[0.1], [0.1, 0.2]]), "loadings"),
    "negative loss": (lambda: pool(loss_units=[1, -1]), "loss_units[1]"),
    "broken units": (lambda: pool(loss_units=[1, 1.5]), "loss_units"),
    "words": (lambda: pool(default_probabilities=["a", "b"]), "default_probabilities"),
    "freedom": (lambda: pool(degrees_of_freedom=1.9), "degrees_of_freedom"),
    "pair": (lambda: analytic.pair_figures(0.1, 0.0, 0.1), "second_probability"),
    "dependence": (lambda: analytic.tail_dependence(4, 1.5), "correlation"),
    "negative amount": (lambda: moments(losses=[1, -1.0]), "losses[1]"),
    "loading": (lambda: moments(loadings=[0.1, NAN]), "loadings[1]"),
    "class": (lambda: irb(asset_class="sovereign"), "asset_class"),
    "maturity": (lambda: irb(maturity_years=0.5), "maturity_years"),
    "a person's turnover": (
        lambda: irb(asset_class="other_retail", turnover_eur_m=5.0),
        "turnover_eur_m",
    ),
    "severity": (lambda: irb(loss_given_default=1.1), "loss_given_default"),
    "expected loss": (lambda: frye(expected_loss=0.02), "expected_loss"),
    "equity": (lambda: assets(equity_value=0), "equity_value"),
    "horizon": (lambda: assets(years=0), "years"),
    "worthless money": (lambda: assets(risk_free_rate=1e6), "risk_free_rate"),
    "volatility": (
        lambda: analytic.merton_figures(
            1, asset_volatility=0, debt=1, risk_free_rate=0.0, years=1
        ),
        "asset_volatility",
    ),
    "row": (lambda: analytic.migration_thresholds([0.5, 0.4]), "row"),
    "not square": (lambda: analytic.transition_power(np.ones((2, 3)), 1), "matrix"),
    "no probabilities": (lambda: analytic.transition_power([[1, 0], [1, 1]], 1), "matrix[1]"),
    "years": (lambda: analytic.transition_power([[1, 0], [0, 1]], -1), "years"),
    "empty row": (lambda: analytic.renormalised_rows([[1, 0], [0, 0]]), "matrix[1]"),
    "second row": (
        lambda: analytic.joint_migration([1, 0], [1, 1], asset_correlation=0.1),
        "second_row",
    ),
    "discount": (
        lambda: analytic.horizon_value(5, forward_rates=[0.1, -1.0]),
        "forward_rates[1]",
    ),
    "values": (lambda: analytic.value_moments([0.5, 0.5], [1.0]), "values"),
    "exposure": (lambda: sectors(exposures=[0]), "exposures[0]"),
    "shares": (
        lambda: sectors(sector_shares=[[0.6, 0.6]], sector_variances=[1, 1]),
        "sector_shares[0]",
    ),
    "variance": (lambda: sectors(sector_variances=[-1.0]), "sector_variances[0]"),
    "asymmetric": (lambda: linear([1, 1], [[1, 0.1], [0.2, 1]]), "factor_covariance[0]"),
    "no sensitivity": (lambda: linear([0, 0], [[1, 0], [0, 1]]), "sensitivities"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSALS)
def test_what_cannot_be_computed_is_refused_at_its_place(what: str) -> None:
    compute, where = REFUSALS[what]
    with pytest.raises(InvalidInput) as caught:
        compute()
    assert caught.value.code == "invalid_input"
    assert caught.value.where == where


LIMITS: dict[str, tuple[Callable[[], Any], str]] = {
    "obligors": (lambda: analytic.default_count_distribution(2_000_000, 0.1, 0.1), "obligor_count"),
    "points": (
        lambda: analytic.default_count_distribution(1_000_000, 0.1, 1 - 1e-12),
        "loadings",
    ),
    "terms": (
        lambda: analytic.default_count_distribution(1_000_000, 0.1, 0.5, degrees_of_freedom=3),
        "obligor_count",
    ),
    "units": (lambda: pool(loss_units=[9_000_000, 2_000_000]), "loss_units"),
    "multiplications": (
        lambda: pool(
            default_probabilities=[0.1] * 3000, loadings=[0.5] * 3000, loss_units=[100] * 3000
        ),
        "loss_units",
    ),
    "pairs": (
        lambda: moments(
            default_probabilities=np.linspace(0.01, 0.02, 5000),
            loadings=[0.1] * 5000,
            losses=[1] * 5000,
        ),
        "default_probabilities",
    ),
    "band": (lambda: sectors(exposures=[1e6]), "exposures[0]"),
    "sector units": (lambda: sectors(exposures=[99_999]), "unit"),
    "no loss": (
        lambda: sectors(
            default_probabilities=[1.0] * 700,
            exposures=[1] * 700,
            sector_shares=[[0]] * 700,
        ),
        "default_probabilities",
    ),
}


@pytest.mark.parametrize("what", LIMITS)
def test_a_stated_limit_is_refused_at_its_place(what: str) -> None:
    compute, where = LIMITS[what]
    with pytest.raises(LimitExceeded) as caught:
        compute()
    assert caught.value.where == where


def test_every_closed_form_is_documented() -> None:
    page = Path(__file__).parents[3].joinpath("docs", "reference", "analytic.md").read_text()
    functions = {name for name in analytic.__all__ if name.islower()}
    assert not {name for name in functions if f"`{name}`" not in page}
