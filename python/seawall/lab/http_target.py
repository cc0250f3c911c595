"""A server to put a load on: the service itself, started for the occasion on a free port."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from seawall.errors import SeawallError

START_TIMEOUT_S = 60.0
END_TIMEOUT_S = 15.0
_DEV_KEY = re.compile(rb"\bseawall_dev_[0-9a-f]+_[0-9a-f]+")
_SERVE = "from seawall.cli.app import main; main()"
ENGINE_ROUTE = "/api/v3/engines/distressed-asset-debt-stress"


class HttpTarget(msgspec.Struct, frozen=True):
    """A server that answers on the loopback address."""

    base_url: str
    pid: int
    api_key: str = ""  # the one that a server in development shows

    @property
    def headers(self) -> dict[str, str]:
        """What a request must bear to be let in."""
        return {"X-API-Key": self.api_key} if self.api_key else {}


class HttpAnswer(msgspec.Struct, frozen=True):
    """One answer; status 0 where there was none."""

    status: int
    body: bytes
    latency_ms: float
    error: str  # of the connection; empty with an answer

    def document(self) -> Any:
        """Return the body read as JSON; None if it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def ask(
    base_url: str,
    path: str,
    *,
    body: object = None,
    headers: Mapping[str, str] | None = None,
    timeout_s: float = 10.0,
) -> HttpAnswer:
    """Ask once: GET, or POST of a JSON body.

    Parameters
    ----------
    base_url : str
        ``http://host:port``; who may be asked is the caller's to check.
    path : str
        With the query.
    body : object, optional
        What JSON can say, or bytes that are sent as they are.
    headers : mapping, optional
        Beside the content type.
    timeout_s : float
        Of each wait for the server.
    """
    data = body if isinstance(body, bytes | None) else json.dumps(body, allow_nan=False).encode()
    request = urllib.request.Request(  # noqa: S310  (callers give http URLs)
        base_url.rstrip("/") + path, data=data, headers=dict(headers or {})
    )
    if data is not None:
        request.add_header("Content-Type", "application/json")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    before = time.perf_counter_ns()
    status, content, failure = 0, b"", ""
    try:
        with opener.open(request, timeout=timeout_s) as answer:
            status, content = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            status, content = error.code, error.read()
    except OSError as error:
        failure = str(error)
    return HttpAnswer(
        status=status,
        body=content,
        latency_ms=(time.perf_counter_ns() - before) / 1e6,
        error=failure,
    )


def free_port() -> int:
    """Return a port of the loopback address on which nobody listens just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def served(
    *,
    store: Path,
    command: Sequence[str] | None = None,
    processes: int = 1,
    start_timeout_s: float = START_TIMEOUT_S,
) -> Iterator[HttpTarget]:
    """Run a server until the end of the block; then it is asked to end, by its own pid.

    Parameters
    ----------
    store : Path
        The database of the service, made if it is not there.
    command : sequence of str, optional
        Another server's; ``{port}`` and ``{store}`` in it are filled in. By default
        ``seawall serve --dev``.
    processes : int
        Of that, which serve together; it answers once one of them does.
    start_timeout_s : float
        Within it ``/health`` must answer 200.

    Raises
    ------
    SeawallError
        Of code ``process_failed``: it ended, or did not answer in time.
    """
    port = free_port()
    given = command or [
        *(sys.executable, "-c", _SERVE, "serve", "--dev"),
        *("--processes", str(processes), "--port", "{port}", "--store", "{store}"),
    ]
    filled = [part.replace("{port}", str(port)).replace("{store}", str(store)) for part in given]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603  (the caller's own command, without a shell)
            filled, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
        )
        try:
            base_url = f"http://127.0.0.1:{port}"
            deadline = time.monotonic() + start_timeout_s
            while ask(base_url, "/health", timeout_s=1.0).status != 200:
                if process.poll() is not None or time.monotonic() > deadline:
                    said.seek(0)
                    text = said.read().decode(errors="replace")[-2000:]
                    raise SeawallError(
                        f"the server does not answer: {text}",
                        code="process_failed",
                        where=filled[0],
                    )
                time.sleep(0.02)
            said.seek(0)
            key = _DEV_KEY.search(said.read())
            yield HttpTarget(base_url, process.pid, api_key=key[0].decode() if key else "")
        finally:
            _end(process)


def sample_records(count: int, *, source_system: str = "bench") -> list[dict[str, Any]]:
    """Return the records of a sample dataset: the first is the one of the contract's check."""
    return [
        {
            "source_system": source_system,
            "source_record_id": f"record-{number}",
            "financial": {
                "debt": {
                    "total_outstanding": 1_000_000 + number,
                    "interest_rate_pct": 5,
                    "collateral_value": 750_000,
                    "currency": "EUR",
                }
            },
            "distressed_assets": [{"name": "asset", "value": 290_000, "recovery_rate_pct": 50}],
        }
        for number in range(count)
    ]


def ingest_sample(target: HttpTarget, *, records: int, timeout_s: float = 120.0) -> str:
    """Ingest a sample dataset over HTTP and return its dataset version's identifier.

    Raises
    ------
    SeawallError
        Of code ``wrong_answer`` if the server does not take all of the records.
    """
    answer = ask(
        target.base_url,
        "/api/v3/ingest-records",
        body={"records": sample_records(records), "normalize": True},
        headers=target.headers,
        timeout_s=timeout_s,
    )
    document = answer.document()
    if answer.status not in (200, 201) or document.get("raw_records_written") != records:
        shown = answer.error or answer.body[:500].decode(errors="replace")
        raise SeawallError(
            f"the sample dataset was not taken: {answer.status} {shown}", code="wrong_answer"
        )
    return str(document["dataset_version_id"])


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(timeout=END_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
