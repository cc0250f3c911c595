"""An engine says that it is well only where it computes what is known, and its store works."""

import time
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient

from seawall.engine import EngineDeclaration
from seawall.errors import SeawallError, StoreError
from seawall.registry import ENGINES
from seawall.service import Service, make_app
from seawall.service.access.doors import Access
from seawall.service.engine_health import ask_what_is_known, engine_monitor
from service.conftest import Client, key_of

STRESS = "/api/v3/engines/distressed-asset-debt-stress/health"
WELL = {"database": "ok", "evidence_linking": "ok", "known_answer": "ok"}


@pytest.fixture(params=ENGINES.values(), ids=ENGINES.keys())
def engine(request: pytest.FixtureRequest) -> EngineDeclaration[Any, Any]:
    found: EngineDeclaration[Any, Any] = request.param
    return found


@pytest.fixture
def sick_client(
    service: Service, access: Access, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Client]:
    """Serve a stress engine that answers as if a book of another sum had been asked about."""
    sound = ENGINES["debt_stress"]
    other = msgspec.structs.replace(sound.known_answer, answer=(105_001.0, 0.0, 0.0, 0.0))
    monkeypatch.setitem(ENGINES, "debt_stress", msgspec.structs.replace(sound, known_answer=other))
    key = key_of(access)
    with TestClient(make_app(service, access=access)) as client:
        client.headers["X-API-Key"] = key
        yield client


def test_an_engine_that_computes_what_is_known_is_well(client: Client) -> None:
    for engine in ENGINES.values():
        found = client.get(f"/api/v3/engines/{engine.wire_name}/health")
        assert found.status_code == 200
        assert found.json() == {
            "status": "ok",
            "engine": engine.name,
            "engine_version": engine.version,
            "checks": WELL,
        }


def test_the_known_answer_of_the_stress_is_that_of_the_contract() -> None:
    known = ENGINES["debt_stress"].known_answer
    assert known.answer == (105_000, 64_750, 259_250, 205_750)


def test_another_answer_than_the_known_one_is_told(engine: EngineDeclaration[Any, Any]) -> None:
    ask_what_is_known(engine)
    first, *others = engine.known_answer.answer
    off = msgspec.structs.replace(engine.known_answer, answer=(first + 0.01, *others))
    with pytest.raises(SeawallError) as refused:
        ask_what_is_known(msgspec.structs.replace(engine, known_answer=off))
    assert (refused.value.code, refused.value.where) == ("engine_wrong", engine.name)


def test_a_broken_engine_is_told_and_the_others_are_well(sick_client: Client) -> None:
    found = sick_client.get(STRESS)
    assert found.status_code == 503
    assert "Retry-After" in found.headers
    assert found.json()["status"] == "degraded"
    assert found.json()["checks"] == WELL | {"known_answer": "engine_wrong"}
    others = [one.wire_name for one in ENGINES.values() if one.name != "debt_stress"]
    for name in others:
        assert sick_client.get(f"/api/v3/engines/{name}/health").status_code == 200
    assert sick_client.get("/health").status_code == 200


def test_an_engine_that_fails_says_with_what(
    engine: EngineDeclaration[Any, Any],
) -> None:
    def fail(*_: object) -> Any:
        raise SeawallError("no memory", code="limit_exceeded")

    monitor = engine_monitor({"one": msgspec.structs.replace(engine, run=fail)})
    monitor.try_once()
    assert monitor.checks() == {"one": "limit_exceeded"}


def test_an_engine_on_a_store_that_is_away_is_not_well(
    client: Client, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> Any:
        raise StoreError("away", code="store_unavailable")

    monkeypatch.setattr(service.store, "datasets", away)
    found = _until(client, 503)
    assert found["status"] == "degraded"
    assert found["checks"] == WELL | {"database": "store_unavailable"}


def _until(client: Client, status: int) -> Any:
    """Ask until the monitor, which tries twice a second, has seen it."""
    until = time.monotonic() + 30
    while (found := client.get(STRESS)).status_code != status:
        assert time.monotonic() < until
        time.sleep(0.05)
    return found.json()
