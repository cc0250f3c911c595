"""One service of several processes: they share its address, its store and its metrics."""

import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from seawall.errors import SeawallError
from seawall.service.listening import listening_on
from seawall.service.opening import ServiceOptions
from seawall.service.processes import _Processes
from seawall.session import Session
from service.conftest import RECORD
from service.served import INGEST, Served, asked_by_twenty, served


def serving(server: Served) -> list[psutil.Process]:
    """Return the processes that answer."""
    children = psutil.Process(server.process.pid).children()
    return [child for child in children if "spawn_main" in _command(child)]


def _command(process: psutil.Process) -> str:
    with suppress(psutil.Error):  # it may just have ended
        return " ".join(process.cmdline())
    return ""


def metrics(server: Served) -> dict[tuple[str, str], float]:
    """Return the sums of all metrics by name and process."""
    found: dict[tuple[str, str], float] = {}
    answer = httpx.get(f"{server.address}/metrics", headers={"X-API-Key": server.key})
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            key = sample.name, sample.labels["process"]
            found[key] = found.get(key, 0.0) + sample.value
    return found


def until(happens: Callable[[], bool], *, within_s: float = 60.0) -> None:
    """Wait for something that is to happen."""
    ends = time.monotonic() + within_s
    while not happens():
        assert time.monotonic() < ends
        time.sleep(0.05)


def all_answer(server: Served) -> bool:
    """Tell whether both processes tell their metrics."""
    try:
        found = metrics(server)
    except httpx.TransportError:
        return False
    return all(found.get(("service_process_answers", number)) == 1.0 for number in "12")


def test_what_one_process_is_asked_the_others_know(tmp_path: Path) -> None:
    with served(tmp_path, processes=2) as server:
        until(lambda: all_answer(server))
        answers = asked_by_twenty(server, times=40)
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
        found = metrics(server)
        counted = [found.get(("http_request_duration_seconds_count", one), 0) for one in "12"]
        assert all(counted)  # each has answered some
        assert sum(counted) >= 41
        assert found["process_resident_memory_bytes", "1"] > 0
        assert found["process_resident_memory_bytes", "2"] > 0
        assert server.end() == 0
    with Session(tmp_path / "seawall.db") as session:
        assert session.verify().ok


def test_another_process_takes_the_place_of_one_that_was_killed(tmp_path: Path) -> None:
    acknowledged: list[str] = []
    ending = threading.Event()

    def write(number: int) -> None:
        index = 0
        while not ending.is_set():
            record = {**RECORD, "source_record_id": f"{number}-{index}"}
            try:
                found = httpx.post(
                    server.address + INGEST,
                    json={"records": [record]},
                    headers={"X-API-Key": server.key},
                    timeout=30,
                )
            except httpx.TransportError:
                continue  # its process was killed: the same is asked again
            assert found.status_code == 200
            acknowledged.append(found.json()["dataset_version_id"])
            index += 1

    with served(tmp_path, processes=2) as server, ThreadPoolExecutor(4) as writers:
        until(lambda: all_answer(server))
        written = [writers.submit(write, number) for number in range(4)]
        try:
            until(lambda: len(acknowledged) > 20)
            killed = serving(server)[0]
            killed.kill()
            until(lambda: len(serving(server)) == 2 and killed not in serving(server))
            until(lambda: all_answer(server))
            before = len(acknowledged)
            until(lambda: len(acknowledged) > before + 20)
        finally:
            ending.set()
        for one in written:
            one.result(60)
        assert server.end() == 0
    with Session(tmp_path / "seawall.db") as session:
        assert len(set(acknowledged)) == len(acknowledged)
        for version in acknowledged:
            assert session.dataset(version).record_count == 1
        assert session.verify().ok


def test_they_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    with served(tmp_path, processes=2) as server:
        until(lambda: all_answer(server))
        children = serving(server)
        assert len(children) == 2
        server.process.kill()
        assert not psutil.wait_procs(children, timeout=60)[1]


def test_a_process_that_cannot_serve_ends_the_service(tmp_path: Path) -> None:
    options = ServiceOptions(store=str(tmp_path / "missing" / "seawall.db"), processes=2)
    with listening_on("127.0.0.1", 0, count=2) as sockets, pytest.raises(SeawallError) as caught:
        _Processes(options, sockets, None, tmp_path).run()
    assert caught.value.code == "process_failed"


def test_no_other_service_shares_the_port() -> None:
    with listening_on("127.0.0.1", 0, count=2) as sockets:
        port = sockets[0].getsockname()[1]
        for count in (1, 2):
            with (
                pytest.raises(SeawallError) as caught,
                listening_on("127.0.0.1", port, count=count),
            ):
                pass
            assert caught.value.code == "port_unavailable"


def test_the_system_spreads_connections_over_the_sockets() -> None:
    with listening_on("127.0.0.1", 0, count=2) as sockets:
        taken = [0, 0]
        for one in sockets:
            one.setblocking(False)
        for _ in range(100):
            with socket.create_connection(sockets[0].getsockname()):
                for place, one in enumerate(sockets):
                    try:
                        one.accept()[0].close()
                    except BlockingIOError:
                        continue
                    taken[place] += 1
    assert sum(taken) == 100
    assert min(taken) > 20
