"""The default simulation against rivals: what ``bench_stress_modeling.py --monte-carlo`` runs.

Wall time, the factors' generation included, the book prepared; seawall on --threads, a rival on
one. Each rival has a process of its own, in which it and seawall are timed in turn, A B B A; it
simulates as many scenarios as take it about a tenth of a second, and the ratio is of times an
obligor and scenario. All simulate the same book, and their mean loss is within four standard errors
of the exact expected loss; `plain`, the same algorithm, gives the same losses bit by bit. What
else is measured is in monte_carlo_figures.py.
"""

import argparse
import hashlib
import os
import sys
from functools import partial
from typing import Any

import msgspec
import numpy as np

from monte_carlo_book import (
    SEED,
    CreditBook,
    Losses,
    Rival,
    Workload,
    cpu_ratio,
    credit_book,
    engine_run,
)
from monte_carlo_figures import measure_figures, print_figures
from seawall import native
from seawall.lab.command import write_answer, write_record
from seawall.lab.isolated import run_function
from seawall.lab.measure import compare_paired, measure
from seawall.lab.results import Result, measured_here
from seawall.lab.table import text_table

PAIRS = 20
TIMEOUT_S = 3600.0
STANDARD_ERRORS = 4.0
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}

# The forms of each rival, the best that was found and others that one may write, and how many
# obligor-scenarios a timed call takes.
RIVALS = {
    "naive": {"naive": 8_000_000},
    "numpy": {
        "numpy": 10_000_000,
        "numpy_float32": 10_000_000,
        "numpy_conditional": 20_000_000,
        "numpy_whole": 5_000_000,
    },
    "numba": {"numba": 4_000_000, "numba_philox": 81_920_000},
    "plain": {"plain": 200_000_000},
}
SAME_LOSSES = ("plain",)


class RivalRatio(msgspec.Struct, frozen=True):
    """The time of seawall over that of a rival, an obligor and scenario."""

    ratio: float  # the median
    low: float
    high: float
    cpu_ratio: float  # of processor times
    samples: tuple[float, ...]
    scenarios: int  # that the rival simulated
    rival_per_second: float  # obligor-scenarios
    seawall_per_second: float


def run_monte_carlo(options: argparse.Namespace) -> int:
    workload = Workload(
        obligors=options.obligors,
        factors=options.factors,
        scenarios=options.scenarios,
        threads=options.threads,
        instruction_set=options.isa or native.simulation_instruction_set(),
    )
    book = credit_book(workload.obligors, factors=workload.factors)
    run = engine_run(book, workload)
    wanted = run()
    check_expected(wanted, book, spread=float(wanted.std()))
    timed = measure(run, repeats=options.iterations, check=partial(np.array_equal, wanted))
    lanes = workload.obligors * workload.scenarios
    found: dict[str, Any] = {
        "obligors": workload.obligors,
        "factors": workload.factors,
        "scenarios": workload.scenarios,
        "threads": workload.threads,
        "isa": workload.instruction_set,
        "obligor_scenarios_per_second": lanes / timed.median_ns * 1e9,
        "result_hash": hashlib.sha256(wanted.tobytes()).hexdigest(),
    }
    shown = [name for name in found if name != "result_hash"]
    print(text_table(shown, rows=[[found[name] for name in shown]]), file=sys.stderr)
    sizes = workload_figures(workload)
    results = [result_of("default_simulation", sizes, unit="ns", samples=timed.wall_ns)]
    ratios = {}
    for name in (form for rival in options.rivals for form in RIVALS[rival]):
        answer = run_function(
            compare_rival,
            timeout_s=TIMEOUT_S,
            arguments={"name": name, "workload": msgspec.to_builtins(workload)},
            environment=os.environ | ONE_THREAD,
        ).answer
        ratios[name] = msgspec.convert(answer, RivalRatio)
        sizes_of_ratio = sizes | {"ratio_of": f"seawall / {name}, an obligor and scenario"}
        results.append(
            result_of(
                f"default_simulation_against_{name}",
                sizes_of_ratio,
                unit="ratio",
                samples=ratios[name].samples,
            )
        )
    print_ratios(ratios)
    figures = measure_figures(options, workload, book)
    print_figures(figures)
    found |= figures.pop("monte_carlo") | {
        "ratio": {name: one.ratio for name, one in ratios.items()},
        "ratio_low": {name: one.low for name, one in ratios.items()},
        "ratio_high": {name: one.high for name, one in ratios.items()},
        "cpu_ratio": {name: one.cpu_ratio for name, one in ratios.items()},
        "times_faster": {name: 1 / one.ratio for name, one in ratios.items()},
        "rival_scenarios": {name: one.scenarios for name, one in ratios.items()},
    }
    write_record(results, folder=options.record)
    write_answer({"monte_carlo": found, **figures}, output=options.output)
    return 0


