"""A network that is parted in four ways, and heals."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from seawall.lab.faults.cutting_proxy import PARTINGS, CuttingProxy, Parting, once


class Echo:
    """A server that repeats what it is sent, and knows what that was."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.ended = 0
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        threading.Thread(target=self._let_in, daemon=True).start()

    def _let_in(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._repeat, args=(client,), daemon=True).start()

    def _repeat(self, client: socket.socket) -> None:
        with client:
            try:
                while sent := client.recv(100):
                    self.heard.append(sent)
                    client.sendall(sent)
            except OSError:
                pass
        self.ended += 1

    def close(self) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()


@pytest.fixture
def echo() -> Iterator[Echo]:
    server = Echo()
    yield server
    server.close()


@pytest.fixture
def proxy(echo: Echo) -> Iterator[CuttingProxy]:
    opened = CuttingProxy(echo.port)
    yield opened
    opened.close()


@pytest.fixture
def client(proxy: CuttingProxy) -> Iterator[socket.socket]:
    with opened(proxy) as connection:
        assert asked(connection, b"hello") == b"hello"
        yield connection


def opened(proxy: CuttingProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=30)


def asked(connection: socket.socket, what: bytes) -> bytes:
    connection.sendall(what)
    return connection.recv(100)


@pytest.mark.parametrize("how", PARTINGS)
def test_what_is_opened_once_it_has_healed_gets_through(proxy: CuttingProxy, how: Parting) -> None:
    for _ in range(2):
        proxy.part(how)
        proxy.heal()
        with opened(proxy) as connection:
            assert asked(connection, b"again") == b"again"


def test_refused_nobody_listens(proxy: CuttingProxy, client: socket.socket) -> None:
    proxy.part("refuse")
    assert client.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        opened(proxy)


def test_reset_is_told_as_a_reset(proxy: CuttingProxy, client: socket.socket) -> None:
    proxy.part("reset")
    with pytest.raises(ConnectionResetError):
        client.recv(1)
    with pytest.raises(ConnectionResetError), opened(proxy) as later:
        asked(later, b"x")


def test_stalled_all_arrives_late_even_of_who_has_gone(
    proxy: CuttingProxy, client: socket.socket, echo: Echo
) -> None:
    proxy.part("stall")
    client.sendall(b"late")
    client.close()
    time.sleep(0.1)
    assert echo.heard == [b"hello"]
    proxy.heal()
    until = time.monotonic() + 30
    while len(echo.heard) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    assert echo.heard == [b"hello", b"late"]


def test_dropped_nothing_arrives_ever(
    proxy: CuttingProxy, client: socket.socket, echo: Echo
) -> None:
    proxy.part("drop")
    client.sendall(b"lost")
    client.close()
    proxy.heal()
    with opened(proxy) as later:
        assert asked(later, b"kept") == b"kept"
    assert echo.heard == [b"hello", b"kept"]
    assert echo.ended <= 1  # of the first it never hears the end


@pytest.mark.parametrize("passed", [False, True])
def test_it_parts_at_a_word(
    proxy: CuttingProxy, client: socket.socket, echo: Echo, passed: bool
) -> None:
    proxy.part_at("drop", b"COMMIT", passed=passed)
    assert asked(client, b"BEGIN") == b"BEGIN"
    assert not proxy.parted.is_set()
    client.sendall(b"COMMIT")
    assert proxy.parted.wait(30)
    proxy.heal()
    time.sleep(0.1)
    assert (b"COMMIT" in echo.heard) is passed


def test_a_word_is_known_in_a_statement_that_runs_by_its_name(
    proxy: CuttingProxy, client: socket.socket
) -> None:
    named = b"P\0\0\0\x11_pg3_1\0COMMIT\0\0\0"
    assert asked(client, named) == named
    proxy.part_at("refuse", b"COMMIT", passed=False)
    other = b"B\0\0\0\x10\0_pg3_0\0\0\0\0\0\0\0"
    assert asked(client, other) == other
    assert not proxy.parted.is_set()
    client.sendall(other.replace(b"_pg3_0", b"_pg3_1"))
    assert proxy.parted.wait(30)


def test_an_answer_that_is_cut_off_never_arrives(proxy: CuttingProxy, echo: Echo) -> None:
    for number in range(100):
        word = b"COMMIT %d" % number
        with opened(proxy) as connection:
            proxy.cut_after = once(word)
            assert asked(connection, word) == b""
    until = time.monotonic() + 30
    while len(echo.heard) < 100 and time.monotonic() < until:
        time.sleep(0.01)
    assert len(echo.heard) == 100
