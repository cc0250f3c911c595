"""The simulation over a cluster: what ``--monte-carlo --workers 1,2`` measures on this machine.

A local cluster of worker processes with one thread each, against one process with one thread. The
same work is cut into more and more ranges: the slope of the time is what a range costs. Apart from
the cluster are measured what does not shrink with it: the book's way to the workers, the merge, the
tail's figures. From these follow the seconds that more workers would take (`estimate`), on paper.
"""

import argparse
import pickle
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np

from monte_carlo_book import SEED, credit_book
from seawall import native
from seawall.engines.debt.simulation.cluster import Cluster, cluster_parts, cluster_replay
from seawall.engines.debt.simulation.parts import (
    ScenarioRange,
    SimulationInputs,
    SimulationPart,
    merge_parts,
    replay_part,
    simulate_part,
)
from seawall.lab.command import write_answer
from seawall.lab.fit import fit_line
from seawall.lab.measure import measure
from seawall.lab.table import text_table

LEVEL = (999, 1000)
REPEATS = 3
RANGES = (8, 32, 128, 512)  # of the same work
LEAST_A_RANGE = 256  # scenarios
PAPER_WORKERS = (1, 2, 10, 100, 1_000)
RANGES_A_WORKER = 8  # as the engine cuts the work
MOST_A_RANGE = 65_536  # scenarios, as there
BOOK_WORKS = 10**12, 10**13  # obligor-scenarios of the estimates


class Costs(msgspec.Struct, frozen=True):
    """What the estimate is made of, in seconds."""

    a_scenario: float  # of one worker: a range's simulation
    a_range: float  # of client, scheduler and the way between, one range at a time
    a_sending: float  # of the book to one worker
    merge_a_scenario: float  # on the client: parts to a whole, and the tail's figures
    replay_a_scenario: float  # of one worker, of all scenarios of the run


