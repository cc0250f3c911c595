"""Whether the rows of a bundle, each proved to be in the ledger, are one run and all of it."""

from base64 import b16decode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import msgspec

from seawall.errors import InvalidInput, ProofInvalid
from seawall.provenance.identifiers import identifier
from seawall.provenance.json_form import canonical_json
from seawall.provenance.log_leaf import Cell
from seawall.provenance.merkle import leaf_hash, merkle_root_from_path
from seawall.provenance.proof_documents import BundledRecord

Logged = dict[str, Cell]
"""The cells of a row that is proved, by column."""


def check_bundle(rows: Mapping[str, Sequence[Logged]], records: Sequence[BundledRecord]) -> None:
    """Refuse rows that are not one run with all that it left behind.

    Parameters
    ----------
    rows : mapping
        By tree: one run, its dataset versions with their derivations, evidence, findings, links.
    records : sequence of BundledRecord
        Those that the findings name.

    Raises
    ------
    ProofInvalid
        With the place: ``identity_differs`` where a row is not what its identifier says,
        ``bundle_incomplete`` where one is missing or too many, ``proof_invalid`` where a record is
        not in its dataset.
    """
    (run,) = rows["run"]
    for tree, places in _PLACES.items():
        for number, row in enumerate(rows[tree]):
            if row["tenant"] != run["tenant"]:
                raise _differs("is of another tenant", f"{places}[{number}]")
    _check_run(run)
    _check_datasets(run, rows["dataset_version"], rows["derivation"])
    evidence = _check_evidence(run, rows["evidence"])
    findings = _check_findings(rows["finding"])
    manifest = {
        "schema": "seawall.manifest/1",
        "evidence": sorted(str(row["evidence_id"]) for row in rows["evidence"]),
        "findings": sorted(str(row["finding_id"]) for row in rows["finding"]),
    }
    if sha256(canonical_json(manifest)).digest() != run["manifest_sha256"]:
        raise _incomplete("evidence and findings are not those of the run's manifest", "run")
    _check_links(run, findings, evidence, rows["link"])
    _check_records(rows["dataset_version"], findings, records)


_PLACES = {
    "dataset_version": "dataset_versions",
    "derivation": "derivations",
    "evidence": "evidence",
    "finding": "findings",
    "link": "links",
}


def _check_run(run: Logged) -> None:
    columns = ("tenant", "dataset_version_id", "engine", "engine_version", "parameters")
    if run["run_id"] != identifier("run", *(_part(run, c) for c in (*columns, "started_at"))):
        raise _differs("its question does not give its identifier", "run")


def _check_datasets(run: Logged, datasets: Sequence[Logged], derivations: Sequence[Logged]) -> None:
    wanted: set[object] = {run["dataset_version_id"]}
    rates = _json(run["parameters"], "run.row.parameters").get("currency_rates")
    if isinstance(rates, dict):
        wanted.add(rates.get("dataset_version_id"))
    for place, rows in (("dataset_versions", datasets), ("derivations", derivations)):
        found = [row["dataset_version_id"] for row in rows]
        if set(found) != wanted or len(found) != len(wanted):
            raise _incomplete("are not those that the run was computed on", place)
    for number, row in enumerate(datasets):
        where = f"dataset_versions[{number}]"
        if sha256(_part(row, "profile")).digest() != row["profile_sha256"]:
            raise _differs("its profile is not the one that was hashed", where)
        if sha256(_part(row, "source")).digest() != row["source_sha256"]:
            raise _differs("its source is not the one that was hashed", where)
        table_rows = _json(row["source"], f"{where}.row.source").get("table_rows")
        content = {
            "schema": "seawall.dataset/1",
            "merkle_root": _part(row, "merkle_root").hex(),
            "profile_sha256": _part(row, "profile_sha256").hex(),
            "record_count": row["record_count"],
            "record_form": "table_row" if table_rows else "json_object",
        }
        if sha256(canonical_json(content)).digest() != row["content_hash"]:
            raise _differs("its records and profile do not give its content hash", where)
        if row["dataset_version_id"] != identifier(
            "dv", _part(row, "tenant"), _part(row, "content_hash")
        ):
            raise _differs("its content does not give its identifier", where)


