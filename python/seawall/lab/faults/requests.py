"""Small requests whose rows tell, when they are read again, whether all of one are there."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from hashlib import sha256
from typing import Any

import msgspec

from seawall.errors import SeawallError
from seawall.lab.faults.row import Tally
from seawall.store import Store, Transaction
from seawall.store.audit_chain import chain_problems
from seawall.store.types import AuditDraft, DatasetVersion, Evidence, Finding, Link, RawChunk

TENANT = "fault"
DATASET = "dv_fault"
TIMEOUT_S = 60.0
_EVIDENCE = 2  # pieces of evidence, and of links, of one request
_WHOLE = 2 * _EVIDENCE + 2  # with its finding and its audit entry

UNAUDITED = "~"
"""Ends the name of a request without an audit entry: PostgreSQL is sent those in another way."""

Work = Callable[[Transaction], None]


class Held(msgspec.Struct, frozen=True):
    """What a store holds of requests."""

    whole: frozenset[str]
    torn: frozenset[str]
    duplicated: frozenset[str]


def put_dataset(transaction: Transaction) -> None:
    """Keep the dataset that all requests refer to."""
    dataset = DatasetVersion(
        tenant=TENANT,
        dataset_version_id=DATASET,
        content_hash=bytes(32),
        merkle_root=bytes(32),
        profile_sha256=bytes(32),
        profile=b"{}",
        record_count=1,
        chunk_roots=bytes(32),
        source=b"{}",
        source_sha256=bytes(32),
        created_at="2026-01-01T00:00:00Z",
        created_by="lab",
    )
    transaction.put_dataset(dataset, [RawChunk(0, 0, 1, b"{}", "none", 2)])


def put_request(name: str, *, again: bool = False) -> Work:
    """Return the work that keeps one request: evidence, a finding, links and an audit entry.

    ``again`` leaves out the audit entry, which alone of these rows may not be put twice; so does
    the name's end.
    """

    def work(transaction: Transaction) -> None:
        evidence, finding, links = _rows(name)
        transaction.put_evidence(TENANT, evidence)
        transaction.put_findings(TENANT, [finding])
        transaction.put_links(TENANT, links)
        if not again and not name.endswith(UNAUDITED):
            transaction.append_audit(_draft(TENANT, name))

    return work


def put_other_content(new: str, known: str) -> Work:
    """Return a work that must be refused at its end: it changes evidence of a known request."""

    def work(transaction: Transaction) -> None:
        put_request(new)(transaction)
        transaction.put_evidence(TENANT, [Evidence(f"ev_{known}.0", DATASET, "lab", "fault", b"")])

    return work


def put_dangling_link(new: str) -> Work:
    """Return a work that must be refused at its end: it links to nothing."""

    def work(transaction: Transaction) -> None:
        put_request(new)(transaction)
        transaction.put_links(TENANT, [Link(f"li_{new}", f"fi_{new}", "ev_nowhere")])

    return work


def _draft(tenant: str, name: str) -> AuditDraft:
    return AuditDraft(
        tenant=tenant,
        at="2026-01-01T00:00:00Z",
        actor="lab",
        action="fault.try",
        outcome="done",
        subject=name,
        request_id=name,
    )


def _rows(name: str) -> tuple[list[Evidence], Finding, list[Link]]:
    finding_id = f"fi_{name}"
    evidence = [
        Evidence(f"ev_{name}.{i}", DATASET, "lab", "fault", _payload(f"{name}.{i}"))
        for i in range(_EVIDENCE)
    ]
    links = [Link(f"li_{row.evidence_id}", finding_id, row.evidence_id) for row in evidence]
    return evidence, Finding(finding_id, DATASET, _payload(name)), links


def _payload(name: str) -> bytes:
    return sha256(name.encode()).digest() * 8  # 256 bytes that nothing else has


def submit_together(store: Store, works: Sequence[Work]) -> list[Future[None]]:
    """Submit works so that they are one group, whatever the threads do; wait for all of them."""
    queued, begun = threading.Event(), threading.Event()

    def hold(_: Transaction) -> None:
        begun.set()
        queued.wait(TIMEOUT_S)

    holding = store.submit(hold)
    holding.add_done_callback(lambda _: begun.set())  # where it could not even begin
    begun.wait(TIMEOUT_S)
    futures = [store.submit(work) for work in works]
    queued.set()
    for future in (holding, *futures):
        future.exception(TIMEOUT_S)
    # Two empty groups: housekeeping of the first one, and a second try of it, are over then.
    for _ in range(2):
        store.submit(_nothing).exception(TIMEOUT_S)
    return futures


def _nothing(_: Transaction) -> None:
    return


def read_held(store: Store) -> Held:
    """Read everything and tell which requests are there, in part, or twice."""
    pieces: Counter[str] = Counter()
    audits = Counter(entry.subject for entry in store.all_audit(TENANT))
    for row in store.all_evidence(TENANT):
        name, _, _ = row.evidence_id.removeprefix("ev_").rpartition(".")
        pieces[name] += row.payload == _payload(row.evidence_id.removeprefix("ev_"))
    for finding in store.all_findings(TENANT):
        name = finding.finding_id.removeprefix("fi_")
        pieces[name] += finding.payload == _payload(name)
    for link in store.all_links(TENANT):
        pieces[link.finding_id.removeprefix("fi_")] += 1
    for name in audits:
        pieces[name] += 1
    whole = frozenset(
        name for name, count in pieces.items() if count == _WHOLE - name.endswith(UNAUDITED)
    )
    return Held(
        whole=whole,
        torn=frozenset(pieces) - whole,
        duplicated=frozenset(name for name, count in audits.items() if count > 1),
    )


def examine(store: Store, acknowledged: Iterable[str], tally: Tally) -> Held:
    """Compare a store with what was acknowledged, and add to the counts."""
    names = set(acknowledged)
    held = read_held(store)
    tally.lost += len(names - held.whole)
    tally.torn += len(held.torn)
    tally.duplicated += len(held.duplicated)
    tally.unexpected += len(store.integrity_problems())
    tally.unexpected += len(list(chain_problems(store.all_audit())))
    return held


def recovered(open_again: Callable[[], Store], acknowledged: set[str], tally: Tally) -> set[str]:
    """Open a store after a fault, compare it, and time until its first durable write.

    A store that cannot be opened, read or written has lost all that it acknowledged.

    Returns
    -------
    set of str
        The requests that it holds.
    """
    before = time.perf_counter()
    try:
        with open_again() as store:
            store.submit(_first_write).result(TIMEOUT_S)
            tally.recoveries_s.append(time.perf_counter() - before)
            return set(examine(store, acknowledged, tally).whole)
    except SeawallError:
        tally.lost += len(acknowledged)
        tally.unexpected += 1
        return set()


def _first_write(transaction: Transaction) -> None:
    transaction.append_audit(_draft("recovery", "first write"))


def outcome(future: Future[Any]) -> str:
    """Return "done", or the code of the failure; a failure without a code is raised."""
    error = future.exception(TIMEOUT_S)
    if error is None:
        return "done"
    if isinstance(error, SeawallError):
        return error.code
    raise error
