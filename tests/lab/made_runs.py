"""A run with known figures, without measuring anything."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from seawall.lab.machine import machine_record
from seawall.lab.noise import NoiseFloor
from seawall.lab.run_record import RunEnd, RunHead, Samples, StepCost, StepOutcome, append_line
from seawall.lab.sections import Step

START = datetime(2026, 1, 1, tzinfo=UTC)
QUIET = NoiseFloor(0.99, 1.02, 0.05, 1.0, 0.2, 0.3)
SIZES = (100, 1_000, 10_000, 100_000)
CONNECTIONS = (1, 10, 50, 100, 500, 1_000)


def head(*names: str, day: int = 0, repeats: int = 1, **changes: Any) -> RunHead:
    made = RunHead(
        run_id=f"day{day}",
        profile="quick",
        sections=("ingestion", "modeling", "api", "persistence", "linking", "load"),
        steps=tuple(Step(name, "stub.py", (), repeats) for name in names),
        created_at=START + timedelta(days=day),
        commit=f"{day:040x}",
        machine=msgspec.structs.replace(machine_record(), usable_cores=2),
        packages={"numpy": "2.4"},
        packages_sha256="ab" * 32,
        file_system="ext4",
        noise=QUIET,
    )
    return msgspec.structs.replace(made, **changes)


def outcome(step: str, answer: Any, *samples: Samples, repeat: int = 0) -> StepOutcome:
    return StepOutcome(
        step=step,
        repeat=repeat,
        started_at=START,
        wall_s=1.5,
        load=0.5,
        cost=StepCost(90.0, 100 * 2**20, 3, 0, 4096, 10, 2),
        answer=answer,
        samples=samples,
    )


def samples(values: tuple[float, ...], *, benchmark: str = "work", **workload: int) -> Samples:
    return Samples(
        benchmark=benchmark,
        kind="informational",
        workload=workload,
        seed=1,
        unit="ms",
        values=values,
    )


def throughput(connections: int) -> float:
    """The scalability law at 1,000 alone, contention 0.2, coherency 0.0001."""
    n = connections
    return 1_000 * n / (1 + 0.2 * (n - 1) + 0.0001 * n * (n - 1))


def level(connections: int, *, errors: int = 0, cpu_pct: float = 170.0) -> dict[str, Any]:
    rps = throughput(connections)
    return {
        "connections": connections,
        "summary": {
            "total_requests": 1_000,
            "error_requests": errors,
            "throughput_rps": rps,
            "p50_ms": 1e3 * connections / rps,
            "p90_ms": 1.5e3 * connections / rps,
            "p99_ms": 2e3 * connections / rps,
        },
        "client_cpu_us_per_request": 40.0,
        "ceiling": {"throughput_rps": 50_000.0},
        "server": {
            "cpu_pct": cpu_pct,
            "memory_pct": 0.75,
            "max_rss_kb": 180_000,
            "store_connections": 3,
        },
    }


def ingestion() -> list[dict[str, Any]]:
    """Each dataset takes 9 ms and 3 µs a record."""
    return [
        {
            "size": size,
            "normalize": True,
            "replay": replay,
            "duration_ms": 9 + 0.003 * size,
            "records_written": 0 if replay else size,
            "max_rss_kb": 100 * 1024 + size,
        }
        for size in SIZES
        for replay in (False, True)
    ]


def modeling() -> dict[str, Any]:
    return {
        "sizes": [
            {
                "instruments": size,
                "distressed_assets": size // 5,
                "scenarios": 6,
                "iterations": 10,
                "duration_ms": size / 1_000,
                "cpu_ms": size / 1_000,
                "max_rss_kb": 120_000 + size,
                "peak_alloc_kb": size // 10,
            }
            for size in SIZES
        ]
    }


def kept(count: int) -> dict[str, Any]:
    """Each kind takes 2 ms and 4 µs a row."""
    each = 2 + 0.004 * count
    return {
        "count": count,
        "raw_record_ms": each,
        "evidence_ms": each,
        "finding_ms": each,
        "link_ms": each,
        "commit_ms": 1.5,
        "read_latency_ms": 0.05,
        "traces": 1_000,
        "trace_p50_ms": 0.4,
        "trace_p99_ms": 0.9,
    }


def health(*, ok: bool = True) -> dict[str, Any]:
    labels = ("db_connectivity", "evidence_linking", "api_health", "engine_health", "api_run")
    return {"checks": [{"label": label, "ok": ok, "latency_ms": 2.0} for label in labels]}


def full_run() -> list[StepOutcome]:
    levels = {"levels": [level(connections) for connections in CONNECTIONS]}
    return [
        outcome("ingestion", ingestion()),
        outcome("modeling", modeling()),
        outcome("simulation", modeling()),
        outcome("api_fresh", levels),
        outcome("api_replays", levels),
        outcome("health", health()),
        *(outcome(f"kept_{count}", kept(count)) for count in SIZES),
        outcome("users_100", {"levels": [level(100)]}),
        outcome("users_1000", {"levels": [level(1_000)]}),
    ]


def write_run(
    folder: Path, *outcomes: StepOutcome, day: int = 0, ended: bool = True, **changes: Any
) -> Path:
    """Write a run of these outcomes."""
    path = folder / f"day{day}.jsonl"
    names = dict.fromkeys(one.step for one in outcomes)
    repeats = max((one.repeat for one in outcomes), default=0) + 1
    append_line(path, head(*names, day=day, repeats=repeats, **changes))
    for one in outcomes:
        append_line(path, one)
    if ended:
        append_line(path, RunEnd(ended_at=START + timedelta(days=day, hours=1), noise=QUIET))
    return path
