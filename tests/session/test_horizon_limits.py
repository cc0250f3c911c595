"""Limits of concentration: excess by hand, evidence of each, a finding of each that is broken."""

import json
from typing import Any

import pytest

from seawall.engines.debt.horizon_results import Concentration
from seawall.report import report_html
from seawall.session import Dataset, Run, Session
from seawall.session.run import Finding

STARTED = "2026-02-01T00:00:00Z"

# a owes 400 in two records, b 300, c 290; d, which states no sector, 10.
BOOK = b"""id,obligor,currency,outstanding,reporting_date,sector
A1,a,EUR,300,2026-01-15,energy
A2,a,EUR,100,2026-01-15,retail
B,b,EUR,300,2026-01-15,retail
C,c,EUR,290,2026-01-15,retail
D,d,EUR,10,2026-01-15,
"""


@pytest.fixture
def book(session: Session) -> Dataset:
    return session.ingest(BOOK, format="csv")


def limited(session: Session, book: Dataset, **limits: float) -> Run:
    horizon = {"concentration_limits": limits}
    return session.stress(book, months=6, horizon=horizon, started_at=STARTED)


def measured(run: Run, by: str) -> Concentration:
    (found,) = [c for c in run.result.horizon.concentrations if c.by == by]
    return found


def broken(run: Run) -> dict[str, Finding]:
    prefix = "concentration:"
    return {f.title.removeprefix(prefix): f for f in run.findings if f.title.startswith(prefix)}


def evidence_of(session: Session, run: Run, by: str) -> dict[str, Any]:
    return session.trace(broken(run)[by]).evidence[0]


# --- figures by hand


def test_the_excess_is_what_parts_owe_beyond_the_limit(session: Session, book: Dataset) -> None:
    run = limited(session, book, obligor_pct=29.5, sector_pct=60)
    # Of 1,000 a part may owe 295, and 600.
    assert measured(run, "obligor").excess == pytest.approx(105 + 5)
    assert measured(run, "obligor").above_limit == ["a", "b"]
    assert measured(run, "sector").excess == pytest.approx(690 - 600)


@pytest.mark.parametrize("owed", [29, 58, 7])
def test_a_part_of_exactly_its_limit_is_not_above_it(session: Session, owed: int) -> None:
    # 0.29 · 100 is 28.999999999999996 in binary, 0.07 · 100 is 7.000000000000001.
    rest = "".join(f"R{at},r{at},EUR,1,2026-01-15\n" for at in range(100 - owed))
    tape = f"id,obligor,currency,outstanding,reporting_date\nX,x,EUR,{owed},2026-01-15\n{rest}"
    run = limited(session, session.ingest(tape.encode(), format="csv"), obligor_pct=owed)
    assert measured(run, "obligor").above_limit == []
    assert measured(run, "obligor").excess == 0
    assert broken(run) == {}


def test_what_no_record_says_has_no_excess(session: Session, book: Dataset) -> None:
    run = limited(session, book, collateral_region_pct=10)
    assert measured(run, "collateral_region").excess is None
    assert broken(run) == {}


def test_without_a_limit_no_byte_of_the_answer_speaks_of_excess(
    session: Session, book: Dataset
) -> None:
    assert b"excess" not in limited(session, book)._row.result


# --- evidence and findings


def test_each_limit_leaves_evidence_and_each_broken_one_a_finding(
    session: Session, book: Dataset
) -> None:
    run = limited(session, book, obligor_pct=30, sector_pct=90, collateral_type_pct=5)
    assert {name for name in run.evidence_ids if name.startswith("concentration")} == {
        "concentration:obligor",
        "concentration:sector",
        "concentration:collateral_type",
    }
    assert list(broken(run)) == ["obligor"]
    assert session.verify().ok


def test_limits_are_the_same_in_every_case(session: Session, book: Dataset) -> None:
    horizon = {"concentration_limits": {"obligor_pct": 30}}
    run = session.stress(book, months=6, presets=["severe"], horizon=horizon)
    assert list(broken(run)) == ["obligor"]


def test_a_broken_limit_is_material_and_says_by_how_much(session: Session, book: Dataset) -> None:
    body = broken(limited(session, book, obligor_pct=39.9))["obligor"].body
    assert body["value"] == pytest.approx(1)
    assert (body["metric"], body["threshold"]) == ("excess_concentration", 0)
    assert body["is_material"]
    assert body["impact_score"] == pytest.approx(0.001)
    assert (body["limit_pct"], body["above_limit"]) == (39.9, ["a"])


def test_what_does_not_say_of_which_part_it_is_is_not_tested(
    session: Session, book: Dataset
) -> None:
    run = limited(session, book, sector_pct=50, obligor_pct=30)
    assert broken(run)["sector"].body["not_tested"] == pytest.approx(10)
    assert broken(run)["obligor"].body["not_tested"] == 0


