"""What importance sampling and Sobol points gain over plain draws, book by book.

A gain is the variance of expected shortfall in the plain run over that by the sampling, as the runs
state it: so many times the scenarios a plain run would need. A loss shows as a gain below 1. How
far the stated error can be trusted is looked at too: the first book is run with other seeds, and
its stated error is compared with the spread of these runs. Nothing here is timed; the figures have
the same bits on any machine.
"""

import argparse
import math
import statistics
import sys
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from monte_carlo_book import Losses, credit_book, simulation_of
from seawall import native
from seawall.lab.command import benchmark_parser, write_answer, write_record
from seawall.lab.results import Result, measured_here
from seawall.lab.table import text_table

LEVEL = (999, 1000)
FREEDOM = 4.0  # of the t copula
LARGE_NAMES = 5
SEED = 1
SHOWN = ("book", "obligors", "factors", "copula", "importance_gain", "sobol_gain")


class SampledBook(msgspec.Struct, frozen=True):
    """A book, by what sampling finds easy or hard in it."""

    name: str
    obligors: int
    factors: int
    copula: str  # gaussian or t

    def simulation(self) -> native.DefaultSimulation:
        """Return the engine, ready to run."""
        book = credit_book(self.obligors, factors=self.factors)
        if self.name == "mixed sign":  # half of the obligors suffer where the others thrive
            sign = np.where(np.arange(self.obligors) % 2, 1.0, -1.0)
            book = msgspec.structs.replace(book, factor_weight=book.factor_weight * sign[:, None])
        if self.name == "few large names":
            book = msgspec.structs.replace(book, loss_minor=with_large_names(book.loss_minor))
        return simulation_of(book, freedom=FREEDOM if self.copula == "t" else math.inf)


BOOKS = (
    SampledBook("one sign", 1_000, 4, "gaussian"),
    SampledBook("one sign", 1_000, 4, "t"),
    SampledBook("one sign", 20_000, 16, "gaussian"),
    SampledBook("few large names", 1_000, 4, "gaussian"),
    SampledBook("mixed sign", 1_000, 4, "gaussian"),
    SampledBook("mixed sign", 1_000, 4, "t"),
)


class Estimate(msgspec.Struct, frozen=True):
    """What a run says."""

    expected_loss: float
    expected_loss_error: float
    shortfall: float
    shortfall_error: float


def with_large_names(loss: Losses) -> Losses:
    """Let five names lose as much together as twice all others."""
    large = loss.copy()
    large[:LARGE_NAMES] = 2 * loss.sum() // LARGE_NAMES
    return large


def estimate(
    simulation: native.DefaultSimulation,
    sampling: native.Sampling | None,
    *,
    scenarios: int,
    seed: int = SEED,
) -> Estimate:
    drawn: dict[str, Any] = {"seed": seed, "first_scenario": 0, "count": scenarios}
    losses = np.frombuffer(simulation.losses(**drawn, sampling=sampling), np.int64)
    sobol = sampling is not None and not sampling.factor_shift
    weights = None
    if sampling is not None and not sobol:
        weights = np.frombuffer(simulation.weights(**drawn, sampling=sampling), np.uint32).data
    tail = native.tail_figures(losses.data, level=LEVEL, weights=weights, sobol=sobol)
    mean = native.loss_moments(losses.data, weights=weights, sobol=sobol)
    return Estimate(
        expected_loss=mean["expected_minor"],
        expected_loss_error=mean["standard_error_minor"],
        shortfall=tail["es_minor"],
        shortfall_error=tail["es_standard_error_minor"],
    )


def book_row(book: SampledBook, *, scenarios: int) -> dict[str, Any]:
    simulation = book.simulation()
    plain = estimate(simulation, None, scenarios=scenarios)
    row: dict[str, Any] = {"book": book.name, **msgspec.to_builtins(book)}
    del row["name"]
    samplings = {
        "importance": simulation.choose_importance(seed=SEED, level=LEVEL),
        "sobol": native.Sampling.sobol(),
    }
    for name, sampling in samplings.items():
        found = estimate(simulation, sampling, scenarios=scenarios)
        assert agree(found, plain)
        row[f"{name}_gain"] = (plain.shortfall_error / found.shortfall_error) ** 2
        row[f"{name}_expected_loss_error"] = found.expected_loss_error / plain.expected_loss_error
    return row


def agree(one: Estimate, other: Estimate) -> bool:
    error = math.hypot(one.expected_loss_error, other.expected_loss_error)
    return abs(one.expected_loss - other.expected_loss) < 4 * error


def stated_by_spread(*, scenarios: int, repeats: int) -> float:
    """Return the stated error of ES of the first book over the spread of runs with other seeds."""
    simulation = BOOKS[0].simulation()
    sampling = simulation.choose_importance(seed=SEED, level=LEVEL)
    runs = [
        estimate(simulation, sampling, scenarios=scenarios, seed=SEED + 1 + number)
        for number in range(repeats)
    ]
    spread = statistics.stdev(run.shortfall for run in runs)
    return statistics.mean(run.shortfall_error for run in runs) / spread


def parse_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = benchmark_parser("Compare samplings of the tail with plain draws.")
    add = parser.add_argument
    add("--scenarios", type=int, default=131_072, help="of a run; a multiple of 32")
    add("--repeats", type=int, default=200, help="runs whose spread is compared; at least 2")
    options = parser.parse_args(arguments)
    if options.scenarios < 1 or options.scenarios % 32 or options.repeats < 2:
        parser.error("--scenarios must be a multiple of 32, and --repeats at least 2")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse_options(arguments)
    rows = [book_row(book, scenarios=options.scenarios) for book in BOOKS]
    trust = stated_by_spread(scenarios=options.scenarios, repeats=options.repeats)
    print(text_table(SHOWN, rows=[[row[name] for name in SHOWN] for row in rows]), file=sys.stderr)
    print(
        f"{options.scenarios:,} scenarios; variance of ES{100 * LEVEL[0] / LEVEL[1]:g} of plain"
        f" draws over that of the sampling.\nStated error over the spread of {options.repeats}"
        f" runs: {trust:.3f}",
        file=sys.stderr,
    )
    write_record(results_of(rows, options.scenarios), folder=options.record)
    answer = {
        "scenarios": options.scenarios,
        "level": list(LEVEL),
        "repeats": options.repeats,
        "stated_error_by_spread": trust,
        "rows": rows,
    }
    write_answer(answer, output=options.output)
    return 0


def results_of(rows: Sequence[dict[str, Any]], scenarios: int) -> list[Result]:
    return [
        measured_here(
            f"sampling_{name}",
            kind="informational",
            workload={key: row[key] for key in ("book", "obligors", "factors", "copula")}
            | {"scenarios": scenarios},
            seed=SEED,
            unit="times the variance",
            samples=[row[f"{name}_gain"]],
        )
        for row in rows
        for name in ("importance", "sobol")
    ]


if __name__ == "__main__":
    sys.exit(main())
