"""How many small requests become durable in a second when many writers ask at once.

Each of `--writers` threads keeps a piece of evidence, a finding and their link, waits for the
acknowledgement of its durable commit, and asks again. The group commit puts what waits together
into one transaction: `groups` says into how many. Latencies go from `Store.submit` to the answer.
"""

import argparse
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from ledgers import STORES, new_ledgers
from seawall.lab.books import bench_records
from seawall.lab.command import benchmark_parser, write_answer, write_record
from seawall.lab.disk import disk_folder
from seawall.lab.results import Result, measured_here
from seawall.session import Session
from seawall.store import Store, Transaction, open_store
from seawall.store.types import Evidence, Finding, Link

TENANT = "default"
PAYLOAD = b'{"figures":{"net_exposure_after_recovery":1.25},"schema":"seawall.evidence/1"}'
WARM_UP_S = 0.5


def request(dataset: str, name: str) -> Callable[[Transaction], None]:
    evidence = [Evidence(f"ev_{name}", dataset, "debt_stress", "debt_exposure", PAYLOAD)]
    findings = [Finding(f"fi_{name}", dataset, PAYLOAD)]
    links = [Link(f"ln_{name}", f"fi_{name}", f"ev_{name}")]

    def work(transaction: Transaction) -> None:
        transaction.put_evidence(TENANT, evidence)
        transaction.put_findings(TENANT, findings)
        transaction.put_links(TENANT, links)

    return work


def write_for(store: Store, *, writers: int, seconds: float) -> tuple[list[float], float, int]:
    """Return the latencies in ms, how long it took in s, and the groups."""
    data = bench_records(1, seed=1, currencies=("EUR",))
    dataset = Session(store).ingest(data, profile="todiscope", format="json", normalise=False)
    groups: list[int] = []
    ended = threading.Event()

    def watch(size: int) -> Callable[[], None]:
        groups.append(size)
        return lambda: None

    latencies: list[list[float]] = [[] for _ in range(writers)]
    counting = threading.Event()

    def write(number: int) -> None:
        own, index = latencies[number], 0
        while not ended.is_set():
            work = request(dataset.dataset_version_id, f"{number:03d}_{index:022d}")
            before = time.perf_counter_ns()
            store.submit(work).result()
            if counting.is_set():
                own.append((time.perf_counter_ns() - before) / 1e6)
            index += 1

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    time.sleep(WARM_UP_S)
    store.watch_commits(watch)
    counting.set()
    began = time.perf_counter()
    time.sleep(seconds)
    counting.clear()
    took = time.perf_counter() - began
    committed = len(groups)
    ended.set()
    for thread in threads:
        thread.join()
    return sorted(one for own in latencies for one in own), took, committed


def parse_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = benchmark_parser("Keep small requests of many writers, durably.")
    add = parser.add_argument
    add("--store", choices=STORES, default="sqlite", help="the database of the ledger")
    add("--writers", type=int, default=100, help="threads that ask")
    add("--seconds", type=float, default=5.0, help="how long they ask")
    options = parser.parse_args(arguments)
    if options.writers < 1 or options.seconds <= 0:
        parser.error("--writers must be at least 1, and --seconds more than 0")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse_options(arguments)
    with (
        disk_folder() as folder,
        new_ledgers(options.store, folder) as new_ledger,
        open_store(new_ledger("ledger")) as store,
    ):
        latencies, took, groups = write_for(store, writers=options.writers, seconds=options.seconds)
        assert latencies
        assert sum(1 for _ in store.all_links(TENANT)) >= len(latencies)
        assert store.integrity_problems() == []
    answer: dict[str, Any] = {
        "store": options.store,
        "writers": options.writers,
        "requests": len(latencies),
        "requests_per_s": len(latencies) / took,
        "requests_a_group": len(latencies) / max(groups, 1),
        "p50_ms": latencies[len(latencies) // 2],
        "p99_ms": latencies[int(len(latencies) * 0.99)],
    }
    print(
        f"{options.store}, {options.writers} writers: {answer['requests_per_s']:,.0f} requests/s"
        f" of three rows, {answer['requests_a_group']:.0f} a group,"
        f" p50 {answer['p50_ms']:.1f} ms, p99 {answer['p99_ms']:.1f} ms",
        file=sys.stderr,
    )
    write_record(results_of(answer, latencies), folder=options.record)
    write_answer(answer, output=options.output)
    return 0


def results_of(answer: dict[str, Any], latencies: Sequence[float]) -> list[Result]:
    return [
        measured_here(
            "small_commits",
            kind="informational",
            workload={"store": answer["store"], "writers": answer["writers"]},
            seed=1,
            unit="ms",
            samples=latencies,
        )
    ]


if __name__ == "__main__":
    sys.exit(main())
