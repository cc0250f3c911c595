"""Has anything been changed? Everything that can be computed again is, and compared."""

from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from typing import Annotated, TypeVar, get_type_hints

import msgspec
from msgspec import Meta
from msgspec.structs import astuple

from seawall import native
from seawall.errors import Cancelled, NotFound, SeawallError, StoreError
from seawall.ingest import TapeProfile, read_again
from seawall.native import RunControl
from seawall.provenance import canonical_json
from seawall.provenance.tree_head import SignedTreeHead
from seawall.session import identity
from seawall.session.audit import AuditVerification, verify_audit
from seawall.session.codec import decode_table, decompress
from seawall.session.verify_access import KeyCheck, SwitchCheck
from seawall.session.verify_log import verify_log
from seawall.session.writing import summarise
from seawall.store import Store
from seawall.store.row_reads import UnreadableRows
from seawall.store.types import AuditEntry, DatasetVersion, Evidence, Finding, Link, Run

Row = TypeVar("Row", bound=msgspec.Struct)

# What a row raises whose content has another shape than was written.
_ODD = (
    msgspec.MsgspecError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    TypeError,
    ValueError,
)


class Problem(msgspec.Struct, frozen=True):
    """One thing that does not agree."""

    what: Annotated[
        str,
        Meta(
            description="dataset, evidence, finding, link, run, audit, key, switch, log or "
            "database."
        ),
    ]
    identifier: Annotated[str, Meta(description="Of the row, or of its place.")]
    message: Annotated[str, Meta(description="A sentence for readers.")]


class Verification(msgspec.Struct, frozen=True):
    """What was looked at, and what does not agree."""

    datasets: Annotated[
        int, Meta(description="Dataset versions that were looked at, as the following counts.")
    ]
    records: Annotated[int, Meta(description="Records of all datasets.")]
    runs: Annotated[int, Meta(description="Runs.")]
    evidence: Annotated[int, Meta(description="Pieces of evidence.")]
    findings: Annotated[int, Meta(description="Findings.")]
    links: Annotated[int, Meta(description="Links of findings to evidence.")]
    audit_entries: Annotated[int, Meta(description="Of all tenants: they share one chain.")]
    logged_rows: Annotated[int, Meta(description="Rows of the log, of all tenants too.")]
    heads: Annotated[int, Meta(description="Heads that were signed over the log.")]
    problems: Annotated[
        list[Problem], Meta(description="What does not agree; empty: everything does.")
    ]

    @property
    def ok(self) -> bool:
        """Whether everything agrees."""
        return not self.problems


def verify_store(
    store: Store,
    tenant: str,
    *,
    threads: int,
    control: RunControl | None,
    public_keys: Mapping[str, bytes] | None = None,
    known_head: SignedTreeHead | None = None,
) -> Verification:
    """Check every row of a tenant against what it says it is.

    Datasets are read again from their raw blocks: leaves, chunk roots, Merkle root, content hash,
    identifier, and every normalised column. Evidence, findings, links and runs are hashed again; a
    run's manifest and its answer's hash show what is missing. The audit chain is followed from its
    first entry, through those of all tenants, and so is the log with its signed heads.
    """
    problems = [Problem("database", "", text) for text in store.integrity_problems()]
    datasets = records = 0
    for dataset in _readable("dataset", store.all_datasets(tenant), problems):
        datasets += 1
        records += dataset.record_count
        problems += _guarded(
            "dataset",
            dataset.dataset_version_id,
            _dataset_problems(store, dataset, threads=threads, control=control),
        )
    evidence = findings = links = runs = 0
    for row in _readable("evidence", store.all_evidence(tenant), problems):
        evidence += 1
        problems += _guarded("evidence", row.evidence_id, _evidence_problems(store, tenant, row))
    linked = _LinkedFindings(store, tenant)
    for found in _readable("finding", store.all_findings(tenant), problems):
        findings += 1
        problems += _guarded("finding", found.finding_id, _finding_problems(tenant, found, linked))
    for link in _readable("link", store.all_links(tenant), problems):
        links += 1
        problems += _guarded("link", link.link_id, _link_problems(tenant, link))
    for run in _readable("run", store.all_runs(tenant), problems):
        runs += 1
        problems += _guarded("run", run.run_id, _run_problems(store, run))
    audit = _audit(store, problems, control)
    log = verify_log(store, public_keys=public_keys, known_head=known_head, control=control)
    problems += [Problem("log", p.tree, p.message) for p in log.problems]
    return Verification(
        datasets,
        records,
        runs,
        evidence,
        findings,
        links,
        audit.entries,
        log.leaves,
        log.heads,
        problems,
    )


