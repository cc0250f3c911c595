"""How datasets, runs and traces look in a terminal."""

from collections import Counter
from typing import Any

import msgspec
from msgspec import UNSET

from seawall.cli.output import console, line, table
from seawall.engines.debt import horizon_view, view
from seawall.engines.debt.horizon_results import HorizonResult
from seawall.engines.debt.simulation import drafts as simulation
from seawall.session import Dataset, Run, Trace, Verification
from seawall.session.dataset import DatasetSummary
from seawall.table import Table

_SHOWN_RULES = 8
_SHOWN_CELLS = 40
_SHOWN_BYTES = 600


def dataset_json(dataset: Dataset) -> dict[str, Any]:
    """Return a dataset for machines."""
    return {
        "dataset_version_id": dataset.dataset_version_id,
        "created": dataset.created,
        "created_at": dataset.created_at,
        "import_id": dataset.import_id,
        "merkle_root": dataset.merkle_root,
        "profile": dataset.profile_name,
        "record_count": dataset.record_count,
        "source": dataset.source,
        "summary": msgspec.to_builtins(dataset.summary),
    }


def dataset_lines(dataset: Dataset) -> None:
    """Print what an ingest gave: what was kept, loudly what was refused, and the identity."""
    if dataset.summary is None:
        line("records", f"{dataset.record_count:,} as read; not normalised")
    else:
        summary_lines(dataset.summary)
    known = "" if dataset.created else "  (it was there already)"
    line("dataset", f"{dataset.dataset_version_id}  root {dataset.merkle_root[:16]}…{known}")


def summary_lines(summary: DatasetSummary) -> None:
    """Print how many records were kept, what was refused by which rule, and what to know."""
    line("kept", f"{summary.kept_count:,} of {summary.record_count:,} records")
    if summary.set_aside_count:
        line(
            "set aside",
            f"{summary.set_aside_count:,} records of another kind: "
            "they have none of the profile's only_with",
        )
    if summary.refused_by_rule:
        cells = summary.refused_cell_count + summary.refused_element_count
        ordered = Counter(summary.refused_by_rule).most_common(_SHOWN_RULES)
        named = ", ".join(f"{count:,} {rule}" for rule, count in ordered)
        line(
            "refused",
            f"{summary.refused_record_count:,} records and {cells:,} cells: {named}",
            style="yellow",
        )
    notes_lines(summary)


def notes_lines(summary: DatasetSummary) -> None:
    """Print what the profile decided by itself, and what it did not read."""
    assumed = summary.rule_uses.get("currency", {}).get("default_applied", 0)
    if assumed:
        currencies = ", ".join(summary.currencies)
        line("note", f"{assumed:,} records name no currency: {currencies} by the profile")
    if summary.unread_fields:
        names = ", ".join(summary.unread_fields[:_SHOWN_RULES])
        more = "" if len(summary.unread_fields) <= _SHOWN_RULES else ", …"
        line("not read", f"{names}{more}  (the profile does not name them)")


def rejects_lines(rejects: Table, *, count: int) -> None:
    """Print the first refusals with their places; records set aside are none of them."""
    from pyarrow import compute

    rows = rejects.to_arrow()
    refused = rows.filter(compute.not_equal(rows["refused"], "set_aside"))
    table(
        [("source row", "right"), ("refused", ""), ("field", ""), ("rule", ""), ("reason", "")],
        [
            [
                f"{row['source_row']:,}",
                row["refused"],
                row["field"] or "—",
                row["rule"],
                row["reason"],
            ]
            for row in refused.slice(0, count).to_pylist()
        ],
    )


def run_json(run: Run) -> dict[str, Any]:
    """Return a run for machines."""
    return {
        "run_id": run.run_id,
        "dataset_version_id": run.dataset_version_id,
        "engine": run.engine,
        "started_at": run.started_at,
        "created": run.created,
        "evidence_ids": run.evidence_ids,
        "findings": run.findings.to_dicts(),
        "result": msgspec.to_builtins(run.result),
    }


def run_lines(run: Run) -> None:
    """Print a debt stress run: the exposure, a row a scenario, what became evidence."""
    line("exposure", view.headline(run.result))
    for note in view.notes(run.result):
        line("note", note, style="yellow")
    findings = {f.title: (f.finding_id, f.is_material) for f in run.findings}
    table(view.SCENARIO_COLUMNS, view.scenario_rows(run.result, findings))
    horizon = run.result.horizon
    if horizon is not UNSET:
        _horizon_lines(run, horizon)
    line(
        "evidence",
        f"{len(run.evidence_ids)} rows, {len(run.findings)} findings, {len(run.findings)} links"
        + (" committed in one transaction" if run.created else " (the run was there already)"),
    )