def run_workers(options: argparse.Namespace) -> int:
    inputs = inputs_of(options.obligors, factors=options.factors)
    simulation = inputs.simulation()
    everything = ScenarioRange(0, options.scenarios)

    def alone() -> SimulationPart:
        return simulate_part(simulation, inputs, everything, threads=1)

    wanted = alone()

    def check(part: SimulationPart) -> bool:
        return np.array_equal(part.loss_minor, wanted.loss_minor)

    single = measure(alone, repeats=REPEATS, check=check).median_ns / 1e9
    at_risk = native.tail_figures(wanted.loss_minor.data, level=LEVEL)["var_minor"]
    replay = seconds(lambda: replay_part(simulation, inputs, wanted, at_risk, threads=1))
    found = [
        on_workers(count, inputs, wanted, at_risk, check) | {"single_process_seconds": single}
        for count in options.workers
    ]
    costs = Costs(
        a_scenario=single / options.scenarios,
        a_range=max(one["seconds_a_range"] for one in found),
        a_sending=max(one["sending_seconds"] / one["workers"] for one in found),
        merge_a_scenario=merge_seconds(wanted) / options.scenarios,
        replay_a_scenario=replay / options.scenarios,
    )
    answer = {
        "obligors": options.obligors,
        "factors": options.factors,
        "scenarios": options.scenarios,
        "book_bytes": len(pickle.dumps(inputs, protocol=5)),
        "workers": found,
        "costs": msgspec.to_builtins(costs),
        "on_paper": [
            estimate(costs, workers=workers, scenarios=work // options.obligors)
            for work in BOOK_WORKS
            for workers in PAPER_WORKERS
        ],
    }
    print_answer(answer)
    write_answer({"cluster": answer}, output=options.output)
    return 0


def inputs_of(obligors: int, *, factors: int) -> SimulationInputs:
    book = credit_book(obligors, factors=factors)
    return SimulationInputs(
        obligors={
            "slot": np.arange(obligors),
            "default_probability": book.default_probability,
            "factor_weight": book.factor_weight,
        },
        positions={"obligor": np.arange(obligors), "loss_minor": book.loss_minor},
        correlation=np.eye(factors),
        degrees_of_freedom=float("inf"),
        seed=SEED,
    )


def seconds(function: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS):
        before = time.perf_counter()
        function()
        times.append(time.perf_counter() - before)
    return statistics.median(times)


def on_workers(
    count: int,
    inputs: SimulationInputs,
    wanted: SimulationPart,
    at_risk: int,
    check: Callable[[SimulationPart], bool],
) -> dict[str, Any]:
    """Measure a cluster of so many worker processes."""
    from distributed import Client, LocalCluster

    scenarios = len(wanted.loss_minor)
    tried = [ranges for ranges in RANGES if scenarios // ranges >= LEAST_A_RANGE]
    with (
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=count, threads_per_worker=1, dashboard_address=None, processes=True
        ) as local,
        Client(local) as client,  # type: ignore[no-untyped-call]
    ):
        cluster = Cluster(client)

        def spread(ranges: int) -> SimulationPart:
            size = -(-scenarios // ranges)
            pieces = [
                ScenarioRange(begin, min(size, scenarios - begin))
                for begin in range(0, scenarios, size)
            ]
            return merge_parts(list(cluster_parts(cluster, inputs, pieces, None)))

        times = []
        for ranges in tried:
            timed = measure(lambda ranges=ranges: spread(ranges), repeats=REPEATS, check=check)  # type: ignore[misc]
            times.append(timed.minimum_ns / 1e9)
        sending = seconds(lambda: client.scatter([inputs], broadcast=True, hash=False))
        replay = seconds(lambda: cluster_replay(cluster, inputs, wanted, at_risk, None))
    fit = fit_line(tried, times=times)
    return {
        "workers": count,
        "ranges": tried,
        "seconds": times,
        "least_seconds": min(times),
        "seconds_a_range": fit.b,
        "sending_seconds": sending,
        "replay_seconds": replay,
    }


def merge_seconds(whole: SimulationPart) -> float:
    """Time what only the client does: parts into one, and the figures of the tail."""
    size = MOST_A_RANGE
    parts = [
        SimulationPart(whole.inputs_sha256, begin, whole.loss_minor[begin : begin + size])
        for begin in range(0, len(whole.loss_minor), size)
    ]

    def merge() -> None:
        native.tail_figures(merge_parts(parts).loss_minor.data, level=LEVEL)

    return seconds(merge)


def estimate(costs: Costs, *, workers: int, scenarios: int) -> dict[str, float]:
    """Return how long a run would take: what shrinks with the workers, and what does not.

    The book is sent to the workers one after the other, which is the worst that a broadcast does;
    ranges are handed out and taken back one at a time, while the workers compute. So the time of
    the simulation is the longer of the two, with one range of a worker at the end when the others
    have finished.
    """
    size = min(MOST_A_RANGE, -(-scenarios // (RANGES_A_WORKER * workers)))
    ranges = -(-scenarios // size)
    computing = costs.a_scenario * (scenarios / workers + size * (workers > 1))
    handling = costs.a_range * ranges
    sending = costs.a_sending * workers
    merging = costs.merge_a_scenario * scenarios
    replay = costs.replay_a_scenario * scenarios / workers
    alone = (costs.a_scenario + costs.merge_a_scenario + costs.replay_a_scenario) * scenarios
    total = sending + max(computing, handling) + merging + replay
    return {
        "workers": workers,
        "scenarios": scenarios,
        "ranges": ranges,
        "computing_seconds": computing,
        "handling_seconds": handling,
        "sending_seconds": sending,
        "merging_seconds": merging,
        "replay_seconds": replay,
        "seconds": total,
        "times_faster": alone / total,
    }


def print_answer(answer: dict[str, Any]) -> None:
    header = ["workers", "single s"]
    header += [f"{count} ranges s" for count in answer["workers"][0]["ranges"]]
    header += ["times faster", "ms a range", "sending s", "replay s"]
    rows: list[Sequence[Any]] = [
        [
            one["workers"],
            one["single_process_seconds"],
            *one["seconds"],
            one["single_process_seconds"] / one["least_seconds"],
            1e3 * one["seconds_a_range"],
            one["sending_seconds"],
            one["replay_seconds"],
        ]
        for one in answer["workers"]
    ]
    print(text_table(header, rows=rows), file=sys.stderr)
    paper = answer["on_paper"]
    print("\nOn paper:", file=sys.stderr)
    print(text_table(list(paper[0]), rows=[list(row.values()) for row in paper]), file=sys.stderr)
