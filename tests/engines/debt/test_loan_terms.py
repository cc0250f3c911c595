"""The terms of a loan that cash flows are computed from, as the profiles read them."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from seawall.ingest import IngestedTape
from seawall.session import Session

LOAN_TERMS: dict[str, Any] = {
    "rate_type": "floating",
    "origination_date": date(2025, 2, 28),
    "maturity_date": date(2030, 2, 28),
    "next_payment_date": date(2026, 2, 28),
    "first_payment_date": date(2025, 5, 28),
    "payment_interval_months": 3,
    "interest_accrual_method": "actual/360",
    "current_interest_rate_pct": 5.25,
    "spread_pct": -0.25,
    "floor_pct": -0.5,
    "cap_pct": 9.0,
    "amortisation": "annuity",
    "amortization_term_months": 360,
    "original_amount": 1000.0,
    "original_term_months": 60,
    "interest_only_term_months": 24,
    "interest_only_until": date(2027, 2, 28),
    "scheduled_payment": 31.5,
    "anticipated_repayment_date": date(2029, 2, 28),
    "prepayment_rate_pct": 6.0,
    "default_rate_pct": 2.0,
    "lien_position": "second",
    "seniority": "senior",
}
FIGURES: dict[str, Any] = {
    "revenue": 100.0,
    "operating_expenses": 60.0,
    "net_cash_flow": -5.0,
    "net_operating_income": -1.0,
    "ebitda": -2.0,
    "cash": 10.0,
    "unencumbered_assets_value": 20.0,
}
LINKS: dict[str, Any] = {
    "cross_default_group": "x",
    "collateral_group_id": "c",
    "guarantor_id": "g",
    "parent_obligor_id": "p",
}
LIMITS: dict[str, Any] = {
    "dscr_minimum": 1.25,
    "icr_minimum": 2.0,
    "ltv_maximum_pct": 65.0,
    "leverage_maximum": 6.0,
    "debt_yield_minimum_pct": 8.0,
}


def as_text(fields: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in fields.items()}


@pytest.fixture
def session() -> Iterator[Session]:
    with Session(Path("never-written.db")) as opened:
        yield opened


def flat(session: Session, **fields: Any) -> IngestedTape:
    row = {"id": "A", "currency": "EUR", "principal": 900, **as_text(fields)}
    return session.read(json.dumps([row]).encode(), format="json", profile="generic")


def nested(session: Session, **financial: Any) -> IngestedTape:
    payload = {"source_system": "erp", "source_record_id": "A", "payload": {"financial": financial}}
    return session.read(json.dumps([payload]).encode(), format="json", profile="todiscope")


def only_row(table: Any) -> dict[str, Any]:
    (row,) = table.to_arrow().to_pylist()
    return dict(row)


def refusals(tape: IngestedTape) -> list[tuple[str, str]]:
    return [(row["field"], row["rule"]) for row in tape.rejects.to_arrow().to_pylist()]


def test_a_flat_tape_may_state_every_term(session: Session) -> None:
    stated = {**LOAN_TERMS, **FIGURES, **LINKS, **LIMITS}
    tape = flat(session, **stated)
    row = only_row(tape.records)
    assert {name: row[name] for name in stated} == stated
    assert refusals(tape) == []


def test_a_nested_record_may_state_every_term(session: Session) -> None:
    debt = {"principal": 900, **as_text({**LOAN_TERMS, **LINKS})}
    tape = nested(session, debt=debt, covenants=LIMITS, **FIGURES)
    stated = {**LOAN_TERMS, **FIGURES, **LINKS, **LIMITS}
    row = only_row(tape.records)
    assert {name: row[name] for name in stated} == stated
    assert refusals(tape) == []


def test_an_instrument_has_terms_of_its_own(session: Session) -> None:
    instrument = {"instrument_id": "T1", "principal": 900, **as_text(LOAN_TERMS)}
    tape = nested(session, debt={"instruments": [instrument]})
    row = only_row(tape.lists["instruments"])
    assert row["instrument_id"] == "T1"
    assert {name: row[name] for name in LOAN_TERMS} == LOAN_TERMS
    assert refusals(tape) == []


@pytest.mark.parametrize("name", ["scheduled_payment", "original_amount", *LIMITS])
def test_a_nought_that_means_nothing_is_refused_and_not_computed_with(
    session: Session, name: str
) -> None:
    tape = flat(session, **{name: 0})
    assert refusals(tape) == [(name, "out_of_range")]
    assert only_row(tape.records)[name] is None


@pytest.mark.parametrize(
    ("name", "text", "read"),
    [
        ("day_count", "ACT/365", "actual/365"),
        ("day_count", "30E/360", "30e/360"),
        ("amortization", "interest only", "bullet"),
        ("amortisation_type", "STRAIGHT_LINE", "linear"),
        ("lien", "1", "first"),
        ("seniority", "super senior", "super_senior"),
    ],
)
def test_common_ways_of_writing_a_term_are_known(
    session: Session, name: str, text: str, read: str
) -> None:
    row = only_row(flat(session, **{name: text}).records)
    assert read in row.values()


def test_a_way_of_accrual_that_the_engine_has_not_is_refused(session: Session) -> None:
    assert refusals(flat(session, day_count="simple")) == [
        ("interest_accrual_method", "code_unknown")
    ]


def test_a_spread_without_its_unit_is_not_read(session: Session) -> None:
    tape = flat(session, spread=250)
    assert "spread_pct" not in tape.records.column_names
    assert "spread" in tape.unread_fields
