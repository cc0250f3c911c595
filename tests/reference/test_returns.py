"""Reference cases of annuities, rates of return, bonds and expected credit losses."""

import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from seawall import native

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "reference-credit.json"
Inputs = dict[str, Any]


def level_loan(inputs: Inputs) -> dict[str, float]:
    principal, rate, n = inputs["principal"], inputs["annual_rate"] / 12, inputs["n"]
    payment = native.level_payment(principal, rate, n)
    balances = balances_of(principal, rate, payment, n)
    return {
        "payment": payment,
        "balance_after_12": balances[12],
        "balance_after_120": balances[120],
        "total_interest": n * payment - principal,
        "first_interest": principal * rate,
        "first_principal": balances[0] - balances[1],
    }


def balances_of(principal: float, rate: float, payment: float, n: int) -> list[float]:
    balances = [float(principal)]
    for _ in range(n):
        balances.append(balances[-1] * (1 + rate) - payment)
    return balances


def cumulative_interest(inputs: Inputs) -> dict[str, float]:
    rate, n = inputs["rate"] / 12, 12 * inputs["years"]
    payment = native.level_payment(inputs["pv"], rate, n)
    balances = balances_of(inputs["pv"], rate, payment, n)
    first, last = inputs["start"], inputs["end"]
    repaid = balances[first - 1] - balances[last]
    return {"cumipmt": (last - first + 1) * payment - repaid, "cumprinc": repaid}


def balloon_loan(inputs: Inputs) -> dict[str, float]:
    principal, rate, noi = inputs["principal"], inputs["rate"] / 12, inputs["noi"]
    payment = native.level_payment(principal, rate, inputs["amort_months"])
    return {
        "payment": payment,
        "balloon": balances_of(principal, rate, payment, inputs["term_months"])[-1],
        "annual_debt_service": 12 * payment,
        "debt_constant": 12 * payment / principal,
        "dscr": noi / (12 * payment),
        "debt_yield": noi / principal,
    }


def rates_of_return(inputs: Inputs) -> dict[str, float]:
    flows = inputs["cashflows"]
    return {
        "irr": native.internal_rate_of_return(flows),
        "irr_first4": native.internal_rate_of_return(flows[:5]),
    }


def present_value(inputs: Inputs) -> dict[str, float]:
    return {"npv": native.net_present_value(inputs["rate"], inputs["cashflows"])}


def dated_flows(inputs: Inputs) -> dict[str, float]:
    days = [date.fromisoformat(day) for day in inputs["dates"]]
    flows = inputs["cashflows"]
    return {
        "xirr": native.internal_rate_of_return_dated(days, flows),
        "xnpv": native.net_present_value_dated(inputs["xnpv_rate"], days, flows),
    }


def bond(inputs: Inputs) -> dict[str, float]:
    figures = native.bond_figures(
        date.fromisoformat(inputs["settle"]),
        date.fromisoformat(inputs["maturity"]),
        inputs["coupon"],
        inputs["ytm"],
        inputs["freq"],
    )
    return {
        "price": figures["clean_price"],
        "clean": figures["clean_price"],
        "accrued": figures["accrued"],
        "macaulay": figures["macaulay_duration_years"],
        "modified": figures["modified_duration_years"],
        "convexity": figures["convexity_years2"],
    }


def credit_loss(inputs: Inputs) -> dict[str, Any]:
    loss = native.expected_credit_loss(
        inputs["hazard"],
        inputs["ead"],
        loss_given_default=inputs["lgd"],
        effective_interest_rate=inputs["eir"],
    )
    return {
        "lifetime_ecl": loss["lifetime"],
        "ecl_12m": loss["twelve_months"],
        "by_year": loss["by_year"],
    }


FIGURES: dict[str, Callable[[Inputs], dict[str, Any]]] = {
    "amort-level-200k": level_loan,
    "excel-cumipmt": cumulative_interest,
    "balloon-cre": balloon_loan,
    "excel-irr": rates_of_return,
    "excel-npv": present_value,
    "excel-xirr": dated_flows,
    "excel-duration": bond,
    "excel-price": bond,
    "ifrs9-lifetime-ecl": credit_loss,
}


def load_case(case_id: str) -> dict[str, Any]:
    if not REFERENCE.is_file():
        message = f"no reference data: {REFERENCE} is not there"
        if os.environ.get("SEAWALL_NO_SKIPS") == "1":
            pytest.fail(message)
        pytest.skip(message)
    cases = json.loads(REFERENCE.read_text())["cases"]
    (case,) = [case for case in cases if case["id"] == case_id]
    return dict(case)


def as_numbers(expected: Any) -> Any:
    return [float(number) for number in expected] if isinstance(expected, list) else float(expected)


@pytest.mark.parametrize("case_id", FIGURES)
def test_the_figures_of_a_reference_case_are_found(case_id: str) -> None:
    case = load_case(case_id)
    computed = {k: v for k, v in case["expected"].items() if not k.startswith("published")}
    tolerance = case["tolerance"].get("computed_rel", case["tolerance"].get("rel"))
    found = FIGURES[case_id](case["inputs"])
    assert computed
    for name, expected in computed.items():
        assert found[name] == pytest.approx(as_numbers(expected), rel=tolerance or 1e-10, abs=0), (
            name
        )
