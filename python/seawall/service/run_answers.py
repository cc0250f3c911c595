"""What a run answers: the names of its evidence, what is material, the report."""

from collections import Counter
from typing import Any

import msgspec

from seawall.engine import EngineDeclaration, evidence_wire_name
from seawall.session import Run


class _Judged(msgspec.Struct, frozen=True, gc=False):
    is_material: bool


class _Assuming(msgspec.Struct, frozen=True, gc=False):
    assumptions: msgspec.Raw = msgspec.Raw(b"[]")


# What a run keeps is JSON already: of it only this much is read.
_judged = msgspec.json.Decoder(_Judged).decode
_assuming = msgspec.json.Decoder(_Assuming).decode


def encoded_run_answer(declaration: EngineDeclaration[Any, Any], run: Run) -> bytes:
    """Return what POST …/run answers, as JSON: findings and result as they are kept."""
    said, result = msgspec.json.encode(metadata(declaration, run)), run.result_json
    return msgspec.json.encode(
        {
            "dataset_version_id": run.dataset_version_id,
            "started_at": run.started_at,
            "run_id": run.run_id,
            **evidence_names(run),
            "material_findings": [
                msgspec.Raw(b'{"id":"%b",%b' % (finding_id.encode(), finding[1:]))
                for finding_id, finding in run.findings_json
                if _judged(finding).is_material
            ],
            # A result is an object, with at least a brace before its first name.
            "report": msgspec.Raw(b'{"metadata":%b,%b' % (said, result[1:])),
            "assumptions": _assuming(result).assumptions,
        }
    )


def evidence_names(run: Run) -> dict[str, Any]:
    """Return the identifiers of a run's evidence under their kinds."""
    named: dict[str, Any] = {}
    for name, evidence_id in run.evidence_ids.items():
        kind, colon, subject = name.partition(":")
        wire_name = evidence_wire_name(kind, has_subjects=bool(colon))
        if colon:
            named.setdefault(wire_name, {})[subject] = evidence_id
        else:
            named[wire_name] = evidence_id
    return named


def stated_findings(run: Run) -> list[dict[str, Any]]:
    """Return the findings of a run, in the engine's order, each under its ``id``."""
    return run.findings.to_dicts()


def metadata(declaration: EngineDeclaration[Any, Any], run: Run) -> dict[str, Any]:
    """Say what a report is of."""
    return {
        "dataset_version_id": run.dataset_version_id,
        "run_id": run.run_id,
        "engine": declaration.name,
        "engine_version": declaration.version,
        "started_at": run.started_at,
    }


def aggregated(run: Run) -> dict[str, Any]:
    """Return the single figures of a run, and its findings counted."""
    result = msgspec.to_builtins(run.result)
    findings = stated_findings(run)
    return {
        "figures": {n: v for n, v in result.items() if not isinstance(v, list)},
        "findings": {
            "count": len(findings),
            "material_count": sum(bool(f["is_material"]) for f in findings),
            "by_category": dict(Counter(f["category"] for f in findings)),
        },
    }
