"""The load engine against a server of the tests' own, which counts for itself."""

import resource
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lab.stand_in_server import StandInServer, closed_port, reply
from seawall import native
from seawall.errors import Cancelled, InvalidInput, LimitExceeded
from seawall.lab.load import LoadResult, resolve_target, run_load
from seawall.lab.load_profile import (
    AnswerCheck,
    LoadProfile,
    LoadRequest,
    LoadStage,
    ThinkTime,
)
from seawall.lab.load_samples import (
    OUTCOMES,
    figures_of,
    read_samples,
    seconds_of,
    write_samples,
)


def profile(*stages: LoadStage, **fields: Any) -> LoadProfile:
    """Return a profile of one request to /."""
    given: dict[str, Any] = {"requests": (LoadRequest(path="/"),), "timeout_s": 20.0} | fields
    return LoadProfile(name="test", stages=stages, **given)


def closed(users: int, count: int, **fields: Any) -> LoadProfile:
    return profile(LoadStage(duration_s=60, users=users), max_requests=count, **fields)


def outcomes(result: LoadResult) -> dict[str, int]:
    kinds, counts = np.unique(result.samples.outcome, return_counts=True)
    return {OUTCOMES[kind]: int(count) for kind, count in zip(kinds, counts, strict=True)}


@pytest.mark.parametrize(("users", "threads"), [(1, 1), (7, 1), (7, 2), (50, 3)])
def test_a_closed_loop_sends_as_many_requests_as_the_server_counts(
    users: int, threads: int
) -> None:
    with StandInServer() as server:
        result = run_load(closed(users, 300), base_url=server.base_url, threads=threads)
        assert len(server.requests) == 300
        assert server.connections == len(result.connect_ns) == users
    assert outcomes(result) == {"ok": 300}
    assert list(result.samples.number) == list(range(300))
    assert set(result.samples.status) == {200}


@pytest.mark.parametrize("threads", [1, 2])
def test_an_open_loop_has_the_arrivals_of_its_rate(threads: int) -> None:
    with StandInServer() as server:
        result = run_load(
            profile(
                LoadStage(duration_s=0.2, rate=500),
                LoadStage(duration_s=0.2, rate=0, ramp=True),
                LoadStage(duration_s=0.2, rate=200),
            ),
            base_url=server.base_url,
            threads=threads,
        )
        assert len(server.requests) == 100 + 50 + 40
    assert outcomes(result) == {"ok": 190}
    intended = result.samples.intended_ns
    assert intended[0] == 1_000_000
    assert intended[99] == 199_000_000
    assert intended[150] == 402_500_000
    assert np.all(np.diff(intended) > 0)
    assert np.all(result.samples.sent_ns >= intended)


def test_an_open_loop_sends_what_was_due_though_nothing_is_answered() -> None:
    with StandInServer(b"HTTP/1.1 100 Continue\r\n\r\n") as server:
        result = run_load(
            profile(LoadStage(duration_s=0.1, rate=200), timeout_s=0.3), base_url=server.base_url
        )
        assert len(server.requests) == 20
    assert outcomes(result) == {"timeout": 20}
    assert result.samples.latency_ns.min() >= 300_000_000


def test_a_server_that_sleeps_is_measured_as_slow() -> None:
    def slow(number: int, request: bytes) -> bytes:
        time.sleep(0.05)
        return reply()

    with StandInServer(slow) as server:
        result = run_load(closed(1, 5), base_url=server.base_url)
    assert result.samples.latency_ns.min() >= 50_000_000
    assert figures_of(result.counted).p50_ms >= 50  # type: ignore[operator]


def test_a_stall_is_seen_by_every_request_that_was_due_meanwhile() -> None:
    def stalling(number: int, request: bytes) -> bytes:
        if number == 20:
            time.sleep(0.4)
        return reply()

    with StandInServer(stalling) as server:
        result = run_load(
            profile(LoadStage(duration_s=1, rate=200), connections=1), base_url=server.base_url
        )
        assert len(server.requests) == 200
    # 80 were due during the stall, 60 of them at least 0.1 s before its end. A client that waits
    # for an answer before it looks at the clock sees one slow request (coordinated omission).
    assert np.count_nonzero(result.samples.latency_ns >= 100_000_000) >= 60
    assert result.samples.latency_ns.max() >= 400_000_000
    assert figures_of(result.counted).p95_ms >= 200  # type: ignore[operator]
    assert figures_of(result.counted).sent_late_p99_ms >= 200  # type: ignore[operator]


def test_each_request_bears_its_own_number() -> None:
    with StandInServer() as server:
        result = run_load(
            closed(
                3,
                40,
                requests=(
                    LoadRequest(
                        path="/runs/{{sequence}}", method="POST", body='{"value": 0.2{{sequence}}}'
                    ),
                ),
            ),
            base_url=server.base_url,
            first_sequence=1000,
        )
        bodies = sorted(request.split(b"\r\n\r\n")[1] for request in server.requests)
        assert bodies == [b'{"value": 0.2%d}' % number for number in range(1000, 1040)]
        assert {request.split()[1] for request in server.requests} == {
            b"/runs/%d" % number for number in range(1000, 1040)
        }
    assert outcomes(result) == {"ok": 40}


