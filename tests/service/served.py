"""A server of its own process on a free port, ended by its process id."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec

from service.conftest import RECORD, RUN, STARTED_AT

INGEST = "/api/v3/ingest-records"

COMMAND = [sys.executable, "-c", "from seawall.cli.app import main; main()", "serve"]


class Served(msgspec.Struct, frozen=True):
    """Where a server answers, and with which key."""

    process: "subprocess.Popen[str]"
    address: str
    key: str

    @property
    def place(self) -> tuple[str, int]:
        """Where a socket connects to."""
        url = httpx.URL(self.address)
        return url.host, url.port or 0

    @contextmanager
    def body_under_way(self, *, size: int) -> Iterator[socket.socket]:
        """Connect, and send a head whose body the service now waits for."""
        with socket.create_connection(self.place, timeout=60) as sending:
            head = f"POST {INGEST} HTTP/1.1\r\nhost: s\r\nx-api-key: {self.key}\r\n"
            rest = f"content-length: {size}\r\nexpect: 100-continue\r\n\r\n"
            sending.sendall((head + rest).encode())
            assert sending.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
            yield sending

    def end(self) -> int:
        """Tell it to end, and wait for that."""
        self.process.terminate()
        return self.process.wait(60)


@contextmanager
def served(folder: Path, *, store: str = "seawall.db", processes: int = 1) -> Iterator[Served]:
    """Serve a folder's store, or one on a server, in development."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SEAWALL_")}
    process = subprocess.Popen(
        [*COMMAND, "--dev", "--port", "0", "--processes", str(processes)],
        cwd=folder,
        env={**environment, "SEAWALL_STORE": store},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = "".join(process.stdout.readline() for _ in range(4))
        address, key = re.search(r"http://\S+", said), re.search(r"seawall_dev_\w+", said)
        assert address, said
        assert key, said
        yield Served(process, address[0], key[0])
    finally:
        process.terminate()
        process.wait(60)
        if process.stdout is not None:
            process.stdout.close()


def asked_by_twenty(server: Served, *, times: int) -> list[httpx.Response]:
    """Ask the same new question from twenty clients, each time on a connection of its own."""
    headers = {"X-API-Key": server.key}
    made = httpx.post(server.address + INGEST, json={"records": [RECORD]}, headers=headers)
    body = {**made.json(), "started_at": STARTED_AT}
    asked = {name: body[name] for name in ("dataset_version_id", "started_at")}

    def ask(_: int) -> httpx.Response:
        return httpx.post(server.address + RUN, json=asked, headers=headers)

    with ThreadPoolExecutor(20) as callers:
        return list(callers.map(ask, range(times)))
