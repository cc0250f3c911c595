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
from seawall.service.listening import in_place_of, listening_on
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


def test_who_comes_while_they_end_is_refused_at_once(tmp_path: Path) -> None:
    with served(tmp_path, processes=2) as server:
        until(lambda: all_answer(server))

        def is_refused() -> bool:
            try:
                with socket.create_connection(server.place, timeout=1):
                    return False
            except ConnectionRefusedError:
                return True

        with server.body_under_way(size=2) as under_way:
            server.process.terminate()
            until(is_refused, within_s=5)
            assert all(is_refused() for _ in range(20))
            assert server.process.poll() is None
            under_way.sendall(b"{}")
            assert under_way.recv(1000).startswith(b"HTTP/1.1 400 ")
        assert server.process.wait(60) == 0


def test_the_others_serve_while_a_replacement_does_not_start(tmp_path: Path) -> None:
    with served(tmp_path, processes=2) as server:
        until(lambda: all_answer(server))
        killed, other = serving(server)
        killed.kill()
        until(lambda: len(set(serving(server)) - {killed, other}) == 1)
        (replacement,) = set(serving(server)) - {killed, other}
        replacement.kill()
        until(lambda: serving(server) == [other])
        time.sleep(0.5)  # until the first process has seen it
        for _ in range(20):  # each on a connection of its own
            assert httpx.get(f"{server.address}/health", timeout=30).status_code == 200
        until(lambda: all_answer(server))
        assert len(serving(server)) == 2
        assert server.end() == 0


def test_a_service_ends_when_none_can_serve_any_longer(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    folder.mkdir()
    with served(tmp_path, store=str(folder / "seawall.db"), processes=2) as server:
        until(lambda: all_answer(server))
        first, last = serving(server)
        folder.rename(tmp_path / "elsewhere")
        first.kill()
        until(lambda: len(serving(server)) == 2 and first not in serving(server))
        until(lambda: serving(server) == [last])  # what was to replace it has failed
        assert server.process.poll() is None
        last.kill()
        assert server.process.wait(60) == 1


def test_pauses_between_replacements_grow_to_half_a_minute(tmp_path: Path) -> None:
    with listening_on("127.0.0.1", 0, count=2) as sockets:
        processes = _Processes(ServiceOptions(processes=2), sockets, None, tmp_path)
        failing, _ = processes._places
        failing.has_served = True
        pauses_s = []
        for _ in range(8):
            processes._failed(failing, "ended with -9 before it served")
            pauses_s.append(round(failing.next_at - time.monotonic()))
        processes._end()
    assert pauses_s == [1, 2, 4, 8, 16, 30, 30, 30]


def test_a_temporary_folder_may_have_a_long_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ("temporary-" * 12)
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    with served(tmp_path, processes=2) as server:
        until(lambda: all_answer(server))
        assert list(folder.glob("seawall-*/metrics-1"))
        assert server.end() == 0


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


def taken_of_hundred(sockets: list[socket.socket]) -> list[int]:
    """Return how many of a hundred connections each of the sockets gets."""
    taken = [0] * len(sockets)
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
    return taken


def test_the_system_spreads_connections_over_the_sockets() -> None:
    with listening_on("127.0.0.1", 0, count=2) as sockets:
        taken = taken_of_hundred(sockets)
    assert sum(taken) == 100
    assert min(taken) > 20


def test_a_socket_that_does_not_listen_yet_gets_no_connection() -> None:
    with listening_on("127.0.0.1", 0, count=2) as (first, other):
        address = first.getsockname()
        with in_place_of(first) as renewed:
            assert renewed.getsockname() == address
            assert taken_of_hundred([other]) == [100]
            renewed.listen()
            assert min(taken_of_hundred([renewed, other])) > 20
