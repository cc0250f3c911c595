"""What finds no place is refused at once; what is heavy stands in nobody's way."""

import asyncio
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from litestar.testing import TestClient
from litestar.types import Receive, Scope, Send

from seawall.errors import StoreError
from seawall.service import Service, admission, make_app
from seawall.service.access.doors import Access
from seawall.service.access.principal import Principal
from seawall.service.admission import LARGE_BYTES, Admission, AdmissionOptions
from seawall.service.lanes import Turn, present_turn
from service.conftest import RECORD, Client, key_of

INGEST = "/api/v3/ingest-records"


class House:
    """An application whose answers wait until they are let go."""

    def __init__(self, options: AdmissionOptions) -> None:
        self.admission = Admission(options)
        self.entered: list[str] = []
        self.turns: list[Turn] = []
        self.go = asyncio.Event()
        self._app: Callable[..., Any] = self.admission.around(
            self.admission.middleware(self._inside)
        )

    async def _inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        self.entered.append(scope["path"])
        self.turns.append(present_turn())
        await self.go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    def ask(
        self,
        path: str = "/x",
        *,
        key: str = "a",
        weight: str = "light",
        size: int | None = 2,
        receive: Callable[[], Any] | None = None,
    ) -> "asyncio.Task[tuple[int, dict[bytes, bytes]]]":
        headers = [(b"x-api-key", key.encode())]
        if size is not None:
            headers.append((b"content-length", str(size).encode()))
        state = {"principal": Principal(key, key, frozenset(), key)}

        scope: Any = {
            "type": "http",
            "method": "POST",
            "path": path,
            "headers": headers,
            "state": state,
            "route_handler": SimpleNamespace(opt={"weight": weight}),
        }
        found: list[Any] = []

        async def body() -> Any:
            return {"type": "http.request", "body": b"{}", "more_body": False}

        async def send(message: Any) -> None:
            found.append(message)

        async def asked() -> tuple[int, dict[bytes, bytes]]:
            await self._app(scope, receive or body, send)
            return found[0]["status"], dict(found[0]["headers"])

        return asyncio.create_task(asked())


async def _settled() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


def _options(**changed: Any) -> AdmissionOptions:
    options = {"at_once": 4, "waiting": 8, "heavy_at_once": 2, "heavy_waiting": 4, **changed}
    return AdmissionOptions(**options)


def test_what_finds_no_place_is_refused_and_told_when_to_come_again() -> None:
    async def said() -> None:
        house = House(_options())
        asked = [house.ask(key=str(number)) for number in range(20)]
        await _settled()
        refused = [one.result() for one in asked if one.done()]
        assert len(refused) == 8
        assert {status for status, _ in refused} == {503}
        assert {headers[b"retry-after"] for _, headers in refused} == {b"1"}
        assert all(b"x-content-type-options" in headers for _, headers in refused)
        house.go.set()
        assert sorted([(await one)[0] for one in asked]) == [200] * 12 + [503] * 8
        assert house.admission.door.turns.working == 0

    asyncio.run(said())


def test_a_thousand_of_one_credential_may_wait_by_default() -> None:
    async def said() -> None:
        house = House(AdmissionOptions())
        asked = [house.ask() for _ in range(1_120)]
        await _settled()
        assert house.admission.door.turns.waiting >= 1_000
        house.go.set()
        assert {(await one)[0] for one in asked} == {200}

    asyncio.run(said())


@pytest.mark.parametrize("path", ["/health", "/metrics"])
def test_health_and_metrics_never_wait(path: str) -> None:
    async def said() -> None:
        house = House(_options())
        asked = [house.ask(key=str(number)) for number in range(20)]
        await _settled()
        watched = house.ask(path)
        await _settled()
        assert path in house.entered
        house.go.set()
        assert (await watched)[0] == 200
        await asyncio.gather(*asked)

    asyncio.run(said())


def test_who_asks_a_lot_leaves_places_for_others() -> None:
    async def said() -> None:
        house = House(_options())
        asked = [house.ask("/many", key="greedy") for _ in range(7)]
        await _settled()
        asked.append(house.ask("/one", key="modest"))
        await _settled()
        assert house.entered == ["/many"] * 3 + ["/one"]
        house.go.set()
        assert {(await one)[0] for one in asked} == {200}

    asyncio.run(said())


def test_a_heavy_request_waits_without_a_place_and_without_its_body() -> None:
    async def said() -> None:
        house = House(_options())
        read: list[int] = []

        async def endless() -> Any:
            read.append(1)
            return {"type": "http.request", "body": bytes(1 << 16), "more_body": len(read) < 9}

        heavy = [house.ask("/heavy", key=key, weight="heavy") for key in "abc"]
        heavy.append(house.ask("/heavy", key="d", weight="heavy", receive=endless))
        await _settled()
        assert house.admission.door.turns.working == 0
        assert house.admission.heavy.turns.working == 2
        assert len(read) == 1
        light = house.ask("/light")
        await _settled()
        assert house.entered == ["/heavy", "/heavy", "/light"]
        house.go.set()
        assert {(await one)[0] for one in (*heavy, light)} == {200}
        assert len(read) == 9
        assert house.turns[0] == Turn("a", "heavy")
        assert Turn("a") in house.turns
        assert house.admission.heavy.turns.working == 0

    asyncio.run(said())


