"""Reference cases of closed forms and exact distributions, each at its tolerance."""

import math
from typing import Any

import pytest

from engines.debt.analytic_figures import CASES, FIGURES, Case, as_numbers, capital
from seawall.engines.debt import analytic

# Not figures of the case itself, or of a threshold that is no result of its own.
LEFT_OUT = ("published", "note", "threshold", "max_abs")


def assert_near(found: Any, expected: Any, tolerance: Case, place: str) -> None:
    if isinstance(expected, dict):
        for name in expected:
            assert_near(found[name], expected[name], tolerance, f"{place}.{name}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), place
        for index, entry in enumerate(expected):
            assert_near(found[index], entry, tolerance, f"{place}[{index}]")
    else:
        relative = tolerance.get("computed_rel", tolerance.get("rel"))
        absolute = tolerance.get("abs", 1e-12 if expected == 0 else 0)
        assert found == pytest.approx(expected, rel=relative, abs=absolute), place


@pytest.mark.parametrize("case_id", FIGURES)
def test_the_figures_of_a_reference_case_are_found(case_id: str) -> None:
    case = as_numbers(CASES[case_id])
    found = FIGURES[case_id](case["inputs"])
    expected = {
        name: value
        for name, value in case["expected"].items()
        if not name.startswith(LEFT_OUT) or name in found
    }
    assert expected
    for name, value in expected.items():
        assert_near(found[name], value, case["tolerance"], name)


def test_every_reference_case_is_tested() -> None:
    apart = {"basel2-annex5-table", "basel3-cre99-table", "bvn-orthant", "granularity-check"}
    assert set(CASES) == set(FIGURES) | apart


def risk_weights(case_id: str) -> list[tuple[Case, list[float]]]:
    """Pair the rows of a table with what is computed for them."""
    case = as_numbers(CASES[case_id])
    columns = case["inputs"]["column_inputs"]
    return [
        (row, [capital(column, row["pd"]).risk_weight for column in columns])
        for row in case["expected"]["rows"]
    ]


@pytest.mark.parametrize("case_id", ["basel2-annex5-table", "basel3-cre99-table"])
def test_the_risk_weights_of_a_printed_table_are_found(case_id: str) -> None:
    tolerance = CASES[case_id]["tolerance"]
    for row, found in risk_weights(case_id):
        assert found == pytest.approx(row["computed"], rel=tolerance["computed_rel"], abs=0)
        printed = [100 * weight for weight in found]
        assert printed == pytest.approx(
            row["published_pct"], rel=0, abs=tolerance["published_abs_pct_points"]
        )


def test_bivariate_normal_probabilities_have_their_digits() -> None:
    case = as_numbers(CASES["bvn-orthant"])
    for (h, k, r), expected in zip(
        case["inputs"]["points"], case["expected"]["values"], strict=True
    ):
        p, q = (0.5 * math.erfc(-x / math.sqrt(2)) for x in (h, k))
        found = analytic.pair_figures(p, q, r).joint_default_probability
        assert found == pytest.approx(expected, rel=case["tolerance"]["rel"], abs=0)


def test_a_finite_pool_comes_near_the_infinite_one() -> None:
    case = as_numbers(CASES["granularity-check"])
    x, expected, tolerance = case["inputs"], case["expected"], case["tolerance"]
    pool = (x["pd"], x["rho"])
    finite = analytic.default_count_distribution(x["n"], *pool).tail(x["alpha"]).value_at_risk
    assert finite / x["n"] == pytest.approx(expected["finite"], rel=0, abs=tolerance["finite_abs"])
    infinite = analytic.large_pool_figures(*pool, confidence_level=x["alpha"]).value_at_risk
    assert infinite == pytest.approx(expected["lhp"], rel=tolerance["lhp_rel"], abs=0)
    added = analytic.granularity_adjustment(
        *pool, confidence_level=x["alpha"], effective_obligor_count=x["n"]
    )
    assert infinite + added == pytest.approx(finite / x["n"], rel=0, abs=1 / x["n"])


# Own quadrature of the project's model, to every default; R. Frey, A. McNeil, M. Nyfeler, "Copulas
# and Credit Models" (2001) print 109/157, 239/589 and 250/1074 by simulation.
@pytest.mark.parametrize(
    ("nu", "at_95", "at_99"), [(None, 109, 155), (10.0, 239, 596), (4.0, 253, 1079)]
)
def test_a_pool_of_10_000_has_its_quantiles(nu: float | None, at_95: int, at_99: int) -> None:
    found = analytic.default_count_distribution(10_000, 0.005, 0.038, degrees_of_freedom=nu)
    assert found.tail(0.95).value_at_risk == at_95
    assert found.tail(0.99).value_at_risk == at_99
    assert found.mean == pytest.approx(50.0, rel=1e-12)
    assert found.quadrature_error < 1e-8


def test_published_values_of_the_bbb_bond_are_found() -> None:
    case = as_numbers(CASES["creditmetrics-bbb-bond"])
    expected, tolerance = case["expected"], case["tolerance"]
    found = FIGURES["creditmetrics-bbb-bond"](case["inputs"])
    assert found["from_forward_curve"] == pytest.approx(
        expected["published_values"], rel=0, abs=tolerance["published_abs"]
    )
    near = tolerance["published_mean_sd_abs"]
    assert abs(found["mean_from_published_values"] - expected["published_mean"]) <= near
    assert abs(found["sd_from_published_values"] - expected["published_sd"]) <= near


def test_published_joint_migrations_are_found() -> None:
    case = as_numbers(CASES["creditmetrics-two-bond"])
    expected, within = case["expected"], case["tolerance"]["published_abs"]
    at = FIGURES["creditmetrics-two-bond"](case["inputs"])["joint_pct"][3][2]
    assert abs(at - expected["published_joint_BBB_BBB__A_A_pct"]) <= within
    independent = FIGURES["creditmetrics-two-bond"](case["inputs"] | {"asset_corr": 0.0})
    assert abs(independent["joint_pct"][3][2] - expected["published_joint_zero_corr_pct"]) <= within


def test_hull_s_firm_has_its_published_figures() -> None:
    case = as_numbers(CASES["merton-hull"])
    found = FIGURES["merton-hull"](case["inputs"])
    for name, printed in case["expected"]["published"].items():
        assert abs(found[name] - printed) <= case["tolerance"]["published_abs"], name


def test_published_tail_dependence_is_found() -> None:
    case = as_numbers(CASES["t-copula-tail-dependence"])
    found = FIGURES["t-copula-tail-dependence"](case["inputs"])["lambda_"]
    within = case["tolerance"]["published_abs"]
    assert found == pytest.approx(case["expected"]["published_2dp"], rel=0, abs=within)


def test_the_expected_loss_of_the_25_obligors_is_the_published_one() -> None:
    case = as_numbers(CASES["creditrisk-plus-25-single-sector"])
    found = FIGURES["creditrisk-plus-25-single-sector"](case["inputs"])
    within = case["tolerance"]["published_rel_EL"]
    assert found["EL"] == pytest.approx(case["expected"]["published_EL"], rel=within)