def _check_evidence(run: Logged, rows: Sequence[Logged]) -> dict[Cell, dict[str, Any]]:
    found: dict[Cell, dict[str, Any]] = {}
    trails = []
    for number, row in enumerate(rows):
        where = f"evidence[{number}]"
        body = _identified("ev", "evidence_id", row, where)
        for column in ("dataset_version_id", "engine", "kind"):
            if body.get(column) != row[column]:
                raise _differs("is not what the payload says", f"{where}.row.{column}")
        found[row["evidence_id"]] = body
        if row["kind"] == "audit_trail":
            trails.append(body)
    if len(trails) != 1 or trails[0].get("run_id") != run["run_id"]:
        raise _incomplete("have not the one audit trail of the run", "evidence")
    if trails[0].get("result_sha256") != sha256(_part(run, "result")).hexdigest():
        raise _differs("is not the answer that the audit trail hashed", "run.row.result")
    return found


def _check_findings(rows: Sequence[Logged]) -> dict[Cell, dict[str, Any]]:
    found = {}
    for number, row in enumerate(rows):
        where = f"findings[{number}]"
        body = _identified("fi", "finding_id", row, where)
        if body.get("dataset_version_id") != row["dataset_version_id"]:
            raise _differs("is not what the payload says", f"{where}.row.dataset_version_id")
        found[row["finding_id"]] = body
    return found


def _check_links(
    run: Logged,
    findings: Mapping[Cell, dict[str, Any]],
    evidence: Mapping[Cell, dict[str, Any]],
    rows: Sequence[Logged],
) -> None:
    wanted = {(finding_id, body.get("evidence_id")) for finding_id, body in findings.items()}
    found = [(row["finding_id"], row["evidence_id"]) for row in rows]
    if set(found) != wanted or len(found) != len(wanted):
        raise _incomplete("do not lead from each finding to its evidence", "links")
    for number, row in enumerate(rows):
        ends = (_part(row, "finding_id"), _part(row, "evidence_id"))
        if row["link_id"] != identifier("ln", _part(run, "tenant"), *ends):
            raise _differs("its ends do not give its identifier", f"links[{number}]")
        if row["evidence_id"] not in evidence:
            raise _incomplete("leads to evidence that is not there", f"links[{number}]")


def _check_records(
    datasets: Sequence[Logged],
    findings: Mapping[Cell, dict[str, Any]],
    records: Sequence[BundledRecord],
) -> None:
    wanted = {
        (str(body["dataset_version_id"]), int(body["raw_record_hint"]))
        for body in findings.values()
        if body.get("raw_record_hint") is not None
    }
    if [(record.dataset_version_id, record.record) for record in records] != sorted(wanted):
        raise _incomplete("are not those that the findings name, in order", "records")
    versions = {row["dataset_version_id"]: row for row in datasets}
    for number, record in enumerate(records):
        where = f"records[{number}]"
        version = versions[record.dataset_version_id]
        try:
            root = merkle_root_from_path(
                leaf_hash(_content(record)),
                leaf_index=record.record,
                leaf_count=int(version["record_count"]),
                path=[b16decode(sibling, casefold=True) for sibling in record.path],
            )
        except (InvalidInput, ValueError) as error:
            raise ProofInvalid(str(error), where=where) from error
        if root != version["merkle_root"]:
            raise ProofInvalid("is not in its dataset", where=where)


def _content(record: BundledRecord) -> bytes:
    if record.form == "text":
        return record.content.encode()
    content = bytes.fromhex(record.content)
    if content.hex() != record.content:
        raise InvalidInput("is not lower-case hexadecimal")
    return content


def _identified(prefix: str, column: str, row: Logged, where: str) -> dict[str, Any]:
    if row[column] != identifier(prefix, _part(row, "tenant"), _part(row, "payload")):
        raise _differs("its payload does not give its identifier", where)
    return _json(row["payload"], f"{where}.row.payload")


def _part(row: Logged, column: str) -> bytes:
    cell = row[column]
    return cell if isinstance(cell, bytes) else str(cell).encode()


def _json(cell: Cell, where: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(cell if isinstance(cell, bytes) else b"", type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProofInvalid("is no JSON object", where=where) from error


def _differs(message: str, where: str) -> ProofInvalid:
    return ProofInvalid(message, where=where, code="identity_differs")


def _incomplete(message: str, where: str) -> ProofInvalid:
    return ProofInvalid(message, where=where, code="bundle_incomplete")
