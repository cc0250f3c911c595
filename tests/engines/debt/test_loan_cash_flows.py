"""What loans owe by their terms: the core against the slow oracle of the same page."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engines.debt.loan_books import UNCHANGED, loan_book, run_case
from reference.loan_oracle import LoanTerms, add_months, contractual_flows
from seawall.table import Table

MONTHS = 24
METHODS = ("30/360", "30e/360", "actual/360", "actual/365", "actual/actual")


def random_loan(random: random.Random, as_of: date) -> dict[str, Any]:
    """Draw terms that a tape could state."""
    interval = random.choice([1, 1, 1, 2, 3, 4, 6, 12])
    origination = as_of - timedelta(days=random.randint(1, 2500))
    kind = random.choice([None, "bullet", "linear", "annuity"])
    amortises = kind in ("linear", "annuity")
    balance = round(random.uniform(1e4, 1e7), 2)
    loan: dict[str, Any] = {
        "total_outstanding": balance,
        "interest_rate_pct": round(random.uniform(0, 12), 3),
        "rate_type": random.choice(["fixed", "fixed", "floating"]),
        "payment_interval_months": interval,
        "interest_accrual_method": random.choice(METHODS),
        "amortisation": kind,
        "amortization_term_months": random.choice(
            [60, 120, 240, 360] if amortises else [None, 0, 120, 360]
        ),
        "prepayment_rate_pct": random.choice([None, None, 0.0, 8.0]),
        "default_rate_pct": random.choice([None, None, 3.0]),
    }
    if loan["rate_type"] == "floating":
        loan |= {
            "spread_pct": round(random.uniform(0, 4), 2),
            "cap_pct": random.choice([None, 9.0]),
        }
        loan["floor_pct"] = random.choice([None, 2.0])
    if random.random() < 0.9:
        days = random.choice([random.randint(5, 700), random.randint(800, 9000)])
        loan["maturity_date"] = as_of + timedelta(days=days)
    if random.random() < 0.7:
        loan["origination_date"] = origination
        if random.random() < 0.7:
            loan["first_payment_date"] = add_months(origination, interval)
    if random.random() < 0.2:
        loan["interest_only_until"] = as_of + timedelta(days=random.randint(-400, 900))
    if kind == "annuity" and random.random() < 0.5:
        loan["original_amount"] = round(balance * random.uniform(1, 1.3), 2)
    if kind == "annuity" and random.random() < 0.1:
        loan["scheduled_payment"] = round(balance * 0.012, 2)
    return loan


def oracle_terms(loan: dict[str, Any]) -> LoanTerms:
    """The same terms in decimals; what is absent stays away."""
    named = {"total_outstanding": "balance", "interest_rate_pct": "rate_pct"}
    stated: dict[str, Any] = {
        named.get(name, name): Decimal(str(value)) if isinstance(value, float) else value
        for name, value in loan.items()
        if value is not None and name != "rate_type"
    }
    return LoanTerms(floating=loan.get("rate_type") == "floating", **stated)


def check_flows(
    loans: Sequence[dict[str, Any]], as_of: date, *, factor: float = 1.0, delta_pct: float = 0.0
) -> None:
    """Compare every payment of every loan."""
    drivers = (1.0, 1.0, factor, delta_pct, *UNCHANGED[4:])
    run = run_case(loan_book(loans), as_of=as_of, months=MONTHS, drivers=drivers)
    rows = Table(run.cash_flows(0)).to_arrow().to_pylist()
    for number, loan in enumerate(loans):
        expected = contractual_flows(
            oracle_terms(loan),
            as_of,
            MONTHS,
            rate_factors=[Decimal(str(factor))] * MONTHS,
            rate_deltas_pct=[Decimal(str(delta_pct))] * MONTHS,
        )
        by_month = {flow.step: flow for flow in expected}
        for row in rows[number * MONTHS : (number + 1) * MONTHS]:
            assert row["record"] == number
            flow = by_month.get(row["month"])
            if flow is None:
                assert row["interest_due"] == row["principal_due"] == row["maturity_due"] == 0.0
                continue
            wanted = {
                "interest_due": flow.interest,
                "principal_due": flow.principal,
                "maturity_due": flow.maturity,
                "prepaid": flow.prepayment,
                "defaulted": flow.defaulted,
                "balance": flow.balance,
            }
            nothing = 1e-9 * loan["total_outstanding"]
            for name, figure in wanted.items():
                expected_figure = pytest.approx(float(figure), rel=1e-9, abs=nothing)
                assert row[name] == expected_figure, (name, loan, flow)


@pytest.mark.parametrize(
    "as_of", [date(2026, 3, 11), date(2026, 1, 31), date(2024, 2, 29), date(2025, 12, 30)], ids=str
)
def test_loans_of_any_terms_pay_what_the_oracle_says(as_of: date) -> None:
    draw = random.Random(as_of.toordinal())  # noqa: S311 (a sample, no secret)
    check_flows([random_loan(draw, as_of) for _ in range(300)], as_of)


def test_floating_loans_follow_the_drivers_of_rates() -> None:
    as_of = date(2026, 6, 30)
    draw = random.Random(7)  # noqa: S311
    loans = [random_loan(draw, as_of) | {"rate_type": "floating"} for _ in range(200)]
    check_flows(loans, as_of, factor=1.3, delta_pct=-0.75)


def test_a_loan_that_pays_at_maturity_pays_all_its_interest_then() -> None:
    loan = {
        "total_outstanding": 1000.0,
        "interest_rate_pct": 6.0,
        "payment_interval_months": 0,
        "interest_accrual_method": "actual/365",
        "origination_date": date(2025, 3, 31),
        "maturity_date": date(2026, 9, 30),
        "default_rate_pct": 2.0,
    }
    check_flows([loan], date(2026, 3, 31))


def test_a_loan_that_has_matured_is_due_at_once_without_interest() -> None:
    loan = {
        "total_outstanding": 1000.0,
        "interest_rate_pct": 6.0,
        "maturity_date": date(2026, 1, 1),
    }
    run = run_case(loan_book([loan]), as_of=date(2026, 3, 31), months=6)
    first, *later = Table(run.cash_flows(0)).to_arrow().to_pylist()
    assert (first["interest_due"], first["maturity_due"]) == (0.0, 1000.0)
    assert all(row["maturity_due"] == row["balance"] == 0.0 for row in later)
