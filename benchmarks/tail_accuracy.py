"""Wall seconds to a standard error of 1 % of ES99.9, for each model of losses, beside rivals.

What ``bench_stress_modeling.py --monte-carlo --tail-accuracy`` runs. A standard error falls with
the root of the scenarios, and a run costs as much for each scenario (the table says how nearly), so

seconds = preparation + seconds of the run · (its standard error / 1 %)².

Expected shortfall and its error are computed within the time. seawall runs on --threads, a rival on
one, in turns A B B A; every call of a rival has other draws, and its error is that of all of them.
The mean losses of both agree within four standard errors, with the exact ones too where a closed
form exists; so do the expected shortfalls where no tail is thin. With importance sampling the pilot
runs count as preparation; what it gains or loses is shown as it is.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from itertools import product
from typing import Any

import msgspec
import numpy as np

from monte_carlo_book import SEED
from seawall import native
from seawall.lab.command import write_answer, write_record
from seawall.lab.isolated import run_function
from seawall.lab.measure import measure
from seawall.lab.results import measured_here
from seawall.lab.table import text_table
from tail_book import Cell, simulation_of, tail_book
from tail_comparison import LEVEL, STANDARD_ERRORS, Comparison, Tail, check_mean

REPEATS = 2
SHORT_PART = 4  # of the scenarios, to see how nearly a run's cost is linear in them
TIMEOUT_S = 6 * 3600.0
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}

COPULAS = ("gaussian", "t")
LOSSES = ("fixed", "parametric", "waterfall")
QUARTERS = (1, 8)
DEFAULT_PCT = (1.0, 20.0, 70.0)
RIVALS = ("numpy", "numba")


class Work(msgspec.Struct, frozen=True):
    """What all cells have in common."""

    obligors: int
    factors: int
    scenarios: int
    threads: int
    rivals: tuple[str, ...]


def run_tail_accuracy(options: argparse.Namespace) -> int:
    work = Work(
        obligors=options.obligors,
        factors=options.factors,
        scenarios=options.scenarios,
        threads=options.threads,
        rivals=tuple(options.rivals) or RIVALS[:1],
    )
    rows: list[dict[str, Any]] = []
    for losses in options.losses:
        rows += run_function(
            rows_of,
            timeout_s=TIMEOUT_S,
            arguments={"losses": losses, "work": msgspec.to_builtins(work)},
            environment=os.environ | ONE_THREAD,
        ).answer
    print_rows(rows, work)
    results = [
        measured_here(
            "tail_accuracy",
            kind="informational",
            workload={name: row[name] for name in Cell.__struct_fields__}
            | {"obligors": work.obligors, "scenarios": work.scenarios},
            seed=SEED,
            unit="ns",
            samples=row["samples_ns"],
        )
        for row in rows
        if "samples_ns" in row
    ]
    write_record(results, folder=options.record)
    write_answer(
        {"tail_accuracy": msgspec.to_builtins(work) | {"level": list(LEVEL), "rows": rows}},
        output=options.output,
    )
    return 0


def rows_of(losses: str, work: dict[str, Any]) -> list[dict[str, Any]]:
    """Measure all cells of one model of losses, in a process of its own."""
    return [
        cell_row(Cell(copula, losses, quarters, pct), msgspec.convert(work, Work))
        for copula, quarters, pct in product(COPULAS, QUARTERS, DEFAULT_PCT)
    ]


def cell_row(cell: Cell, work: Work) -> dict[str, Any]:
    """Measure a cell."""
    row: dict[str, Any] = msgspec.to_builtins(cell)
    book = tail_book(cell, obligors=work.obligors, factors=work.factors)
    before = time.perf_counter()
    simulation = simulation_of(book)
    preparation = time.perf_counter() - before
    run = tail_run(simulation, work, work.scenarios, None)
    own = run()
    check_mean(own, book)
    comparisons = {form: Comparison(form, book, run, own, work.scenarios) for form in work.rivals}
    timed = comparisons[work.rivals[0]].found.a
    seconds = preparation + timed.median_ns / 1e9 * own.work
    shorter = measure(
        tail_run(simulation, work, work.scenarios // SHORT_PART, None),
        repeats=REPEATS,
        check=lambda _: True,
    )
    return row | {
        "preparation_seconds": preparation,
        "run_seconds": timed.median_ns / 1e9,
        "standard_error_pct": 100 * own.shortfall_error / own.shortfall,
        "tail_scenarios": own.count,
        "scenarios_to_1_pct": own.work * work.scenarios,
        "seconds_to_1_pct": seconds,
        "shorter_run_cost_a_scenario": SHORT_PART * shorter.minimum_ns / timed.minimum_ns,
        "samples_ns": list(timed.wall_ns),
        "importance": importance(simulation, work, preparation),
        "rivals": {form: one.figures(seconds) for form, one in comparisons.items()},
    }


def tail_run(
    simulation: native.DefaultSimulation,
    work: Work,
    scenarios: int,
    sampling: native.Sampling | None,
) -> Callable[[], Tail]:
    """Return the engine's run, its tail figures included."""

    def run() -> Tail:
        drawn = simulation.losses(
            seed=SEED,
            first_scenario=0,
            count=scenarios,
            sampling=sampling,
            threads=work.threads,
        )
        losses = np.frombuffer(drawn, np.int64)
        weights = None
        if sampling is not None:
            kept = simulation.weights(
                seed=SEED,
                first_scenario=0,
                count=scenarios,
                sampling=sampling,
                threads=work.threads,
            )
            weights = np.frombuffer(kept, np.uint32).data
        tail = native.tail_figures(losses.data, level=LEVEL, weights=weights)
        mean = native.loss_moments(losses.data, weights=weights)
        return Tail(
            mean=mean["expected_minor"],
            mean_error=mean["standard_error_minor"],
            shortfall=tail["es_minor"],
            shortfall_error=tail["es_standard_error_minor"],
            count=tail["effective_count"],
        )

    return run