def test_too_many_heavy_requests_are_refused() -> None:
    async def said() -> None:
        house = House(_options())
        asked = [house.ask(key=str(number), weight="heavy") for number in range(9)]
        await _settled()
        assert [one.result()[0] for one in asked if one.done()] == [503] * 3
        assert house.admission.heavy.refused == 3
        house.go.set()
        await asyncio.gather(*asked)

    asyncio.run(said())


@pytest.mark.parametrize(
    ("weight", "size", "lane"),
    [
        ("light", LARGE_BYTES, "light"),
        ("large", LARGE_BYTES - 1, "light"),
        ("large", LARGE_BYTES, "heavy"),
        ("large", None, "heavy"),
        ("heavy", 2, "heavy"),
    ],
)
def test_a_large_body_is_heavy_where_the_route_says_so(
    weight: str, size: int | None, lane: str
) -> None:
    async def said() -> None:
        house = House(_options())
        house.go.set()
        await house.ask(weight=weight, size=size)
        assert [turn.lane for turn in house.turns] == [lane]

    asyncio.run(said())


class _Finding(House):
    """An application that finds out in the midst of a request that it is heavy."""

    async def _inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with scope["state"]["heavily"]():
            await super()._inside(scope, receive, send)
        self.turns.append(present_turn())


def test_what_turns_out_heavy_goes_on_in_the_heavy_room() -> None:
    async def said() -> None:
        house = _Finding(_options())
        asked = [house.ask(key=str(number), weight="perhaps") for number in range(4)]
        await _settled()
        assert house.admission.door.turns.working == 0
        assert (house.admission.heavy.turns.working, house.admission.heavy.turns.waiting) == (2, 2)
        house.go.set()
        assert [(await one)[0] for one in asked] == [200] * 4
        lanes = [turn.lane for turn in house.turns]
        assert (lanes.count("heavy"), lanes.count("light")) == (4, 4)
        assert house.admission.heavy.turns.working == 0

    asyncio.run(said())


def test_what_turns_out_heavy_and_finds_no_place_is_told_so() -> None:
    async def said() -> None:
        house = _Finding(_options(heavy_at_once=1, heavy_waiting=2))
        asked = [house.ask(key=str(number), weight="perhaps") for number in range(4)]
        await _settled()
        (refused,) = [one for one in asked if one.done()]
        with pytest.raises(StoreError) as caught:
            await refused
        assert caught.value.code == "overloaded"
        house.go.set()
        for one in asked:
            if one is not refused:
                assert (await one)[0] == 200
        assert house.admission.door.turns.working == 0

    asyncio.run(said())


def test_who_sends_slowly_holds_no_place_and_is_sent_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission, "SILENCE_S", 0.05)

    async def said() -> None:
        house = House(_options())

        async def never() -> Any:
            await asyncio.sleep(60)

        slow = house.ask(receive=never)
        await _settled()
        assert house.admission.door.turns.working == 0
        status, headers = await slow
        assert status == 408
        assert headers[b"connection"] == b"close"

    asyncio.run(said())


def test_who_goes_away_while_waiting_is_forgotten() -> None:
    async def said() -> None:
        house = House(_options(at_once=1))
        first, gone, last = house.ask("/1"), house.ask("/2"), house.ask("/3")
        await _settled()
        gone.cancel()
        await _settled()
        house.go.set()
        assert (await first)[0] == (await last)[0] == 200
        assert house.entered == ["/1", "/3"]
        assert house.admission.door.turns.working == 0

    asyncio.run(said())


def test_a_heavy_request_whose_sender_falls_silent_is_refused(
    service: Service, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "SILENCE_S", 0.2)
    key = key_of(access)
    app = make_app(service, access=access)
    found: list[Any] = []

    async def said() -> None:
        pieces = iter([bytes(1 << 17)])

        async def receive() -> Any:
            for piece in pieces:
                return {"type": "http.request", "body": piece, "more_body": True}
            return await asyncio.sleep(60)

        async def send(message: Any) -> None:
            found.append(message)

        scope: Any = {
            "type": "http",
            "method": "POST",
            "path": INGEST,
            "raw_path": INGEST.encode(),
            "query_string": b"",
            "headers": [(b"x-api-key", key.encode()), (b"content-length", b"999999")],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 1),
            "scheme": "http",
            "http_version": "1.1",
            "root_path": "",
            "state": {},
        }
        await app(scope, receive, send)

    with TestClient(app):
        asyncio.run(said())
    assert found[0]["status"] == 408
    assert json.loads(found[1]["body"])["detail"] == "BODY_TOO_SLOW"


def test_a_body_that_comes_in_pieces_arrives_whole(client: Client) -> None:
    whole = json.dumps({"records": [{**RECORD, "note": "x" * 500_000}]}).encode()
    pieces = (whole[first : first + 10_000] for first in range(0, len(whole), 10_000))
    found = client.post(INGEST, content=pieces)
    assert found.status_code == 200
    assert found.json()["raw_records_written"] == 1
