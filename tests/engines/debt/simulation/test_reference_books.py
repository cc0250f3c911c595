"""Simulated figures of the reference cases: within four standard errors of the exact ones."""

import math
from typing import Any

import numpy as np
import pytest

from engines.debt.analytic_figures import CASES, as_numbers
from seawall import native

from .pools import Losses, simulated

SCENARIOS = 400_000
ERRORS = 4.0


def pool(case: dict[str, Any]) -> dict[str, Any]:
    n = case["n"]
    weight = np.full(n, math.sqrt(case["rho"]))
    return {"probability": np.full(n, case["pd"]), "weight": weight, "loss": np.ones(n)}


def unlike(case: dict[str, Any]) -> dict[str, Any]:
    weight = np.sqrt(case["rho"])
    loss = case["loss_given_default_amount"]
    return {"probability": case["pd"], "weight": weight, "loss": loss}


def blocks(case: dict[str, Any]) -> dict[str, Any]:
    counts = [case["n1"], case["n2"]]
    weight = np.repeat(np.diag(np.sqrt([case["rho1"], case["rho2"]])), counts, axis=0)
    return {
        "probability": np.repeat([case["pd1"], case["pd2"]], counts),
        "weight": weight,
        "loss": np.repeat([case["w1"], case["w2"]], counts),
        "correlation": [[1, case["factor_corr"]], [case["factor_corr"], 1]],
    }


BOOKS = {
    "finite-hom-n10": pool,
    "finite-hom-n100": pool,
    "finite-hom-n1000": pool,
    "hetero-5-obligors": unlike,
    "hetero-8-obligors": unlike,
    "two-factor-blocks": blocks,
}


def assert_share(losses: Losses, most: float, probability: float, place: str) -> None:
    """P(L <= most), by the binomial standard error."""
    error = math.sqrt(probability * (1 - probability) / len(losses))
    found = np.count_nonzero(losses <= most) / len(losses)
    assert abs(found - probability) <= ERRORS * error + 1e-12, place


def assert_tail(losses: Losses, level: float, shortfall: float) -> None:
    found = native.tail_figures(losses, level=(round(level * 1000), 1000))
    assert abs(found["es_minor"] - shortfall) < ERRORS * found["es_standard_error_minor"], level


@pytest.mark.parametrize("case_id", BOOKS)
def test_a_simulated_book_has_the_exact_figures(case_id: str) -> None:
    case = as_numbers(CASES[case_id])
    exact = case["expected"]
    losses = simulated(**BOOKS[case_id](case["inputs"]), scenarios=SCENARIOS)
    moments = native.loss_moments(losses)
    mean = exact.get("mean", exact.get("EL"))
    miss = abs(moments["expected_minor"] - mean)
    assert miss < ERRORS * moments["standard_error_minor"]
    spread = exact.get("sd", exact.get("SD"))
    assert moments["standard_deviation_minor"] == pytest.approx(spread, rel=0.02)
    for name, value in exact.items():
        if name.startswith("cdf_near_VaR"):
            for most, probability in value:
                assert_share(losses, most, probability, name)
        elif name.startswith("ES_0"):
            assert_tail(losses, float(name[3:]), value)
        elif name == "distribution":
            total = 0.0
            for most, probability in value:
                total = min(total + probability, 1.0)
                assert_share(losses, most, total, f"{name} {most}")


@pytest.mark.parametrize(
    ("degrees_of_freedom", "quantiles"),
    [(math.inf, (109, 155)), (10, (239, 596)), (4, (253, 1079))],
)
def test_defaults_of_ten_thousand_have_the_quantiles_of_quadrature(
    degrees_of_freedom: float, quantiles: tuple[int, int]
) -> None:
    # PD 0.5 %, asset correlation 3.8 %. R. Frey, A. McNeil, M. Nyfeler, "Copulas and credit
    # models", Risk, October 2001, print 109/157, 239/589 and 250/1074 by simulation.
    losses = simulated(
        **pool({"n": 10_000, "pd": 0.005, "rho": 0.038}),
        degrees_of_freedom=degrees_of_freedom,
        scenarios=40_000,
    )
    for level, quantile in zip(((95, 100), (99, 100)), quantiles, strict=True):
        found = native.tail_figures(losses, level=level)
        assert found["var_low_minor"] <= quantile <= found["var_high_minor"]


def test_expected_shortfall_rises_with_correlation_where_value_at_risk_need_not() -> None:
    value_at_risk, shortfall = [], []
    for rho in (0.1, 0.3, 0.6, 0.9):
        losses = simulated(**pool({"n": 1000, "pd": 0.02, "rho": rho}), scenarios=100_000)
        found = native.tail_figures(losses, level=(95, 100))
        value_at_risk.append(found["var_minor"])
        shortfall.append(found["es_minor"])
    assert shortfall == sorted(shortfall)
    assert value_at_risk[3] < value_at_risk[2]


def test_many_degrees_of_freedom_are_nearly_the_gaussian_copula() -> None:
    book = pool({"n": 200, "pd": 0.03, "rho": 0.2})
    gaussian = simulated(**book, scenarios=50_000)
    student = simulated(**book, degrees_of_freedom=1e9, scenarios=50_000)
    assert np.count_nonzero(gaussian != student) < 50
    assert np.abs(gaussian - student).max() <= 2


def test_turned_factors_give_the_same_distribution() -> None:
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    weight = np.tile([0.5, 0.3], (100, 1))
    book = {"probability": np.full(100, 0.05), "loss": np.ones(100), "correlation": np.eye(2)}
    first = simulated(**book, weight=weight, scenarios=SCENARIOS)
    second = simulated(**book, weight=weight @ turn, scenarios=SCENARIOS, seed=2)
    for most in (5, 10, 20, 30):
        assert_share(first, most, np.count_nonzero(second <= most) / SCENARIOS, str(most))
