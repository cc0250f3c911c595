"""Whether a running service can do its work: five checks, each with its time and what it found.

The database and the linking of evidence are what the service says of them at /health; the engine is
asked for its health and for a run. Exit status 0 when all is well, 1 when a check failed.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import msgspec

from seawall.lab.command import benchmark_parser, write_answer
from seawall.lab.disk import disk_folder
from seawall.lab.http_target import ENGINE_ROUTE, HttpAnswer, HttpTarget, ask, ingest_sample, served
from seawall.lab.load import resolve_target
from seawall.lab.table import text_table


class Check(msgspec.Struct, frozen=True):
    """One question and its answer."""

    label: str
    ok: bool
    latency_ms: float
    detail: str


def said(answer: HttpAnswer) -> str:
    """Return a line on what came back."""
    return answer.error or f"{answer.status} {answer.body[:200].decode(errors='replace')}"


def is_well(state: Any) -> bool:
    """Return whether a part that /health names is well: true, "ok", or an object that says so."""
    if isinstance(state, dict):
        return is_well(state.get("status", state.get("ok")))
    return state is True or state == "ok"


def part_of(answer: HttpAnswer, *, label: str, part: str) -> Check:
    """Read one part off the answer of /health, which also says so when it is 503."""
    document = answer.document()
    checks = document.get("checks") if isinstance(document, dict) else None
    if not isinstance(checks, dict) or part not in checks:
        return Check(label, ok=False, latency_ms=answer.latency_ms, detail=said(answer))
    return Check(
        label, ok=is_well(checks[part]), latency_ms=answer.latency_ms, detail=str(checks[part])
    )


def whole(answer: HttpAnswer, *, label: str, key: str, expected: str | None = None) -> Check:
    """Judge an answer by its status and by a key that it must have."""
    document = answer.document()
    found = document.get(key) if isinstance(document, dict) else None
    ok = answer.status == 200 and (found == expected if expected else bool(found))
    detail = f"{answer.status} {key}: {found}" if ok else said(answer)
    return Check(label, ok=ok, latency_ms=answer.latency_ms, detail=detail)


def run_checks(options: argparse.Namespace, target: HttpTarget, *, dataset: str) -> list[Check]:
    def asked(path: str, body: object = None) -> HttpAnswer:
        return ask(
            target.base_url, path, body=body, headers=target.headers, timeout_s=options.timeout
        )

    health = asked("/health")
    engine = asked(f"{ENGINE_ROUTE}/health")
    checks = [
        part_of(health, label="db_connectivity", part="database"),
        part_of(health, label="evidence_linking", part="evidence_linking"),
        whole(health, label="api_health", key="status", expected="ok"),
        whole(engine, label="engine_health", key="status"),
    ]
    if not dataset:
        return [*checks, Check("api_run", ok=False, latency_ms=0.0, detail="no dataset version id")]
    run = asked(
        f"{ENGINE_ROUTE}/run",
        {"dataset_version_id": dataset, "started_at": options.started_at, "parameters": {}},
    )
    return [*checks, whole(run, label="api_run", key="run_id")]


def parse_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = benchmark_parser("Check a running service.")
    add = parser.add_argument
    add("--base-url", default="http://localhost:8400", help="of a running server")
    add("--dataset-version-id", default="", help="for api_run, which fails without one")
    add("--timeout", type=float, default=10.0, help="seconds of each check")
    add("--started-at", default="2026-01-01T00:00:00Z", help="of the run")
    add(
        "--api-key",
        default=os.environ.get("SEAWALL_API_KEY", ""),
        help="X-API-Key, without --self-host",
    )
    add("--self-host", action="store_true", help="start a server with a dataset, and end it")
    add("--allow-remote", action="store_true", help="ask a server that is not this machine")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse_options(arguments)
    with ExitStack() as stack:
        if options.self_host:
            folder = stack.enter_context(disk_folder())
            target = stack.enter_context(served(store=folder / "service.db"))
            dataset = ingest_sample(target, records=1)
        else:
            resolve_target(options.base_url, allow_remote=options.allow_remote)
            target = HttpTarget(
                options.base_url,
                pid=0,
                api_key=options.api_key or os.environ.get("SEAWALL_API_KEY", ""),
            )
            dataset = options.dataset_version_id
        checks = run_checks(options, target, dataset=dataset)
    rows = [
        (one.label, "ok" if one.ok else "failed", f"{one.latency_ms:.1f}", one.detail)
        for one in checks
    ]
    print(text_table(("check", "result", "ms", "detail"), rows=rows), file=sys.stderr)
    timestamp = datetime.now(UTC).isoformat()
    write_answer(
        {"timestamp": timestamp, "checks": msgspec.to_builtins(checks)}, output=options.output
    )
    return 0 if all(one.ok for one in checks) else 1


if __name__ == "__main__":
    sys.exit(main())
