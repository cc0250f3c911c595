"""How fast evidence, findings and links become durable, and how fast a finding is traced back.

`count` records are ingested without their columns (`raw_record_ms`: bytes to committed blocks).
Then `count` pieces of evidence, findings and links are kept, one submission a kind:
`evidence_ms`, `finding_ms` and `link_ms` go from `Store.submit` to the acknowledged durable commit
of rows that have their identifiers; the rates that are claimed, `…_rows_per_s`, are of these.
Making the identifiers is measured apart, `…_id_ms`, and `…_rows_per_s_with_ids` counts both.
`commit_ms` is the part of the three that is not spent putting rows: the queue, BEGIN and the
synchronised COMMIT. Payloads are made before the clock.
`read_latency_ms` is the median of reading a finding, its links and their evidence by identifier.
A trace is `Session.trace` of a random finding: finding, evidence, dataset, its source record out of
the stored block, how each cell was read, and the record's proof. A proof is that a random link is
in the log of the ledger as it stands: finding its leaf, its path, and the root that it leads to; of
an older size the rows at its end would be read too. Afterwards `Session.verify` must find nothing
wrong in any row.

With `--store postgres` the ledger lies in a PostgreSQL server that the benchmark starts on the same
disk, with the settings that docs/how_to/postgres.md advises for many rows and else its own (fsync,
full_page_writes and synchronous_commit on).
"""

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec.structs import astuple

from ledgers import STORES, new_ledgers
from seawall.lab.books import bench_records
from seawall.lab.command import benchmark_parser, write_answer, write_record
from seawall.lab.disk import disk_folder
from seawall.lab.isolated import run_command
from seawall.lab.measure import FEWEST_PAIRS, median_interval
from seawall.lab.results import Result, measured_here
from seawall.lab.table import Cell, text_table
from seawall.provenance import canonical_json, identifiers, leaf_hash, merkle_root_from_path
from seawall.provenance.log_leaf import leaf_bytes
from seawall.session import Session
from seawall.session.identity import link_id
from seawall.store import Store, Transaction, open_store
from seawall.store.log_proofs import TreeProofs
from seawall.store.types import Evidence, Finding, Link

T = TypeVar("T")

TENANT = "default"
SEED = 1
KINDS = ("evidence", "finding", "link")
ENGINE = "debt_stress"
RIVAL_PAIRS = FEWEST_PAIRS


class Ledger(msgspec.Struct, frozen=True):
    """The rows of one measurement, and what making their identifiers took."""

    evidence: list[Evidence]
    findings: list[Finding]
    links: list[Link]
    id_ms: dict[str, float]


class Kept(msgspec.Struct, frozen=True):
    """What one measurement took."""

    raw_record_ms: float
    total_ms: dict[str, float]  # submit to acknowledgement, by kind
    put_ms: dict[str, float]  # of it inside the transaction
    id_ms: dict[str, float]


def clocked(work: Callable[[], T]) -> tuple[T, float]:
    before = time.perf_counter_ns()
    answer = work()
    return answer, (time.perf_counter_ns() - before) / 1e6


# --- rows


def evidence_payload(record: int, dataset_version_id: str) -> bytes:
    # Canonical JSON, written out: an encoder would take minutes for 100,000 payloads.
    return (
        f'{{"currency":"EUR","dataset_version_id":"{dataset_version_id}","engine":"{ENGINE}",'
        f'"engine_version":"1.0","figures":{{"net_exposure_after_recovery":{record + 0.25},'
        f'"total_outstanding":{record + 1000.5}}},"formula":"max(total − collateral, 0)",'
        f'"kind":"debt_exposure","record":{record},"schema":"seawall.evidence/1"}}'
    ).encode()


def finding_payload(record: int, dataset_version_id: str, evidence_id: str) -> bytes:
    return (
        f'{{"category":"debt_exposure","confidence":1,"dataset_version_id":"{dataset_version_id}",'
        f'"description":"Debt that neither collateral nor recoveries cover","engine":"{ENGINE}",'
        f'"engine_version":"1.0","evidence_id":"{evidence_id}","is_material":true,'
        f'"materiality":"material","metric":"net_exposure_after_recovery",'
        f'"raw_record_hint":{record},"schema":"seawall.finding/1","threshold":0.5,'
        f'"title":"debt_exposure: net","value":{record + 0.25}}}'
    ).encode()


