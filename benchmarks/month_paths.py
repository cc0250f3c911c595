"""A book over 24 months against numpy in pairs: what ``bench_stress_modeling.py --months`` runs.

A run is one case of cash flows, two covenants and the waterfall, with the book's calendar made
ready; a further case shares that with the first. All on one thread, as numpy is.
"""

import argparse
import statistics
import sys
import time

import numpy as np

from month_rivals import (
    AS_OF,
    MONTHS,
    BookSums,
    month_book,
    month_case,
    month_loans,
    month_settings,
    native_sums,
    numpy_sums,
)
from seawall import native
from seawall.lab.command import write_answer, write_record
from seawall.lab.fit import fit_line
from seawall.lab.isolated import run_function
from seawall.lab.measure import compare_paired, max_rss_kb
from seawall.lab.results import measured_here
from seawall.lab.table import text_table

SEED = 1
PAIRS = 20
MORE_CASES = 1  # as one holds a base and a stress; the process keeps their memory for the next run
TOLERANCE = 1e-9
TIMEOUT_S = 600.0


def run_months(options: argparse.Namespace) -> int:
    loans = month_loans(options.instruments, seed=SEED)
    book = month_book(loans)
    wanted = numpy_sums(loans)
    check_sums(native_sums(run_cases(book, 1)), wanted)
    assert wanted.dscr_breaches
    assert wanted.ltv_breaches

    def check(answer: native.DebtPaths | BookSums) -> None:
        check_sums(answer if isinstance(answer, BookSums) else native_sums(answer), wanted)

    def run() -> native.DebtPaths | BookSums:
        return run_cases(book, 1)

    def rival() -> native.DebtPaths | BookSums:
        return numpy_sums(loans)

    found = compare_paired(run, rival, pairs=PAIRS, check=check)
    further_ms = further_case_ms(book, repeats=options.iterations)
    sizes = [size for size in (1_000, 10_000, 100_000, 1_000_000) if size <= options.largest]
    rows = [
        run_function(size_row, timeout_s=TIMEOUT_S, arguments={"size": size}).answer
        for size in sizes
    ]
    answer = {
        "months": MONTHS,
        "instruments": options.instruments,
        "threads": 1,
        "instruction_set": native.sweep_instruction_set(),
        "run_ms": found.a.median_ns / 1e6,
        "further_case_ms": further_ms,
        "numpy_ms": found.b.median_ns / 1e6,
        "numpy_ratio": found.ratio,
        "numpy_ratio_low": found.ratio_low,
        "numpy_ratio_high": found.ratio_high,
        "further_case_numpy_ratio": further_ms * 1e6 / found.b.median_ns,
        "sizes": rows,
    }
    shown = ["run_ms", "further_case_ms", "numpy_ms", "numpy_ratio", "further_case_numpy_ratio"]
    print(text_table(shown, rows=[[answer[name] for name in shown]]), file=sys.stderr)
    print(
        f"\nTime ratio seawall / numpy, both on one thread, over {PAIRS} pairs A B B A; a run"
        f" prepares the book, numpy's\nis prepared. All sums of the book agree to {TOLERANCE}.\n",
        file=sys.stderr,
    )
    header = ("loans", "run_ms", "further_case_ms", "us_a_loan", "max_rss_kb")
    print(
        text_table(header, rows=[[row[name] for name in header] for row in rows]), file=sys.stderr
    )
    if len(sizes) > 1:
        fit = fit_line(sizes, times=[row["further_case_ms"] for row in rows])
        answer |= {"fit_a_ms": fit.a, "fit_b_us": fit.b * 1e3, "fit_flatness": fit.flatness}
        print(
            f"\na further case = a + b n: a = {fit.a:.3f} ms, b = {fit.b * 1e3:.3f} µs a loan,"
            f" within {fit.flatness:.0%} at each size",
            file=sys.stderr,
        )
    pairs = zip(found.a.wall_ns, found.b.wall_ns, strict=True)
    result = measured_here(
        "month_paths_against_numpy",
        kind="informational",
        workload={"instruments": options.instruments, "ratio_of": "seawall / numpy"},
        seed=SEED,
        unit="ratio",
        samples=[a / b for a, b in pairs],
    )
    write_record([result], folder=options.record)
    write_answer(answer, output=options.output)
    return 0


def run_cases(book: native.DebtBook, count: int) -> native.DebtPaths:
    cases = [month_case(book, f"case {index}") for index in range(count)]
    return native.run_debt_paths(book, AS_OF, MONTHS, cases, month_settings(), threads=1)


def further_case_ms(book: native.DebtBook, *, repeats: int) -> float:
    """What a case adds to a run, the median of runs without and with it in turn."""

    def wall_ms(count: int) -> float:
        before = time.perf_counter_ns()
        run_cases(book, count)
        return (time.perf_counter_ns() - before) / 1e6

    wall_ms(1 + MORE_CASES)
    differences = [wall_ms(1 + MORE_CASES) - wall_ms(1) for _ in range(repeats)]
    return statistics.median(differences) / MORE_CASES


def size_row(size: int) -> dict[str, float]:
    """Measure one size in a process of its own, whose memory is then its own too."""
    book = month_book(month_loans(size, seed=SEED))
    run_cases(book, 1)
    before = time.perf_counter_ns()
    run_cases(book, 1)
    run_ms = (time.perf_counter_ns() - before) / 1e6
    further_ms = further_case_ms(book, repeats=3 if size > 100_000 else 9)
    return {
        "loans": size,
        "run_ms": run_ms,
        "further_case_ms": further_ms,
        "us_a_loan": further_ms / size * 1e3,
        "max_rss_kb": max_rss_kb(),
    }


def check_sums(found: BookSums, wanted: BookSums) -> None:
    for name in BookSums.__struct_fields__:
        a, b = np.asarray(getattr(found, name)), np.asarray(getattr(wanted, name))
        assert np.all(np.abs(a - b) <= TOLERANCE * np.maximum(np.abs(b), 1.0)), name
