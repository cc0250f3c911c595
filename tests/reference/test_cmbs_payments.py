"""The payment that a tape reports, made again from the loan's terms by the oracle.

A servicer reports what was due between two reporting dates, from the balance at the first. Nothing
is fitted: each of the 97 loans comes out, to the cent that a stated level payment is rounded by.
"""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from engines.debt.loan_books import loan_book, run_case
from seawall.table import Table

from .loan_oracle import Flow, LoanTerms, add_months, contractual_flows
from .tapes import Read

CENT = Decimal("0.01")
TAPES = {
    "bmark": ("cmbs_ex102_bmark_2024_v6.xml", 62, {"none": 3, "interest": 35, "level": 24}),
    "bank5": ("cmbs_ex102_bank5.xml", 35, {"none": 25, "interest": 9, "level": 1}),
}


def exact(value: float) -> Decimal:
    """What the tape writes: a double's shortest text has the tape's digits."""
    return Decimal(repr(value))


def terms_of(loan: dict[str, Any]) -> LoanTerms:
    """A loan's terms as its row states them, with the balance at the period's beginning."""
    return LoanTerms(
        balance=exact(loan["reported_period_begin_balance"]),
        rate_pct=exact(loan["current_interest_rate_pct"]),
        floating=loan["rate_type"] == "floating",
        original_amount=exact(loan["original_amount"]),
        **{
            name: loan[name]
            for name in (
                "maturity_date",
                "first_payment_date",
                "origination_date",
                "payment_interval_months",
                "interest_accrual_method",
                "amortisation",
                "amortization_term_months",
                "interest_only_term_months",
            )
        },
    )


def due_in_the_period(loan: dict[str, Any]) -> list[Flow]:
    flows = contractual_flows(
        terms_of(loan), loan["reported_period_begin_date"] - timedelta(days=1), 2
    )
    return [flow for flow in flows if flow.payment_date <= loan["reporting_date"]]


@pytest.fixture(scope="module", params=TAPES.values(), ids=TAPES.keys())
def tape(request: pytest.FixtureRequest) -> tuple[list[dict[str, Any]], dict[str, int]]:
    name, count, kinds = request.param
    loans = Read(name, profile="sec_ex102").records.to_pylist()
    assert len(loans) == count
    return loans, kinds


@pytest.fixture
def loans(tape: tuple[list[dict[str, Any]], dict[str, int]]) -> list[dict[str, Any]]:
    return tape[0]


def test_every_loan_owes_what_the_tape_says_it_owed(loans: list[dict[str, Any]]) -> None:
    for loan in loans:
        flows = due_in_the_period(loan)
        for figure, reported in (
            (sum(f.interest for f in flows), loan["reported_period_interest"]),
            (sum(f.principal for f in flows), loan["reported_period_principal"]),
            (sum(f.interest + f.principal for f in flows), loan["reported_period_payment"]),
        ):
            # half a cent of rounding each in the level payment and in its interest
            assert abs(figure - exact(reported)) <= CENT, loan["source_record_id"]


def test_the_balance_after_the_payment_is_the_reported_one(loans: list[dict[str, Any]]) -> None:
    for loan in loans:
        flows = due_in_the_period(loan)
        after = flows[-1].balance if flows else exact(loan["reported_period_begin_balance"])
        assert abs(after - exact(loan["total_outstanding"])) <= CENT, loan["source_record_id"]


def test_a_payment_of_nothing_is_reported_of_loans_whose_first_day_is_yet_to_come(
    tape: tuple[list[dict[str, Any]], dict[str, int]],
) -> None:
    loans, kinds = tape
    found: Counter[str] = Counter()
    for loan in loans:
        flows = due_in_the_period(loan)
        assert len(flows) <= 1
        is_before = loan["first_payment_date"] > loan["reporting_date"]
        assert (loan["reported_period_payment"] == 0) == is_before == (not flows)
        found["none" if not flows else "level" if flows[0].principal else "interest"] += 1
    assert found == kinds


