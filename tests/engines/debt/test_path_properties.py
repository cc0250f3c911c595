"""What must hold of any book that runs through a horizon."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.debt.loan_books import loan_book, run_case
from seawall import native
from seawall.table import Table

AS_OF = date(2026, 3, 31)
MONTHS = 12
TERMS: dict[str, Any] = {
    "limit_dscr": 1.2,
    "limit_ltv": 0.75,
    "refinancing_max_ltv": 0.65,
    "refinancing_min_dscr": 1.25,
    "haircut": 0.1,
    "sale_cost": 0.05,
}
AMOUNTS = ("total_outstanding", "collateral_value", "net_operating_income", "cash")
LOAN_AMOUNTS = (
    "interest_due",
    "interest_paid",
    "principal_paid",
    "maturity_due",
    "maturity_paid",
    "balance",
    "interest_arrears",
    "claim",
)


@st.composite
def loans(draw: st.DrawFn) -> dict[str, Any]:
    balance = draw(st.integers(1_000, 1_000_000))

    def part(low: int, high: int) -> float:
        return balance * draw(st.integers(low, high)) / 1000

    return {
        "obligor_id": draw(st.sampled_from("abcdef")),
        "total_outstanding": float(balance),
        "interest_rate_pct": draw(st.integers(0, 48)) / 4,
        "rate_type": draw(st.sampled_from(["fixed", "floating"])),
        "payment_interval_months": draw(st.sampled_from([1, 3])),
        "interest_accrual_method": draw(st.sampled_from(["30/360", "actual/360"])),
        "amortisation": draw(st.sampled_from(["bullet", "linear", "annuity"])),
        "amortization_term_months": draw(st.sampled_from([60, 240, 360])),
        "maturity_date": AS_OF + timedelta(days=draw(st.integers(20, 2000))),
        "collateral_value": part(300, 2000),
        "net_operating_income": part(-50, 300),
        "cash": part(0, 20),
    }


books = st.lists(loans(), min_size=1, max_size=12)
stresses = st.tuples(
    *(st.integers(low, high).map(lambda n: n / 100) for low, high in ((40, 100), (100, 150)))
)


def run(book: list[dict[str, Any]], **case: Any) -> native.DebtPaths:
    return run_case(loan_book(book), as_of=AS_OF, months=MONTHS, **TERMS | case)


def rows(table: native.NativeTable) -> list[dict[str, Any]]:
    return Table(table).to_arrow().to_pylist()


def drivers(revenue: float = 1.0, rates: float = 1.0, value: float = 1.0) -> tuple[float, ...]:
    return (revenue, 1.0, rates, 0.0, value, value, 1.0)


@settings(max_examples=40)
@given(books)
def test_what_is_owed_is_repaid_or_left(book: list[dict[str, Any]]) -> None:
    for loan, row in zip(book, rows(run(book).loans(0)), strict=True):
        left = row["principal_paid"] + row["maturity_paid"] + row["prepaid"] + row["balance"]
        assert left == pytest.approx(loan["total_outstanding"], rel=1e-12)


@settings(max_examples=40)
@given(books)
def test_what_claims_get_and_do_not_get_is_what_they_are(book: list[dict[str, Any]]) -> None:
    for row in rows(run(book).loans(0)):
        got = row["from_collateral"] + row["from_estate"] + row["from_guarantee"] + row["unpaid"]
        assert got == pytest.approx(row["claim"], abs=0.006)


@settings(max_examples=40)
@given(books, st.randoms(use_true_random=False))
def test_the_order_of_records_changes_no_loan(book: list[dict[str, Any]], random: Any) -> None:
    named = [{"source_record_id": f"r{i}", **loan} for i, loan in enumerate(book)]
    shuffled = list(named)
    random.shuffle(shuffled)
    first, second = (
        {row["source_record_id"]: row for row in rows(run(loans_).loans(0))}
        for loans_ in (named, shuffled)
    )
    for name, row in first.items():
        for figure in LOAN_AMOUNTS:
            assert second[name][figure] == pytest.approx(row[figure], rel=1e-9, abs=1e-6)
        assert second[name]["risk_level"] == row["risk_level"]


@settings(max_examples=40)
@given(books)
def test_twice_the_money_is_twice_every_flow_to_the_last_bit(book: list[dict[str, Any]]) -> None:
    doubled = [loan | {name: 2 * loan[name] for name in AMOUNTS} for loan in book]
    for once, twice in zip(rows(run(book).loans(0)), rows(run(doubled).loans(0)), strict=True):
        assert [twice[name] for name in LOAN_AMOUNTS] == [2 * once[name] for name in LOAN_AMOUNTS]
        assert twice["risk_reasons"] == once["risk_reasons"]


@settings(max_examples=40)
@given(books)
def test_a_loan_in_two_halves_of_one_obligor_pays_the_same(book: list[dict[str, Any]]) -> None:
    whole, *others = book
    half = whole | {name: whole[name] / 2 for name in AMOUNTS}
    one = rows(run([whole, *others]).loans(0))
    two = rows(run([half, half, *others]).loans(0))
    for figure in LOAN_AMOUNTS:
        assert two[0][figure] + two[1][figure] == pytest.approx(one[0][figure], rel=1e-9, abs=1e-6)


@settings(max_examples=40)
@given(books, stresses)
def test_a_harder_case_is_never_better(
    book: list[dict[str, Any]], stress: tuple[float, float]
) -> None:
    factor, rates = stress
    base = run(book, drivers=drivers())
    stressed = run(book, drivers=drivers(revenue=factor, rates=rates, value=factor))
    for before, after in zip(rows(base.obligors(0)), rows(stressed.obligors(0)), strict=True):
        if before["default_month"] is not None:
            assert after["default_month"] <= before["default_month"]
        if before["runway_months"] is not None:
            # Who defaults before keeps the cash for the estate: it does not run out.
            runway = after["runway_months"]
            ends = after["default_month"] - 1 if runway is None else runway
            assert ends <= before["runway_months"]
    breaches = {
        (row["record"], row["covenant"]): row["first_breach_month"]
        for row in rows(stressed.covenants(0))
    }
    defaults = {row["obligor_id"]: row["default_month"] for row in rows(stressed.obligors(0))}
    for row in rows(base.covenants(0)):
        if row["covenant"] == "dscr" and row["first_breach_month"] is not None:
            first = breaches[row["record"], "dscr"]
            if first is None:  # nothing is tested after a default
                first = defaults[book[row["record"]]["obligor_id"]]
            assert first <= row["first_breach_month"]