def make_ledger(count: int, dataset_version_id: str) -> Ledger:
    """Make a piece of evidence, a finding and a link for each record."""
    payloads = [evidence_payload(record, dataset_version_id) for record in range(count)]
    evidence_ids, evidence_ms = clocked(
        lambda: identifiers("ev", domain=[TENANT], payloads=payloads)
    )
    stated = [
        finding_payload(record, dataset_version_id, evidence_id)
        for record, evidence_id in enumerate(evidence_ids)
    ]
    finding_ids, finding_ms = clocked(lambda: identifiers("fi", domain=[TENANT], payloads=stated))
    link_ids, link_ms = clocked(
        lambda: [
            link_id(TENANT, finding, evidence)
            for finding, evidence in zip(finding_ids, evidence_ids, strict=True)
        ]
    )
    for payload in (payloads[-1], stated[-1]):
        assert canonical_json(json.loads(payload)) == payload
    return Ledger(
        evidence=[
            Evidence(key, dataset_version_id, ENGINE, "debt_exposure", payload)
            for key, payload in zip(evidence_ids, payloads, strict=True)
        ],
        findings=[
            Finding(key, dataset_version_id, payload)
            for key, payload in zip(finding_ids, stated, strict=True)
        ],
        links=[Link(*row) for row in zip(link_ids, finding_ids, evidence_ids, strict=True)],
        id_ms={"evidence": evidence_ms, "finding": finding_ms, "link": link_ms},
    )


# --- writing


def keep_all(store: Store, *, count: int) -> tuple[Ledger, Kept]:
    data = bench_records(count, seed=SEED, currencies=("EUR",))
    session = Session(store)
    dataset, raw_record_ms = clocked(
        lambda: session.ingest(data, profile="todiscope", format="json", normalise=False)
    )
    assert dataset.created
    assert dataset.record_count == count
    ledger = make_ledger(count, dataset.dataset_version_id)

    def evidence(tx: Transaction) -> None:
        tx.put_evidence(TENANT, ledger.evidence)

    def findings(tx: Transaction) -> None:
        tx.put_findings(TENANT, ledger.findings)

    def links(tx: Transaction) -> None:
        tx.put_links(TENANT, ledger.links)

    total_ms, put_ms = {}, {}
    for kind, put in zip(KINDS, (evidence, findings, links), strict=True):
        put_ms[kind], total_ms[kind] = clocked(partial(durable, store, put))
    kept = Kept(raw_record_ms=raw_record_ms, total_ms=total_ms, put_ms=put_ms, id_ms=ledger.id_ms)
    return ledger, kept


def durable(store: Store, put: Callable[[Transaction], None]) -> float:
    """Submit and wait; return the milliseconds inside the transaction."""
    return store.submit(lambda tx: clocked(lambda: put(tx))[1]).result()


# --- reading


def read_latencies(store: Store, chosen: Sequence[Finding]) -> list[float]:
    def read(finding_id: str) -> None:
        store.finding(TENANT, finding_id)
        (link,) = store.links_of_finding(TENANT, finding_id)
        store.evidence(TENANT, link.evidence_id)

    return [clocked(partial(read, finding.finding_id))[1] for finding in chosen]


def trace_latencies(session: Session, chosen: Sequence[Finding]) -> list[float]:
    times = []
    for finding in chosen:
        trace, wall_ms = clocked(partial(session.trace, finding.finding_id))
        times.append(wall_ms)
        hint = msgspec.json.decode(finding.payload)["raw_record_hint"]
        assert trace.record is not None
        assert trace.record.proved
        assert trace.record.record == hint
        assert f'"LN{hint:08d}"'.encode() in trace.record.source_bytes
        (evidence,) = trace.evidence
        assert evidence["record"] == hint
    return times


def proof_latencies(store: Store, chosen: Sequence[Finding]) -> list[float]:
    size, peaks = astuple(store.log_states()["link"])
    root = TreeProofs(store, "link", size).root()

    def prove(finding_id: str) -> bytes:
        index, cells = store.log_row("link", {"tenant": TENANT, "finding_id": finding_id})
        path = TreeProofs(store, "link", size, peaks=peaks).inclusion(index)
        leaf = leaf_hash(leaf_bytes("link", cells))
        return merkle_root_from_path(leaf, leaf_index=index, leaf_count=size, path=path)

    times = []
    for finding in chosen:
        found, wall_ms = clocked(partial(prove, finding.finding_id))
        assert found == root
        times.append(wall_ms)
    return times


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least that share of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


