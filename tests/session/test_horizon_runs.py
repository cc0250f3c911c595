"""Books over their horizon: figures by hand, evidence, findings, tables, and bits."""

import random
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from seawall.engines.debt import DebtStressParameters
from seawall.engines.debt.horizon_lists import covenant_list
from seawall.engines.debt.horizon_results import CaseResult
from seawall.engines.debt.horizon_types import Horizon
from seawall.errors import InvalidInput, NotFound
from seawall.provenance import canonical_json
from seawall.session import Dataset, Run, Session

OpenSession = Callable[..., Session]
STARTED = "2026-02-01T00:00:00Z"
HORIZON_TABLES = ("cash_flow", "loan_paths", "obligor_paths", "covenants", "maturities", "tiers")

# A is a bullet that matures in month 5 and is refinanced, B an annuity of twelve payments. C owes
# 3,000 a month and earns 1,550: it breaks its covenant at once and defaults after three months.
BOOK = b"""id,obligor,currency,outstanding,coupon,rate_type,amortisation,day_count,reporting_date,\
next_payment_date,maturity,collateral,ebitda,dscr_minimum,sector
A,a,EUR,1200000,6,fixed,bullet,30/360,2026-01-15,2026-02-15,2026-06-15,2000000,372000,,energy
B,b,EUR,120000,12,fixed,annuity,30/360,2026-01-15,2026-02-15,2027-01-15,,372000,,energy
C,c,EUR,600000,6,fixed,bullet,30/360,2026-01-15,2026-02-15,2030-01-15,500000,18600,1.2,
"""
OUTSTANDING = 1_920_000.0
LEVEL = 120_000 * 0.01 / (1 - 1.01**-12)


@pytest.fixture
def book(session: Session) -> Dataset:
    return session.ingest(BOOK, format="csv")


@pytest.fixture
def run(session: Session, book: Dataset) -> Run:
    return session.stress(book, months=6, started_at=STARTED)


def base(run: Run) -> CaseResult:
    case: CaseResult = run.result.horizon.cases[0]
    return case


def finding(run: Run, title: str) -> dict[str, Any]:
    (found,) = [f.body for f in run.findings if f.title == title]
    return dict(found)


def rows(run: Run, table: str, **wanted: object) -> list[dict[str, Any]]:
    return [
        row
        for row in run.table(table).rows()
        if all(row[name] == value for name, value in wanted.items())
    ]


# --- figures by hand


def test_day_0_is_the_latest_reporting_date(run: Run) -> None:
    assert run.result.horizon.as_of == "2026-01-15"
    assert [step.date for step in base(run).steps][::5] == ["2026-02-15", "2026-07-15"]


def test_a_month_owes_what_its_loans_owe(run: Run) -> None:
    first = base(run).steps[0]
    assert first.interest_due == pytest.approx(6_000 + 1_200 + 3_000, rel=1e-12)
    assert first.principal_due == pytest.approx(LEVEL - 1_200, rel=1e-12)
    assert first.income == pytest.approx(31 * (1_000 + 1_000 + 50), rel=1e-12)
    assert first.dscr == pytest.approx(31 * 2_050 / (9_000 + LEVEL), rel=1e-12)
    assert first.icr == pytest.approx(31 * 2_050 / 10_200, rel=1e-12)
    assert first.principal_coverage == pytest.approx(
        (31 * 2_050 - 10_200) / (LEVEL - 1_200), rel=1e-12
    )
    assert first.dscr_grade == "adequate"


def test_coverage_is_of_the_window_of_the_test(run: Run) -> None:
    steps = base(run).steps
    interest = sum(step.covered_interest_due for step in steps[1:4])
    # Of months 2 to 4 C, which defaults at the end of month 3, earns in the first two.
    assert steps[3].icr == pytest.approx((3 * 62_000 + 2 * 1_550) / interest, rel=1e-12)


def test_an_annuity_owes_what_its_payments_leave(run: Run) -> None:
    (loan,) = rows(run, "loan_paths", source_record_id="B")
    assert loan["balance"] == pytest.approx(LEVEL * (1 - 1.01**-6) / 0.01, rel=1e-12)
    assert loan["principal_paid"] == pytest.approx(120_000 - loan["balance"], rel=1e-12)


def test_a_bullet_with_enough_collateral_finds_new_debt(run: Run) -> None:
    assert base(run).steps[4].maturity_refinanced == 1_200_000
    quarter = next(q for q in base(run).wall if q.quarter == "2026Q2")
    assert (quarter.maturity_count, quarter.due, quarter.gap) == (1, 1_200_000, 0)


