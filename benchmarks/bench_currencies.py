"""What converting a book costs: making it and revaluing it, in four currencies against one.

Both books have the same records. The rates are powers of two, so that every converted figure is
exact and the answers of both can be compared bit by bit: the amounts of the mixed book are those of
the plain one divided by the rate of their currency.
"""

import argparse
import sys
from collections.abc import Sequence

import numpy as np
import pyarrow

from seawall import native
from seawall.engines.debt.scenarios import DEFAULT_SCENARIOS, SHOCKS
from seawall.lab.command import benchmark_parser, write_answer, write_record
from seawall.lab.measure import compare_paired
from seawall.lab.results import measured_here
from seawall.lab.table import text_table
from seawall.table import Table

SEED = 1
CURRENCIES = {"EUR": 1.0, "USD": 0.5, "GBP": 2.0, "JPY": 1 / 256}


def records(count: int) -> tuple[Table, Table]:
    """Return a book in euro, and the same book in four currencies."""
    random = np.random.default_rng(SEED)
    code = random.integers(0, len(CURRENCIES), count)
    rate = np.array(list(CURRENCIES.values()))[code]
    names = np.array(list(CURRENCIES))[code]
    total = random.integers(1_000_000, 100_000_000, count) / 4
    collateral = random.integers(500_000, 90_000_000, count) / 4

    interest = random.integers(100, 900, count) / 100

    def table(currency: list[str], scale: np.ndarray) -> Table:
        columns = {
            "record": pyarrow.array(np.arange(count)),
            "source_row": pyarrow.array(np.arange(count)),
            "source_system": pyarrow.array(["bench"] * count),
            "source_record_id": pyarrow.array([str(index) for index in range(count)]),
            "currency": pyarrow.array(currency),
            "total_outstanding": pyarrow.array(total / scale),
            "interest_rate_pct": pyarrow.array(interest),
            "collateral_value": pyarrow.array(collateral / scale),
        }
        return Table(pyarrow.table(columns))

    plain = table(["EUR"] * count, np.ones(count))
    return plain, table(names.tolist(), rate)


def parse_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = benchmark_parser("Compare a converted book with one that needs no conversion.")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--pairs", type=int, default=20, help="even")
    parser.add_argument("--threads", type=int, default=1, help="0 for all cores")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse_options(arguments)
    plain, mixed = records(options.records)
    shocks = [
        (scenario.scenario_id, tuple(getattr(scenario, name) for name in SHOCKS))
        for scenario in DEFAULT_SCENARIOS
    ]

    def converted() -> native.DebtRun:
        book = native.DebtBook(mixed.native, currency="EUR", rates=CURRENCIES)
        return native.run_debt_stress(book, shocks, threads=options.threads)

    def unconverted() -> native.DebtRun:
        book = native.DebtBook(plain.native)
        return native.run_debt_stress(book, shocks, threads=options.threads)

    wanted = unconverted()
    losses = [figures["loss_estimate"] for figures in wanted.scenarios]

    def check(run: native.DebtRun) -> None:
        total = run.exposure["total_outstanding"]
        assert total == wanted.exposure["total_outstanding"]
        assert [figures["loss_estimate"] for figures in run.scenarios] == losses

    found = compare_paired(converted, unconverted, pairs=options.pairs, check=check, warmup=3)
    answer = {
        "records": options.records,
        "threads": options.threads,
        "pairs": options.pairs,
        "converted_ms": found.a.median_ns / 1e6,
        "unconverted_ms": found.b.median_ns / 1e6,
        "ratio": found.ratio,
        "ratio_low": found.ratio_low,
        "ratio_high": found.ratio_high,
    }
    print(text_table(list(answer), rows=[list(answer.values())]), file=sys.stderr)
    workload = {"records": options.records, "threads": options.threads}
    result = measured_here(
        "currency_conversion",
        kind="gate",
        workload={**workload, "ratio_of": "converted / unconverted"},
        seed=SEED,
        unit="ratio",
        samples=[a / b for a, b in zip(found.a.wall_ns, found.b.wall_ns, strict=True)],
    )
    write_record([result], folder=options.record)
    write_answer(answer, output=options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
