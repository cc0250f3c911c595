"""One server for all attacks, and raw requests to it."""

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from service.served import Served, served

RUN = "/api/v3/engines/distressed-asset-debt-stress/run"


class Attacked:
    """A server under attack, and what it answers."""

    def __init__(self, server: Served) -> None:
        self.server = server
        self.address = server.address
        self.headers = {"X-API-Key": server.key}

    def raw(self, *parts: bytes, patience_s: float = 10.0) -> tuple[int, dict[str, str], bytes]:
        """Send bytes as they are; return status, headers and body of the one answer.

        A connection that is closed without an answer has the status 0.
        """
        host, _, port = self.address.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), patience_s) as connection:
            try:
                for part in parts:
                    connection.sendall(part)
            except (BrokenPipeError, ConnectionResetError):
                pass  # it was refused before all was sent
            return read_answer(connection)

    def head(self, line: str, *headers: str) -> bytes:
        """A head with the credential, for a connection of its own."""
        lines = [line, "Host: here", "Connection: close", f"X-API-Key: {self.server.key}", *headers]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"

    def begin_peak(self) -> int:
        """Forget the most memory that the server ever held; return what it holds now."""
        (self._proc / "clear_refs").write_text("5")
        return self.peak_bytes()

    def peak_bytes(self) -> int:
        """The most memory that the server held since `begin_peak`."""
        (line,) = [
            line for line in (self._proc / "status").read_text().splitlines() if "VmHWM" in line
        ]
        return int(line.split()[1]) * 1024

    @property
    def _proc(self) -> Path:
        return Path("/proc") / str(self.server.process.pid)

    def is_well(self) -> bool:
        return httpx.get(self.address + "/health", timeout=30).status_code == 200


def read_answer(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Read until the server closes."""
    received = b""
    try:
        while piece := connection.recv(65_536):
            received += piece
    except ConnectionResetError:
        pass  # closed while the caller was still sending; what was said before that counts
    if not received:
        return 0, {}, b""
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, body


@pytest.fixture(scope="session")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    folder: Path = tmp_path_factory.mktemp("attacked")
    with served(folder) as server:
        yield Attacked(server)