def test_a_loan_that_cannot_pay_breaches_at_once_and_defaults_after_three_months(run: Run) -> None:
    (covenant,) = [c for c in base(run).covenants if c.limited_count]
    assert (covenant.covenant, covenant.breach_count) == ("dscr", 1)
    assert covenant.first_breach_month == 1
    assert covenant.breach_outstanding == 600_000
    assert covenant.worst_headroom == pytest.approx(1_550 / 3_000 / 1.2 - 1, rel=1e-12)
    (obligor,) = rows(run, "obligor_paths", obligor_id="c")
    assert obligor["default_month"] == 3
    assert [step.obligors_in_default for step in base(run).steps] == [0, 0, 1, 1, 1, 1]


def test_what_a_defaulted_loan_recovers_is_its_collateral_after_haircut_and_sale(run: Run) -> None:
    # Of 3 · 3,000 due, 3 · 1,550 is paid: the rest is claimed beside the principal.
    claim, value = 600_000 + 9_000 - 4_650, 500_000 * 0.8 * 0.95
    (loan,) = rows(run, "loan_paths", source_record_id="C")
    assert loan["claim"] == pytest.approx(claim, abs=0.005)
    assert loan["from_collateral"] == value
    assert loan["unpaid"] == pytest.approx(claim - value, abs=0.005)
    settled = base(run).waterfall[0]
    assert (settled.basis, settled.is_hypothetical, settled.group_count) == (
        "liquidation",
        False,
        1,
    )
    assert settled.tiers[0].recovery_pct == pytest.approx(100 * value / claim, rel=1e-6)
    assert settled.fulcrum_counts == {"senior": 1}


def test_concentrations_are_of_the_book_and_leave_out_what_does_not_say(run: Run) -> None:
    by = {c.by: c for c in run.result.horizon.concentrations}
    assert by["obligor"].largest[0] == ("a", pytest.approx(62.5))
    assert by["sector"].largest == [("energy", pytest.approx(68.75))]
    assert by["sector"].known_pct == pytest.approx(68.75)
    assert by["sector"].herfindahl_index == pytest.approx(1.0)
    assert by["currency"].known_pct == 100
    assert by["collateral_region"].herfindahl_index is None


def test_what_is_above_its_limit_is_named(session: Session, book: Dataset) -> None:
    limits = {"concentration_limits": {"obligor_pct": 31.25}}
    held = session.stress(book, months=6, horizon=limits).result.horizon.concentrations[0]
    assert (held.limit_pct, held.above_limit) == (31.25, ["a"])  # c has exactly the limit


# --- evidence and findings


@pytest.mark.parametrize(
    ("title", "value", "share"),
    [
        ("liquidity:base", 1_450 + 2_900 + 3_000, 0.01),
        ("covenants:base", 600_000, 0.1),
        ("refinancing:base", 0, 0.05),
        ("recovery:base", 224_350, 0.05),
    ],
)
def test_each_case_has_four_findings_by_shares_of_the_outstanding(
    run: Run, title: str, value: float, share: float
) -> None:
    body = finding(run, title)
    assert body["value"] == pytest.approx(value, abs=0.005)
    assert body["threshold"] == pytest.approx(share * OUTSTANDING)
    assert body["case_id"] == "base"
    assert body["is_material"] == (value >= share * OUTSTANDING)
    assert body["raw_record_hint"] == (2 if value else None)


def test_what_a_finding_cannot_speak_of_is_stated(run: Run) -> None:
    assert finding(run, "covenants:base")["not_tested"] == 1_320_000
    assert finding(run, "liquidity:base")["not_tested"] == 0


def test_a_ratio_beyond_all_bounds_is_tested_and_in_breach(session: Session) -> None:
    book = b"""id,currency,outstanding,coupon,reporting_date,maturity,ebitda,leverage_maximum
L,EUR,1000,6,2026-01-15,2030-01-15,-50,5
M,EUR,1000,6,2026-01-15,2030-01-15,900,5
"""
    run = session.stress(session.ingest(book, format="csv"), months=6)
    first = next(covenant_list(run.table("covenants")).rows())
    assert (first["record"], first["covenant"], first["headroom"]) == ("L", "leverage", None)
    (summary,) = [c for c in base(run).covenants if c.limited_count]
    assert (summary.breach_count, summary.worst_headroom) == (1, None)
    body = finding(run, "covenants:base")
    assert (body["value"], body["not_tested"]) == (1_000, 0)


