"""Who is slow is closed, and who is fast meanwhile does not notice."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import httpx
import pytest

from service.attacks.conftest import read_answer
from service.attacks.impatient import ANSWER_BYTES, LIMITS

TOO_LONG_S = 15.0
HEAD = b"POST /a HTTP/1.1\r\nHost: a\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.service.attacks.impatient"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.kill()  # some of its clients are still there on purpose
        process.wait(30)
        if process.stdout is not None:
            process.stdout.close()


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), TOO_LONG_S)


def drip(connection: socket.socket, piece: bytes) -> tuple[int, bytes]:
    """Send a little again and again, until the server has had enough."""
    began = time.monotonic()
    connection.settimeout(0.2)
    while time.monotonic() - began < TOO_LONG_S:
        try:
            connection.sendall(piece)
            if connection.recv(1, socket.MSG_PEEK) is not None:
                break
        except TimeoutError:
            continue
        except ConnectionError:
            break
    connection.settimeout(TOO_LONG_S)
    status, _, body = read_answer(connection)
    return status, body


SLOWLY = {
    "a request line": (b"POST /", b"a"),
    "headers": (HEAD, b"X-A: b\r\n"),
    "a header": (HEAD + b"X-A: ", b"b"),
    "a body": (HEAD + b"Content-Length: 100000\r\n\r\n", b"{"),
    "a body in pieces": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n{\r\n"),
    "a piece's extension": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;", b"a"),
    "nothing": (b"", b""),
    "nothing after a line": (HEAD, b""),
    "nothing after a part of a body": (HEAD + b"Content-Length: 2\r\n\r\n{", b""),
}


def test_who_sends_slowly_is_told_and_closed(port: int) -> None:
    def ask(name: str) -> tuple[str, int, str]:
        begun, more = SLOWLY[name]
        with connected(port) as connection:
            connection.sendall(begun)
            status, body = drip(connection, more)
        return name, status, json.loads(body)["detail"]

    with ThreadPoolExecutor(len(SLOWLY)) as clients:
        told = list(clients.map(ask, SLOWLY))
    assert told == [(name, 408, "REQUEST_TIMEOUT") for name in SLOWLY]


def test_who_does_not_read_the_answer_is_closed(port: int) -> None:
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.settimeout(TOO_LONG_S)
        connection.connect(("127.0.0.1", port))
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(LIMITS.window_s + 2)  # a sweep begins the window, one ends it
        assert len(read_answer(connection)[2]) < ANSWER_BYTES


def test_who_reads_the_answer_in_time_gets_all_of_it(port: int) -> None:
    with connected(port) as connection:
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        received = 0
        while piece := connection.recv(1 << 16):
            received += len(piece)
            time.sleep(0.005)
    assert received > ANSWER_BYTES


def test_a_body_that_comes_steadily_may_take_its_time(port: int) -> None:
    piece = b"1" * 500
    with connected(port) as connection:
        connection.sendall(HEAD + b"Connection: close\r\nContent-Length: 10000\r\n\r\n")
        for _ in range(20):  # longer than a window
            connection.sendall(piece)
            time.sleep(0.12)
        assert read_answer(connection)[2].endswith(b"10000\r\n0\r\n\r\n")


def test_who_waits_for_the_service_is_not_closed(port: int) -> None:
    def answered(path: str, size: int) -> int:
        url = f"http://127.0.0.1:{port}{path}"
        return int(httpx.post(url, content=bytes(size), timeout=30).text)

    def invited() -> bytes:
        with connected(port) as connection:
            head = b"POST /late HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n"
            connection.sendall(head + b"Expect: 100-continue\r\n\r\n")
            assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
            connection.sendall(b"{}")
            return read_answer(connection)[2]

    with ThreadPoolExecutor(3) as clients:
        large = clients.submit(answered, "/late", 1 << 20)  # the service does not read it yet
        small = clients.submit(answered, "/slow", 2)
        last = clients.submit(invited)
        assert (large.result(), small.result()) == (1 << 20, 2)
        assert last.result().startswith(b"1\r\n2\r\n")


def test_a_connection_that_rests_between_requests_is_kept(port: int) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        assert client.post("/a", content=b"{}").text == "2"
        stream = client.post("/a", content=b"{}").extensions["network_stream"]
        time.sleep(LIMITS.head_s + 1.2)
        again = client.post("/a", content=b"{}")
        assert (again.text, again.extensions["network_stream"]) == ("2", stream)


def test_others_are_answered_while_slow_ones_wait(port: int) -> None:
    with ExitStack() as held:
        for _ in range(LIMITS.max_connections - 5):
            held.enter_context(connected(port)).sendall(HEAD)
        assert httpx.post(f"http://127.0.0.1:{port}/a", content=b"{}", timeout=10).text == "2"


def test_one_connection_too_many_is_refused_until_slow_ones_are_closed(port: int) -> None:
    with ExitStack() as held:
        for _ in range(LIMITS.max_connections):
            held.enter_context(connected(port)).sendall(HEAD)
        with connected(port) as one_more:
            status, headers, body = read_answer(one_more)
        assert (status, json.loads(body)["detail"]) == (503, "OVERLOADED")
        assert headers["retry-after"] == "1"
        time.sleep(LIMITS.head_s + 2)
        assert httpx.post(f"http://127.0.0.1:{port}/a", content=b"{}", timeout=10).text == "2"


def test_a_head_without_an_end_is_refused(port: int) -> None:
    for begun in (
        HEAD + b"X-A: " + b"b" * (8 * LIMITS.max_head_bytes),
        HEAD + b"X-A: b\r\n" * (LIMITS.max_head_bytes // 2),
        b"GET /" + b"a" * (8 * LIMITS.max_head_bytes),
    ):
        with connected(port) as connection:
            with suppress(ConnectionError):  # it is closed before all is sent
                connection.sendall(begun)
            status, _, body = read_answer(connection)
        assert (status, json.loads(body)["detail"]) == (431, "HEADERS_TOO_LARGE")
