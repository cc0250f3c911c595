"""An answer is forgotten when it is sent: what waits for the collector stops everybody later."""

import asyncio
import gc
import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest

from seawall.errors import InvalidInput
from seawall.service import Service, make_app
from seawall.service.access.doors import Access
from seawall.service.store_health import store_monitor
from seawall.session.books import Books
from service.conftest import ASSUMED, RECORD, RUN, STARTED_AT, key_of

INGEST = "/api/v3/ingest-records"
JOBS = "/api/v3/engines/distressed-asset-debt-simulation/jobs"
ASKED = 5

Ask = Callable[..., Any]


def varied(number: int) -> dict[str, Any]:
    return {"net_exposure_materiality_threshold_pct": 0.2 + number / 1_000}


@pytest.fixture(autouse=True)
def kept_garbage() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


def left_by(service: Service, access: Access, asking: Callable[[Ask], Any]) -> list[str]:
    """Return what of requests and books only the collector finds, once all is answered."""
    headers = [(b"x-api-key", key_of(access).encode())]
    app = make_app(service, access=access)

    async def ask(
        path: str, body: object = None, *, sent: bytes | None = None, method: str = ""
    ) -> Any:
        said: list[Any] = []
        scope: Any = {
            "type": "http",
            "method": method or ("GET" if body is None and sent is None else "POST"),
            "path": path,
            "query_string": b"",
            "headers": headers,
            "state": {},
            "client": ("127.0.0.1", 1),
        }

        async def receive() -> Any:
            content = sent or (b"" if body is None else json.dumps(body).encode())
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Any) -> None:
            said.append(message)

        await app(scope, receive, send)
        return json.loads(said[1]["body"])

    async def answered() -> None:
        async with app.lifespan():
            await asking(ask)
            gc.collect()  # what the first requests import and make for all others
            gc.set_debug(gc.DEBUG_SAVEALL)
            await asking(ask)
            await asyncio.sleep(0.01)
            gc.collect()

    asyncio.run(answered())
    return sorted({name for one in gc.garbage if (name := _ours(one))})


def _ours(found: Any) -> str:
    if isinstance(found, dict) and found.get("type") == "http":
        return "scope"
    name = type(found).__name__
    is_failure = isinstance(found, BaseException | Future)
    return name if is_failure or name in ("Request", "Table", "AskedAnswer", "MadeRun") else ""


def test_runs_leave_nothing_to_the_collector(service: Service, access: Access) -> None:
    begun = 0

    async def asking(ask: Ask) -> None:
        nonlocal begun
        made = await ask(INGEST, {"records": [RECORD]})
        question = {"dataset_version_id": made["dataset_version_id"], "started_at": STARTED_AT}
        for _ in range(ASKED):
            begun += 1
            new = await ask(RUN, {**question, "parameters": varied(begun)})
            assert await ask(RUN, {**question, "parameters": varied(begun)}) == new
            await ask(f"/api/v3/runs/{new['run_id']}")

    assert left_by(service, access, asking) == []


def test_ingesting_leaves_nothing_to_the_collector(service: Service, access: Access) -> None:
    begun = 0

    async def asking(ask: Ask) -> None:
        nonlocal begun
        for _ in range(ASKED):
            begun += 1
            record = {**RECORD, "source_record_id": f"loan-{begun}"}
            assert "dataset_version_id" in await ask(INGEST, {"records": [record]})

    assert left_by(service, access, asking) == []


def test_a_failure_on_a_thread_leaves_nothing_to_the_collector(
    service: Service, access: Access
) -> None:
    async def asking(ask: Ask) -> None:
        for _ in range(ASKED):
            assert "message" in await ask(f"/api/v3/runs/run_{'0' * 26}")

    assert left_by(service, access, asking) == []


def test_refused_runs_leave_nothing_to_the_collector(service: Service, access: Access) -> None:
    async def asking(ask: Ask) -> None:
        made = await ask(INGEST, {"records": [RECORD]})
        question = {"dataset_version_id": made["dataset_version_id"], "started_at": STARTED_AT}
        unknown = {**question, "dataset_version_id": f"dv_{'0' * 26}"}
        refused = {**question, "parameters": {"net_exposure_materiality_threshold_pct": -1}}
        for _ in range(ASKED):
            together = (ask(RUN, sent=b"{"), ask(RUN, refused), ask(RUN, unknown))
            for answer in await asyncio.gather(*together):
                assert "message" in answer

    assert left_by(service, access, asking) == []


def test_a_run_that_fails_leaves_nothing_to_the_collector(
    service: Service, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise InvalidInput("is broken", where="book")

    async def asking(ask: Ask) -> None:
        made = await ask(INGEST, {"records": [RECORD]})
        question = {"dataset_version_id": made["dataset_version_id"], "started_at": STARTED_AT}
        with monkeypatch.context() as patched:
            patched.setattr(Books, "book", broken)
            for _ in range(ASKED):
                assert "message" in await ask(RUN, question)

    assert left_by(service, access, asking) == []


@pytest.mark.parametrize("ends", ["done", "failed", "cancelled"])
def test_a_job_leaves_nothing_to_the_collector(service: Service, access: Access, ends: str) -> None:
    begun = 0

    async def asking(ask: Ask) -> None:
        nonlocal begun
        made = await ask(INGEST, {"records": [RECORD]})
        question = {"dataset_version_id": made["dataset_version_id"], "started_at": STARTED_AT}
        assumed = {} if ends == "failed" else ASSUMED
        scenarios = 1 << 20 if ends == "cancelled" else 4_096
        for _ in range(ASKED):
            begun += 1
            parameters = {**assumed, "scenario_count": scenarios, "seed": begun}
            job = await ask(JOBS, {**question, "parameters": parameters})
            path = f"/api/v3/jobs/{job['job_id']}"
            if ends == "cancelled":
                while (await ask(path))["status"] == "queued":
                    await asyncio.sleep(0.001)
                await ask(path, method="DELETE")
            while service.jobs.live():
                await asyncio.sleep(0.01)
            assert (await ask(path))["status"] == ends

    assert left_by(service, access, asking) == []


def test_a_refused_write_leaves_nothing_to_the_collector(service: Service, access: Access) -> None:
    def write(_: object) -> None:
        raise InvalidInput("is refused", where="row")

    async def asking(_: Ask) -> None:
        for _ in range(ASKED):
            with pytest.raises(InvalidInput):
                service.store.submit(write).result()

    assert left_by(service, access, asking) == []


def test_a_look_at_health_leaves_nothing_to_the_collector(service: Service, access: Access) -> None:
    monitor = store_monitor(service.store)

    async def asking(_: Ask) -> None:
        for _ in range(ASKED):
            monitor.try_once()
        assert monitor.checks() == {"database": "ok", "evidence_linking": "ok"}

    assert left_by(service, access, asking) == []
