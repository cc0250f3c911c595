"""Has anything been changed? Everything that can be computed again is, and compared."""

from collections.abc import Iterator, Mapping
from hashlib import sha256

import msgspec

from seawall import native
from seawall.errors import Cancelled, NotFound, SeawallError, StoreError
from seawall.ingest import TapeProfile, read_again
from seawall.native import RunControl
from seawall.provenance import canonical_json
from seawall.provenance.tree_head import SignedTreeHead
from seawall.session import identity
from seawall.session.audit import verify_audit
from seawall.session.codec import decode_table, decompress
from seawall.session.verify_log import verify_log
from seawall.session.writing import summarise
from seawall.store import Store
from seawall.store.types import DatasetVersion, Evidence, Finding, Run


class Problem(msgspec.Struct, frozen=True):
    """One thing that does not agree."""

    what: str  # dataset, evidence, finding, link, run, audit, log or database
    identifier: str
    message: str


class Verification(msgspec.Struct, frozen=True):
    """What was looked at, and what does not agree."""

    datasets: int
    records: int
    runs: int
    evidence: int
    findings: int
    links: int
    audit_entries: int  # of all tenants: they share one chain
    logged_rows: int  # of all tenants too
    heads: int  # signed over the log
    problems: list[Problem]

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
    for dataset in store.all_datasets(tenant):
        datasets += 1
        records += dataset.record_count
        problems += _guarded(
            "dataset",
            dataset.dataset_version_id,
            _dataset_problems(store, dataset, threads=threads, control=control),
        )
    evidence = findings = links = runs = 0
    for row in store.all_evidence(tenant):
        evidence += 1
        problems += _guarded("evidence", row.evidence_id, _evidence_problems(store, tenant, row))
    linked = _LinkedFindings(store, tenant)
    for found in store.all_findings(tenant):
        findings += 1
        problems += _guarded("finding", found.finding_id, _finding_problems(tenant, found, linked))
    for link in store.all_links(tenant):
        links += 1
        if identity.link_id(tenant, link.finding_id, link.evidence_id) != link.link_id:
            problems.append(Problem("link", link.link_id, "one of its ends was changed"))
    for run in store.all_runs(tenant):
        runs += 1
        problems += _guarded("run", run.run_id, _run_problems(store, run))
    audit = verify_audit(store, control=control)
    problems += [Problem("audit", str(p.sequence), p.message) for p in audit.problems]
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


def _guarded(what: str, identifier: str, messages: Iterator[str]) -> list[Problem]:
    """Turn what is found, and what breaks while looking, into problems."""
    found = []
    try:
        for message in messages:
            found.append(Problem(what, identifier, message))  # noqa: PERF401 (kept if it breaks off)
    except Cancelled:
        raise
    except SeawallError as error:
        found.append(Problem(what, identifier, str(error)))
    except (msgspec.MsgspecError, KeyError, TypeError, ValueError, MemoryError) as error:
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
        stored.setdefault(part.name, []).append(part.payload)
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


class _LinkedFindings:
    """Tells of findings, asked for in their order, whether they have a link.

    Links have the same order, so both are walked once, side by side.
    """

    def __init__(self, store: Store, tenant: str) -> None:
        self._store = store
        self._tenant = tenant
        self._links = store.all_links(tenant)
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