# --- the rival


def rival_ms(folder: Path, ledger: Ledger) -> dict[str, float]:
    file, database = folder / "rows.json", folder / "rival.db"
    rows = {
        "evidence": [decoded(row) for row in ledger.evidence],
        "finding": [decoded(row) for row in ledger.findings],
        "link": [decoded(row) for row in ledger.links],
    }
    file.write_bytes(msgspec.json.encode(rows))
    script = Path(__file__).with_name("sqlite3_rival.py")
    try:
        run = run_command([sys.executable, str(script), str(file), str(database)], timeout_s=600)
    finally:
        for left in [file, *folder.glob("rival.db*")]:
            left.unlink(missing_ok=True)
    answer: dict[str, float] = run.answer
    return answer


def decoded(row: Evidence | Finding | Link) -> list[str]:
    cells = [cell.decode() if isinstance(cell, bytes) else cell for cell in astuple(row)]
    return [TENANT, *cells]


def compare_sqlite3(folder: Path, *, count: int) -> list[Result]:
    """Time both on a new file each, in turn, A B B A; the rival in a process of its own."""
    own: dict[str, list[float]] = {kind: [] for kind in KINDS}
    rival: dict[str, list[float]] = {kind: [] for kind in KINDS}

    def keep(pair: int) -> Ledger:
        with open_store(folder / f"pair{pair}.db") as store:
            ledger, kept = keep_all(store, count=count)
        for kind in KINDS:
            own[kind].append(kept.total_ms[kind])
        for left in folder.glob(f"pair{pair}.db*"):
            left.unlink()
        return ledger

    def rewrite(ledger: Ledger) -> None:
        for kind, wall_ms in rival_ms(folder, ledger).items():
            rival[kind].append(wall_ms)

    ledger = keep(-1)
    own = {kind: [] for kind in KINDS}
    for pair in range(RIVAL_PAIRS):
        if pair % 2 == 0:
            keep(pair)
            rewrite(ledger)
        else:
            rewrite(ledger)
            keep(pair)
    lines: list[tuple[Cell, ...]] = []
    results = []
    for kind in KINDS:
        ratios = [a / b for a, b in zip(own[kind], rival[kind], strict=True)]
        low, high, _ = median_interval(ratios)
        rates = [round(count / statistics.median(times[kind]) * 1e3) for times in (own, rival)]
        lines.append((kind, *rates, statistics.median(ratios), low, high))
        results.append(
            measured_here(
                f"persistence_{kind}_against_sqlite3",
                kind="informational",
                workload={"count": count, "ratio_of": "seawall / sqlite3"},
                seed=SEED,
                unit="ratio",
                samples=ratios,
            )
        )
    header = ("rows", "seawall rows/s", "sqlite3 rows/s", "time ratio", "low", "high")
    print("\n" + text_table(header, rows=lines), file=sys.stderr)
    print(
        f"Time ratio seawall / sqlite3.executemany over {RIVAL_PAIRS} pairs A B B A with a 95 %"
        " interval. Both WAL with\nsynchronous=FULL, one transaction a kind, same columns and"
        " keys; seawall also checks each\nreference, keeps rows immutable by triggers and goes"
        " through its group commit.",
        file=sys.stderr,
    )
    return results


# --- the command