def test_evidence_holds_the_figures_of_its_limit(session: Session, book: Dataset) -> None:
    run = limited(session, book, sector_pct=25)
    evidence = evidence_of(session, run, "sector")
    assert (evidence["kind"], evidence["subject"]) == ("concentration", "sector")
    assert evidence["parameters"] == {"by": "sector", "limit_pct": 25}
    figures = evidence["figures"]
    assert figures["total_outstanding"] == 1_000
    assert figures["limit_outstanding"] == 250
    assert figures["above_limit"] == [
        {"name": "retail", "outstanding": 690, "excess": 440},
        {"name": "energy", "outstanding": 300, "excess": 50},
    ]
    assert figures["excess_concentration"] == 490
    assert figures["known_pct"] == pytest.approx(99)


def test_an_excess_falls_to_records_by_what_they_owe(session: Session, book: Dataset) -> None:
    run = limited(session, book, obligor_pct=29.5)
    largest = evidence_of(session, run, "obligor")["largest_contributors"]
    # a's 105 fall to its 300 and 100, b's 5 to its one record.
    assert largest == [
        {"record": 0, "amount": pytest.approx(78.75)},
        {"record": 1, "amount": pytest.approx(26.25)},
        {"record": 2, "amount": pytest.approx(5)},
    ]


def test_a_broken_limit_leads_to_its_largest_record(session: Session, book: Dataset) -> None:
    trace = session.trace(broken(limited(session, book, sector_pct=50))["sector"])
    assert trace.record is not None
    assert trace.record.proved
    assert trace.record.record == 2


def test_a_record_without_an_obligor_is_one_of_its_own_whatever_others_are_called(
    session: Session,
) -> None:
    # The record X, the obligor X of record Y, and another record X of a second system.
    tape = [
        {"source_system": system, "source_record_id": key, "payload": payload}
        for system, key, payload in (
            ("erp", "X", {"financial": {"debt": {"total_outstanding": 300}}}),
            ("crm", "X", {"financial": {"debt": {"total_outstanding": 100}}}),
            (
                "erp",
                "Y",
                {"obligor_id": "X", "financial": {"debt": {"total_outstanding": 600}}},
            ),
        )
    ]
    dataset = session.ingest(json.dumps(tape).encode(), format="json", profile="todiscope")
    horizon = {"as_of": "2026-01-15", "concentration_limits": {"obligor_pct": 25}}
    run = session.stress(dataset, months=6, horizon=horizon)
    assert measured(run, "obligor").excess == pytest.approx(350 + 50)
    assert evidence_of(session, run, "obligor")["largest_contributors"] == [
        {"record": 2, "amount": pytest.approx(350)},
        {"record": 0, "amount": pytest.approx(50)},
    ]


def test_converted_amounts_are_those_of_the_book(session: Session) -> None:
    rates = session.ingest(b"Date,USD,\n2026-01-15,1.25,\n", format="csv", profile="ecb_rates")
    tape = BOOK.replace(b"C,c,EUR,290", b"C,c,USD,1000")
    run = session.stress(
        session.ingest(tape, format="csv"),
        currency="EUR",
        rates=rates,
        rates_as_of="2026-01-15",
        horizon={"concentration_limits": {"currency_pct": 50}},
    )
    # The 1,000 USD are 800 EUR of 1,510.
    assert measured(run, "currency").excess == pytest.approx(800 - 755)
    evidence = evidence_of(session, run, "currency")
    assert evidence["largest_contributors"] == [{"record": 3, "amount": pytest.approx(45)}]


def test_more_parts_than_are_named_are_counted(session: Session) -> None:
    rows = "".join(f"R{at},r{at},EUR,{1000 + at},2026-01-15\n" for at in range(150))
    tape = f"id,obligor,currency,outstanding,reporting_date\n{rows}".encode()
    run = limited(session, session.ingest(tape, format="csv"), obligor_pct=0.5)
    figures = evidence_of(session, run, "obligor")["figures"]
    assert figures["above_limit_count"] == 150
    assert len(figures["above_limit"]) == 100
    assert figures["above_limit"][0]["name"] == "r149"


def test_a_limit_changes_no_other_evidence(session: Session, book: Dataset) -> None:
    plain = limited(session, book)
    run = limited(session, book, obligor_pct=30)
    differing = {name for name, key in plain.evidence_ids.items() if run.evidence_ids[name] != key}
    assert differing == {"audit_trail"}


def test_thread_count_does_not_change_evidence(session: Session, book: Dataset) -> None:
    run = limited(session, book, obligor_pct=30)
    with Session(session._place, threads=1) as single:
        horizon = {"concentration_limits": {"obligor_pct": 30}}
        again = single.stress(book.dataset_version_id, months=6, horizon=horizon)
    key = "concentration:obligor"
    assert again.evidence_ids[key] == run.evidence_ids[key]


def test_the_report_shows_the_evidence_and_the_finding(session: Session, book: Dataset) -> None:
    run = limited(session, book, obligor_pct=30)
    html = report_html(session, run.run_id)
    assert html.count(run.evidence_ids["concentration:obligor"]) == 3  # here, traced, by formula
    assert html.count(broken(run)["obligor"].finding_id) == 2


def test_the_report_notes_a_limit_that_cannot_be_tested(session: Session, book: Dataset) -> None:
    said = "the limit of one collateral region is not tested: no record says of which it is"
    assert said in report_html(session, limited(session, book, collateral_region_pct=10))
    assert said not in report_html(session, limited(session, book, sector_pct=10))
