"""What else is measured of the default simulation: threads, limit, contributions, what-if, sizes.

The threads, the contributions and the limit are compared in pairs with the plain run. A what-if
asks the core for what a session asks it for: how one obligor's losses change, scenario by scenario,
while all others stay, and the tails before and after at one level. The sizes have a process each;
`peak_alloc_kb` is what Python allocates in a run, the losses, and `max_rss_kb` the process's peak
with the book's making.
"""

import argparse
import os
import statistics
import sys
import tracemalloc
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
import numpy as np

from monte_carlo_book import (
    SEED,
    CreditBook,
    Losses,
    Workload,
    cpu_ratio,
    credit_book,
    engine_run,
    simulation_of,
)
from seawall import native
from seawall.lab.fit import fit_line
from seawall.lab.isolated import run_function
from seawall.lab.measure import PairedComparison, compare_paired, max_rss_kb, measure
from seawall.lab.table import text_table

PAIRS = 20
PART_REPEATS = 9
LEVEL = (99, 100)
CONTRIBUTION_SCENARIOS = 65_536
WHAT_IF_SCENARIOS = 100_000
SIZES = (100, 1_000, 10_000, 100_000, 1_000_000)
SIZE_ITERATIONS = 3
LEAST_WORK = 10**6
LEAST_SCENARIOS = 16
WORK_REPEATS = 9  # below 10^9
TIMEOUT_S = 3600.0


def measure_figures(
    options: argparse.Namespace, workload: Workload, book: CreditBook
) -> dict[str, Any]:
    """Return the figures of the workload under ``monte_carlo``, and the two tables."""
    single = engine_run(book, workload, threads=1)
    wanted = single()
    figures = limit_share(workload, single, wanted)
    if len(os.sched_getaffinity(0)) > 1:
        double = engine_run(book, workload, threads=2)
        check = partial(np.array_equal, wanted)
        found = compare_paired(double, single, pairs=PAIRS, check=check)
        figures |= interval("two_threads_times_faster", found, times=True)
    if workload.instruction_set == native.simulation_instruction_set():
        figures |= contributions_share(book, workload)
    figures |= what_if_figures(book, workload, repeats=options.iterations)
    sizes = [
        run_function(
            size_row,
            timeout_s=TIMEOUT_S,
            arguments={
                "size": size,
                "workload": msgspec.to_builtins(workload),
                "iterations": min(options.iterations, SIZE_ITERATIONS),
            },
        ).answer
        for size in SIZES
        if size <= options.largest
    ]
    rows = work_rows(book, workload, largest=options.largest_work)
    return {"monte_carlo": figures, "work": rows, "sizes": sizes}


def interval(name: str, found: PairedComparison, *, times: bool = False) -> dict[str, float]:
    """Return a comparison's figures, a/b or, as times, b/a."""
    figures = (found.ratio, found.ratio_low, found.ratio_high)
    if times:
        figures = (1 / found.ratio, 1 / found.ratio_high, 1 / found.ratio_low)
    return dict(zip((name, f"{name}_low", f"{name}_high"), figures, strict=True))


def limit_share(
    workload: Workload, run: Callable[[], Losses | None], wanted: Losses
) -> dict[str, Any]:
    """Compare the parts of the kernel, one after the other, with a run on one thread."""
    from rivals.floors import part_floors

    lanes = workload.obligors * workload.scenarios
    parts = part_floors(lanes, factors=workload.factors, instruction_set=workload.instruction_set)

    def all_parts() -> Losses | None:
        for part in parts.values():
            part()
        return None

    def check(losses: Losses | None) -> bool:
        return losses is None or np.array_equal(losses, wanted)

    found = compare_paired(all_parts, run, pairs=PAIRS, check=check)
    return interval("limit_share", found) | {
        "limit_share_cpu": cpu_ratio(found),
        "part_per_second": {
            name: lanes / measure(part, repeats=PART_REPEATS, check=lambda _: True).minimum_ns * 1e9
            for name, part in parts.items()
        },
    }


def contributions_share(book: CreditBook, workload: Workload) -> dict[str, float]:
    """Return what contributions to expected shortfall add to a run, as a share of it.

    A part of them does not grow with the scenarios: the positions' shares are put in order.
    """
    simulation = simulation_of(book)
    simulate = engine_run(book, workload, scenarios=CONTRIBUTION_SCENARIOS)
    whole = round(native.tail_figures(simulate().data, level=LEVEL)["es_minor"])

    def run() -> dict[str, bytes] | None:
        simulate()
        return None

    def run_with_contributions() -> dict[str, bytes] | None:
        losses = simulate().data
        tail = native.tail_figures(losses, level=LEVEL)
        replayed = native.replay(
            simulation,
            losses,
            var_minor=tail["var_minor"],
            seed=SEED,
            first_scenario=0,
            threads=workload.threads,
        )
        counts: dict[str, Any] = {
            name: np.frombuffer(replayed[name], np.uint32).astype(np.int64)
            for name in ("above_count", "at_count")
        }
        return native.contributions(simulation, counts, losses, level=LEVEL)

    def check(answer: dict[str, bytes] | None) -> None:
        if answer is not None:
            added = int(np.frombuffer(answer["whole_minor"], np.int64).sum())
            assert abs(added - whole) <= 1

    found = compare_paired(run_with_contributions, run, pairs=PAIRS, check=check)
    shares = interval("contributions_share", found) | {"contributions_share_cpu": cpu_ratio(found)}
    return {
        "contributions_scenarios": CONTRIBUTION_SCENARIOS,
        **{name: ratio - 1 for name, ratio in shares.items()},
    }