def parse_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = benchmark_parser("Keep evidence, findings and links, and trace them back.")
    add = parser.add_argument
    add("--count", type=int, default=1000, help="records, evidence, findings and links each")
    add("--traces", type=int, default=1000, help="random findings traced")
    add("--store", choices=STORES, default="sqlite", help="the database of the ledger")
    add("--rival", choices=["sqlite3"], default=None, help="compare in pairs")
    options = parser.parse_args(arguments)
    if options.rival and options.store != "sqlite":
        parser.error("--rival compares SQLite")
    if options.count < 1 or options.traces < 1:
        parser.error("--count and --traces must be at least 1")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse_options(arguments)
    count = options.count
    with disk_folder() as folder, new_ledgers(options.store, folder) as new_ledger:
        with open_store(new_ledger("warm_up")) as store:
            keep_all(store, count=100)
        with open_store(new_ledger("ledger")) as store:
            ledger, kept = keep_all(store, count=count)
            session = Session(store)
            chosen = random.Random(SEED).choices(ledger.findings, k=options.traces)  # noqa: S311
            reads = read_latencies(store, chosen)
            traces = trace_latencies(session, chosen)
            proofs = proof_latencies(store, chosen)
            checked = session.verify()
            assert checked.ok, checked.problems[:3]
            assert (checked.evidence, checked.findings, checked.links) == (count,) * 3
        answer = answer_of(kept, reads, traces, proofs, count=count, store=options.store)
        print_answer(answer, kept)
        results = results_of(answer, kept, reads, traces, proofs)
        if options.rival:
            results += compare_sqlite3(folder, count=count)
    write_record(results, folder=options.record)
    write_answer(answer, output=options.output)
    return 0


def answer_of(
    kept: Kept,
    reads: Sequence[float],
    traces: Sequence[float],
    proofs: Sequence[float],
    *,
    count: int,
    store: str,
) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "store": store,
        "count": count,
        "raw_record_ms": kept.raw_record_ms,
        "raw_record_rows_per_s": count / kept.raw_record_ms * 1e3,
        "commit_ms": sum(kept.total_ms[kind] - kept.put_ms[kind] for kind in KINDS),
        "read_latency_ms": statistics.median(reads),
        "traces": len(traces),
        "trace_p50_ms": percentile(traces, 0.5),
        "trace_p99_ms": percentile(traces, 0.99),
        "proof_p50_ms": percentile(proofs, 0.5),
        "proof_p99_ms": percentile(proofs, 0.99),
    }
    for kind in KINDS:
        total_ms, id_ms = kept.total_ms[kind], kept.id_ms[kind]
        answer[f"{kind}_ms"] = total_ms
        answer[f"{kind}_id_ms"] = id_ms
        answer[f"{kind}_rows_per_s"] = count / total_ms * 1e3
        answer[f"{kind}_rows_per_s_with_ids"] = count / (total_ms + id_ms) * 1e3
    return answer


def print_answer(answer: dict[str, Any], kept: Kept) -> None:
    lines: list[tuple[Cell, ...]] = [
        (
            kind,
            answer["count"],
            kept.total_ms[kind],
            kept.put_ms[kind],
            kept.id_ms[kind],
            round(answer[f"{kind}_rows_per_s"]),
            round(answer[f"{kind}_rows_per_s_with_ids"]),
        )
        for kind in KINDS
    ]
    raw = round(answer["raw_record_rows_per_s"])
    lines.append(("raw record", answer["count"], kept.raw_record_ms, None, None, raw, None))
    header = ("rows", "count", "durable ms", "of it puts", "ids ms", "rows/s", "with ids")
    print(text_table(header, rows=lines), file=sys.stderr)
    print(
        f"\nread {answer['read_latency_ms']:.3f} ms; trace p50 {answer['trace_p50_ms']:.3f} ms, "
        f"p99 {answer['trace_p99_ms']:.3f} ms over {answer['traces']:,} random findings "
        "(to reach: p99 below 1 ms, 200,000 rows/s)\n"
        f"proof of inclusion p50 {answer['proof_p50_ms']:.3f} ms, "
        f"p99 {answer['proof_p99_ms']:.3f} ms (to reach: below 1 ms at 1,000,000)",
        file=sys.stderr,
    )


def results_of(
    answer: dict[str, Any],
    kept: Kept,
    reads: Sequence[float],
    traces: Sequence[float],
    proofs: Sequence[float],
) -> list[Result]:
    samples: dict[str, Sequence[float]] = {"raw_record": [kept.raw_record_ms]}
    samples |= {kind: [kept.total_ms[kind]] for kind in KINDS}
    samples |= {f"{kind}_ids": [kept.id_ms[kind]] for kind in KINDS}
    samples |= {"read": reads, "trace": traces, "proof": proofs}
    return [
        measured_here(
            f"persistence_{what}",
            kind="informational",
            workload={"store": answer["store"], "count": answer["count"]},
            seed=SEED,
            unit="ms",
            samples=times,
        )
        for what, times in samples.items()
    ]


if __name__ == "__main__":
    sys.exit(main())
