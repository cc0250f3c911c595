"""One row of the API's benchmarks: a server, a load on it, and what came of that."""

import json
import sys
from typing import Any

import msgspec
import numpy as np

from seawall.lab.http_target import ENGINE_ROUTE
from seawall.lab.load import LoadResult, run_load
from seawall.lab.load_ceiling import LoadCeiling, measure_ceiling
from seawall.lab.load_profile import (
    DATASET_MARK,
    SEQUENCE_MARK,
    AnswerCheck,
    LoadProfile,
    LoadRequest,
    LoadStage,
    ThinkTime,
)
from seawall.lab.load_samples import OUTCOMES, LoadFigures, RefusalFigures, figures_of, refusals_of
from seawall.lab.load_subject import LoadSubject, aimed, fresh_sequence
from seawall.lab.process_sampling import ProcessSampling, ProcessUse

LONGEST_S = 600.0  # of a row that ends by its number of requests
MOST_REQUESTS = 10_000_000
CEILING_S = 1.0
VARIED = "net_exposure_materiality_threshold_pct"  # 0.2 and digits: each a new run


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What every request of a row asks."""

    endpoint: str = f"{ENGINE_ROUTE}/run"
    started_at: str = "2026-01-01T00:00:00Z"
    parameters: dict[str, Any] = {}
    fresh: bool = False  # each varies a parameter and is a new run


class LoadPlan(msgspec.Struct, frozen=True, kw_only=True):
    """How a row is loaded. It ends by its requests, or where a duration is given by that."""

    connections: int  # each with one request under way; the most of an open loop
    requests: int = MOST_REQUESTS  # after the warm-up
    duration_s: float | None = None
    rate: float | None = None  # of an open loop
    warmup: int = 0
    think_s: tuple[float, float] = (0.0, 0.0)
    timeout_s: float = 30.0
    threads: int = 1
    ceiling: bool = True
    allow_remote: bool = False


class Level(msgspec.Struct, frozen=True):
    """One row: a load, what came of it, and what it cost."""

    result: LoadResult
    connections: int
    ceiling: LoadCeiling | None
    server: ProcessUse | None

    @property
    def figures(self) -> LoadFigures:
        """Without the warm-up."""
        return figures_of(self.result.counted)

    @property
    def refusals(self) -> RefusalFigures:
        """Of those that were told 503."""
        return refusals_of(self.result.counted)


def measure_level(plan: LoadPlan, question: Question, subject: LoadSubject) -> Level:
    """Load the subject once, and measure the client's ceiling beside it."""
    profile = aimed(_profile(plan, question), subject)
    pids = [subject.target.pid] if subject.target else []
    with ProcessSampling(pids, interval_s=0.25, file=subject.store) as sampling:
        result = run_load(
            profile,
            base_url=subject.base_url,
            allow_remote=plan.allow_remote,
            first_sequence=fresh_sequence(),
            threads=plan.threads,
            on_progress=_show_progress if sys.stderr.isatty() else None,
        )
    received = result.counted.received_bytes
    ceiling = None
    if plan.ceiling:
        ceiling = measure_ceiling(
            connections=plan.connections,
            threads=plan.threads,
            body=profile.requests[0].body,
            answer_bytes=int(np.median(received)) if len(received) else 0,
            duration_s=CEILING_S,
        )
    return Level(
        result=result,
        connections=plan.connections,
        ceiling=ceiling,
        server=sampling.use(pids[0]) if pids else None,
    )


def requests_of(level: Level) -> list[dict[str, Any]]:
    """Return every request of a row as the contract has it."""
    counted = level.result.counted
    return [
        {
            "latency_ms": latency / 1e6,
            "status_code": status,
            "error": OUTCOMES[outcome] if outcome else None,
        }
        for latency, status, outcome in zip(
            counted.latency_ns.tolist(),
            counted.status.tolist(),
            counted.outcome.tolist(),
            strict=True,
        )
    ]


def _body(question: Question) -> str:
    parameters = dict(question.parameters)
    held = "\ue000"  # takes the place of a number that is no number yet
    if question.fresh:
        parameters[VARIED] = held
    body = json.dumps(
        {
            "dataset_version_id": DATASET_MARK,
            "started_at": question.started_at,
            "parameters": parameters,
        },
        ensure_ascii=False,
    )
    return body.replace(f'"{held}"', f"0.2{SEQUENCE_MARK}")


def _profile(plan: LoadPlan, question: Question) -> LoadProfile:
    count = min(plan.requests + plan.warmup, MOST_REQUESTS)
    if plan.rate:
        duration_s = plan.duration_s or count / plan.rate
        stage = LoadStage(duration_s=duration_s, rate=plan.rate)
    else:
        stage = LoadStage(duration_s=plan.duration_s or LONGEST_S, users=plan.connections)
    return LoadProfile(
        name="bench_api",
        stages=(stage,),
        requests=(
            LoadRequest(
                path=question.endpoint,
                method="POST",
                headers={"Content-Type": "application/json"},
                body=_body(question),
                check=AnswerCheck(statuses=(200,), contains='"run_id"'),
            ),
        ),
        think=ThinkTime(*plan.think_s),
        timeout_s=plan.timeout_s,
        max_requests=count,
        warmup_requests=plan.warmup,
        connections=plan.connections,
    )


def _show_progress(count: int) -> None:
    print(f"\r{count:,} requests", end="", file=sys.stderr, flush=True)
