"""How fast a decoded book is measured and revalued: by record, by instrument and in total.

The book (instruments and distressed assets spread evenly over the records) is read and decoded
before the clock starts; decoding is reported apart, as `decode_ms`. One iteration is the exposure
of every record and instrument, every scenario's loss of each, and the totals. `duration_ms` and
`cpu_ms` are of all iterations together, `iteration_ms` is the median of one. `peak_alloc_kb` is of
one untimed iteration: what Python allocated (tracemalloc) and what the native result's columns
weigh by their shapes; the core's short-lived scratch is in neither. `max_rss_kb` is this process's
peak, with the book's making and what checks the answer.

With ``--paths`` the work is another: the quarterly scenario sweep over as many instruments
(sweep_paths.py). With ``--months`` it is the monthly cash flows, covenants and waterfall of as many
loans (month_paths.py). With ``--monte-carlo`` it is the simulation of defaults (monte_carlo.py), or
of it: ``--tail-accuracy``, ``--growth`` or ``--workers`` (monte_carlo_options.py). With ``--sizes``
it is the modelling table, each size in a process of its own (modeling_table.py).
"""

import argparse
import statistics
import sys
import time
import tracemalloc
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from modeling_table import run_sizes
from monte_carlo_options import (
    add_monte_carlo_arguments,
    check_monte_carlo_arguments,
    monte_carlo_run,
)
from month_paths import run_months
from seawall import native
from seawall.engine import BookChoice
from seawall.engines.debt.book import decode_book
from seawall.engines.debt.scenarios import DEFAULT_SCENARIOS
from seawall.ingest import IngestedTape
from seawall.lab.books import debt_record
from seawall.lab.command import benchmark_parser, write_answer, write_record
from seawall.lab.disk import disk_folder
from seawall.lab.measure import PairedComparison, compare_paired, max_rss_kb, measure
from seawall.lab.results import Result, measured_here
from seawall.lab.table import text_table
from seawall.session import Session
from seawall.table import Table
from sweep_paths import run_paths

SEED = 1
DECODES = 5
RIVAL_PAIRS = 20
TOLERANCE = 1e-12

WORKLOAD = ("instruments", "distressed_assets", "records", "scenarios", "threads")
RECORD_FIGURES = 11  # columns of float64 or int64 a record in the native result
POSITION_FIGURES = 7

