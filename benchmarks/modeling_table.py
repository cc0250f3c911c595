"""The modelling table: a benchmark's figures by size, each size in a process of its own.

What ``bench_stress_modeling.py --sizes 100,1000,…`` runs: the exposure and revaluation of books of
so many instruments and a fifth as many distressed assets, or with ``--monte-carlo`` the simulation
of defaults of as many obligors. Time, processor time and memory are then each size's own.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from monte_carlo_book import Workload
from monte_carlo_figures import SIZE_ITERATIONS, TIMEOUT_S, size_row
from seawall import native
from seawall.lab.command import write_answer
from seawall.lab.isolated import run_function
from seawall.lab.table import text_table

CONTRACT = (
    "instruments",
    "distressed_assets",
    "scenarios",
    "iterations",
    "duration_ms",
    "cpu_ms",
    "max_rss_kb",
    "peak_alloc_kb",
)
INSTRUMENTS_AN_ASSET = 5
INSTRUMENTS_A_RECORD = 100  # of books too large to be one record of a few


def run_sizes(options: argparse.Namespace) -> int:
    rows = [
        simulated(size, options) if options.monte_carlo else stressed(size, options)
        for size in options.sizes
    ]
    table = text_table(CONTRACT, rows=[[row[name] for name in CONTRACT] for row in rows])
    print(table, file=sys.stderr)
    write_answer({"sizes": rows}, output=options.output)
    return 0


def simulated(size: int, options: argparse.Namespace) -> Any:
    workload = Workload(
        obligors=size,
        factors=options.factors,
        scenarios=options.scenarios,
        threads=options.threads,
        instruction_set=options.isa or native.simulation_instruction_set(),
    )
    arguments = {
        "size": size,
        "workload": msgspec.to_builtins(workload),
        "iterations": min(options.iterations, SIZE_ITERATIONS),
    }
    return run_function(size_row, timeout_s=TIMEOUT_S, arguments=arguments).answer


def stressed(size: int, options: argparse.Namespace) -> Any:
    arguments = {
        "instruments": size,
        "distressed-assets": size // INSTRUMENTS_AN_ASSET,
        "records": max(options.records, size // INSTRUMENTS_A_RECORD),
        "scenarios": options.scenarios,
        "iterations": options.iterations,
        "threads": options.threads,
        "record": options.record,
    }
    return run_function(stress_row, timeout_s=TIMEOUT_S, arguments={"arguments": arguments}).answer


def stress_row(arguments: dict[str, int | str]) -> Any:
    """Run the command at one size; in a process of its own."""
    from bench_stress_modeling import main

    words = [word for name, value in arguments.items() for word in (f"--{name}", str(value))]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "answer.json"
        main([*words, "--output", os.fspath(output)])
        return json.loads(output.read_text())
