"""Ctrl-C while a large tape is read: a clear exit, and nothing left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from seawall.cli.exit_codes import EXIT_INTERRUPTED

ROWS = 600_000
WAIT_S = 60
# Who starts the tests in the background may have them, and what they start, ignore Ctrl-C.
COMMAND = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from seawall.cli.app import main
main()
"""


def lines(row: bytes) -> bytes:
    return b"".join(row % (i, i) for i in range(ROWS))


TAPES: dict[str, Callable[[], bytes]] = {
    "tape.csv": lambda: b"loan_id,currency,balance,remark\n" + lines(b"l%d,EUR,%d,as agreed\n"),
    "tape.ndjson": lambda: lines(b'{"loan_id":"l%d","currency":"EUR","balance":%d}\n'),
    "tape.json": lambda: b'[{"balance":1}' + lines(b',{"loan_id":"l%d","balance":%d}') + b"]",
}


def bytes_read(process: int) -> int:
    """What a process has read of all files."""
    (line,) = (x for x in Path(f"/proc/{process}/io").read_text().splitlines() if "rchar" in x)
    return int(line.split()[1])


def has_open(process: int, file: Path) -> bool:
    for descriptor in Path(f"/proc/{process}/fd").iterdir():
        try:
            if os.readlink(descriptor) == str(file):
                return True
        except FileNotFoundError:  # closed meanwhile
            continue
    return False


def wait_until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.001)


# A table is read through once for its hash before its rows are read.
@pytest.mark.parametrize(
    ("name", "share"),
    [("tape.csv", 0.1), ("tape.csv", 1.2), ("tape.ndjson", 0.3), ("tape.json", 0.3)],
)
def test_an_interrupted_ingest_leaves_nothing(name: str, share: float, tmp_path: Path) -> None:
    tape = tmp_path / name
    tape.write_bytes(TAPES[name]())
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "ingest", name],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        wait_until(lambda: has_open(process.pid, tape))
        before = bytes_read(process.pid)
        wait_until(lambda: bytes_read(process.pid) - before > share * tape.stat().st_size)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=WAIT_S)
    assert process.returncode == EXIT_INTERRUPTED
    assert out == ""
    assert "Traceback" not in err
    assert [file.name for file in tmp_path.iterdir()] == [name]
