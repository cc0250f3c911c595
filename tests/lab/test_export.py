"""The exported profile asks a server the same as our own client does: both are run."""

import re
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from seawall.errors import InvalidInput
from seawall.lab.export import export_profile
from seawall.lab.load import run_load
from seawall.lab.load_profile import (
    AnswerCheck,
    LoadProfile,
    LoadRequest,
    LoadStage,
    Objective,
    ThinkTime,
)
from seawall.lab.load_samples import figures_of

from .load_tools import TOOLS, run_tool

MAX, WARMUP = 60, 10

PROFILE = LoadProfile(
    name='quo"ted \\ name',
    stages=(LoadStage(duration_s=20, users=4),),
    requests=(
        LoadRequest(
            path="/run?n={{sequence}}",
            method="POST",
            name="a run",
            headers={"X-Mark": "mine"},
            body='{"n": {{sequence}}}',
            weight=3,
            check=AnswerCheck(statuses=(200,), contains='"n": '),
        ),
        LoadRequest(path="/absent", name="absent"),
    ),
    think=ThinkTime(0.001, 0.002),
    max_requests=MAX,
    warmup_requests=WARMUP,
    objectives=(
        Objective("p99_ms", below=5_000, request="a run"),
        Objective("error_rate", below=0.9),
        Objective("throughput_rps", above=0.01, level="warning"),
    ),
)


class Seen:
    """A server that notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, bytes, str | None]] = []
        seen = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                seen.asked.append((self.command, self.path, body, self.headers.get("X-Mark")))
                self.send_response(200 if self.path.startswith("/run") else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = answer  # noqa: N815  (the server's names)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def numbers(self) -> list[int]:
        return sorted(
            int(found[1])
            for _, path, body, _ in self.asked
            if (found := re.fullmatch(r"/run\?n=(\d+)", path))
            and body == b'{"n": %d}' % int(found[1])
        )


@pytest.fixture
def seen() -> Iterator[Seen]:
    made = Seen()
    yield made
    made.server.shutdown()
    made.server.server_close()


def by_kind(seen: Seen) -> Counter[str]:
    return Counter(path.split("?")[0] for _, path, _, _ in seen.asked)


@pytest.mark.parametrize("tool", TOOLS)
def test_the_tool_sends_what_our_client_sends(tool: str, seen: Seen, tmp_path: Path) -> None:
    ours = run_load(PROFILE, base_url=seen.url, first_sequence=1_000)
    own, own_numbers = by_kind(seen), seen.numbers()
    own_figures = figures_of(ours.counted)
    seen.asked.clear()
    figures = run_tool(tool, PROFILE, seen.url, tmp_path)
    assert sum(by_kind(seen).values()) == sum(own.values()) == MAX
    assert {command for command, path, _, _ in seen.asked if path != "/absent"} == {"POST"}
    assert {mark for _, path, _, mark in seen.asked if path != "/absent"} == {"mine"}
    assert all(1_000 <= number < 1_000 + MAX for number in (*own_numbers, *seen.numbers()))
    assert len(set(seen.numbers())) == by_kind(seen)["/run"]
    # Three of four are runs: 60 draws lie within 27 and 57 all but once in a billion.
    assert 27 <= by_kind(seen)["/run"] <= 57
    assert 27 <= own["/run"] <= 57
    assert own_figures.errors > 0
    assert figures[""]["error_rate"] > 0
    if tool == "locust":
        assert figures["GET absent"]["error_rate"] == 1
        assert figures["POST a run"]["error_rate"] == 0
        # Requests that were under way when the warm-up ended are counted with what follows.
        assert MAX - WARMUP <= figures[""]["requests"] <= MAX - WARMUP + 4


@pytest.mark.parametrize("tool", TOOLS)
def test_a_limit_of_time_ends_the_tool(tool: str, seen: Seen, tmp_path: Path) -> None:
    profile = LoadProfile(
        name="short",
        stages=(LoadStage(duration_s=2, users=2),),
        requests=(LoadRequest(path="/run"),),
        think=ThinkTime(0.05, 0.05),
    )
    figures = run_tool(tool, profile, seen.url, tmp_path)
    # Two users who think for 50 ms send at most 40 a second.
    assert 2 <= figures[""]["requests"] <= 90
    assert figures[""]["error_rate"] == 0


def test_an_open_loop_is_not_for_locust_and_is_for_k6() -> None:
    profile = LoadProfile(
        name="open",
        stages=(LoadStage(duration_s=2, rate=5), LoadStage(duration_s=3, rate=50, ramp=True)),
        requests=(LoadRequest(path="/"),),
    )
    with pytest.raises(InvalidInput) as refusal:
        export_profile(profile, tool="locust")
    assert refusal.value.where == "stages"
    script = export_profile(profile, tool="k6")
    assert '"is_open": true' in script
    assert "ramping-arrival-rate" in script


def test_critical_objectives_are_thresholds_of_k6() -> None:
    script = export_profile(PROFILE, tool="k6")
    assert '"http_req_duration{phase:main,name:a run}": [\n      "p(99)<5000"' in script
    assert '"wrong_answers{phase:main}": [\n      "rate<0.9"' in script
    assert "http_reqs{" not in script  # a warning only


def test_a_text_of_the_profile_cannot_leave_its_place() -> None:
    hostile = LoadProfile(
        name='"""\'\'\' ); import os; ("',
        stages=(LoadStage(duration_s=1, users=1),),
        requests=(LoadRequest(path="/\u2028`${1}`\\", body="'\"\n\r\\N{DIGIT ONE}"),),
    )
    names: dict[str, object] = {}
    text = export_profile(hostile, tool="locust")
    (line,) = [line for line in text.splitlines() if line.startswith("PROFILE = ")]
    exec(f"import json\n{line}", names)  # noqa: S102  (our own, and to be shown harmless)
    found = names["PROFILE"]
    assert isinstance(found, dict)
    assert (found["name"], found["requests"][0]["body"]) == (
        hostile.name,
        hostile.requests[0].body,
    )
    assert "\u2028" not in export_profile(hostile, tool="k6")
    assert "os" not in names