Shock = tuple[str, tuple[float, float, float, float]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


def stress_scenarios(count: int) -> list[Shock]:
    """Return the default scenarios, then variants of them, each a little harder."""
    shocks = []
    for index in range(count):
        base = DEFAULT_SCENARIOS[index % len(DEFAULT_SCENARIOS)]
        step = index // len(DEFAULT_SCENARIOS)
        shock = (
            base.interest_rate_delta_pct + 0.1 * step,
            max(base.collateral_market_impact_pct - 0.01 * step, -1.0),
            max(base.recovery_degradation_pct - 0.01 * step, -1.0),
            base.default_risk_increment_pct + 0.002 * step,
        )
        shocks.append((base.scenario_id + (f"_{step}" if step else ""), shock))
    return shocks


def read_book(options: argparse.Namespace) -> IngestedTape:
    data = debt_record(
        options.instruments, options.distressed_assets, records=options.records, seed=SEED
    )
    with disk_folder() as folder, Session(folder / "unused.db") as session:
        tape = session.read(data, profile="todiscope", format="ndjson")
    assert len(tape.records) == options.records
    assert len(tape.lists["instruments"]) == options.instruments
    assert len(tape.lists["distressed_assets"]) == options.distressed_assets
    return tape


# --- the rival: the same figures by whole-column numpy


class NumpyBook(msgspec.Struct, frozen=True):
    """The columns of the normalised tables, lists grouped by record."""

    collateral: Floats  # (record_count,), 0 where the record gives none
    collateral_given: np.ndarray[Any, np.dtype[np.bool_]]
    assets: Floats
    owner: np.ndarray[Any, np.dtype[np.int64]]  # record of each instrument
    principal: Floats
    rate_pct: Floats
    instrument_collateral: Floats
    asset_owner: np.ndarray[Any, np.dtype[np.int64]]
    asset_value: Floats
    asset_recovery_pct: Floats


class NumpyRun(msgspec.Struct, frozen=True):
    """What one iteration gives, as the native run does."""

    records: dict[str, Floats]
    positions: dict[str, Floats]
    record_loss: Floats  # (scenario_count, record_count)
    position_loss: Floats  # (scenario_count, instrument_count)
    exposure: dict[str, float]
    scenarios: list[dict[str, float]]


def numpy_book(tape: IngestedTape) -> NumpyBook:
    def column(table: Table, name: str) -> Any:
        rows = table.to_arrow()
        if name not in rows.column_names:  # which no record has
            return pa.nulls(len(rows), pa.float64())
        return rows[name].combine_chunks()

    def floats(table: Table, name: str) -> Floats:
        return np.asarray(column(table, name).fill_null(0.0).to_numpy(zero_copy_only=False))

    records, instruments = tape.records, tape.lists["instruments"]
    assets = tape.lists["distressed_assets"]
    number = column(records, "record").to_numpy()
    return NumpyBook(
        collateral=floats(records, "collateral_value"),
        collateral_given=column(records, "collateral_value")
        .is_valid()
        .to_numpy(zero_copy_only=False),
        assets=floats(records, "assets_value"),
        owner=np.searchsorted(number, column(instruments, "record").to_numpy()),
        principal=floats(instruments, "principal"),
        rate_pct=floats(instruments, "interest_rate_pct"),
        instrument_collateral=floats(instruments, "collateral_value"),
        asset_owner=np.searchsorted(number, column(assets, "record").to_numpy()),
        asset_value=floats(assets, "value"),
        asset_recovery_pct=floats(assets, "recovery_rate_pct"),
    )


def ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0


def ratios(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def run_numpy(book: NumpyBook, shocks: Sequence[Shock]) -> NumpyRun:
    count = len(book.assets)

    def by_record(values: Floats, owner: np.ndarray[Any, np.dtype[np.int64]]) -> Floats:
        sums = np.bincount(owner, weights=values, minlength=count)
        return np.asarray(sums, dtype=np.float64)  # which they are; the stubs say integers

    interest = book.principal * book.rate_pct / 100.0
    total = by_record(book.principal, book.owner)
    payment = by_record(interest, book.owner)
    collateral = np.where(
        book.collateral_given, book.collateral, by_record(book.instrument_collateral, book.owner)
    )
    value = by_record(book.asset_value, book.asset_owner)
    recovery = by_record(book.asset_value * book.asset_recovery_pct / 100.0, book.asset_owner)
    net = np.maximum(total - (collateral + recovery), 0.0)
    records = {
        "total_outstanding": total,
        "interest_rate_pct": ratios(100.0 * payment, total),
        "collateral_value": collateral,
        "assets_value": book.assets,
        "interest_payment": payment,
        "collateral_shortfall": np.maximum(total - collateral, 0.0),
        "collateral_coverage_ratio": ratios(collateral, total),
        "leverage_ratio": ratios(total, book.assets),
        "distressed_asset_value": value,
        "distressed_asset_recovery": recovery,
        "net_exposure_after_recovery": net,
    }
    share = ratios(book.principal, total[book.owner])
    positions = {
        "principal": book.principal,
        "interest_rate_pct": book.rate_pct,
        "interest_payment": interest,
        "collateral_value": np.where(
            book.collateral_given[book.owner],
            share * collateral[book.owner],
            book.instrument_collateral,
        ),
        "net_exposure_after_recovery": share * net[book.owner],
    }
    record_loss = np.empty((len(shocks), count))
    position_loss = np.empty((len(shocks), len(share)))
    exposure = exposure_figures(records, assets=len(book.asset_value))
    scenarios = []
    for index, (_, (delta, market, degradation, default)) in enumerate(shocks):
        cover = collateral * (1 + market) + recovery * (1 + degradation)
        stressed = np.maximum(total - cover, 0.0) + np.maximum(total * default, 0.0)
        np.maximum(stressed - net, 0.0, out=record_loss[index])
        np.multiply(share, record_loss[index][book.owner], out=position_loss[index])
        rate = exposure["interest_rate_pct"] + delta
        loss = float(record_loss[index].sum())
        scenarios.append(
            {
                "interest_rate_pct": rate,
                "interest_payment": exposure["total_outstanding"] * rate / 100.0,
                "collateral_value": exposure["collateral_value"] * (1 + market),
                "collateral_loss": max(0.0, -exposure["collateral_value"] * market),
                "distressed_asset_value": exposure["distressed_asset_value"] * (1 + market),
                "distressed_asset_loss": max(0.0, -exposure["distressed_asset_value"] * market),
                "distressed_asset_recovery": exposure["distressed_asset_recovery"]
                * (1 + degradation),
                "default_risk_buffer": max(0.0, exposure["total_outstanding"] * default),
                "net_exposure_after_recovery": float(stressed.sum()),
                "loss_estimate": loss,
                "impact_score": min(1.0, loss / max(1.0, exposure["total_outstanding"])),
            }
        )
    return NumpyRun(records, positions, record_loss, position_loss, exposure, scenarios)


def exposure_figures(records: dict[str, Floats], *, assets: int) -> dict[str, float]:
    summed = {
        name: float(records[name].sum())
        for name in (
            "total_outstanding",
            "collateral_value",
            "assets_value",
            "interest_payment",
            "collateral_shortfall",
            "distressed_asset_value",
            "distressed_asset_recovery",
            "net_exposure_after_recovery",
        )
    }
    total, value = summed["total_outstanding"], summed["distressed_asset_value"]
    return summed | {
        "interest_rate_pct": ratio(100.0 * summed["interest_payment"], total),
        "collateral_coverage_ratio": ratio(summed["collateral_value"], total),
        "leverage_ratio": ratio(total, summed["assets_value"]),
        "distressed_asset_recovery_ratio": ratio(summed["distressed_asset_recovery"], value),
        "distressed_asset_count": assets,
    }


# --- the answer


def check_totals(run: native.DebtRun | NumpyRun, wanted: NumpyRun) -> None:
    for found, expected in zip(
        [run.exposure, *run.scenarios], [wanted.exposure, *wanted.scenarios], strict=True
    ):
        assert found.keys() == expected.keys()
        for name, figure in expected.items():
            assert abs(found[name] - figure) <= TOLERANCE * max(abs(figure), 1.0), name


def check_columns(run: native.DebtRun, wanted: NumpyRun, shocks: Sequence[Shock]) -> None:
    """Compare every record's and every instrument's figures.

    A figure that is a difference is as exact as the debt that it is a part of.
    """
    for table, columns, losses, debt in (
        (Table(run.records()), wanted.records, wanted.record_loss, "total_outstanding"),
        (Table(run.positions()), wanted.positions, wanted.position_loss, "principal"),
    ):
        named = {
            f"loss:{scenario}": loss for (scenario, _), loss in zip(shocks, losses, strict=True)
        }
        scale = np.maximum(columns[debt], 1.0)
        for name, expected in (columns | named).items():
            limit = TOLERANCE * np.maximum(np.abs(expected), scale)
            assert np.all(np.abs(table[name].to_numpy() - expected) <= limit), name


# --- the measurement


def peak_alloc_kb(book: native.DebtBook, shocks: Sequence[Shock], *, positions: int) -> int:
    tracemalloc.start()
    native.run_debt_stress(book, shocks, threads=1)
    _, python_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    records = book.record_count
    matrices = len(shocks) * (records + (positions if positions != records else 0))
    native_bytes = 8 * (RECORD_FIGURES * records + POSITION_FIGURES * positions + matrices)
    return (python_bytes + native_bytes) // 1024


def decode_ms(tape: IngestedTape) -> list[float]:
    times = []
    for _ in range(DECODES):
        before = time.perf_counter_ns()
        decode_book(tape.tables(), BookChoice(), None)
        times.append((time.perf_counter_ns() - before) / 1e6)
    return times


def print_comparison(found: PairedComparison, threads: int) -> None:
    header = ("numpy ms", "seawall ms", "time ratio", "low", "high")
    figures = (
        found.b.median_ns / 1e6,
        found.a.median_ns / 1e6,
        found.ratio,
        found.ratio_low,
        found.ratio_high,
    )
    print("\n" + text_table(header, rows=[figures]), file=sys.stderr)
    print(
        f"Time ratio seawall ({threads} threads) / numpy over {RIVAL_PAIRS} pairs A B B A with a"
        f" 95 % interval;\nall figures of both agree to {TOLERANCE}.",
        file=sys.stderr,
    )


def parse_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = benchmark_parser("Measure a book and revalue it under scenarios.")
    add = parser.add_argument
    add("--instruments", type=int, default=2500, help="of the whole book")
    add("--distressed-assets", type=int, default=500, help="of the whole book")
    add("--scenarios", type=int, default=None, help="6 if not given, 16384 of --monte-carlo")
    add("--iterations", type=int, default=10, help="timed ones")
    add("--records", type=int, default=1, help="the instruments are spread over them")
    add("--threads", type=int, default=1, help="0 for all cores")
    add("--rival", choices=["numpy", "numba"], default=None, help="compare in pairs")
    add("--paths", action="store_true", help="sweep scenarios of eight quarters instead")
    add("--months", action="store_true", help="run loans over 24 months instead, against numpy")
    add("--largest", type=int, default=1_000_000, help="loans of the largest book, if sizes vary")
    add("--sizes", default="", help="a row for each of so many instruments, by commas")
    add_monte_carlo_arguments(parser)
    options = parser.parse_args(arguments)
    if options.rival == "numba" and not options.paths:
        parser.error("--rival numba needs --paths")
    check_monte_carlo_arguments(parser, options)
    if options.scenarios is None:
        options.scenarios = 6
    if not 1 <= options.records <= options.instruments:
        parser.error("--records must be from 1 to --instruments")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse_options(arguments)
    if options.monte_carlo:
        return monte_carlo_run(options)(options)
    if options.sizes:
        return run_sizes(options)
    if options.months:
        return run_months(options)
    if options.paths:
        return run_paths(options)
    tape = read_book(options)
    shocks = stress_scenarios(options.scenarios)
    decodes = decode_ms(tape)
    book = decode_book(tape.tables(), BookChoice(), None).columns
    columns = numpy_book(tape)
    wanted = run_numpy(columns, shocks)

    def run() -> native.DebtRun | NumpyRun:
        return native.run_debt_stress(book, shocks, threads=options.threads)

    def check(answer: native.DebtRun | NumpyRun) -> None:
        check_totals(answer, wanted)

    first = native.run_debt_stress(book, shocks, threads=options.threads)
    check_columns(first, wanted, shocks)
    found = measure(run, repeats=options.iterations, check=check, warmup=2)
    comparison = None
    if options.rival:
        comparison = compare_paired(
            run, lambda: run_numpy(columns, shocks), pairs=RIVAL_PAIRS, check=check
        )
    answer = {
        "instruments": options.instruments,
        "distressed_assets": options.distressed_assets,
        "scenarios": options.scenarios,
        "iterations": options.iterations,
        "records": options.records,
        "threads": options.threads,
        "duration_ms": sum(found.wall_ns) / 1e6,
        "cpu_ms": sum(sample.cpu_ns for sample in found.samples) / 1e6,
        "iteration_ms": found.median_ns / 1e6,
        "decode_ms": statistics.median(decodes),
        "max_rss_kb": max_rss_kb(),
        "peak_alloc_kb": peak_alloc_kb(book, shocks, positions=options.instruments),
    }
    if comparison:
        answer["numpy_ratio"] = comparison.ratio
        answer["numpy_ratio_low"] = comparison.ratio_low
        answer["numpy_ratio_high"] = comparison.ratio_high
    shown = [*WORKLOAD, "iteration_ms", "decode_ms", "peak_alloc_kb"]
    print(text_table(shown, rows=[[answer[name] for name in shown]]), file=sys.stderr)
    if comparison:
        print_comparison(comparison, options.threads)
    write_record(results_of(answer, found.wall_ns, comparison), folder=options.record)
    write_answer(answer, output=options.output)
    return 0


def results_of(
    answer: dict[str, int | float], wall_ns: Sequence[int], comparison: PairedComparison | None
) -> list[Result]:
    workload = {name: answer[name] for name in WORKLOAD}
    results = [
        measured_here(
            "stress_modeling",
            kind="informational",
            workload=workload,
            seed=SEED,
            unit="ns",
            samples=wall_ns,
        )
    ]
    if comparison:
        results.append(
            measured_here(
                "stress_modeling_against_numpy",
                kind="gate",
                workload={**workload, "ratio_of": "seawall / numpy"},
                seed=SEED,
                unit="ratio",
                samples=[
                    a / b for a, b in zip(comparison.a.wall_ns, comparison.b.wall_ns, strict=True)
                ],
            )
        )
    return results


if __name__ == "__main__":
    sys.exit(main())
