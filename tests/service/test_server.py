"""The server as it runs: a process, a port, a signal."""

import asyncio
import gc
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from litestar import Litestar

from seawall.service.listening import listening_on
from seawall.service.server import (
    MOST_MORE,
    SET_ASIDE_S,
    _collected_by_us,
    collect_seldom,
    serve,
)
from seawall.session import Session
from service.conftest import RECORD
from service.served import COMMAND, INGEST, asked_by_twenty, served


def test_a_server_answers_and_ends_with_nothing_acknowledged_lost(tmp_path: Path) -> None:
    acknowledged: list[str] = []
    enough = threading.Event()

    def writer(number: int) -> None:
        with httpx.Client(base_url=server.address, headers={"X-API-Key": server.key}) as client:
            for index in range(10_000):
                record = {**RECORD, "source_record_id": f"{number}-{index}"}
                try:
                    found = client.post(INGEST, json={"records": [record]})
                except httpx.TransportError:
                    return  # the server has ended
                if found.status_code != 200:
                    return
                acknowledged.append(found.json()["dataset_version_id"])
                if len(acknowledged) >= 20:
                    enough.set()

    with served(tmp_path) as server, ThreadPoolExecutor(4) as writers:
        written = [writers.submit(writer, number) for number in range(4)]
        assert enough.wait(60)
        assert server.end() == 0
        for one in written:
            one.result(60)
    with Session(tmp_path / "seawall.db") as session:
        for version in acknowledged:
            assert session.dataset(version).record_count == 1
        assert session.verify().ok


def test_twenty_clients_that_ask_the_same_get_the_same(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        answers = asked_by_twenty(server, times=20)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


def test_who_balances_loads_asks_with_head(tmp_path: Path) -> None:
    with served(tmp_path) as server, httpx.Client(base_url=server.address) as client:
        asked = client.get("/health")
        found = client.head("/health")
        assert (found.status_code, found.content) == (200, b"")
        assert found.headers["content-length"] == str(len(asked.content))
        assert client.head("/api/v3/runs").status_code == 401
        assert client.get("/health").content == asked.content  # the connection is in order


def test_development_is_refused_to_other_machines(tmp_path: Path) -> None:
    found = subprocess.run(
        [*COMMAND, "--dev", "--host", "0.0.0.0"],  # noqa: S104 (refused)
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 1
    assert "0.0.0.0" in found.stderr  # noqa: S104
    assert "Traceback" not in found.stderr


def test_a_server_that_is_told_to_end_while_it_starts_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    run = uvicorn.Server.run

    def run_after_signal(server: uvicorn.Server, **named: Any) -> None:
        signal.raise_signal(signal.SIGTERM)
        run(server, **named)

    monkeypatch.setattr(uvicorn.Server, "run", run_after_signal)
    later = threading.Timer(5, signal.raise_signal, [signal.SIGTERM])
    with listening_on("127.0.0.1", 0) as (listening,):
        later.start()
        began = time.monotonic()
        serve(Litestar(), listening)
        later.cancel()
    assert time.monotonic() - began < 4


def test_the_collector_walks_once_what_does_not_go_has_grown() -> None:
    walks = []

    def note(phase: str, about: dict[str, int]) -> None:
        if phase == "stop":
            walks.append(about["collected"])

    async def hold(count: int, *, cycles: bool) -> list[list[object]]:
        await collect_seldom()
        held: list[list[object]] = []
        for _ in range(10):
            for number in range(count // 10):
                new: list[object] = [number]
                if cycles:
                    new.append(new)
                elif number % 10:  # the others go as their last reference does
                    held.append(new)
            await asyncio.sleep(2 * SET_ASIDE_S)
        return held

    with _collected_by_us():
        gc.callbacks.append(note)
        try:
            assert len(asyncio.run(hold(10_000, cycles=False))) == 9_000
            assert walks == []  # so few are never looked at
            asyncio.run(hold(MOST_MORE, cycles=True))  # each of three blocks
            assert sum(walks) > MOST_MORE / 4
        finally:
            gc.callbacks.remove(note)