def workload_figures(workload: Workload) -> dict[str, str | int | float | bool]:
    return {name: getattr(workload, name) for name in Workload.__struct_fields__}


def result_of(name: str, workload: Any, *, unit: str, samples: Any) -> Result:
    return measured_here(
        name, kind="informational", workload=workload, seed=SEED, unit=unit, samples=samples
    )


def check_expected(losses: Losses, book: CreditBook, *, spread: float) -> None:
    """Compare a mean with the exact one; `spread` is a scenario's standard deviation."""
    limit = STANDARD_ERRORS * spread / np.sqrt(len(losses))
    assert abs(float(losses.mean()) - book.expected_loss) <= limit


def compare_rival(name: str, workload: dict[str, Any]) -> dict[str, Any]:
    """Compare seawall with one rival in pairs; in a process of its own."""
    work = msgspec.convert(workload, Workload)
    book = credit_book(work.obligors, factors=work.factors)
    engine = engine_run(book, work)
    wanted = engine()
    spread = float(wanted.std())
    rival = rival_of(name, book)
    lanes = next(forms[name] for forms in RIVALS.values() if name in forms)
    count = max(1, min(work.scenarios, lanes // work.obligors))

    def run() -> tuple[str, Losses]:
        return "seawall", engine()

    def run_rival() -> tuple[str, Losses]:
        return name, rival(count)

    def check(answer: tuple[str, Losses]) -> None:
        who, losses = answer
        check_expected(losses, book, spread=spread)
        if who in ("seawall", *SAME_LOSSES):
            assert np.array_equal(losses, wanted[: len(losses)])

    found = compare_paired(run, run_rival, pairs=PAIRS, check=check)
    share = count / work.scenarios
    pairs = zip(found.a.wall_ns, found.b.wall_ns, strict=True)
    ratio = RivalRatio(
        ratio=found.ratio * share,
        low=found.ratio_low * share,
        high=found.ratio_high * share,
        cpu_ratio=cpu_ratio(found) * share,
        samples=tuple(a / b * share for a, b in pairs),
        scenarios=count,
        rival_per_second=work.obligors * count / found.b.median_ns * 1e9,
        seawall_per_second=work.obligors * work.scenarios / found.a.median_ns * 1e9,
    )
    answer: dict[str, Any] = msgspec.to_builtins(ratio)
    return answer


def rival_of(name: str, book: CreditBook) -> Rival:
    """Return a rival, ready to run."""
    if name in ("naive", "plain"):
        from rivals import compiled

        make = compiled.naive_rival if name == "naive" else compiled.plain_rival
        return make(book, seed=SEED)
    if name in ("numba", "numba_philox"):
        from rivals import default_numba

        make = default_numba.exact_rival if name == "numba" else default_numba.philox_rival
        return make(book, seed=SEED)
    from rivals.default_numpy import blocked_rival, conditional_rival, whole_rival

    if name == "numpy_conditional":
        return conditional_rival(book, seed=SEED)
    if name == "numpy_whole":
        return whole_rival(book, seed=SEED)
    precision = np.float32 if name == "numpy_float32" else np.float64
    return blocked_rival(book, seed=SEED, precision=precision)


def print_ratios(ratios: dict[str, RivalRatio]) -> None:
    if not ratios:
        return
    header = (
        "rival",
        "M/s",
        "seawall M/s",
        "time ratio",
        "low",
        "high",
        "CPU ratio",
        "times faster",
    )
    rows = [
        (
            name,
            one.rival_per_second / 1e6,
            one.seawall_per_second / 1e6,
            one.ratio,
            one.low,
            one.high,
            one.cpu_ratio,
            1 / one.ratio,
        )
        for name, one in ratios.items()
    ]
    print("\n" + text_table(header, rows=rows), file=sys.stderr)
    print(
        f"Time ratio of seawall and a rival an obligor and scenario, over {PAIRS} pairs A B B A"
        " with a 95 %\ninterval; M/s are millions of these. Every mean loss is within"
        f" {STANDARD_ERRORS:g} standard errors of the exact one.",
        file=sys.stderr,
    )
