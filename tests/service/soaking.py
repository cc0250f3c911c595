"""A mixed load for a soak, and what the server's memory and descriptors did under it."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import psutil

from seawall.lab.http_target import ENGINE_ROUTE, HttpTarget, ask, ingest_sample, sample_records
from seawall.lab.load import LoadResult, run_load
from seawall.lab.load_profile import (
    SEQUENCE_MARK,
    AnswerCheck,
    LoadProfile,
    LoadRequest,
    LoadStage,
)
from seawall.lab.process_sampling import ProcessSample, ProcessSampling
from seawall.lab.trend import Trend, trend_of
from service.soaking_rounds import Caller, Normalising, bearing, beside

RUN = f"{ENGINE_ROUTE}/run"
REPORT = f"{ENGINE_ROUTE}/report"
INGEST = "/api/v3/ingest-records"
FILE = "/api/v3/ingest-file"
BOUNDARY = "a-boundary"
FILE_HEAD = 'Content-Disposition: form-data; name="file"; filename="records.json"'
FIRST_SEQUENCE = 10**14  # as many digits for every request
STARTED_AT = "2026-01-01T00:00:00Z"
VARIED = "net_exposure_materiality_threshold_pct"
WARM_UP = 0.2  # of the time
MOST_AT_ONCE = 32
ROUTED = 1_024
CHECKED_TOKENS = 17_000  # a little more than the service remembers
HELD_VERSIONS = 900  # as many datasets fill their cache
LOOKS_AT_REST, LOOK_AT_REST_S = 20, 0.1


class Soaked(msgspec.Struct, frozen=True):
    """One soak, without its warm-up."""

    result: LoadResult
    looks: tuple[ProcessSample, ...]
    rounds: dict[str, int]  # done beside it, by their kind; with its warm-up
    descriptors: tuple[int, int]  # before it and after it, while nobody is connected

    def memory(self) -> Trend:
        """Bytes a second."""
        return trend_of([one.at_s for one in self.looks], [one.rss_bytes for one in self.looks])

    def growth_bytes(self) -> int:
        """How far memory rose above where the warm-up left it, at most."""
        return max(one.rss_bytes for one in self.looks) - self.looks[0].rss_bytes

    def requests_a_second(self) -> float:
        return len(self.result.samples) / (self.result.elapsed_ns / 1e9)


def fill_caches(target: HttpTarget, *, seconds: float) -> None:
    """Fill what is bounded to its bounds: tokens and datasets first, then what is left of runs."""
    with ThreadPoolExecutor(3) as threads:
        filling = [threads.submit(_use_tokens, target, CHECKED_TOKENS // 2) for _ in range(2)]
        filling.append(threads.submit(_normalise, target, HELD_VERSIONS))
        for one in filling:
            one.result()
    question = {"dataset_version_id": ingest_sample(target, records=4), "started_at": STARTED_AT}
    new_run = _post(target, "new run", RUN, _run_of(question, f"0.3{SEQUENCE_MARK}"), 1)
    stage = LoadStage(duration_s=seconds, users=MOST_AT_ONCE)
    _load(target, stage, (new_run,), first_sequence=FIRST_SEQUENCE)


def _use_tokens(target: HttpTarget, number: int) -> None:
    with Caller(target) as owner, Caller(target, Accept="application/json") as guest:
        for _ in range(number):
            token = owner.post("/auth/token", {"roles": ["read"]})
            guest.get("/api/v3/datasets?limit=1", **bearing(token))


def _normalise(target: HttpTarget, number: int) -> None:
    with Caller(target) as caller:
        normalising = Normalising(caller)
        for one in range(number):
            normalising.round(FIRST_SEQUENCE + one)


def soak(
    target: HttpTarget, *, seconds: float, rate: float, round_s: float, settling_s: float = 0
) -> Soaked:
    """Load a server with everything at once.

    The first fifth is the warm-up, as fast as the server can: it leaves memory as no slower load
    would. The rest is an open loop, so that each second has as many requests as the others; before
    it as much as is to be settled in, which is not looked at. Beside all there are rounds of what
    takes several steps, a round of each kind every ``round_s``.
    """
    dataset = ingest_sample(target, records=3)
    question = {"dataset_version_id": dataset, "started_at": STARTED_AT}
    _fill_routing(target)
    requests = tuple(_requests(target, question))
    before = _descriptors_at_rest(target)
    warming = LoadStage(duration_s=WARM_UP * seconds, users=MOST_AT_ONCE)
    stage = LoadStage(duration_s=(1 - WARM_UP) * seconds, rate=rate)
    with beside(target, dataset, period_s=round_s) as rounds:
        _load(target, warming, requests, first_sequence=FIRST_SEQUENCE)
        if settling_s:
            settling = msgspec.structs.replace(stage, duration_s=settling_s)
            _load(target, settling, requests, first_sequence=3 * FIRST_SEQUENCE)
        with ProcessSampling([target.pid], interval_s=stage.duration_s / 240) as sampling:
            result = _load(target, stage, requests, first_sequence=2 * FIRST_SEQUENCE)
    descriptors = (before, _descriptors_at_rest(target))
    return Soaked(result, sampling.use(target.pid).samples, rounds, descriptors)


def _descriptors_at_rest(target: HttpTarget) -> int:
    """Return how many are open once all connections are closed, which takes a moment.

    Under load there are as many more as the client has connections, and an open loop makes another
    whenever all it has are waiting: a number that rises for a while and is no leak.
    """
    process, looks = psutil.Process(target.pid), []
    for _ in range(LOOKS_AT_REST):
        looks.append(process.num_fds())
        time.sleep(LOOK_AT_REST_S)
    return min(looks)


def _fill_routing(target: HttpTarget) -> None:
    """Name what is not there: of so many identifiers in paths the framework keeps what they are."""
    path = f"/api/v3/jobs/job_{SEQUENCE_MARK}"
    asked = LoadRequest(path=path, headers=target.headers, check=AnswerCheck((404,)))
    filling = LoadStage(duration_s=3_600, users=MOST_AT_ONCE)
    _load(target, filling, (asked,), first_sequence=FIRST_SEQUENCE, most=ROUTED)


def _load(
    target: HttpTarget,
    stage: LoadStage,
    requests: tuple[LoadRequest, ...],
    *,
    first_sequence: int,
    most: int = 10_000_000,
) -> LoadResult:
    profile = LoadProfile(
        name="soak",
        stages=(stage,),
        requests=requests,
        connections=MOST_AT_ONCE,
        max_requests=most,
        timeout_s=60,
    )
    return run_load(profile, base_url=target.base_url, first_sequence=first_sequence)


def _requests(target: HttpTarget, question: dict[str, str]) -> list[LoadRequest]:
    asked = ask(target.base_url, RUN, body=question, headers=target.headers).document()
    run_id, finding = asked["run_id"], asked["material_findings"][0]
    new_records = sample_records(2, source_system=f"s-{SEQUENCE_MARK}")
    report = {"dataset_version_id": question["dataset_version_id"], "run_id": run_id}
    granular = {**report, "parameters": {"report_type": "granular"}}
    unread = {"records": sample_records(2, source_system=f"p-{SEQUENCE_MARK}")}
    kept = {"dataset_version_id": question["dataset_version_id"]}

    def get(path: str, weight: float, *statuses: int, **said: Any) -> LoadRequest:
        headers = {**target.headers, **said.pop("headers", {})}
        check = AnswerCheck(statuses or (200,))
        return LoadRequest(path=path, weight=weight, headers=headers, check=check, **said)

    return [
        _post(target, "replay", RUN, question, 40),
        _post(target, "new run", RUN, _run_of(question, f"0.2{SEQUENCE_MARK}"), 16),
        _post(target, "ingest", INGEST, {"records": new_records}, 4),
        _post(
            target, "ingest a file", FILE, sample_records(2, source_system=f"f-{SEQUENCE_MARK}"), 1
        ),
        _form(
            target, "ingest a form", FILE, sample_records(2, source_system=f"g-{SEQUENCE_MARK}"), 1
        ),
        _post(target, "preview", "/api/v3/normalize/preview", unread, 1),
        _post(target, "preview a dataset", "/api/v3/normalize/preview", kept, 1),
        _post(target, "validate", "/api/v3/normalize/validate", unread, 1),
        _post(target, "report", REPORT, granular, 1),
        _post(target, "token", "/auth/token", {"roles": ["read"]}, 1),
        get("/api/v3/jobs?limit=5", 1),
        get("/api/v3/audit/logs?limit=5", 1),
        get("/api/v3/engine-registry/enabled", 1),
        get("/api/v3/datasets?limit=5", 4),
        get("/api/v3/runs?limit=5", 4),
        get(f"/api/v3/runs/{run_id}", 4),
        get(f"/api/v3/findings?run_id={run_id}", 4),
        get(f"/api/v3/findings/{finding['id']}/trace", 4),
        get(f"/api/v3/evidence/{asked['debt_exposure_evidence_id']}", 2),
        get(f"/api/v3/links?finding_id={finding['id']}", 2),
        # A new connection each time.
        get("/health", 4, headers={"Connection": "close"}),
        get("/metrics", 1),
        get(f"/api/v3/runs/run_{'0' * 26}", 2, 404),
        get(f"/nowhere/{SEQUENCE_MARK}", 2, 404, name="nowhere"),
        get("/api/v3/runs?limit=x", 2, 400),
        get("/api/v3/runs", 2, 401, 429, name="stranger", headers={"X-API-Key": "seawall_0_0"}),
        _post(target, "broken", RUN, "{", 2, 400),
        _post(target, "refused", RUN, _run_of(question, "-1"), 2, 422),
    ]


def _post(
    target: HttpTarget, name: str, path: str, body: object, weight: float, *statuses: int
) -> LoadRequest:
    return LoadRequest(
        path=path,
        method="POST",
        name=name,
        weight=weight,
        headers={**target.headers, "Content-Type": "application/json"},
        body=body if isinstance(body, str) else json.dumps(body),
        check=AnswerCheck(statuses or (200,)),
    )


def _form(
    target: HttpTarget, name: str, path: str, records: list[dict[str, Any]], weight: float
) -> LoadRequest:
    file = _post(target, name, path, records, weight)
    said = f"--{BOUNDARY}\r\n{FILE_HEAD}\r\n\r\n{file.body}\r\n--{BOUNDARY}--\r\n"
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return msgspec.structs.replace(file, body=said, headers={**file.headers, "Content-Type": kind})


def _run_of(question: dict[str, str], threshold: str) -> str:
    held = json.dumps({**question, "parameters": {VARIED: "@"}})
    return held.replace('"@"', threshold)
