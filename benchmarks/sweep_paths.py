"""The scenario sweep against a rival in pairs: what ``bench_stress_modeling.py --paths`` runs.

numpy sweeps fewer scenarios, since it needs seconds for all; its time is scaled by the steps, an
instrument under one scenario in one quarter each. Every answer must equal the first one.
"""

import argparse
import sys

import msgspec
import numpy as np

from seawall import native
from seawall.engines.debt.sweep import SweepLoans, SweepResult, SweepScenarios, sweep
from seawall.lab.command import write_answer, write_record
from seawall.lab.measure import PairedComparison, compare_paired, measure
from seawall.lab.results import measured_here
from seawall.lab.table import text_table
from sweep_rivals import Sweep, numpy_sweep, sweep_loans, sweep_scenarios

SEED = 1
QUARTERS = 8
NUMPY_SCENARIOS = 16
PAIRS = 20
# Each rival has two forms, both shown: the fastest that was found, and what one writes at first,
# whole columns in numpy and the plain loop nest in numba.
RIVALS = {"numpy": ("numpy", "numpy_plain"), "numba": ("numba", "numba_plain")}


def run_paths(options: argparse.Namespace) -> int:
    loans = sweep_loans(options.instruments, seed=SEED)
    scenarios = sweep_scenarios(options.scenarios, quarters=QUARTERS, seed=SEED)
    steps = options.instruments * options.scenarios * QUARTERS
    wanted = sweep(loans, scenarios, threads=1)
    assert wanted.default_count.any()

    def run() -> SweepResult:
        return sweep(loans, scenarios, threads=options.threads)

    def check(answer: SweepResult) -> None:
        for name in SweepResult.__struct_fields__:
            found = getattr(answer, name)
            assert np.array_equal(found, getattr(wanted, name)[:, : found.shape[1]]), name

    timed = measure(run, repeats=options.iterations, check=check, warmup=2)
    answer = {
        "paths": True,
        "instruments": options.instruments,
        "scenarios": options.scenarios,
        "quarters": QUARTERS,
        "iterations": options.iterations,
        "threads": options.threads,
        "instruction_set": native.sweep_instruction_set(),
        "duration_ms": sum(timed.wall_ns) / 1e6,
        "cpu_ms": sum(sample.cpu_ns for sample in timed.samples) / 1e6,
        "steps_per_second": steps / timed.median_ns * 1e9,
        "default_share": float(wanted.default_count.sum()) / (steps / QUARTERS),
    }
    shown = ["instruments", "scenarios", "threads", "instruction_set", "steps_per_second"]
    print(text_table(shown, rows=[[answer[name] for name in shown]]), file=sys.stderr)
    workload = {name: answer[name] for name in (*shown[:-1], "quarters", "default_share")}
    results = [
        measured_here(
            "scenario_sweep",
            kind="informational",
            workload=workload,
            seed=SEED,
            unit="ns",
            samples=timed.wall_ns,
        )
    ]
    for name in RIVALS.get(options.rival, ()):
        rival, share = rival_of(name, options, loans=loans, scenarios=scenarios)
        found = scaled(compare_paired(run, rival, pairs=PAIRS, check=check), share)
        answer |= {
            f"{name}_ratio": found.ratio,
            f"{name}_ratio_low": found.ratio_low,
            f"{name}_ratio_high": found.ratio_high,
            f"{name}_scenarios": round(options.scenarios * share),
        }
        print_comparison(name, found, options, share)
        pairs = zip(found.a.wall_ns, found.b.wall_ns, strict=True)
        results.append(
            measured_here(
                f"scenario_sweep_against_{name}",
                kind="gate",
                workload={**workload, "ratio_of": f"seawall / {name}, a step"},
                seed=SEED,
                unit="ratio",
                samples=[a / b * share for a, b in pairs],
            )
        )
    write_record(results, folder=options.record)
    write_answer(answer, output=options.output)
    return 0


def rival_of(
    name: str, options: argparse.Namespace, *, loans: SweepLoans, scenarios: SweepScenarios
) -> tuple[Sweep, float]:
    """Return the rival, ready to run, and the share of the scenarios that it sweeps."""
    if options.rival == "numba":
        from sweep_numba import numba_sweep

        form = "plain" if name == "numba_plain" else "split"
        return numba_sweep(loans, scenarios, threads=options.threads, form=form), 1.0
    count = min(NUMPY_SCENARIOS, options.scenarios)
    share = count / options.scenarios
    if name == "numpy_plain":
        return numpy_sweep(loans, scenarios, count=count, block=options.instruments), share
    return numpy_sweep(loans, scenarios, count=count), share


def scaled(found: PairedComparison, share: float) -> PairedComparison:
    """Return the comparison of times a step, where b did only a share of the steps."""
    return msgspec.structs.replace(
        found,
        ratio=found.ratio * share,
        ratio_low=found.ratio_low * share,
        ratio_high=found.ratio_high * share,
    )


def print_comparison(
    name: str, found: PairedComparison, options: argparse.Namespace, share: float
) -> None:
    header = (f"{name} ms", "seawall ms", "time ratio", "low", "high", "times faster")
    figures = (
        found.b.median_ns / 1e6,
        found.a.median_ns / 1e6,
        found.ratio,
        found.ratio_low,
        found.ratio_high,
        1 / found.ratio,
    )
    print("\n" + text_table(header, rows=[figures]), file=sys.stderr)
    threads = options.threads if options.rival == "numba" else 1
    print(
        f"Time ratio a step of seawall ({options.threads} threads) and {name} ({threads}"
        f" threads, {options.scenarios * share:.0f} of {options.scenarios} scenarios)\nover"
        f" {PAIRS} pairs A B B A with a 95 % interval; all sums of both are equal.",
        file=sys.stderr,
    )
