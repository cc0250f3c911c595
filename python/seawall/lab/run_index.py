"""An index of the runs of a folder in SQLite: what was measured where, at which commit, how fast.

It is made of the runs' lines and can be thrown away: the next look makes it again.
"""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from seawall.lab.measure import FEWEST_PAIRS, median_interval
from seawall.lab.run_record import SUFFIX, LabRun, joined, read_run, workload_text

INDEX = "index.db"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS run (
    file TEXT PRIMARY KEY, bytes INTEGER NOT NULL, modified_ns INTEGER NOT NULL,
    run_id TEXT NOT NULL, profile TEXT NOT NULL, created_at TEXT NOT NULL, ended INTEGER NOT NULL,
    commit_id TEXT, cpu_model TEXT NOT NULL, usable_cores INTEGER NOT NULL,
    build_type TEXT NOT NULL, packages_sha256 TEXT NOT NULL, noise REAL NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS measurement (
    file TEXT NOT NULL REFERENCES run (file) ON DELETE CASCADE, step TEXT NOT NULL,
    benchmark TEXT NOT NULL, workload TEXT NOT NULL, unit TEXT NOT NULL, seed INTEGER,
    samples INTEGER NOT NULL, median REAL NOT NULL, low REAL, high REAL,
    PRIMARY KEY (file, step, benchmark, workload, unit)) STRICT;
"""


@contextmanager
def run_index(folder: Path) -> Iterator[apsw.Connection]:
    """Open a folder's index, brought up to date with its runs.

    Raises
    ------
    InvalidInput
        As of `read_run`.
    """
    connection = apsw.Connection(str(folder / INDEX))
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        with connection:
            connection.execute(_SCHEMA)
            _refresh(connection, folder)
        yield connection
    finally:
        connection.close()


def _refresh(connection: apsw.Connection, folder: Path) -> None:
    held = {
        row[0]: row[1:] for row in connection.execute("SELECT file, bytes, modified_ns FROM run")
    }
    there = {
        path.name: (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.glob(f"*{SUFFIX}")
    }
    for name in held.keys() - there.keys():
        connection.execute("DELETE FROM run WHERE file = ?", (name,))
    for name, stamp in there.items():
        if held.get(name) != stamp:
            connection.execute("DELETE FROM run WHERE file = ?", (name,))
            _add(connection, read_run(folder / name), stamp)


def _add(connection: apsw.Connection, run: LabRun, stamp: tuple[int, int]) -> None:
    head = run.head
    connection.execute(
        "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(run.path.name, *stamp, head.run_id, head.profile, head.created_at.isoformat()),
            *(run.end is not None, head.commit, head.machine.cpu_model),
            *(head.machine.usable_cores, head.machine.build["build_type"]),
            *(head.packages_sha256, head.noise.floor),
        ),
    )
    for step in head.steps:
        for one in joined(run.good(step.name)):
            low, high = None, None
            if len(one.values) >= FEWEST_PAIRS:
                low, high, _ = median_interval(one.values)
            connection.execute(
                "INSERT INTO measurement VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(run.path.name, step.name, one.benchmark, workload_text(one), one.unit),
                    *(one.seed, len(one.values), statistics.median(one.values), low, high),
                ),
            )
