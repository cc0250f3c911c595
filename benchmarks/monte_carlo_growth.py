"""How the simulation's cost grows: what ``bench_stress_modeling.py --monte-carlo --growth`` runs.

Books of three sizes under more and more scenarios, on one thread, from 10^6 obligor-scenarios on;
t = a + b n is fitted for each and all: processor time, which other work on the machine disturbs
least and which is the wall time of one thread on an idle one. The folder gets
``simulation_growth.svg`` and the figures behind it, ``simulation_growth.json``.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from monte_carlo_book import Workload, credit_book
from monte_carlo_figures import work_rows
from seawall import native
from seawall.chart_style import COLORS, data, legend, styled
from seawall.lab.command import write_answer
from seawall.lab.fit import fit_line
from seawall.lab.machine import machine_record, source_commit
from seawall.lab.table import text_table

OBLIGORS = (1_000, 20_000, 1_000_000)
MOST_SCENARIOS = 10_000_000  # whose losses take 80 MB
NAME = "simulation_growth"
WIDTH, HEIGHT = 640, 380
POWER_OF_TEN = (
    "'10' + (datum.value < 1 ? '⁻' : '') + ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹', '¹⁰',"
    " '¹¹'][abs(round(log(datum.value) / LN10))]"
)
SHAPES = ("circle", "square", "triangle-up")


def run_growth(options: argparse.Namespace) -> int:
    rows: list[dict[str, Any]] = []
    for obligors in OBLIGORS:
        if obligors > options.largest:
            continue
        workload = Workload(
            obligors=obligors,
            factors=options.factors,
            scenarios=options.scenarios,
            threads=1,
            instruction_set=options.isa or native.simulation_instruction_set(),
        )
        book = credit_book(obligors, factors=options.factors)
        largest = min(options.largest_work, float(obligors * MOST_SCENARIOS))
        found = work_rows(book, workload, largest=largest)
        by_work = {row["obligor_scenarios"]: row for row in found}  # the least scenarios once
        rows += [{"obligors": obligors, **row} for row in by_work.values()]
    machine = machine_record()
    answer: dict[str, Any] = {
        "commit": source_commit(Path(__file__).parent),
        "cpu_model": machine.cpu_model,
        "factors": options.factors,
        "isa": options.isa or native.simulation_instruction_set(),
        "threads": 1,
        "rows": rows,
        "fits": fits_of(rows),
    }
    header = list(rows[0])
    print(
        text_table(header, rows=[[row[name] for name in header] for row in rows]), file=sys.stderr
    )
    for fit in answer["fits"]:
        print(
            f"{fit['book']}: t = a + b n of n obligor-scenarios, a = {fit['a_ms']:.3f} ms,"
            f" b = {fit['b_ns']:.4f} ns, within {fit['flatness']:.0%} at each size",
            file=sys.stderr,
        )
    folder = Path(options.growth)
    folder.mkdir(parents=True, exist_ok=True)
    growth_chart(rows).save(folder / f"{NAME}.svg")
    text = json.dumps(answer, indent=2, sort_keys=True, allow_nan=False)
    (folder / f"{NAME}.json").write_text(text + "\n", encoding="utf-8")
    write_answer({"growth": answer}, output=options.output)
    return 0


def fits_of(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Fit processor times by book, and those of all books together."""
    books = {
        f"{size:,} obligors": [row for row in rows if row["obligors"] == size] for size in OBLIGORS
    }
    books["all"] = rows
    fits = []
    for book, points in books.items():
        if len({row["obligor_scenarios"] for row in points}) < 2:
            continue
        fit = fit_line(
            [row["obligor_scenarios"] for row in points], times=[row["cpu_ms"] for row in points]
        )
        fits.append({"book": book, "a_ms": fit.a, "b_ns": fit.b * 1e6, "flatness": fit.flatness})
    return fits


def growth_chart(rows: list[dict[str, Any]]) -> Any:
    """Draw processor time against work, both axes by powers of ten, a line a book."""
    import altair

    points = [
        {
            "book": f"{row['obligors']:,} obligors",
            "work": row["obligor_scenarios"],
            "seconds": row["cpu_ms"] / 1e3,
        }
        for row in rows
    ]
    books = list(dict.fromkeys(point["book"] for point in points))
    scale = altair.Scale(type="log", nice=False)

    def powers(low: int, high: int) -> altair.Axis:
        values = [10.0**power for power in range(low, high + 1)]
        return altair.Axis(values=values, labelExpr=POWER_OF_TEN, domain=False, ticks=False)

    chart = (
        altair.Chart(data(points))
        .mark_line(point=altair.OverlayMarkDef(size=60, filled=True), strokeWidth=1.5)
        .encode(
            x=altair.X("work:Q", title="Obligors · scenarios", scale=scale, axis=powers(6, 11)),
            y=altair.Y("seconds:Q", title="Seconds of one core", scale=scale, axis=powers(-3, 2)),
            color=altair.Color(
                "book:N",
                scale=altair.Scale(domain=books, range=list(COLORS[: len(books)])),
                legend=legend(books, "square"),
            ),
            shape=altair.Shape(
                "book:N", scale=altair.Scale(domain=books, range=list(SHAPES)), legend=None
            ),
        )
        .properties(width=WIDTH, height=HEIGHT)
    )
    return styled(chart)
