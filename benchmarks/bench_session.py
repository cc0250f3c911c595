"""How fast a session answers one question after another: new ones, and ones it has answered.

Three kinds of work, each on a dataset of so many records and by so many threads at once, closed
loop: the next question comes when the last is answered.
`fresh`: every question moves the collateral of the three default scenarios a little further, so
that each is a run of its own: 5 pieces of evidence (4 of them new), 4 findings, 4 links, durable
(synchronous=FULL, group commit) before it is answered.
`submitted`: the same by `Session.submit` from two threads, which do not wait for the disk; as many
questions are under way as are given as threads. This is how a server asks.
`replay`: the same question again; the answer's identifier and its encoded bytes.
`cpu_us` is what the process computed for one question, on all threads; on a machine that others
use it says more than `per_s`. Afterwards `Session.verify` must find nothing wrong.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Semaphore
from typing import Any

import msgspec

from seawall.lab.books import bench_records
from seawall.lab.command import benchmark_parser, counts, write_answer, write_record
from seawall.lab.disk import disk_folder
from seawall.lab.results import Result, measured_here
from seawall.lab.table import Cell, text_table
from seawall.session import Run, Session

SEED = 1
STARTED_AT = "2026-01-01T00:00:00Z"
SCENARIOS = ("interest_rate_spike", "market_crash", "default_wave")
WORK = ("fresh", "submitted", "replay")
SUBMITTING_THREADS = 2

Question = dict[str, Any]


class Measured(msgspec.Struct, frozen=True):
    """One kind of work on one dataset by so many threads."""

    latencies_ms: list[float]
    wall_s: float
    cpu_s: float


def question(number: int) -> Question:
    """Return parameters that no other number has."""
    change = -0.05 - number / 1e6
    return {
        "stress_scenarios": [
            {"scenario_id": scenario, "collateral_market_impact_pct": change}
            for scenario in SCENARIOS
        ]
    }


class Desk:
    """Asks a session about one dataset."""

    def __init__(self, session: Session, dataset_version_id: str) -> None:
        self._session = session
        self._dataset = dataset_version_id
        self._first = self.ask({})

    def ask(self, parameters: Question) -> Run:
        """Ask and wait."""
        return self._session.run(
            "debt_stress", self._dataset, parameters=parameters, started_at=STARTED_AT
        )

    def fresh(self, number: int) -> None:
        """Ask what was not asked before."""
        run = self.ask(question(number))
        assert run.created
        assert (len(run.evidence_ids), len(run.findings)) == (5, 4)

    def submit(self, number: int) -> Future[Run]:
        """Ask what was not asked before and do not wait."""
        return self._session.submit(
            "debt_stress", self._dataset, parameters=question(number), started_at=STARTED_AT
        )

    def replay(self, _: int) -> None:
        """Ask the first question again."""
        run = self.ask({})
        assert not run.created
        assert run.run_id == self._first.run_id
        assert run.encoded("findings", encode_findings)


def encode_findings(run: Run) -> bytes:
    return msgspec.json.encode(run.findings.to_dicts())


def measure_work(work: Callable[[int], None], numbers: Sequence[int], *, threads: int) -> Measured:
    """Do the work for each number, on so many threads at once."""

    def timed(number: int) -> float:
        before = time.perf_counter_ns()
        work(number)
        return (time.perf_counter_ns() - before) / 1e6

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda _: time.sleep(0.001), range(threads)))  # starts them
        cpu, wall = time.process_time(), time.perf_counter()
        latencies = list(pool.map(timed, numbers))
        return Measured(latencies, time.perf_counter() - wall, time.process_time() - cpu)


def measure_submitted(desk: Desk, numbers: Sequence[int], *, in_flight: int) -> Measured:
    """Submit a question for each number, so many under way at once."""
    free = Semaphore(in_flight)
    latencies: list[float] = []
    answers: list[Future[Run]] = []

    def submit(number: int) -> None:
        begun = time.perf_counter_ns()

        def answered(_: Future[Run]) -> None:
            latencies.append((time.perf_counter_ns() - begun) / 1e6)
            free.release()

        answer = desk.submit(number)
        answer.add_done_callback(answered)
        answers.append(answer)

    with ThreadPoolExecutor(SUBMITTING_THREADS) as pool:
        cpu, wall = time.process_time(), time.perf_counter()
        submitted = []
        for number in numbers:
            free.acquire()
            submitted.append(pool.submit(submit, number))
        for one in submitted:
            one.result()
        assert all(answer.result().created for answer in answers)
        return Measured(latencies, time.perf_counter() - wall, time.process_time() - cpu)


def measure_all(folder: Path, options: argparse.Namespace) -> list[tuple[dict[str, Any], Measured]]:
    found = []
    with Session(folder / "ledger.db", threads=options.compute_threads) as session:
        next_number = 0
        for records in options.records:
            data = bench_records(records, seed=SEED, currencies=("EUR",))
            dataset = session.ingest(data, profile="todiscope", format="json")
            desk = Desk(session, dataset.dataset_version_id)
            for threads in options.threads:
                for work in WORK:
                    numbers = range(next_number, next_number + options.runs)
                    next_number += options.runs
                    if work == "submitted":
                        measured = measure_submitted(desk, numbers, in_flight=threads)
                    else:
                        asked = desk.fresh if work == "fresh" else desk.replay
                        measured = measure_work(asked, numbers, threads=threads)
                    found.append(({"records": records, "work": work, "threads": threads}, measured))
        checked = session.verify()
        assert checked.ok, checked.problems[:3]
        fresh = len(options.threads) * options.runs * (len(WORK) - 1)
        assert checked.runs == len(options.records) * (fresh + 1)
    return found


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least that share of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def answer_of(workload: dict[str, Any], measured: Measured) -> dict[str, Any]:
    count = len(measured.latencies_ms)
    return {
        **workload,
        "runs": count,
        "per_s": count / measured.wall_s,
        "p50_ms": percentile(measured.latencies_ms, 0.5),
        "p99_ms": percentile(measured.latencies_ms, 0.99),
        "cpu_us": measured.cpu_s / count * 1e6,
    }


def print_answer(answers: Sequence[dict[str, Any]]) -> None:
    header = ("work", "records", "at once", "per s", "p50 ms", "p99 ms", "cpu µs")
    lines: list[tuple[Cell, ...]] = [
        (
            a["work"],
            a["records"],
            a["threads"],
            round(a["per_s"]),
            a["p50_ms"],
            a["p99_ms"],
            round(a["cpu_us"]),
        )
        for a in answers
    ]
    print(text_table(header, rows=lines), file=sys.stderr)


def parse_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = benchmark_parser("Ask a session new questions and old ones.")
    add = parser.add_argument
    add("--records", type=counts, default=[1, 1000], help="sizes of the datasets")
    add("--threads", type=counts, default=[1, 10, 100], help="questions at once")
    add("--runs", type=int, default=1000, help="questions of each kind")
    add("--compute-threads", type=int, default=1, help="of one run, as of Session")
    options = parser.parse_args(arguments)
    if min(*options.records, *options.threads, options.runs) < 1:
        parser.error("--records, --threads and --runs must be at least 1")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse_options(arguments)
    with disk_folder() as folder:
        found = measure_all(folder, options)
    answers = [answer_of(workload, measured) for workload, measured in found]
    print_answer(answers)
    write_record([result_of(*one) for one in found], folder=options.record)
    write_answer(answers, output=options.output)
    return 0


def result_of(workload: dict[str, Any], measured: Measured) -> Result:
    return measured_here(
        f"session_{workload['work']}",
        kind="informational",
        workload=workload,
        seed=SEED,
        unit="ms",
        samples=measured.latencies_ms,
    )


if __name__ == "__main__":
    sys.exit(main())