def _readable(what: str, rows: Iterator[Row], problems: list[Problem]) -> Iterator[Row]:
    """Give the rows that can be read; the others are problems."""
    try:
        for row in rows:
            cells = zip(row.__struct_fields__, astuple(row), _types(type(row)), strict=True)
            if odd := [name for name, cell, kind in cells if type(cell) is not kind]:
                identifier = str(getattr(row, f"{what}_id", getattr(row, "dataset_version_id", "")))
                problems.append(Problem(what, identifier, f"its {odd[0]} is of another type"))
            else:
                yield row
    except UnreadableRows as error:
        problems += [Problem(what, identifier, message) for identifier, message in error.rows]
    except StoreError as error:
        if error.code != "store_corrupt":
            raise
        problems.append(Problem(what, "", str(error)))


def _audit(store: Store, problems: list[Problem], control: RunControl | None) -> AuditVerification:
    """Follow the audit, and compare what may change with what it says of it."""
    checks: list[KeyCheck | SwitchCheck] = []
    for kind in (KeyCheck, SwitchCheck):
        try:
            checks.append(kind(store))
        except StoreError as error:
            if error.code != "store_corrupt":
                raise
            problems.append(Problem(kind.what, "", str(error)))

    def see(entry: AuditEntry) -> None:
        for check in checks:
            check.see(entry)

    audit = verify_audit(store, see=see, control=control)
    problems += [Problem("audit", str(p.sequence), p.message) for p in audit.problems]
    if audit.ok:  # else it is no measure
        for check in checks:
            problems += _collected(check.what, "", check.problems())
    return audit


@cache
def _types(row: type[msgspec.Struct]) -> tuple[type, ...]:
    hints = get_type_hints(row)
    return tuple(hints[name] for name in row.__struct_fields__)


def _guarded(what: str, identifier: str, messages: Iterator[str]) -> list[Problem]:
    """Turn what is found of one thing, and what breaks while looking, into problems."""
    return _collected(what, identifier, ((identifier, message) for message in messages))


def _collected(what: str, identifier: str, messages: Iterator[tuple[str, str]]) -> list[Problem]:
    """Turn what is found of several things into problems; ``identifier`` is where it breaks."""
    found = []
    try:
        for name, message in messages:
            found.append(Problem(what, name, message))
    except Cancelled:
        raise
    except SeawallError as error:
        found.append(Problem(what, identifier, str(error)))
    except _ODD as error:
        found.append(Problem(what, identifier, f"unreadable: {error}"))
    return found


def _dataset_problems(
    store: Store, dataset: DatasetVersion, *, threads: int, control: RunControl | None
) -> Iterator[str]:
    tenant, key = dataset.tenant, dataset.dataset_version_id
    source = msgspec.json.decode(dataset.source)
    content = identity.content_hash(
        merkle_root=dataset.merkle_root,
        profile_sha256=sha256(dataset.profile).digest(),
        record_count=dataset.record_count,
        table_rows=source["table_rows"],
    )
    if dataset.profile_sha256 != sha256(dataset.profile).digest():
        yield "its profile was changed"
    if dataset.source_sha256 != sha256(dataset.source).digest():
        yield "what is said of its source was changed"
    if content != dataset.content_hash or identity.dataset_version_id(tenant, content) != key:
        yield "its content hash does not give its identifier"
    if native.merkle_root(dataset.chunk_roots) != dataset.merkle_root:
        yield "its chunk roots do not give its Merkle root"
    problems: list[str] = []
    try:
        again = read_again(
            _blocks(store, dataset, problems),
            msgspec.json.decode(dataset.profile, type=TapeProfile),
            table_rows=source["table_rows"],
            source=source,
            threads=threads,
            control=control,
        )
    finally:
        yield from problems
    if again.record_count != dataset.record_count:
        yield f"{again.record_count} of {dataset.record_count} records are left"
    for index in range(0, max(len(again.chunk_roots), len(dataset.chunk_roots)), 32):
        if again.chunk_roots[index : index + 32] != dataset.chunk_roots[index : index + 32]:
            yield f"raw block {index // 32} is not what was hashed"
    try:
        derivation = store.derivation(tenant, key)
    except NotFound:
        if store.runs(tenant, dataset_version_id=key, limit=1):
            yield "its columns are missing, and a run was computed on them"
        return
    if again.columns_digest() != derivation.digest:
        yield "its columns' digest is not that of its records"
    if canonical_json(msgspec.to_builtins(summarise(again))) != derivation.summary:
        yield "its summary is not that of its records"
    stored: dict[str, list[bytes]] = {}
    for part in store.derived_tables(tenant, key):
        parts = stored.setdefault(part.name, [])
        if part.chunk_index != len(parts):
            yield f"part {len(parts)} of the table {part.name} says that it is {part.chunk_index}"
        parts.append(part.payload)
    for name in stored.keys() - again.tables().keys():
        yield f"the table {name} is not one of its own"
    for name, table in again.tables().items():
        if name not in stored:
            yield f"the table {name} is missing"
        elif native.table_digest([decode_table(stored[name]).native]) != native.table_digest(
            [table.native]
        ):
            yield f"a cell of the table {name} was changed"