def test_a_mix_is_as_its_weights_and_the_same_for_a_seed() -> None:
    requests = (LoadRequest(path="/often", weight=3), LoadRequest(path="/seldom", weight=1))
    with StandInServer() as server:
        first = run_load(closed(4, 2000, requests=requests), base_url=server.base_url)
        seldom = sum(b"/seldom" in request for request in server.requests)
        second = run_load(closed(2, 2000, requests=requests), base_url=server.base_url)
    assert seldom == np.count_nonzero(first.samples.kind == 1)
    assert abs(seldom - 500) < 5 * (2000 * 0.25 * 0.75) ** 0.5
    assert np.array_equal(first.samples.kind, second.samples.kind)
    figures = first.figures_by_request()
    assert [figures[label].requests for label in ("GET /often", "GET /seldom")] == [
        2000 - seldom,
        seldom,
    ]


def test_a_user_thinks_between_its_requests() -> None:
    with StandInServer() as server:
        result = run_load(
            closed(1, 6, think=ThinkTime(low_s=0.02, high_s=0.04)), base_url=server.base_url
        )
    pauses = result.samples.intended_ns[1:] - result.samples.done_ns[:-1]
    assert pauses.min() >= 20_000_000
    assert len(set(pauses)) == 5


def test_users_come_as_the_stages_say_and_leave() -> None:
    with StandInServer() as server:
        result = run_load(
            profile(
                LoadStage(duration_s=0.2, users=2),
                LoadStage(duration_s=0.3, users=12, ramp=True),
                LoadStage(duration_s=0.2, users=1),
                think=ThinkTime(low_s=0.005, high_s=0.005),
            ),
            base_url=server.base_url,
        )
        assert server.connections == len(result.connect_ns) == 12
        assert len(server.requests) == len(result.samples)
    intended = result.samples.intended_ns
    assert intended.max() < 700_000_000
    assert outcomes(result) == {"ok": len(result.samples)}
    assert [second.second for second in seconds_of(result.samples)] == [0]


@pytest.mark.parametrize(
    ("answer", "check", "outcome"),
    [
        (reply(status=503), AnswerCheck(), "unexpected_status"),
        (reply(status=201), AnswerCheck(statuses=(200, 202)), "unexpected_status"),
        (reply(b"a run"), AnswerCheck(contains="run_id"), "missing_text"),
        (b"", AnswerCheck(), "connection_closed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", AnswerCheck(), "timeout"),
        (b"220 smtp ready\r\n\r\n", AnswerCheck(), "malformed_response"),
        (reply() + reply(), AnswerCheck(), "malformed_response"),
    ],
)
def test_a_wrong_answer_is_counted_by_its_kind(
    answer: bytes, check: AnswerCheck, outcome: str
) -> None:
    with StandInServer(answer) as server:
        result = run_load(
            closed(2, 6, requests=(LoadRequest(path="/", check=check),), timeout_s=0.1),
            base_url=server.base_url,
        )
        assert len(server.requests) == 6
    assert outcomes(result) == {outcome: 6}
    assert figures_of(result.counted).errors_by_kind == {outcome: 6}
    assert figures_of(result.counted).error_rate == 1.0


def test_a_refused_connection_is_a_failed_request() -> None:
    with closed_port() as port:
        result = run_load(closed(2, 6), base_url=f"http://127.0.0.1:{port}")
    assert outcomes(result) == {"connect_failed": 6}
    assert figures_of(result.counted).statuses == {"none": 6}
    assert set(result.samples.sent_ns) == {-1}


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("GET", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n"),
        ("GET", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + reply()),
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n"),
        ("HEAD", reply().removesuffix(b"fine")),
        ("POST", reply(status=302)),
    ],
)
def test_an_answer_ends_where_its_form_says(method: str, answer: bytes) -> None:
    with StandInServer(answer) as server:
        request = LoadRequest(path="/", method=method)
        result = run_load(closed(2, 8, requests=(request,)), base_url=server.base_url)
        assert len(server.requests) == 8
        assert server.connections == 2
    assert outcomes(result) == {"ok": 8}


@pytest.mark.parametrize(
    "answer",
    [
        reply().replace(b"\r\n", b"\r\nConnection: close\r\n", 1),
        reply().replace(b"HTTP/1.1", b"HTTP/1.0"),
        b"HTTP/1.1 200 OK\r\n\r\nthe body ends with the connection",
    ],
)
def test_a_connection_that_the_server_closes_is_made_anew(answer: bytes) -> None:
    with StandInServer(answer, closes=True) as server:
        result = run_load(closed(2, 8), base_url=server.base_url)
        assert outcomes(result) == {"ok": 8}
        assert len(server.requests) == 8
        assert server.connections == 8


