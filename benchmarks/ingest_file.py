"""Ingest one file in a process of its own, to know its peak memory and its first call's time.

Run by bench_ingestion.py: ``ingest_file.py FILE STORE PROFILE normalise|raw``.
"""

import json
import sys
import time

import seawall as sw


def main(file: str, store: str, profile: str, mode: str) -> None:
    before = time.perf_counter_ns()
    with sw.Session(store) as session:
        dataset = session.ingest(file, profile=profile, normalise=mode == "normalise")
        wall_ns = time.perf_counter_ns() - before
    print(json.dumps({"dataset_version_id": dataset.dataset_version_id, "wall_ns": wall_ns}))


if __name__ == "__main__":
    main(*sys.argv[1:])
