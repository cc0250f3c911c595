"""Write the rows of bench_persistence.py with Python's own sqlite3, in a process of its own.

Run as ``sqlite3_rival.py ROWS DATABASE``: ROWS is JSON {table: [[cell, …], …]}, bytes as text.
Prints the milliseconds that each table took, from the call to the durable commit. The tables have
the same columns and primary keys as seawall's; no references, checks or triggers.
"""

import json
import sqlite3  # noqa: TID251  (the rival; it is alone in its process and on its file)
import sys
import time
from pathlib import Path

COLUMNS = {
    "evidence": ("tenant", "evidence_id", "dataset_version_id", "engine", "kind", "payload"),
    "finding": ("tenant", "finding_id", "dataset_version_id", "payload"),
    "link": ("tenant", "link_id", "finding_id", "evidence_id"),
}
KEYS = {
    "evidence": "PRIMARY KEY (evidence_id, tenant)) STRICT",
    "finding": "PRIMARY KEY (finding_id, tenant)) STRICT",
    "link": "PRIMARY KEY (finding_id, evidence_id, tenant)) STRICT, WITHOUT ROWID",
}


def main(rows_file: str, database: str) -> None:
    tables = json.loads(Path(rows_file).read_bytes())
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    for table, columns in COLUMNS.items():
        typed = ", ".join(f"{c} {'BLOB' if c == 'payload' else 'TEXT'} NOT NULL" for c in columns)
        connection.execute(f"CREATE TABLE {table} ({typed}, {KEYS[table]}")
    milliseconds = {}
    for table, columns in COLUMNS.items():
        rows = [
            [
                cell.encode() if c == "payload" else cell
                for c, cell in zip(columns, row, strict=True)
            ]
            for row in tables[table]
        ]
        before = time.perf_counter_ns()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", rows
        )
        connection.execute("COMMIT")
        milliseconds[table] = (time.perf_counter_ns() - before) / 1e6
        (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        assert count == len(rows)
    connection.close()
    print(json.dumps(milliseconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