def test_a_gap_beyond_the_horizon_is_in_the_total_alone(session: Session) -> None:
    book = b"""id,currency,outstanding,coupon,amortisation,reporting_date,maturity,collateral,ebitda
D,EUR,1000000,6,bullet,2026-01-15,2026-06-15,1000000,3650000
E,EUR,1000000,6,bullet,2026-01-15,2030-01-15,1000000,3650000
"""
    body = finding(session.stress(session.ingest(book, format="csv"), months=6), "refinancing:base")
    assert body["value"] == pytest.approx(350_000)
    assert body["total_gap"] == pytest.approx(700_000)
    assert body["raw_record_hint"] == 0


def test_a_threshold_can_be_changed(session: Session, book: Dataset) -> None:
    horizon = {"materiality": {"recovery": 0.2}}
    run = session.stress(book, months=6, horizon=horizon)
    assert not finding(run, "recovery:base")["is_material"]


def test_a_finding_leads_to_its_evidence_and_its_record(session: Session, run: Run) -> None:
    (found,) = [f for f in run.findings if f.title == "recovery:base"]
    trace = session.trace(found)
    evidence = trace.evidence[0]
    assert (evidence["kind"], evidence["subject"]) == ("waterfall", "base")
    assert evidence["formula"].startswith("claim − paid")
    assert evidence["parameters"]["waterfall"]["haircut_pct"] == 20
    assert evidence["figures"]["unpaid_claims"] == found.body["value"]
    assert [c["record"] for c in evidence["largest_contributors"]] == [2]
    assert trace.record is not None
    assert trace.record.proved
    assert b'"C"' in trace.record.source_bytes


def test_each_case_leaves_four_pieces_of_evidence(session: Session, book: Dataset) -> None:
    run = session.stress(book, months=6, presets=["mild"])
    kinds = ("cash_flow_path", "covenants", "refinancing_wall", "waterfall")
    expected = {f"{kind}:{case}" for kind in kinds for case in ("base", "mild")}
    assert expected == {name for name in run.evidence_ids if name.startswith(kinds)}
    assert session.verify().ok


# --- tables


def test_tables_hold_every_case_by_its_name(session: Session, book: Dataset) -> None:
    run = session.stress(book, months=6, presets=["mild", "severe"])
    for name in HORIZON_TABLES:
        table = run.table(name)
        assert table.column_names[0] == "case_id"
        assert {row["case_id"] for row in table.rows()} >= {"base", "mild", "severe"}
    assert len(run.table("cash_flow")) == 3 * 6


def test_a_run_without_a_horizon_has_none_of_its_tables(session: Session, book: Dataset) -> None:
    with pytest.raises(NotFound):
        session.stress(book).table("cash_flow")


def test_a_stored_run_makes_its_tables_again(session: Session, run: Run) -> None:
    again = session.run_of(run.run_id)
    for name in HORIZON_TABLES:
        assert again.table(name).to_arrow().equals(run.table(name).to_arrow())


# --- identity


def test_an_absent_horizon_is_in_no_byte_of_question_answer_or_evidence(
    session: Session, book: Dataset
) -> None:
    assert b"horizon" not in canonical_json(DebtStressParameters())
    run = session.stress(book)
    assert b"horizon" not in canonical_json(run.result)
    assert "horizon" not in " ".join(run.result.assumptions)
    assert {name.partition(":")[0] for name in run.evidence_ids} == {
        "debt_exposure",
        "stress_test",
        "audit_trail",
    }


def test_a_horizon_changes_no_evidence_of_the_instant_stress(
    session: Session, book: Dataset, run: Run
) -> None:
    plain = session.stress(book, started_at=STARTED)
    assert plain.run_id != run.run_id
    kept = {name: key for name, key in run.evidence_ids.items() if name in plain.evidence_ids}
    differing = {name for name, key in kept.items() if plain.evidence_ids[name] != key}
    assert differing == {"audit_trail"}


def test_the_same_question_is_the_same_run(session: Session, book: Dataset, run: Run) -> None:
    again = session.stress(book, horizon={"months": 6}, started_at=STARTED)
    assert (again.run_id, again.created) == (run.run_id, False)
    assert again.result == run.result
    assert session.verify().ok


@pytest.mark.parametrize(
    "asked",
    [
        {"horizon": {}},
        {"horizon": Horizon()},
        {"months": 12},
        {"parameters": {"horizon": {"months": 12}}},
    ],
    ids=str,
)
def test_a_horizon_of_defaults_can_be_asked_for_in_any_way(
    session: Session, book: Dataset, asked: dict[str, Any]
) -> None:
    assert session.stress(book, **asked).result.horizon.months == 12


