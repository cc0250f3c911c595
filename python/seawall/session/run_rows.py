"""From an engine's outcome to the rows of a run, all made before the transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from seawall import native
from seawall.canonical import canonical_json
from seawall.engine import EngineOutcome, FindingDraft
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
    evidence = [
        _evidence(tenant, stated, draft.kind, draft.body, draft.subject)
        for draft in outcome.evidence
    ]
    findings, links = [], []
    for draft in outcome.findings:
        evidence_id = evidence[draft.evidence].evidence_id
        finding = _finding(tenant, stated, draft, evidence_id)
        findings.append(finding)
        link_id = identity.link_id(tenant, finding.finding_id, evidence_id)
        links.append(Link(link_id, finding.finding_id, evidence_id))
    evidence_ids = [row.evidence_id for row in evidence]
    finding_ids = [row.finding_id for row in findings]
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
    trail = _evidence(tenant, stated, "audit_trail", audit)
    evidence.append(trail)
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
    names = [evidence_name(d.kind, {"subject": d.subject, **d.body}) for d in outcome.evidence]
    return RunRows(run, tuple(evidence), [*names, trail.kind], tuple(findings), tuple(links))


def evidence_name(kind: str, body: Mapping[str, Any]) -> str:
    """Name a piece of evidence among those of a run."""
    subject = body.get("subject")
    return f"{kind}:{subject}" if subject else kind


def _evidence(
    tenant: str,
    stated: Mapping[str, str],
    kind: str,
    body: Mapping[str, Any],
    subject: str = "",
) -> Evidence:
    named = {"subject": subject} if subject else {}
    document = {"schema": "seawall.evidence/1", **stated, "kind": kind, **named, **body}
    payload = canonical_json(document)
    evidence_id = identity.evidence_id(tenant, payload)
    return Evidence(evidence_id, stated["dataset_version_id"], stated["engine"], kind, payload)


def _finding(
    tenant: str, stated: Mapping[str, str], draft: FindingDraft, evidence_id: str
) -> Finding:
    payload = canonical_json(
        {"schema": "seawall.finding/1", **stated, "evidence_id": evidence_id, **draft.body}
    )
    finding_id = identity.finding_id(tenant, payload)
    return Finding(finding_id, stated["dataset_version_id"], payload)
