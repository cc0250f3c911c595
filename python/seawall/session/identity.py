"""Which bytes name what: the one place that derives identifiers, for writing and for verifying."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from seawall.canonical import canonical_json, identified, identifier


def content_hash(
    *, merkle_root: bytes, profile_sha256: bytes, record_count: int, table_rows: bool
) -> bytes:
    """Hash what a dataset version is: its records and the profile that reads them."""
    return sha256(
        canonical_json(
            {
                "schema": "seawall.dataset/1",
                "merkle_root": merkle_root.hex(),
                "profile_sha256": profile_sha256.hex(),
                "record_count": record_count,
                "record_form": "table_row" if table_rows else "json_object",
            }
        )
    ).digest()


def dataset_version_id(tenant: str, content: bytes) -> str:
    """Identify a dataset version by its content hash."""
    return identifier("dv", tenant, content)


def import_id(tenant: str, dataset_version_id: str) -> str:
    """Identify the import that a dataset version is of: that of all who bring these records."""
    return identifier("im", tenant, dataset_version_id)


def run_id(
    tenant: str,
    *,
    dataset_version_id: str,
    engine: str,
    engine_version: str,
    parameters: bytes,
    started_at: str,
) -> str:
    """Identify a run by all that its answer depends on, and when it was asked for."""
    return identifier(
        "run", tenant, dataset_version_id, engine, engine_version, parameters, started_at
    )


def evidence_id(tenant: str, payload: bytes) -> str:
    """Identify evidence by its canonical JSON."""
    return identifier("ev", tenant, payload)


def identified_evidence(
    tenant: str, documents: Sequence[Mapping[str, Any]]
) -> list[tuple[str, bytes]]:
    """Write evidence as canonical JSON, each beside its identifier."""
    return identified("ev", tenant, documents)


def finding_id(tenant: str, payload: bytes) -> str:
    """Identify a finding by its canonical JSON."""
    return identifier("fi", tenant, payload)


def identified_findings(
    tenant: str, documents: Sequence[Mapping[str, Any]]
) -> list[tuple[str, bytes]]:
    """Write findings as canonical JSON, each beside its identifier."""
    return identified("fi", tenant, documents)


def link_id(tenant: str, finding: str, evidence: str) -> str:
    """Identify a link by its two ends."""
    return identifier("ln", tenant, finding, evidence)


def manifest_sha256(evidence_ids: Iterable[str], finding_ids: Iterable[str]) -> bytes:
    """Hash what a run left behind, so that a removed row is noticed."""
    manifest: dict[str, Any] = {
        "schema": "seawall.manifest/1",
        "evidence": sorted(evidence_ids),
        "findings": sorted(finding_ids),
    }
    return sha256(canonical_json(manifest)).digest()