def what_if_figures(book: CreditBook, workload: Workload, *, repeats: int) -> dict[str, float]:
    """Return the times in which a probability of default is doubled in a run, to both its tails."""
    probability = book.default_probability.copy()
    probability[0] *= 2
    changed = msgspec.structs.replace(book, default_probability=probability)
    before = engine_run(book, workload, scenarios=WHAT_IF_SCENARIOS)()

    def run() -> tuple[Losses, dict[str, Any]]:
        change = native.loss_change(
            simulation_of(book, slice(0, 1)),
            simulation_of(changed, slice(0, 1)),
            seed=SEED,
            first_scenario=0,
            count=WHAT_IF_SCENARIOS,
            threads=workload.threads,
        )
        after: Losses = before + np.frombuffer(change, np.int64)
        return after, native.paired_difference(before.data, after.data, level=LEVEL)

    wanted = engine_run(changed, workload, scenarios=WHAT_IF_SCENARIOS)()
    assert not np.array_equal(wanted, before)
    tail = native.tail_figures(wanted.data, level=LEVEL)

    def check(answer: tuple[Losses, dict[str, Any]]) -> bool:
        losses, found = answer
        return np.array_equal(losses, wanted) and found["after"] == tail

    found = measure(run, repeats=repeats, check=check)
    return {
        "what_if_scenarios": WHAT_IF_SCENARIOS,
        "what_if_ms": found.median_ns / 1e6,
        "what_if_cpu_ms": statistics.median(sample.cpu_ns for sample in found.samples) / 1e6,
    }


def size_row(size: int, workload: dict[str, Any], iterations: int) -> dict[str, float]:
    """Measure a book of one size, in a process of its own, whose memory is then its own too."""
    work = msgspec.structs.replace(msgspec.convert(workload, Workload), obligors=size)
    run = engine_run(credit_book(size, factors=work.factors), work)
    found = measure(run, repeats=iterations, check=lambda losses: losses.size == work.scenarios)
    tracemalloc.start()
    run()
    _, python_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    duration_ms = sum(found.wall_ns) / 1e6
    return {
        "instruments": size,
        "distressed_assets": 0,
        "scenarios": work.scenarios,
        "iterations": iterations,
        "duration_ms": duration_ms,
        "cpu_ms": sum(sample.cpu_ns for sample in found.samples) / 1e6,
        "per_second": size * work.scenarios * iterations / duration_ms * 1e3,
        "max_rss_kb": max_rss_kb(),
        "peak_alloc_kb": python_bytes // 1024,
    }


def work_rows(book: CreditBook, workload: Workload, *, largest: float) -> list[dict[str, float]]:
    """Return the time of 10^6 and more obligor-scenarios, by more and more scenarios."""
    wanted = engine_run(book, workload, scenarios=LEAST_SCENARIOS)()

    def begins_as_wanted(losses: Losses) -> bool:
        return np.array_equal(losses[:LEAST_SCENARIOS], wanted)

    rows = []
    work = LEAST_WORK
    while work <= largest:
        scenarios = max(LEAST_SCENARIOS, work // workload.obligors)
        run = engine_run(book, workload, scenarios=scenarios)
        repeats = WORK_REPEATS if work < 10**9 else 1
        found = measure(run, repeats=repeats, check=begins_as_wanted, warmup=0)
        done = workload.obligors * scenarios
        rows.append(
            {
                "obligor_scenarios": done,
                "scenarios": scenarios,
                "wall_ms": found.median_ns / 1e6,
                "cpu_ms": statistics.median(sample.cpu_ns for sample in found.samples) / 1e6,
                "per_second": done / found.median_ns * 1e9,
            }
        )
        work *= 10
    return rows


def print_figures(figures: dict[str, Any]) -> None:
    """Print the figures of the workload a line each, then the tables."""
    for name, figure in figures["monte_carlo"].items():
        if name == "part_per_second":
            parts = ", ".join(f"{part} {rate / 1e9:.2f}" for part, rate in figure.items())
            print(f"parts alone, G/s: {parts}", file=sys.stderr)
        elif not name.endswith(("_low", "_high")):
            low, high = (figures["monte_carlo"].get(f"{name}_{end}") for end in ("low", "high"))
            span = f"  ({low:.4g} to {high:.4g})" if low is not None else ""
            shown = f"{figure:,}" if isinstance(figure, int) else f"{figure:.4g}"
            print(f"{name}: {shown}{span}", file=sys.stderr)
    for rows in (figures["work"], figures["sizes"]):
        if rows:
            table = text_table(list(rows[0]), rows=[list(row.values()) for row in rows])
            print("\n" + table, file=sys.stderr)
    rows = figures["work"]
    if len(rows) > 1:
        fit = fit_line(
            [row["obligor_scenarios"] for row in rows], times=[row["cpu_ms"] for row in rows]
        )
        print(
            f"\nprocessor time = a + b n of n obligor-scenarios: a = {fit.a:.3f} ms,"
            f" b = {fit.b * 1e6:.4f} ns, within {fit.flatness:.0%} at each size",
            file=sys.stderr,
        )
