"""What a report says is what the ledger says."""

from collections import defaultdict

import msgspec
import pytest

from seawall.engines.debt.types import DebtExposure, ScenarioResult
from seawall.report import ReportDocument, method
from seawall.report.page import render
from seawall.session import Run, Session

from .reading import ReadPage, number


def slow_sums(session: Session, run: Run, key: str) -> dict[str, list[float]]:
    """Add up a book row by row: records, total, collateral, net exposure, loss by ``key``."""
    tape = {r["record"]: r for r in session.dataset(run.dataset_version_id).records.rows()}
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0] * 5)
    for row in run.table("records").rows():
        value = tape[row["record"]][key]
        name = "not stated" if value is None else str(getattr(value, "year", value))
        figures = (
            1,
            row["total_outstanding"],
            row["collateral_value"],
            row["net_exposure_after_recovery"],
            row["loss:market_crash"],
        )
        sums[name] = [a + b for a, b in zip(sums[name], figures, strict=True)]
    return sums


@pytest.mark.parametrize(
    ("header", "key"),
    [("Currency", "currency"), ("Sector", "sector"), ("Maturity year", "maturity_date")],
)
def test_a_breakdown_is_the_book_added_up_row_by_row(
    book_session: Session, run: Run, page: ReadPage, header: str, key: str
) -> None:
    rows = page.table("exposure", header)[1:-1]
    shown = {
        name: [number(cell) for cell in (cells[0], cells[1], *cells[3:])] for name, *cells in rows
    }
    expected = slow_sums(book_session, run, key)
    assert {name for name, cells in shown.items() if cells[0]} == set(expected)
    for name, sums in expected.items():
        assert shown[name] == pytest.approx(sums, abs=0.51)


@pytest.mark.parametrize("header", ["Currency", "Sector", "Maturity year"])
def test_the_last_row_of_a_breakdown_is_the_book(page: ReadPage, run: Run, header: str) -> None:
    exposure = run.result.debt_exposure
    worst = max(run.result.stress_tests, key=lambda s: s.loss_estimate)
    name, *cells = page.table("exposure", header)[-1]
    assert name == "Book"
    assert [number(cell) for cell in cells] == [
        run.result.record_count,
        round(exposure.total_outstanding),
        100,
        round(exposure.collateral_value),
        round(exposure.net_exposure_after_recovery),
        round(worst.loss_estimate),
    ]


def test_the_groups_of_a_breakdown_add_up_to_the_book(document: ReportDocument) -> None:
    assert [b.subject for b in document.exposures] == ["currency", "sector", "maturity year"]
    for breakdown in document.exposures:
        assert sum(g.record_count for g in breakdown.groups) == document.result.record_count
        for name in ("total_outstanding", "collateral_value", "net_exposure_after_recovery"):
            added = sum(getattr(group, name) for group in breakdown.groups)
            assert added == pytest.approx(getattr(document.result.debt_exposure, name), rel=1e-12)


def test_every_loss_is_the_run_s(page: ReadPage, run: Run) -> None:
    findings = {f.body.get("scenario_id"): f.finding_id for f in run.findings}
    rows = page.tables["scenarios"][0][1:]
    for row, scenario in zip(rows, run.result.stress_tests, strict=True):
        share = 100 * scenario.loss_estimate / run.result.debt_exposure.total_outstanding
        assert row[0].startswith(scenario.scenario_id)
        assert number(row[1]) == round(scenario.loss_estimate)
        assert number(row[2]) == pytest.approx(share, abs=0.0051)
        assert number(row[3]) == round(scenario.net_exposure_after_recovery)
        assert row[5].startswith(findings[scenario.scenario_id])


def test_the_figures_by_their_contract_names_are_the_run_s(page: ReadPage, run: Run) -> None:
    figures = msgspec.to_builtins(run.result.debt_exposure)
    rows = page.tables["method"][0][1:]
    assert {row[0]: number(row[2]) for row in rows} == {
        name: pytest.approx(figures[name], abs=0.0051) for name, _ in method.DEFINITIONS
    }