def test_a_first_period_is_one_month_though_the_loan_was_made_before_it() -> None:
    # The days from the making of a loan to the beginning of its first whole month are paid at
    # closing: counting from its origination would be wrong for every one of these.
    counts = []
    for name, _, _ in TAPES.values():
        loans = Read(name, profile="sec_ex102").records.to_pylist()
        firsts = [
            (loan, flow)
            for loan in loans
            for flow in due_in_the_period(loan)
            if flow.payment_date == loan["first_payment_date"]
        ]
        early = [
            (loan, flow) for loan, flow in firsts if loan["origination_date"] < flow.period_begin
        ]
        for _, flow in early:
            assert add_months(flow.period_begin, 1) == flow.payment_date
        counts.append((len(firsts), len(early)))
    assert counts == [(15, 14), (7, 7)]


def test_the_two_loans_of_the_worked_example_pay_as_worked() -> None:
    loans = Read(TAPES["bmark"][0], profile="sec_ex102").records.to_pylist()
    second, third = (due_in_the_period(loan)[0] for loan in loans[1:3])
    assert (second.payment_date - second.period_begin).days == 28
    assert second.interest.quantize(CENT) == Decimal("312666.67")  # 60,000,000 · 6.70 % · 28/360
    assert third.interest.quantize(CENT) == Decimal("168285.51")
    assert (third.interest + third.principal).quantize(CENT) == Decimal("241014.37")


def test_the_engine_pays_what_the_tape_reports(loans: list[dict[str, Any]]) -> None:
    """The core over the whole tape, from the balances at the period's beginning."""
    begin = loans[0]["reported_period_begin_date"] - timedelta(days=1)
    assert {loan["reported_period_begin_date"] for loan in loans} == {begin + timedelta(days=1)}
    names = set(LoanTerms.__dataclass_fields__) & set(loans[0]) - {"principal_schedule"}
    book = loan_book(
        {name: loan[name] for name in names}
        | {
            "total_outstanding": loan["reported_period_begin_balance"],
            "interest_rate_pct": loan["current_interest_rate_pct"],
            "rate_type": loan["rate_type"],
        }
        for loan in loans
    )
    flows = Table(run_case(book, as_of=begin, months=6).cash_flows(0)).to_arrow().to_pylist()
    for loan, row in zip(loans, [row for row in flows if row["month"] == 1], strict=True):
        is_before = loan["first_payment_date"] > loan["reporting_date"]
        due = 0.0 if is_before else row["interest_due"] + row["principal_due"]
        assert due == pytest.approx(loan["reported_period_payment"], abs=0.01)
        if not is_before:
            assert row["balance"] == pytest.approx(loan["total_outstanding"], abs=0.01)


def test_the_wall_has_what_level_payments_leave_at_maturity(loans: list[dict[str, Any]]) -> None:
    """A loan that is to be repaid on an anticipated date stands there, with its balance of then."""
    names = set(LoanTerms.__dataclass_fields__) & set(loans[0]) - {"principal_schedule"}
    as_of = loans[0]["reporting_date"]
    book = loan_book(
        {name: loan[name] for name in (*names, "total_outstanding", "rate_type")}
        | {
            "interest_rate_pct": loan["current_interest_rate_pct"],
            "anticipated_repayment_date": loan.get("anticipated_repayment_date"),
        }
        for loan in loans
    )
    wall = Table(run_case(book, as_of=as_of, months=6).maturities(0)).to_arrow().to_pylist()
    assert len(wall) == len(loans)
    for loan, entry in zip(loans, wall, strict=True):
        day = loan.get("anticipated_repayment_date") or loan["maturity_date"]
        assert entry["date"] == day
        terms = replace(terms_of(loan), balance=exact(loan["total_outstanding"]))
        months = (day.year - as_of.year) * 12 + day.month - as_of.month + 1
        flows = [f for f in contractual_flows(terms, as_of, months) if f.payment_date <= day]
        left = flows[-1].maturity + flows[-1].balance
        assert entry["due"] == pytest.approx(float(left), rel=1e-9)
