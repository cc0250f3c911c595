"""What a purchase of a book returns: figures by hand, evidence, tables, and bits."""

from typing import Any

import pytest

from seawall.engines.debt.horizon_results import PurchaseResult
from seawall.errors import InvalidInput, NotFound
from seawall.session import Dataset, Run, Session, run_in_hand

STARTED = "2026-02-01T00:00:00Z"

# A bullet of 6 % a year that matures in month 5, and nothing else; nobody states an income.
BULLET = b"""id,currency,outstanding,coupon,rate_type,amortisation,day_count,reporting_date,\
next_payment_date,maturity
A,EUR,120000,6,fixed,bullet,30/360,2026-01-15,2026-02-15,2026-06-15
"""


@pytest.fixture
def book(session: Session) -> Dataset:
    return session.ingest(BULLET, format="csv")


def priced(session: Session, book: Dataset, price_pct: float, **more: Any) -> Run:
    horizon = {"purchase": {"price_pct": price_pct, **more}}
    return session.stress(book, months=6, horizon=horizon, started_at=STARTED)


def bought(run: Run, case: int = 0) -> PurchaseResult:
    found: PurchaseResult = run.result.horizon.cases[case].purchase
    return found


# --- figures by hand


def test_a_bullet_at_par_returns_its_coupon(session: Session, book: Dataset) -> None:
    found = bought(priced(session, book, 100))
    assert found.flows[:6] == [-120_000, 600, 600, 600, 600, 120_600]
    assert not any(found.flows[6:])
    assert (found.paid, found.accrued, found.received) == (120_000, 0, 123_000)
    assert found.monthly_irr_pct == pytest.approx(100 * (1.005**12 - 1), rel=1e-9)
    assert found.moic == pytest.approx(123_000 / 120_000, rel=1e-12)


def test_the_rate_of_return_makes_its_flows_worth_the_price(
    session: Session, book: Dataset
) -> None:
    found = bought(priced(session, book, 62.5))
    assert found.paid == 75_000
    assert found.xirr_pct is not None
    days = (0, 31, 59, 90, 120, 151)  # to 15 June
    growth = 1 + found.xirr_pct / 100
    worth = sum(
        amount / growth ** (day / 365) for amount, day in zip(found.flows, days, strict=False)
    )
    assert worth == pytest.approx(0, abs=1e-6)


def test_accrued_interest_comes_on_top_of_the_price(session: Session, book: Dataset) -> None:
    asked = {"purchase": {"price_pct": 50}}
    found = bought(session.stress(book, months=6, as_of="2026-01-30", horizon=asked))
    assert found.accrued == pytest.approx(120_000 * 0.06 * 15 / 360, rel=1e-12)
    assert found.paid == pytest.approx(60_000 + found.accrued, rel=1e-12)


def test_without_a_risk_free_rate_no_default_probability_is_implied(
    session: Session, book: Dataset
) -> None:
    assert bought(priced(session, book, 90)).implied_count == 0
    assert bought(priced(session, book, 90)).implied_default_probability_pct is None


def test_the_implied_default_probability_is_the_mean_by_what_is_paid(session: Session) -> None:
    tape = BULLET + b"B,EUR,400000,5,fixed,bullet,30/360,2026-01-15,2026-02-15,2029-01-15\n"
    run = priced(session, session.ingest(tape, format="csv"), 90, risk_free_rate_pct=3)
    rows = list(run.table("purchase").rows())
    mean = sum(row["implied_default_probability_pct"] * row["paid"] for row in rows) / sum(
        row["paid"] for row in rows
    )
    found = bought(run)
    assert found.implied_count == 2
    assert found.implied_default_probability_pct == pytest.approx(mean, rel=1e-12)


# --- evidence, tables, identity


@pytest.mark.parametrize("asked", ["instant", "months", "purchase", "simulation"])
def test_a_run_knows_its_tables_before_it_is_computed_again(
    session: Session, book: Dataset, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    run = {
        "instant": lambda: session.stress(book, started_at=STARTED),
        "months": lambda: session.stress(book, months=6, started_at=STARTED),
        "purchase": lambda: priced(session, book, 90),
        "simulation": lambda: session.simulate(
            book,
            scenarios=1_000,
            parameters={
                "default_probability": {"assumed_pct": 5},
                "loss_given_default": {"assumed_pct": 40},
            },
            started_at=STARTED,
        ),
    }[asked]()
    made = list(run._outcome().tables)
    found = session.run_of(run.run_id)
    monkeypatch.setattr(run_in_hand, "compute_again", None)
    assert found.table_names() == made
    with pytest.raises(NotFound):
        found.table("nothing")


def test_each_case_leaves_one_piece_of_evidence(session: Session, book: Dataset) -> None:
    asked = {"purchase": {"price_pct": 80, "risk_free_rate_pct": 2}}
    run = session.stress(book, months=6, presets=["severe"], horizon=asked)
    assert {name for name in run.evidence_ids if name.startswith("purchase")} == {
        "purchase:base",
        "purchase:severe",
    }
    assert session.verify().ok


def test_the_table_holds_positions_of_every_case(session: Session, book: Dataset) -> None:
    asked = {"purchase": {"price_pct": 80}}
    run = session.stress(book, months=6, presets=["mild"], horizon=asked)
    rows = list(run.table("purchase").rows())
    assert [(row["case_id"], row["source_record_id"]) for row in rows] == [
        ("base", "A"),
        ("mild", "A"),
    ]
    assert rows[0]["xirr_pct"] == pytest.approx(bought(run).xirr_pct, rel=1e-12)


def test_without_a_price_nothing_is_said_of_one(session: Session, book: Dataset) -> None:
    run = session.stress(book, months=6)
    assert not any(name.startswith("purchase") for name in run.evidence_ids)
    with pytest.raises(NotFound):
        run.table("purchase")


def test_a_price_changes_no_other_evidence(session: Session, book: Dataset) -> None:
    plain = session.stress(book, months=6, started_at=STARTED)
    run = priced(session, book, 80)
    differing = {name for name, key in plain.evidence_ids.items() if run.evidence_ids[name] != key}
    assert differing == {"audit_trail"}


def test_a_price_of_nothing_is_refused(session: Session, book: Dataset) -> None:
    with pytest.raises(InvalidInput) as raised:
        priced(session, book, 0)
    assert raised.value.where == "parameters.horizon.purchase.price_pct"