def test_arguments_stand_over_parameters(session: Session, book: Dataset) -> None:
    run = session.stress(
        book,
        months=6,
        presets=["severe"],
        as_of="2026-01-10",
        parameters={"horizon": {"months": 9, "presets": ["mild"], "as_of": "2026-01-01"}},
    )
    horizon = run.result.horizon
    assert (horizon.months, horizon.as_of) == (6, "2026-01-10")
    assert [case.case_id for case in horizon.cases] == ["base", "mild", "severe"]


# --- what is refused


def test_a_book_without_a_reporting_date_needs_a_day(session: Session) -> None:
    book = session.ingest(b"id,currency,principal\nA,EUR,100\n", format="csv")
    with pytest.raises(InvalidInput) as raised:
        session.stress(book, months=6)
    assert raised.value.where == "parameters.horizon.as_of"
    assert session.stress(book, months=6, as_of="2026-01-01").result.horizon.as_of == "2026-01-01"


# --- bits


def generated(count: int, *, seed: int) -> bytes:
    """A book in which obligors share groups, some state no income, and much goes wrong."""
    draw = random.Random(seed)  # noqa: S311
    lines = [
        "id,obligor,currency,outstanding,coupon,rate_type,spread_pct,amortisation,term_months,"
        "original_amount,reporting_date,next_payment_date,maturity,collateral,collateral_type,"
        "ebitda,cash,dscr_minimum,ltv_maximum_pct,cross_default_group,cpr_pct,seniority"
    ]
    for index in range(count):
        owed = draw.randrange(10_000, 2_000_000)
        cells: list[object] = [
            index,
            f"o{draw.randrange(count // 2)}",
            "EUR",
            owed,
            draw.uniform(1, 12),
            draw.choice(("fixed", "floating")),
            draw.uniform(0, 4),
            draw.choice(("bullet", "annuity", "linear")),
            120,
            2 * owed,
            "2026-01-31",
            f"2026-02-{draw.randrange(1, 29):02}",
            f"20{draw.randrange(26, 34)}-{draw.randrange(3, 13):02}-10",
            owed * draw.uniform(0.5, 2),
            draw.choice(("office", "retail")),
            "" if index % 9 == 0 else owed * draw.uniform(-0.05, 0.4),
            owed * draw.uniform(0, 0.05),
            1.2 if index % 3 else "",
            80 if index % 4 else "",
            f"g{index % 40}" if index % 5 == 0 else "",
            draw.uniform(0, 10),
            draw.choice(("senior", "junior")),
        ]
        lines.append(",".join(map(str, cells)))
    return "\n".join(lines).encode()


def test_thread_count_does_not_change_a_single_bit(open_session: OpenSession) -> None:
    tape = generated(3_000, seed=7)
    runs = []
    for threads in (1, 2, 7):
        session = open_session(f"{threads}.db", threads=threads)
        dataset = session.ingest(tape, format="csv")
        runs.append(
            session.stress(
                dataset,
                months=24,
                presets=["severe"],
                supervisory=["frb_2025_severely_adverse"],
                started_at=STARTED,
            )
        )
    assert runs[0].result.horizon.cases[1].steps[-1].obligors_in_default > 0
    assert len({msgspec.json.encode(run.result) for run in runs}) == 1
    assert len({str(run.evidence_ids) for run in runs}) == 1
    for name in HORIZON_TABLES:
        tables = [run.table(name).to_arrow() for run in runs]
        assert tables[0].equals(tables[1])
        assert tables[0].equals(tables[2])


def test_findings_and_summaries_say_the_same(session: Session) -> None:
    dataset = session.ingest(generated(1_000, seed=8), format="csv")
    run = session.stress(dataset, months=12, presets=["severe"])
    for case in run.result.horizon.cases:
        named = case.case_id
        short = sum(s.operating_shortfall + s.debt_service_shortfall for s in case.steps)
        assert finding(run, f"liquidity:{named}")["value"] == pytest.approx(short, rel=1e-9)
        total_gap = sum(quarter.gap for quarter in case.wall)
        assert finding(run, f"refinancing:{named}")["total_gap"] == pytest.approx(total_gap)
        most = max(covenant.breach_outstanding for covenant in case.covenants)
        summed = sum(covenant.breach_outstanding for covenant in case.covenants)
        assert most <= finding(run, f"covenants:{named}")["value"] * (1 + 1e-12)
        assert finding(run, f"covenants:{named}")["value"] <= summed * (1 + 1e-12)