def _blocks(store: Store, dataset: DatasetVersion, problems: list[str]) -> Iterator[bytes]:
    """Give the raw blocks; raises StoreError when one is missing."""
    chunks = store.raw_chunks(dataset.tenant, dataset.dataset_version_id)
    for expected, chunk in enumerate(chunks):
        if chunk.chunk_index != expected:
            raise StoreError(f"raw block {expected} is missing", code="store_corrupt")
        if chunk.first_record != expected * native.LEAVES_PER_CHUNK:
            problems.append(f"raw block {expected} does not begin where it says")
        left = dataset.record_count - expected * native.LEAVES_PER_CHUNK
        if chunk.record_count != min(left, native.LEAVES_PER_CHUNK):
            problems.append(f"raw block {expected} does not hold as many records as it says")
        yield decompress(chunk.payload, size=chunk.payload_size, codec=chunk.codec)


def _evidence_problems(store: Store, tenant: str, row: Evidence) -> Iterator[str]:
    if identity.evidence_id(tenant, row.payload) != row.evidence_id:
        yield "its content was changed"
        return
    body = msgspec.json.decode(row.payload)
    for column in ("dataset_version_id", "engine", "kind"):
        if body[column] != getattr(row, column):
            yield f"its {column} was changed"
    if row.kind == "audit_trail":
        store.run(tenant, body["run_id"])


def _link_problems(tenant: str, link: Link) -> Iterator[str]:
    if identity.link_id(tenant, link.finding_id, link.evidence_id) != link.link_id:
        yield "one of its ends was changed"


class _LinkedFindings:
    """Tells of findings, asked for in their order, whether they have a link.

    Links have the same order, so both are walked once, side by side.
    """

    def __init__(self, store: Store, tenant: str) -> None:
        self._store = store
        self._tenant = tenant
        self._links = _readable("link", store.all_links(tenant), [])  # told of where they are read
        self._at = ""  # whose links come next

    def has(self, finding_id: str) -> bool:
        while self._at < finding_id and (link := next(self._links, None)) is not None:
            self._at = link.finding_id
        # A finding that came since these links were read has its own all the same.
        return self._at == finding_id or bool(
            self._store.links_of_finding(self._tenant, finding_id)
        )


def _finding_problems(tenant: str, row: Finding, linked: _LinkedFindings) -> Iterator[str]:
    if identity.finding_id(tenant, row.payload) != row.finding_id:
        yield "its content was changed"
        return
    if msgspec.json.decode(row.payload)["dataset_version_id"] != row.dataset_version_id:
        yield "its dataset_version_id was changed"
    if not linked.has(row.finding_id):
        yield "no link leads to its evidence"


def _run_problems(store: Store, run: Run) -> Iterator[str]:
    expected = identity.run_id(
        run.tenant,
        dataset_version_id=run.dataset_version_id,
        engine=run.engine,
        engine_version=run.engine_version,
        parameters=run.parameters,
        started_at=run.started_at,
    )
    if expected != run.run_id:
        yield "its question was changed"
    members = store.run_members(run.tenant, run.run_id)
    manifest = identity.manifest_sha256(members.evidence_ids, members.finding_ids)
    if manifest != run.manifest_sha256:
        yield "what it left behind is not complete"
    audits = [
        body
        for body in (
            msgspec.json.decode(store.evidence(run.tenant, key).payload)
            for key in members.evidence_ids
        )
        if body["kind"] == "audit_trail"
    ]
    if len(audits) != 1 or audits[0]["run_id"] != run.run_id:
        yield "its audit trail is missing"
    elif audits[0]["result_sha256"] != sha256(run.result).hexdigest():
        yield "its answer was changed"
    for finding_id in members.finding_ids:
        store.finding(run.tenant, finding_id)
    rates = msgspec.json.decode(run.parameters).get("currency_rates")
    if rates is not None:
        try:
            store.derivation(run.tenant, rates["dataset_version_id"])
        except NotFound:
            yield "the dataset of its currency rates is missing"
