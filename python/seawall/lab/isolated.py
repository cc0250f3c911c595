"""Running something in a process of its own, to know the memory that it alone needs.

``ru_maxrss`` of a process begins with what its parent held when it was started. So a bare
interpreter stands between: what is reported is the peak of the command or of a process it waited
for, or that interpreter's 10 MiB, whichever is the most.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from seawall.errors import InvalidInput, SeawallError

_OBSERVER = """
import os, sys, time
report = int(sys.argv[1])
os.set_inheritable(report, False)
before = time.perf_counter_ns()
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
wall_ns = time.perf_counter_ns() - before
os.write(report, b"%d %d %d" % (os.waitstatus_to_exitcode(status), wall_ns, usage.ru_maxrss))
"""

# Knows nothing of seawall, or a rival's memory would include it. What the function prints goes to
# standard error.
_CALLER = """
import importlib, json, os, sys
request = json.load(sys.stdin)
sys.path[:] = request["path"]
answer_stream = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
function = getattr(importlib.import_module(request["module"]), request["name"])
answer = function(**request["arguments"])
json.dump(answer, answer_stream, allow_nan=False)
answer_stream.close()
"""


class IsolatedRun(msgspec.Struct, frozen=True):
    """What came back from a process of its own."""

    answer: Any  # decoded JSON
    wall_ns: int  # from its start to its end, the interpreter's or program's loading included
    max_rss_kb: int


def run_command(
    command: Sequence[str],
    *,
    timeout_s: float,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
) -> IsolatedRun:
    """Run a command that prints one JSON value.

    Parameters
    ----------
    command : sequence of str
        The program, looked up in ``PATH``, and its arguments. No shell.
    timeout_s : float
        After it the command and all that it started are killed.
    stdin : bytes
        Its standard input.
    environment : mapping, optional
        Its whole environment; by default this process's.

    Returns
    -------
    IsolatedRun
        Its answer and what it cost.

    Raises
    ------
    SeawallError
        Of code ``process_failed``: it was not found, failed, took too long or printed no JSON.
    """
    if not command:
        raise InvalidInput("is empty", where="command")
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as report:
        try:
            process = subprocess.Popen(  # noqa: S603  (the caller's own command, without a shell)
                [sys.executable, "-I", "-S", "-c", _OBSERVER, str(writer), *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment,
                pass_fds=[writer],
                start_new_session=True,
            )
        finally:
            os.close(writer)
        stdout, stderr = _communicate(process, stdin, timeout_s, command[0])
        costs = [int(number) for number in report.read().split()]
    if not costs or costs[0] != 0:
        status = f"exit status {costs[0]}" if costs else "not started"
        raise _failure(command[0], f"{status}: {stderr.decode(errors='replace')[-2000:]}")
    try:
        answer = json.loads(stdout)
    except ValueError as error:
        raise _failure(command[0], f"printed no JSON: {error}") from error
    return IsolatedRun(answer=answer, wall_ns=costs[1], max_rss_kb=costs[2])


def run_function(
    function: Callable[..., object],
    *,
    timeout_s: float,
    arguments: Mapping[str, object] | None = None,
    environment: Mapping[str, str] | None = None,
) -> IsolatedRun:
    """Run a function in a fresh interpreter.

    Parameters
    ----------
    function : callable
        Of a module's top level; the module is imported anew. Returns what JSON can say.
    timeout_s, environment
        As of `run_command`.
    arguments : mapping, optional
        By name; what JSON can say.

    Returns
    -------
    IsolatedRun
        What it returned and what it cost, the interpreter and the imports included.

    Raises
    ------
    InvalidInput
        If the function cannot be found by its module and name, or an argument is not JSON.
    SeawallError
        Of code ``process_failed``, as of `run_command`.
    """
    module, name = function.__module__, function.__qualname__
    if module == "__main__" or not name.isidentifier():
        raise InvalidInput("is not at the top level of a module", where=f"{module}.{name}")
    request = {"path": sys.path, "module": module, "name": name, "arguments": arguments or {}}
    try:
        stdin = json.dumps(request, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise InvalidInput(str(error), where="arguments") from error
    command = [sys.executable, "-c", _CALLER]
    return run_command(command, timeout_s=timeout_s, stdin=stdin, environment=environment)


def _communicate(
    process: subprocess.Popen[bytes], stdin: bytes, timeout_s: float, name: str
) -> tuple[bytes, bytes]:
    with process:
        try:
            return process.communicate(stdin, timeout=timeout_s)
        except BaseException as error:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise _failure(name, f"did not end within {timeout_s} s") from error
            raise


def _failure(name: str, message: str) -> SeawallError:
    return SeawallError(message, code="process_failed", where=name)