def test_every_definition_is_of_a_figure_of_the_contract() -> None:
    assert {name for name, _ in method.DEFINITIONS} <= set(DebtExposure.__struct_fields__)
    assert {name for name, _ in method.STRESS_DEFINITIONS} <= set(ScenarioResult.__struct_fields__)


def test_the_identity_is_the_ledger_s(book_session: Session, run: Run, page: ReadPage) -> None:
    dataset = book_session.dataset(run.dataset_version_id)
    for text in (
        run.run_id,
        dataset.dataset_version_id,
        dataset.merkle_root,
        dataset.source["sha256"],
        "tape.csv (csv)",
        "generic",
        "debt_stress 1.",
        run.started_at,
    ):
        assert text in page.text


def test_a_material_finding_leads_to_its_evidence_and_largest_records(
    book_session: Session, run: Run, document: ReportDocument
) -> None:
    material = [f for f in run.findings if f.is_material]
    assert [f.finding_id for f in document.tracing.findings] == [f.finding_id for f in material]
    for shown in document.tracing.findings:
        (evidence,) = book_session.trace(shown.finding_id).evidence
        assert shown.evidence_id == evidence["evidence_id"]
        assert shown.formula == evidence["formula"]
        assert [(c.record, c.amount) for c in shown.contributors] == [
            (c["record"], c["amount"]) for c in evidence["largest_contributors"][:5]
        ]
        assert all(c.proved and c.source_row == c.record + 2 for c in shown.contributors)


def test_a_largest_record_shows_its_cells_as_read(
    book_session: Session, run: Run, document: ReportDocument, page: ReadPage
) -> None:
    largest = run.findings[0].body["raw_record_hint"]
    (record,) = [r for r in document.tracing.records if r.record == largest]
    assert record.cells == book_session.trace(run.findings[0], record=largest).record.cells
    total = next(cell for cell in record.cells if cell.field == "total_outstanding")
    shown = [t for t in page.tables["findings"] if t[0][0] == "Field"]
    assert any(row[:3] == ["total_outstanding", total.raw, total.value] for t in shown for row in t)


def test_every_refusal_is_counted_under_its_rule(
    book_session: Session, run: Run, page: ReadPage
) -> None:
    expected: dict[tuple[str, str], int] = defaultdict(int)
    first: dict[tuple[str, str], str] = {}
    for reject in book_session.dataset(run.dataset_version_id).rejects.rows():
        key = (reject["rule"], reject["refused"])
        expected[key] += 1
        first.setdefault(key, reject["reason"])
    rows = page.table("quality", "Rule")[1:]
    assert {(r[0], r[1]): number(r[2]) for r in rows} == expected
    assert {(r[0], r[1]): r[5] for r in rows} == first


def test_the_rules_of_every_field_are_shown_with_their_cells(
    book_session: Session, run: Run, page: ReadPage
) -> None:
    uses = book_session.dataset(run.dataset_version_id).summary.rule_uses
    assert {row[0]: row[1] for row in page.table("quality", "Field")[1:]} == {
        field: ", ".join(f"{rule} {count:,}" for rule, count in rules.items())
        for field, rules in uses.items()
    }


def test_what_to_know_names_what_is_missing_and_refused(document: ReportDocument, run: Run) -> None:
    quality, result = document.quality, run.result
    (left_out,) = result.unconverted
    expected = (
        f"{result.rate_missing_count:,} positions have no rate: taken as 0 %",
        f"{left_out.record_count:,} records in RUB are not in the book",
        "the link collateral_market_impact does not reach",
        f"{quality.refused_record_count:,} records were refused and are not in the book",
        f"{quality.refused_cell_count:,} cells were refused and count as absent",
    )
    for note in expected:
        assert any(note in said for said in document.notes), note


def test_a_book_in_one_currency_says_that_nothing_was_converted(document: ReportDocument) -> None:
    result = msgspec.structs.replace(document.result, currencies=[], unconverted=[])
    page = ReadPage(render(msgspec.structs.replace(document, result=result)))
    assert "The whole book is in EUR; nothing was converted." in page.text
