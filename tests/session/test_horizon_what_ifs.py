"""What changing the terms of one position does: differences by hand, evidence, and refusals."""

import json
from typing import Any

import msgspec
import pytest

from seawall.engines.debt.horizon_results import WhatIfCase, WhatIfFigures, WhatIfResult
from seawall.errors import InvalidInput
from seawall.session import Dataset, Run, Session

STARTED = "2026-02-01T00:00:00Z"

# A is a bullet that matures in month 5 and is refinanced. C owes 3,000 a month and earns 50 a day:
# it breaks its covenant at once, defaults after three months and leaves 380,000 of its collateral.
BOOK = b"""id,obligor,currency,outstanding,coupon,rate_type,amortisation,day_count,reporting_date,\
next_payment_date,maturity,collateral,ebitda,dscr_minimum
A,a,EUR,1200000,6,fixed,bullet,30/360,2026-01-15,2026-02-15,2026-06-15,2000000,365000,
C,c,EUR,600000,6,fixed,bullet,30/360,2026-01-15,2026-02-15,2030-01-15,500000,18600,1.2
D,d,EUR,100000,6,fixed,bullet,30/360,2026-01-15,2026-02-15,,,365000,
"""

EXTEND = {"kind": "amend_and_extend", "what_if_id": "w", "source_record_id": "A"}
EQUITISE = {"kind": "equitise", "what_if_id": "w", "source_record_id": "C"}


@pytest.fixture
def book(session: Session) -> Dataset:
    return session.ingest(BOOK, format="csv")


def asked(session: Session, book: Dataset, *entries: dict[str, Any], **more: Any) -> Run:
    horizon = {"what_if": list(entries), **more.pop("horizon", {})}
    return session.stress(book, months=6, horizon=horizon, started_at=STARTED, **more)


def answer(run: Run) -> WhatIfResult:
    (found,) = run.result.horizon.what_if
    result: WhatIfResult = found
    return result


def base(run: Run) -> WhatIfCase:
    return answer(run).cases[0]


def changed(figures: WhatIfFigures) -> dict[str, float]:
    return {name: value for name, value in msgspec.to_builtins(figures).items() if value}


# --- figures by hand


@pytest.mark.parametrize(
    "entry",
    [EXTEND, {**EXTEND, "source_record_id": "C"}, {**EQUITISE, "fraction": 0.0}],
    ids=str,
)
def test_an_amendment_of_nothing_changes_nothing(
    session: Session, book: Dataset, entry: dict[str, Any]
) -> None:
    horizon = {"purchase": {"price_pct": 80, "risk_free_rate_pct": 3}}
    run = asked(session, book, entry, presets=["severe"], horizon=horizon)
    assert [case.case_id for case in answer(run).cases] == ["base", "severe"]
    for case in answer(run).cases:
        assert case.before == case.after
        assert set(msgspec.to_builtins(case.difference).values()) == {0}


def test_a_later_maturity_is_not_due_and_pays_interest(session: Session, book: Dataset) -> None:
    run = asked(session, book, {**EXTEND, "extension_months": 12})
    assert changed(base(run).difference) == pytest.approx(
        {"interest_due": 6_000, "maturity_due": -1_200_000, "debt": 1_200_000}
    )


def test_a_lower_rate_is_less_interest(session: Session, book: Dataset) -> None:
    run = asked(session, book, {**EXTEND, "rate_change_pct": -1})
    assert changed(base(run).difference) == pytest.approx({"interest_due": -5 * 1_000})


def test_debt_that_becomes_equity_does_not_default(session: Session, book: Dataset) -> None:
    difference = base(asked(session, book, {**EQUITISE, "fraction": 0.9})).difference
    assert changed(difference) == pytest.approx(
        {
            # Of 60,000, six months; before, three months of 600,000 until the default.
            "interest_due": 6 * 300 - 3 * 3_000,
            "debt_service_shortfall": -(1_450 + 2_900 + 3_000),
            "debt": 60_000 - 600_000,
            "obligors_in_default": -1,
            "debt_in_default": -600_000,
            "breach_count": -1,
            "claims": -604_350,
            "paid_to_creditors": -380_000,
        }
    )


def test_a_waived_covenant_is_not_broken(session: Session, book: Dataset) -> None:
    entry = {**EXTEND, "source_record_id": "C", "limits": {"dscr_minimum": 0.4}}
    assert changed(base(asked(session, book, entry)).difference) == {"breach_count": -1}