def test_a_connection_that_is_closed_while_its_user_thinks_is_made_anew() -> None:
    with StandInServer(closes=True) as server:
        result = run_load(
            closed(1, 5, think=ThinkTime(low_s=0.1, high_s=0.1)), base_url=server.base_url
        )
        assert server.connections == 5
    assert outcomes(result) == {"ok": 5}


def test_samples_are_kept_as_they_are(tmp_path: Path) -> None:
    with StandInServer() as server:
        samples = run_load(closed(2, 30), base_url=server.base_url).samples
    write_samples(samples, path=tmp_path / "samples.npz")
    again = read_samples(tmp_path / "samples.npz")
    for name in samples.__struct_fields__:
        assert getattr(again, name).dtype == getattr(samples, name).dtype
        assert np.array_equal(getattr(again, name), getattr(samples, name))


def test_the_warm_up_is_sent_but_not_counted() -> None:
    with StandInServer() as server:
        result = run_load(closed(2, 30, warmup_requests=10), base_url=server.base_url)
        assert len(server.requests) == 30
    assert len(result.samples) == 30
    assert list(result.counted.number) == list(range(10, 30))
    assert figures_of(result.counted).requests == 20


def test_a_large_request_and_a_large_answer_arrive_whole() -> None:
    large = b"x" * 3_000_000
    with StandInServer(lambda _, request: reply(request.split(b"\r\n\r\n")[1])) as server:
        request = LoadRequest(
            path="/", method="POST", body=large.decode(), check=AnswerCheck(contains="x" * 1000)
        )
        result = run_load(closed(2, 4, requests=(request,)), base_url=server.base_url)
        assert {len(request.split(b"\r\n\r\n")[1]) for request in server.requests} == {len(large)}
    assert outcomes(result) == {"ok": 4}
    assert result.samples.received_bytes.min() > len(large)


def test_a_load_is_followed_and_cancelled() -> None:
    seen: list[int] = []
    with StandInServer() as server:
        control = native.RunControl(seen.append)
        timer = threading.Timer(0.3, control.cancel)
        timer.start()
        with pytest.raises(Cancelled):
            run_load(closed(1, 10_000_000), base_url=server.base_url, control=control)
        timer.join()
    assert seen
    assert seen == sorted(seen)
    assert seen[-1] > 0


@pytest.mark.parametrize("base_url", ["http://192.0.2.1:80", "http://[2001:db8::1]:80"])
def test_a_load_on_others_is_refused_unless_allowed(base_url: str) -> None:
    with pytest.raises(InvalidInput, match="not this machine"):
        resolve_target(base_url)
    assert not resolve_target(base_url, allow_remote=True).is_loopback


def test_the_core_itself_refuses_a_remote_address() -> None:
    with pytest.raises(InvalidInput, match="not this machine"):
        native.run_load(
            "192.0.2.1",
            80,
            loop="closed",
            shape=[(1.0, 1.0, 1.0)],
            requests=[
                native.LoadRequest(
                    method="GET",
                    path="/",
                    host="h",
                    headers=[],
                    body="",
                    weight=1,
                    statuses=[],
                    wanted_text="",
                )
            ],
            think_s=(0, 0),
            timeout_s=1,
            connection_limit=1,
            request_limit=1,
        )


@pytest.mark.parametrize(
    "base_url",
    ["https://127.0.0.1", "127.0.0.1:80", "http://127.0.0.1/api", "http://[::1", "http://"],
)
def test_what_is_no_base_url_is_refused(base_url: str) -> None:
    with pytest.raises(InvalidInput):
        resolve_target(base_url)


def test_more_connections_than_the_process_may_open_are_refused() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (500, hard))
    try:
        with pytest.raises(LimitExceeded, match="500 files"):
            run_load(closed(400, 400), base_url="http://127.0.0.1:9")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_client_never_waits_for_room_for_more_files() -> None:
    # Of a process of its own: this one has had many files open.
    script = """
from pathlib import Path
from seawall.lab.load import run_load
from seawall.lab.load_profile import LoadProfile, LoadRequest, LoadStage
stage = LoadStage(duration_s=0.05, rate=10)
requests = (LoadRequest(path="/"),)
profile = LoadProfile(name="x", stages=(stage,), requests=requests, connections=600)
run_load(profile, base_url="http://127.0.0.1:9")
print(Path("/proc/self/status").read_text())
"""
    said = subprocess.check_output([sys.executable, "-c", script], text=True)
    (size,) = (int(line.split()[1]) for line in said.splitlines() if line.startswith("FDSize:"))
    assert size > 600


def test_the_clients_own_server_counts_what_the_client_sends() -> None:
    server = native.EchoServer(body_bytes=100)
    try:
        result = run_load(closed(20, 2000), base_url=f"http://localhost:{server.port}")
        assert server.request_count == 2000
    finally:
        server.close()
    assert outcomes(result) == {"ok": 2000}
    assert result.client_cpu_us_per_request > 0