def importance(
    simulation: native.DefaultSimulation, work: Work, preparation: float
) -> dict[str, float]:
    """Return the figures with importance sampling, whatever they are."""
    before = time.perf_counter()
    sampling = simulation.choose_importance(seed=SEED, level=LEVEL, threads=work.threads)
    preparation += time.perf_counter() - before
    run = tail_run(simulation, work, work.scenarios, sampling)
    timed = measure(run, repeats=REPEATS, check=lambda _: True)
    own = run()
    return {
        "preparation_seconds": preparation,
        "run_seconds": timed.median_ns / 1e9,
        "standard_error_pct": 100 * own.shortfall_error / own.shortfall,
        "effective_tail_scenarios": own.count,
        "seconds_to_1_pct": preparation + timed.median_ns / 1e9 * own.work,
    }


def print_rows(rows: list[dict[str, Any]], work: Work) -> None:
    header = ["copula", "losses", "quarters", "PD %", "scenarios", "seawall s", "importance s"]
    for form in work.rivals:
        header += [f"{form} s", "times", "times a scenario"]
    table = []
    for row in rows:
        shown: list[Any] = [row[name] for name in Cell.__struct_fields__]
        shown += [round(row["scenarios_to_1_pct"]), row["seconds_to_1_pct"]]
        shown.append(row["importance"]["seconds_to_1_pct"])
        for form in work.rivals:
            found = row["rivals"][form]
            names = ("seconds_to_1_pct", "times_faster", "times_faster_a_scenario")
            shown += [found[name] for name in names]
        table.append(shown)
    print(text_table(header, rows=table), file=sys.stderr)
    shorter = [row["shorter_run_cost_a_scenario"] for row in rows]
    preparation = statistics.median(row["preparation_seconds"] for row in rows)
    print(
        f"Seconds to a standard error of 1 % of ES{100 * LEVEL[0] / LEVEL[1]:g}:"
        f" {work.obligors:,} obligors, {work.factors} factors; preparation (median\n"
        f"{preparation:.2g} s) and a run of {work.scenarios:,} scenarios, scaled by its squared"
        f" standard error. Runs of a {SHORT_PART}th of the\nscenarios cost"
        f" {min(shorter):.2f} to {max(shorter):.2f} times as much a scenario. Means of all"
        f" agree within {STANDARD_ERRORS:g} standard errors.",
        file=sys.stderr,
    )