def test_returns_of_a_purchase_are_compared_where_a_price_is_given(
    session: Session, book: Dataset
) -> None:
    entry = {**EXTEND, "rate_change_pct": 1}
    without = base(asked(session, book, entry)).difference
    assert (without.received, without.xirr_pct) == (None, None)
    difference = base(
        asked(session, book, entry, horizon={"purchase": {"price_pct": 80}})
    ).difference
    assert difference.received == pytest.approx(5 * 1_000)
    assert difference.xirr_pct is not None
    assert difference.xirr_pct > 0


def test_each_what_if_is_of_the_book_as_it_is(session: Session, book: Dataset) -> None:
    lower, later = {**EXTEND, "rate_change_pct": -1}, {**EXTEND, "extension_months": 12}
    run = asked(session, book, lower, {**later, "what_if_id": "v"})
    alone = asked(session, book, {**later, "what_if_id": "v"})
    assert run.result.horizon.what_if[1] == alone.result.horizon.what_if[0]


# --- evidence and identity


def test_each_what_if_is_one_piece_of_evidence(session: Session, book: Dataset) -> None:
    run = asked(session, book, {**EXTEND, "rate_change_pct": 1}, presets=["mild"])
    assert [name for name in run.evidence_ids if name.startswith("what_if")] == ["what_if:w"]
    assert session.verify().ok
    assert session.run_of(run.run_id).result == run.result


def test_a_what_if_changes_no_other_evidence(session: Session, book: Dataset) -> None:
    plain = session.stress(book, months=6, started_at=STARTED)
    run = asked(session, book, {**EXTEND, "rate_change_pct": 1})
    differing = {name for name, key in plain.evidence_ids.items() if run.evidence_ids[name] != key}
    assert differing == {"audit_trail"}


# --- which position


def record(system: str, identifier: str, *instruments: str) -> dict[str, Any]:
    lent = [
        {"instrument_id": name, "principal": 1_000, "interest_rate_pct": 6,
         "maturity_date": "2030-01-15"}
        for name in instruments
    ]  # fmt: skip
    debt = {"total_outstanding": 1_000 * max(1, len(lent)), "instruments": lent}
    return {
        "source_system": system,
        "source_record_id": identifier,
        "payload": {"financial": {"debt": debt}, "currency": "EUR"},
    }


@pytest.fixture
def instruments(session: Session) -> Dataset:
    records = [record("x", "R", "i", "k"), record("x", "S", "i"), record("y", "S", "i")]
    return session.ingest(json.dumps(records).encode(), format="json", profile="todiscope")


def of(identifier: str, **more: str) -> dict[str, Any]:
    return {**EQUITISE, "source_record_id": identifier, "fraction": 1.0, **more}


@pytest.mark.parametrize(
    ("entry", "record_number", "element"),
    [
        (of("R", instrument_id="i"), 0, 0),
        (of("R", instrument_id="k"), 0, 1),
        (of(" S ", source_system="y"), 2, 0),
    ],
)
def test_a_position_is_found_by_what_names_it(
    session: Session, instruments: Dataset, entry: dict[str, Any], record_number: int, element: int
) -> None:
    run = asked(session, instruments, entry, as_of="2026-01-15")
    found = answer(run)
    assert (found.record, found.element) == (record_number, element)
    assert found.cases[0].difference.debt == pytest.approx(-1_000)


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (of("Q"), "source_record_id"),
        (of("R"), "instrument_id"),
        (of("R", instrument_id="z"), "instrument_id"),
        (of("S"), "source_system"),
        (of("S", source_system="z"), "source_system"),
    ],
)
def test_a_name_of_none_or_of_several_is_refused(
    session: Session, instruments: Dataset, entry: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as raised:
        asked(session, instruments, entry, as_of="2026-01-15")
    assert raised.value.where == f"parameters.horizon.what_if[0].{field}"


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({**EXTEND, "spread_change_pct": 1}, "spread_change_pct"),  # A does not float
        ({**EXTEND, "source_record_id": "D", "extension_months": 6}, "extension_months"),
    ],
)
def test_a_change_without_a_meaning_is_refused_with_its_place(
    session: Session, book: Dataset, entry: dict[str, Any], field: str
) -> None:
    fine = {**EXTEND, "what_if_id": "fine"}
    with pytest.raises(InvalidInput) as raised:
        asked(session, book, fine, entry)
    assert raised.value.where == f"parameters.horizon.what_if[1].{field}"
