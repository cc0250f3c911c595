"""Reference cases of closed forms and exact distributions, and how seawall computes them.

``analytic_cases.json`` holds their figures with all digits, and where each comes from.
"""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from seawall.engines.debt import analytic

Case = dict[str, Any]
CASES: dict[str, Case] = {
    case["id"]: case
    for case in json.loads(Path(__file__).with_name("analytic_cases.json").read_text())
}
ASSET_CLASSES: dict[str, analytic.AssetClass] = {
    "corp": "corporate",
    "mort": "residential_mortgage",
    "ret": "other_retail",
    "qrre": "qualifying_revolving",
}


def as_numbers(value: Any) -> Any:
    """Read the numbers that stand as strings; other strings stay."""
    if isinstance(value, dict):
        return {name: as_numbers(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [as_numbers(entry) for entry in value]
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def large_pool(x: Case) -> Case:
    found = analytic.large_pool_figures(x["pd"], x["rho"], confidence_level=x["alpha"])
    return {
        "quantile": found.value_at_risk,
        "es": found.expected_shortfall,
        "sd": found.standard_deviation,
        "joint_default_prob": found.joint_default_probability,
    }


def large_pool_cdf(x: Case) -> Case:
    return {
        "cdf": [analytic.large_pool_cdf(x["pd"], x["rho"], loss_fraction=loss) for loss in x["x"]]
    }


def points_near(cumulative: Any, value_at_risk: int, unit: int = 1) -> list[list[float]]:
    near = range(max(0, value_at_risk - 3), value_at_risk + 4)
    return [[x * unit, round(float(cumulative[x]), 11)] for x in near]


def of_distribution(found: analytic.LossDistribution, alphas: list[float]) -> Case:
    figures: Case = {
        "mean": found.mean,
        "sd": found.standard_deviation,
        "pmf_first": found.probabilities[:8].tolist(),
        "sum_pmf": found.probabilities.sum(),
        "mass": found.probabilities.sum(),
        "p_no_default": found.probabilities[0],
    }
    cumulative = found.probabilities.cumsum()
    for alpha in alphas:
        tail = found.tail(alpha)
        figures |= {f"VaR_{alpha}": tail.value_at_risk, f"ES_{alpha}": tail.expected_shortfall}
        figures[f"cdf_near_VaR_{alpha}"] = points_near(cumulative, tail.value_at_risk)
    return figures


def like_obligors(x: Case) -> Case:
    found = analytic.default_count_distribution(x["n"], x["pd"], x["rho"])
    return of_distribution(found, x["alphas"])


def unlike_obligors(x: Case) -> Case:
    book = (x["pd"], np.sqrt(x["rho"]), x["loss_given_default_amount"])
    found = analytic.loss_distribution(*book)
    figures = of_distribution(found, x["alphas"]) | {
        "EL": found.mean,
        "SD": found.standard_deviation,
        "distribution": [[k, p] for k, p in enumerate(found.probabilities) if p > 0],
    }
    for alpha in x["alphas"]:
        shares = analytic.loss_contributions(*book, confidence_level=alpha)
        figures["SD_contrib"] = shares.standard_deviation.tolist()
        figures[f"VaR_contrib_{alpha}"] = shares.value_at_risk.tolist()
        figures[f"ES_contrib_{alpha}"] = shares.expected_shortfall.tolist()
    return figures


def two_blocks(x: Case) -> Case:
    correlation = x["factor_corr"]
    first = [math.sqrt(x["rho1"]), 0.0]
    second = [
        math.sqrt(x["rho2"]) * correlation,
        math.sqrt(x["rho2"] * (1 - correlation**2)),
    ]
    book = (
        [x["pd1"]] * x["n1"] + [x["pd2"]] * x["n2"],
        [first] * x["n1"] + [second] * x["n2"],
        [x["w1"]] * x["n1"] + [x["w2"]] * x["n2"],
    )
    return of_distribution(analytic.loss_distribution(*book), x["alphas"])


def tail_dependence(x: Case) -> Case:
    return {"lambda_": [analytic.tail_dependence(nu, rho) for nu, rho in x["pairs"]]}


def joint_default(x: Case) -> Case:
    pair = (x["pd"], x["pd"], x["rho"])
    found = analytic.pair_figures(*pair, degrees_of_freedom=x["nu"])
    return {
        "joint": found.joint_default_probability,
        "gaussian_joint": analytic.pair_figures(*pair).joint_default_probability,
        "default_correlation": found.default_correlation,
    }


def capital(x: Case, default_probability: float) -> analytic.IrbFigures:
    of_corporates = {} if x["M"] is None else {"maturity_years": x["M"]}
    return analytic.irb_figures(
        default_probability,
        x["lgd"],
        asset_class=ASSET_CLASSES[x["asset_class"]],
        turnover_eur_m=x["turnover_eur_m"],
        **of_corporates,
    )


def capital_of_one(x: Case) -> Case:
    found = capital(x, x["pd"])
    return {
        "R": found.asset_correlation,
        "K": found.capital_requirement,
        "RW": found.risk_weight,
    }


def values_of_bond(x: Case) -> list[float]:
    values = [
        analytic.horizon_value(x["coupon"], forward_rates=np.array(curve) / 100)
        for curve in x["forward_zero_pct"].values()
    ]
    return [*values, x["recovery"]]


def one_bond(x: Case) -> Case:
    values = values_of_bond(x)
    published = as_numbers(CASES["creditmetrics-bbb-bond"])["expected"]["published_values"]
    weights = np.array(x["transition_pct"]) / 100
    found = analytic.value_moments(weights, values)
    printed = analytic.value_moments(weights, published)
    return {
        "from_forward_curve": values,
        "mean": found.mean,
        "sd": found.standard_deviation,
        "mean_from_published_values": printed.mean,
        "sd_from_published_values": printed.standard_deviation,
    }


def two_bonds(x: Case) -> Case:
    rows = np.array(x["transition_BBB"]) / 100, np.array(x["transition_A"]) / 100
    joint = analytic.joint_migration(*rows, asset_correlation=x["asset_corr"])
    sums = np.add.outer(x["values_BBB"], x["values_A"])
    moments = analytic.value_moments(joint.ravel(), sums.ravel())
    return {
        "joint_pct": (100 * joint).tolist(),
        "portfolio_mean": moments.mean,
        "portfolio_sd": moments.standard_deviation,
        "joint_default_pct": 100 * joint[-1, -1],
        "thresholds_BBB": analytic.migration_thresholds(rows[0]).tolist(),
        "thresholds_A": analytic.migration_thresholds(rows[1]).tolist(),
    }


def transition(x: Case) -> Case:
    matrix = analytic.renormalised_rows(x["matrix_pct"])
    powers = {str(years): analytic.transition_power(matrix, years) for years in x["years"]}
    return {"cum_pd": {years: power[:-1, -1].tolist() for years, power in powers.items()}}


def sectors(x: Case) -> Case:
    pd = [x["rating_pd"][str(rating)] for rating in x["rating"]]
    found = analytic.credit_risk_plus(
        pd,
        x["exposure"],
        unit=x["unit"],
        sector_shares=np.ones((len(pd), 1)),
        sector_variances=[x["rel_var"]],
    )
    figures: Case = {
        "EL_exact": float(np.dot(pd, x["exposure"])),
        "EL": found.expected_loss,
        "SD": found.standard_deviation,
        "SD_exact_unbanded": found.unbanded_standard_deviation,
        "P0": found.probabilities[0],
        "mass": found.probabilities.sum(),
    }
    cumulative = found.probabilities.cumsum()
    for alpha in x["alphas"]:
        tail = found.tail(alpha)
        figures[f"VaR_{alpha}"] = tail.value_at_risk * x["unit"]
        figures[f"ES_{alpha}"] = tail.expected_shortfall * x["unit"]
        figures[f"cdf_near_VaR_{alpha}"] = points_near(cumulative, tail.value_at_risk, x["unit"])
    return figures


def hull_firm(x: Case) -> Case:
    debt = {"debt": x["D"], "risk_free_rate": x["r"], "years": x["T"]}
    assets = analytic.merton_assets(x["E0"], equity_volatility=x["sigma_E"], **debt)
    volatility = assets.asset_volatility
    found = analytic.merton_figures(assets.asset_value, asset_volatility=volatility, **debt)
    return {
        "V0": assets.asset_value,
        "sigma_V": volatility,
        "d1": found.distance_to_default + volatility * math.sqrt(x["T"]),
        "d2": found.distance_to_default,
        "pd": found.default_probability,
        "debt_value": found.debt_value,
        "expected_loss_pct_of_riskfree": found.expected_loss,
        "recovery": found.recovery,
        "yield_spread": found.yield_spread,
    }


def firm(x: Case) -> Case:
    found = analytic.merton_figures(
        x["V"], asset_volatility=x["sigma"], debt=x["D"], risk_free_rate=x["r"], years=x["T"]
    )
    return {"pd": found.default_probability}


def frye_jacobs(x: Case) -> Case:
    found = analytic.frye_jacobs_loss(
        x["pd"], expected_loss=x["el"], asset_correlation=x["rho"], confidence_level=x["alpha"]
    )
    return {
        "cDR": found.default_rate,
        "k": found.risk_index,
        "cLGD": found.loss_given_default,
        "stress_loss": found.loss_rate,
    }


def adverse_factor(x: Case) -> Case:
    found = analytic.large_pool_factor(x["pd"], x["rho"], loss_fraction=x["target_loss"])
    return {"z": found.factor, "prob": found.probability}


def linear_stress(x: Case) -> Case:
    found = analytic.linear_reverse_stress(x["beta"], factor_covariance=x["Sigma"], loss=x["L"])
    return {"z": found.factors.tolist(), "distance": found.distance}


def tranches(x: Case) -> Case:
    return {
        "etl": [
            analytic.expected_tranche_loss(
                x["pd"], x["rho"], attachment=attachment, detachment=detachment
            )
            for attachment, detachment in x["tranches"]
        ]
    }


FIGURES: dict[str, Callable[[Case], Case]] = {
    **{f"vasicek-lhp-{i}": large_pool for i in range(1, 7)},
    "vasicek-lhp-cdf": large_pool_cdf,
    **{f"finite-hom-n{n}": like_obligors for n in (10, 100, 1000)},
    "hetero-5-obligors": unlike_obligors,
    "hetero-8-obligors": unlike_obligors,
    "two-factor-blocks": two_blocks,
    "t-copula-tail-dependence": tail_dependence,
    "t-copula-joint-default": joint_default,
    **{
        f"irb-{name}": capital_of_one
        for name in ("corp-1pct", "corp-M5", "sme-20m", "qrre", "retail-20pct")
    },
    "creditmetrics-bbb-bond": one_bond,
    "creditmetrics-two-bond": two_bonds,
    "transition-power": transition,
    "creditrisk-plus-25-single-sector": sectors,
    "merton-hull": hull_firm,
    "merton-direct": firm,
    "frye-jacobs-lgd": frye_jacobs,
    "reverse-stress-1f": adverse_factor,
    "reverse-stress-linear": linear_stress,
    "lhp-tranche": tranches,
}