def _horizon_lines(run: Run, horizon: HorizonResult) -> None:
    currency = run.result.currency
    line("horizon", f"{horizon.months} months from {horizon.as_of}")
    for note in horizon_view.case_notes(horizon, currency=currency):
        line("note", note, style="yellow")
    stated = {f.title: f.body for f in run.findings}
    rows = horizon_view.case_rows(horizon, stated, currency=currency)
    table(horizon_view.CASE_COLUMNS, rows)
    line("13 weeks", horizon_view.weeks_sentence(horizon.cases[0], currency))
    for changed in horizon.what_if:
        for sentence in horizon_view.what_if_sentences(changed, currency):
            line("what if", f"{changed.what_if_id}  {sentence}")
    for sentence in horizon_view.limit_sentences(horizon, currency):
        line("limit", sentence)
    for found in run.findings:
        if found.is_material and ("case_id" in found.body or "limit_pct" in found.body):
            amount = view.money(found.body["value"], currency)
            line("finding", f"{found.finding_id}  {found.title}  {amount}  material")


def trace_lines(trace: Trace) -> None:
    """Print the way back of a finding, down to the source row."""
    finding = trace.finding
    currency = finding["financial_impact"]["currency"]
    sign = "≥" if finding["is_material"] else "<"
    line(
        "finding",
        f"{finding['title']}  {finding['metric']} {finding['value']:,.2f} {currency} "
        f"{sign} threshold {finding['threshold']:,.2f}  ({finding['materiality']})",
    )
    for evidence in trace.evidence:
        line(
            "evidence",
            f"{evidence['evidence_id']}  {evidence['engine']} {evidence['engine_version']}  "
            f"{evidence['formula']}",
        )
    line("dataset", f"{trace.dataset_version_id}  root {trace.merkle_root[:16]}…")
    record = trace.record
    if record is None:
        line("record", "none contributes")
        return
    proved = "Merkle-proved under the root" if record.proved else "NOT proved under the root"
    line("record", f"{record.record:,} of {record.record_count:,} (from 0), {proved}")
    for reason in record.refused:
        line("refused", f"not in the book: {reason}", style="yellow")
    shares = _shares(trace)
    if record.record in shares:
        line("share", f"{shares[record.record]:,.2f} {currency} of the figure")
    of_record = next((c.value for c in record.cells if c.field == "currency"), "")
    for part in trace.evidence[0].get("currencies", []):
        if part["currency"] == of_record != currency:
            line(
                "rate",
                f"1 {of_record} = {part['rate']:.10g} {currency}, quoted {part['rate_date']}",
            )
    where = trace.source["name"] or trace.source["format"]
    text = record.source_bytes.decode(errors="replace")
    console().print(f"  [bold]{'source':<11}[/] {where} row {record.source_row:,}:", end=" ")
    console().print(_cut(text), markup=False)
    table(
        [("field", ""), ("as read", ""), ("value", "right"), ("rules", "")],
        [
            [
                cell.field,
                cell.raw or "—",
                cell.value or f"({cell.state})",
                ", ".join(cell.rules) + (f"  {cell.reason}" if cell.reason else ""),
            ]
            for cell in record.cells[:_SHOWN_CELLS]
        ],
    )


def _shares(trace: Trace) -> dict[int, float]:
    """Return what records add to the figure; of a simulation, at the level of the finding."""
    stated = trace.evidence[0]
    if stated["kind"] == simulation.DISTRIBUTION:
        value = trace.finding["value"]
        tails = stated["figures"]["tails"]
        stated = next(tail for tail in tails if tail["expected_shortfall"] == value)
    return {share["record"]: share["amount"] for share in stated["largest_contributors"]}


def _cut(text: str) -> str:
    shown = text if len(text) <= _SHOWN_BYTES else text[:_SHOWN_BYTES] + " …"
    return shown if shown.isprintable() else repr(shown)


def verification_lines(found: Verification) -> None:
    """Print what was verified, and each thing that does not agree."""
    line(
        "verified",
        f"{found.datasets:,} datasets with {found.records:,} records, {found.runs:,} runs, "
        f"{found.evidence:,} evidence, {found.findings:,} findings, {found.links:,} links, "
        f"{found.audit_entries:,} audit entries, {found.logged_rows:,} logged rows, "
        f"{found.heads:,} signed heads",
    )
    if found.ok:
        line("intact", "every hash, root, identifier and column agrees", style="green")
    for problem in found.problems:
        line("changed", f"{problem.what} {problem.identifier}: {problem.message}", style="red")
