"""From an engine's outcome to the rows of a run, all made before the transaction."""

from collections.abc import Mapping
from typing import Any

import msgspec

from seawall import native
from seawall.canonical import canonical_json
from seawall.engine import EngineOutcome, FindingDraft
from seawall.session import identity
from seawall.session.question import Question
from seawall.store.interface import Transaction
from seawall.store.types import Evidence, Finding, Link, Run


class RunRows(msgspec.Struct, frozen=True):
    """What a run leaves behind."""

    run: Run
    evidence: list[Evidence]
    evidence_names: list[str]  # of each: its kind, or kind:subject
    findings: list[Finding]
    links: list[Link]

    def commit(self, tx: Transaction) -> bool:
        """Write everything; False when the run was there already."""
        tx.put_evidence(self.run.tenant, self.evidence)
        tx.put_findings(self.run.tenant, self.findings)
        tx.put_links(self.run.tenant, self.links)
        return tx.put_run(self.run, *self.members())

    def members(self) -> tuple[list[str], list[str]]:
        """The identifiers of the evidence and of the findings."""
        return [e.evidence_id for e in self.evidence], [f.finding_id for f in self.findings]


def run_rows(
    question: Question, outcome: EngineOutcome[Any], *, created_at: str, created_by: str
) -> RunRows:
    """Make every row of a run.

    Exposure and stress evidence does not contain the time, so that the same figures are the same
    evidence; the audit trail does.
    """
    tenant = question.dataset.tenant
    bodies = [
        (draft.kind, {"subject": draft.subject, **draft.body} if draft.subject else draft.body)
        for draft in outcome.evidence
    ]
    evidence = [_evidence(question, kind, body) for kind, body in bodies]
    findings = [_finding(question, draft, evidence) for draft in outcome.findings]
    links = []
    for draft, finding in zip(outcome.findings, findings, strict=True):
        ends = (finding.finding_id, evidence[draft.evidence].evidence_id)
        links.append(Link(identity.link_id(tenant, *ends), *ends))
    result = canonical_json(outcome.result)
    audit = {
        "run_id": question.run_id,
        "started_at": question.started_at,
        "parameters": msgspec.json.decode(question.asked),
        "content_hash": question.dataset.content_hash.hex(),
        "result_sha256": native.sha256(result).hex(),
        "evidence_ids": [row.evidence_id for row in evidence],
        "finding_ids": [row.finding_id for row in findings],
    }
    bodies.append(("audit_trail", audit))
    evidence.append(_evidence(question, *bodies[-1]))
    run = Run(
        tenant=tenant,
        run_id=question.run_id,
        dataset_version_id=question.dataset.dataset_version_id,
        engine=question.declaration.name,
        engine_version=question.declaration.version,
        parameters=question.asked,
        started_at=question.started_at,
        result=result,
        manifest_sha256=identity.manifest_sha256(
            [row.evidence_id for row in evidence], [row.finding_id for row in findings]
        ),
        created_at=created_at,
        created_by=created_by,
    )
    return RunRows(run, evidence, [evidence_name(*body) for body in bodies], findings, links)


def evidence_name(kind: str, body: Mapping[str, Any]) -> str:
    """Name a piece of evidence among those of a run."""
    return f"{kind}:{body['subject']}" if "subject" in body else kind


def _stated(question: Question) -> dict[str, str]:
    return {
        "engine": question.declaration.name,
        "engine_version": question.declaration.version,
        "dataset_version_id": question.dataset.dataset_version_id,
    }


def _evidence(question: Question, kind: str, body: Mapping[str, Any]) -> Evidence:
    document = {"schema": "seawall.evidence/1", **_stated(question), "kind": kind, **body}
    payload = canonical_json(document)
    return Evidence(
        evidence_id=identity.evidence_id(question.dataset.tenant, payload),
        dataset_version_id=question.dataset.dataset_version_id,
        engine=question.declaration.name,
        kind=kind,
        payload=payload,
    )


def _finding(question: Question, draft: FindingDraft, evidence: list[Evidence]) -> Finding:
    payload = canonical_json(
        {
            "schema": "seawall.finding/1",
            **_stated(question),
            "evidence_id": evidence[draft.evidence].evidence_id,
            **draft.body,
        }
    )
    finding_id = identity.finding_id(question.dataset.tenant, payload)
    return Finding(finding_id, question.dataset.dataset_version_id, payload)
