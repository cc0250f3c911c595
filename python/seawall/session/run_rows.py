"""From an engine's outcome to the rows of a run, all made before the transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from seawall import native
from seawall.canonical import canonical_json
from seawall.engine import AUDIT_TRAIL, EngineOutcome, FindingDraft
from seawall.session import identity
from seawall.session.question import Question
from seawall.store.interface import Transaction
from seawall.store.types import AuditDraft, Evidence, Finding, Link, NewRun, Run


class RunRows(msgspec.Struct, frozen=True):
    """What a run leaves behind."""

    run: Run
    evidence: tuple[Evidence, ...]
    evidence_names: list[str]  # of each: its kind, or kind:subject
    findings: tuple[Finding, ...]
    links: tuple[Link, ...]

    def write(self, audit: AuditDraft | None) -> "RunWrite":
        """Return the work that writes everything, and an entry of the audit when it is new."""
        return RunWrite(NewRun(self.run, self.evidence, self.findings, self.links, audit))


class RunWrite(msgspec.Struct, frozen=True):
    """Writes a run; a `Gathered` work, whose answer is False when the run was there already."""

    new: NewRun

    def __call__(self, tx: Transaction) -> bool:
        """Write it alone."""
        new, tenant = self.new, self.new.run.tenant
        tx.put_evidence(tenant, new.evidence)
        tx.put_findings(tenant, new.findings)
        tx.put_links(tenant, new.links)
        evidence_ids = [row.evidence_id for row in new.evidence]
        created = tx.put_run(new.run, evidence_ids, [row.finding_id for row in new.findings])
        if created and new.audit is not None:
            tx.append_audit(new.audit)
        return created

    def do_all(self, tx: Transaction, works: Sequence["RunWrite"]) -> list[bool]:
        """Write several that are all new."""
        tx.put_new_runs([work.new for work in works])
        return [True] * len(works)


def run_rows(
    question: Question, outcome: EngineOutcome[Any], *, created_at: str, created_by: str
) -> RunRows:
    """Make every row of a run.

    Exposure and stress evidence does not contain the time, so that the same figures are the same
    evidence; the audit trail does.
    """
    tenant = question.dataset.tenant
    stated = {
        "engine": question.declaration.name,
        "engine_version": question.declaration.version,
        "dataset_version_id": question.dataset.dataset_version_id,
    }
    documents = [
        _evidence_document(stated, draft.kind, draft.body, draft.subject)
        for draft in outcome.evidence
    ]
    evidence = _evidence(tenant, documents)
    findings = _findings(tenant, stated, outcome.findings, evidence)
    links = [
        Link(
            identity.link_id(tenant, row.finding_id, evidence[draft.evidence].evidence_id),
            row.finding_id,
            evidence[draft.evidence].evidence_id,
        )
        for row, draft in zip(findings, outcome.findings, strict=True)
    ]
    evidence_ids = [row.evidence_id for row in evidence]
    finding_ids = [row.finding_id for row in findings]
    for what, ids in (("evidence", evidence_ids), ("finding", finding_ids)):
        if len(set(ids)) < len(ids):  # kept once, it could not be what the manifest says
            raise ValueError(f"{question.declaration.name} leaves the same {what} twice")
    result = canonical_json(outcome.result)
    audit = {
        "run_id": question.run_id,
        "started_at": question.started_at,
        "parameters": msgspec.json.decode(question.asked),
        "content_hash": question.dataset.content_hash.hex(),
        "result_sha256": native.sha256(result).hex(),
        "evidence_ids": evidence_ids,
        "finding_ids": finding_ids,
    }
    (trail,) = _evidence(tenant, [_evidence_document(stated, AUDIT_TRAIL.name, audit)])
    run = Run(
        tenant=tenant,
        run_id=question.run_id,
        dataset_version_id=question.dataset.dataset_version_id,
        engine=question.declaration.name,
        engine_version=question.declaration.version,
        parameters=question.asked,
        started_at=question.started_at,
        result=result,
        manifest_sha256=identity.manifest_sha256([*evidence_ids, trail.evidence_id], finding_ids),
        created_at=created_at,
        created_by=created_by,
    )
    names = [evidence_name(document["kind"], document) for document in documents]
    return RunRows(run, (*evidence, trail), [*names, trail.kind], tuple(findings), tuple(links))


def evidence_name(kind: str, body: Mapping[str, Any]) -> str:
    """Name a piece of evidence among those of a run."""
    subject = body.get("subject")
    return f"{kind}:{subject}" if subject else kind


def _evidence_document(
    stated: Mapping[str, str], kind: str, body: Mapping[str, Any], subject: str = ""
) -> dict[str, Any]:
    named = {"subject": subject} if subject else {}
    return {"schema": "seawall.evidence/1", **stated, "kind": kind, **named, **body}


def _evidence(tenant: str, documents: Sequence[Mapping[str, Any]]) -> list[Evidence]:
    return [
        Evidence(
            evidence_id,
            document["dataset_version_id"],
            document["engine"],
            document["kind"],
            payload,
        )
        for document, (evidence_id, payload) in zip(
            documents, identity.identified_evidence(tenant, documents), strict=True
        )
    ]


def _findings(
    tenant: str,
    stated: Mapping[str, str],
    drafts: Sequence[FindingDraft],
    evidence: Sequence[Evidence],
) -> list[Finding]:
    documents = [
        {
            "schema": "seawall.finding/1",
            **stated,
            "evidence_id": evidence[draft.evidence].evidence_id,
            **draft.body,
        }
        for draft in drafts
    ]
    return [
        Finding(finding_id, stated["dataset_version_id"], payload)
        for finding_id, payload in identity.identified_findings(tenant, documents)
    ]
