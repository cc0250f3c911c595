"""The way back of the material findings: evidence, largest records, source cells, proof."""

import msgspec

from seawall.report.breakdown import GroupedBook
from seawall.session import Run, Session
from seawall.session.trace import TracedCell, TracedRecord

_SHOWN_CONTRIBUTORS = 5
_SHOWN_CELLS = 60


class Contributor(msgspec.Struct, frozen=True):
    """A record and its part of a figure."""

    record: int
    source_row: int
    source_record_id: str
    obligor_id: str
    amount: float
    share: float  # of the figure, as a fraction
    proved: bool


class TracedFinding(msgspec.Struct, frozen=True):
    """A finding with what it rests on."""

    finding_id: str
    title: str
    description: str
    metric: str
    value: float
    threshold: float
    evidence_id: str
    formula: str
    contributors: list[Contributor]


class SourceRecord(msgspec.Struct, frozen=True):
    """A record as read: each raw cell and its value."""

    record: int
    source_row: int
    proved: bool
    cells: list[TracedCell]
    left_out_count: int  # cells beyond those shown
    titles: list[str]  # of the findings whose largest record it is


class Tracing(msgspec.Struct, frozen=True):
    """All material findings of a run, and the records that they lead to."""

    findings: list[TracedFinding]
    records: list[SourceRecord]


def trace_material(session: Session, run: Run, book: GroupedBook) -> Tracing:
    """Walk back from each material finding of a run."""
    traced: dict[int, TracedRecord] = {}
    findings = []
    largest: dict[int, list[str]] = {}
    for finding in run.findings:
        if not finding.is_material:
            continue
        trace = session.trace(finding)
        evidence = trace.evidence[0]
        shares = evidence["largest_contributors"][:_SHOWN_CONTRIBUTORS]
        if trace.record is not None:
            traced[trace.record.record] = trace.record
            largest.setdefault(trace.record.record, []).append(finding.title)
        rows = book.rows([share["record"] for share in shares])
        contributors = []
        for share in shares:
            record = share["record"]
            if record not in traced:
                traced[record] = session.record(run.dataset_version_id, record)
            contributors.append(
                Contributor(
                    **rows[record],
                    amount=share["amount"],
                    share=share["amount"] / finding.body["value"] if finding.body["value"] else 0.0,
                    proved=traced[record].proved,
                )
            )
        findings.append(
            TracedFinding(
                finding_id=finding.finding_id,
                title=finding.title,
                description=finding.body["description"],
                metric=finding.body["metric"],
                value=finding.body["value"],
                threshold=finding.body["threshold"],
                evidence_id=evidence["evidence_id"],
                formula=evidence["formula"],
                contributors=contributors,
            )
        )
    return Tracing(findings, [_source(traced[key], titles) for key, titles in largest.items()])


def _source(record: TracedRecord, titles: list[str]) -> SourceRecord:
    return SourceRecord(
        record=record.record,
        source_row=record.source_row,
        proved=record.proved,
        cells=record.cells[:_SHOWN_CELLS],
        left_out_count=max(0, len(record.cells) - _SHOWN_CELLS),
        titles=titles,
    )
