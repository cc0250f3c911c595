"""A line is a line: JSON, one request, no secret, whatever a caller sends."""

import io
import json
import logging
import threading
from select import PIPE_BUF
from typing import Any

import pytest
from litestar.testing import TestClient

from seawall.service import Service, make_app
from seawall.service.access.doors import Access
from seawall.service.access.principal import Principal
from seawall.service.telemetry.logs import LineWriter, RequestLog, json_logs
from service.conftest import key_of

HOSTILE = 'a\n{"event": "forged"}\r\x1b[2J\x00\u2028\u0085"\\'


def lines_of(file: io.BytesIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.getvalue().split(b"\n")[:-1]]


def test_a_request_leaves_one_line_that_says_who_what_and_how(
    service: Service, access: Access
) -> None:
    file = io.BytesIO()
    lines = LineWriter(file)
    key = key_of(access, name="someone")
    with TestClient(make_app(service, access=access, lines=lines)) as client:
        client.get(
            "/api/v3/findings?run_id=secret",
            headers={"X-API-Key": key, "X-Request-ID": "abc"},
        )
    lines.close()
    (line,) = lines_of(file)
    assert line.pop("duration_ms") >= 0
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "request_id": "abc",
        "method": "GET",
        "route": "/api/v3/findings",
        "status": 404,
        "tenant": "default",
        "key_id": key.split("_")[2],
        "code": "RUN_NOT_FOUND",
    }
    assert key not in file.getvalue().decode()
    assert b"secret" not in file.getvalue()


def test_no_header_or_path_breaks_out_of_a_line(service: Service, access: Access) -> None:
    file = io.BytesIO()
    lines = LineWriter(file)
    with TestClient(make_app(service, access=access, lines=lines)) as client:
        client.get("/a%0A%7B%22event%22%3A%22forged%22%7D%1b[2J")
        client.get("/health", headers={"X-Request-ID": 'x"} {"event": "forged'})
        client.get("/health", headers={"X-API-Key": "a\tb"})
        client.request("FORGED", "/health")
    lines.close()
    assert [line["event"] for line in lines_of(file)] == ["request"] * 4
    assert b"forged" not in file.getvalue()
    assert b"\x1b" not in file.getvalue()


def test_a_value_with_newlines_and_control_characters_stays_inside_its_string() -> None:
    file = io.BytesIO()
    lines = LineWriter(file)
    state = {
        "request_id": HOSTILE,
        "principal": Principal(HOSTILE, "a", frozenset(), HOSTILE),
    }
    RequestLog(lines).answered(state, route=HOSTILE, method="GET", status=200, seconds=0.1)
    lines.close()
    (line,) = lines_of(file)
    assert line["request_id"] == line["tenant"] == line["key_id"] == line["route"] == HOSTILE
    assert all(32 <= byte < 127 for byte in file.getvalue()[:-1])


def test_what_a_library_logs_is_a_line_of_json_too() -> None:
    file = io.BytesIO()
    with json_logs(file):
        try:
            raise ValueError(HOSTILE)
        except ValueError:
            logging.getLogger("seawall.service").exception("it failed: %s", HOSTILE)
        logging.getLogger("a.library").warning("beware")
        logging.getLogger("a.library").info("nobody asked")
    failed, beware = lines_of(file)
    assert failed["event"] == f"it failed: {HOSTILE}"
    assert failed["level"] == "error"
    assert failed["logger"] == "seawall.service"
    assert "ValueError" in failed["exception"]
    assert beware["event"] == "beware"


class _Stuck(io.BytesIO):
    """Nobody reads what is written, until they do."""

    def __init__(self) -> None:
        super().__init__()
        self.read_on = threading.Event()
        self.begun = threading.Event()

    def write(self, data: Any) -> int:
        self.begun.set()
        assert self.read_on.wait(60)
        return super().write(data)


def test_who_does_not_read_the_log_stops_nobody_and_what_is_lost_is_counted() -> None:
    file = _Stuck()
    lines = LineWriter(file, most=10)
    lines.write(b"first\n")
    assert file.begun.wait(60)
    for _ in range(15):
        lines.write(b"more\n")
    assert lines.dropped == 5
    file.read_on.set()
    lines.close()
    assert file.getvalue() == b"first\n" + b"more\n" * 10


@pytest.mark.parametrize("kind", [OSError, ValueError])
def test_a_log_that_cannot_be_written_is_counted(kind: type[Exception]) -> None:
    class Broken(io.BytesIO):
        def write(self, _: Any) -> int:
            raise kind

    lines = LineWriter(Broken())
    lines.write(b"a\n")
    lines.close()
    assert lines.dropped == 1


def test_lines_of_several_processes_do_not_mix_in_a_pipe() -> None:
    class Pipe(io.BytesIO):
        def write(self, data: Any) -> int:
            written.append(bytes(data))
            return len(data)

    written: list[bytes] = []
    said = [b"%d" % number + b"." * (number % 700) + b"\n" for number in range(1_000)]
    said[500] = b"x" * (2 * PIPE_BUF) + b"\n"
    lines = LineWriter(Pipe())
    for line in said:
        lines.write(line)
    lines.close()
    assert b"".join(written) == b"".join(said)
    assert all(len(piece) <= PIPE_BUF for piece in written if piece != said[500])
    assert all(piece.endswith(b"\n") for piece in written)
    assert len(written) < len(said) / 5
