import os
import sys
import time
from pathlib import Path

import pytest

from seawall.errors import InvalidInput, SeawallError
from seawall.lab.isolated import run_command, run_function


def doubled(number: int) -> dict[str, int]:
    print("a line that is no part of the answer")  # noqa: T201
    return {"doubled": 2 * number}


def held(megabytes: int) -> int:
    return len(bytearray(b"x") * (megabytes * 1_000_000))


def failing() -> None:
    raise RuntimeError("so it was")


def not_json() -> float:
    return float("nan")


def test_a_function_answers_from_a_process_of_its_own() -> None:
    run = run_function(doubled, timeout_s=60, arguments={"number": 21})
    assert run.answer == {"doubled": 42}
    assert run.wall_ns > 0
    assert run_function(os.getpid, timeout_s=60).answer != os.getpid()


def test_its_peak_memory_is_its_own_and_not_that_of_the_starting_process() -> None:
    ballast = bytearray(b"x") * 300_000_000
    small = run_function(doubled, timeout_s=60, arguments={"number": 1}).max_rss_kb
    large = run_function(held, timeout_s=60, arguments={"megabytes": 100}).max_rss_kb
    assert len(ballast) > 0
    assert small < 200_000
    assert 90_000 < large - small < 110_000


def test_a_command_answers_what_it_prints_as_json() -> None:
    run = run_command(["cat"], timeout_s=60, stdin=b'{"rate": 1.5}')
    assert run.answer == {"rate": 1.5}
    assert 0 < run.max_rss_kb < 50_000


def test_a_command_gets_the_environment_that_is_given() -> None:
    environment = {"PATH": os.environ["PATH"], "THREADS": "2"}
    run = run_command(["sh", "-c", 'echo "$THREADS"'], timeout_s=60, environment=environment)
    assert run.answer == 2


def test_a_command_inherits_the_standard_streams_only() -> None:
    program = (
        "import os; print([fd for fd in range(3, 64) if os.path.exists(f'/proc/self/fd/{fd}')])"
    )
    assert run_command([sys.executable, "-c", program], timeout_s=60).answer == []


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["sh", "-c", "echo sorry >&2; exit 3"], "exit status 3: sorry"),
        (["sh", "-c", "kill -9 $$"], "exit status -9"),
        (["echo", "not json"], "no JSON"),
        (["/no/such/program"], "not started"),
    ],
)
def test_a_command_that_fails_says_how(command: list[str], message: str) -> None:
    with pytest.raises(SeawallError, match=message) as caught:
        run_command(command, timeout_s=60)
    assert caught.value.code == "process_failed"
    assert caught.value.where == command[0]


def test_a_function_that_raises_shows_its_traceback() -> None:
    with pytest.raises(SeawallError, match="so it was"):
        run_function(failing, timeout_s=60)
    with pytest.raises(SeawallError, match="JSON"):
        run_function(not_json, timeout_s=60)


def test_a_command_that_takes_too_long_is_killed_with_what_it_started(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    command = ["sh", "-c", f"sleep 600 & echo $! > {pid_file}; wait"]
    with pytest.raises(SeawallError, match="did not end"):
        run_command(command, timeout_s=2)
    status = Path(f"/proc/{pid_file.read_text().strip()}/stat")
    deadline = time.monotonic() + 10
    while status.exists() and status.read_text().split()[2] != "Z":
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("function", [lambda: 1, Path.cwd])
def test_a_function_without_a_name_of_its_own_is_refused(function: object) -> None:
    assert callable(function)
    with pytest.raises(InvalidInput):
        run_function(function, timeout_s=60)


def test_an_argument_that_json_cannot_say_is_refused() -> None:
    with pytest.raises(InvalidInput):
        run_function(doubled, timeout_s=60, arguments={"number": float("nan")})
    with pytest.raises(InvalidInput):
        run_command([], timeout_s=60)
