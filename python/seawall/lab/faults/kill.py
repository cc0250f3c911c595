"""kill -9 of a process in the middle of group commits and of ingests.

A kill proves that nothing is kept in part and that opening again is quick. It cannot prove that a
commit reached the disk, since the kernel writes what a dead process gave it: that is what cutting
the power is for.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import msgspec

from seawall.errors import SeawallError
from seawall.lab.faults.killed_process import Life
from seawall.lab.faults.requests import recovered
from seawall.lab.faults.row import FaultRow, Tally, Tries, fault_row
from seawall.session import Session
from seawall.store.sqlite import SqliteStore

LONGEST_LIFE_S = 0.02
LIVES_OF_A_STORE = 20
_TIMEOUT_S = 60


def try_kills(tries: Tries) -> FaultRow:
    """Kill processes that write groups, and others that ingest books, in turn."""
    tally = kills(tries, tries.times)
    control = kills(tries, max(10, tries.times // 10), acknowledges_early=True)
    return fault_row(
        "kill",
        tally,
        control="acknowledged before the commit",
        control_lost=control.lost,
        notes="half of the processes ingest books, half write groups from 3 clients",
    )


def kills(tries: Tries, count: int, *, acknowledges_early: bool = False) -> Tally:
    """Start and kill ``count`` processes, and look at the store after each."""
    tally = Tally()
    random = Random(tries.seed)  # noqa: S311  (a schedule, not a secret)
    pipe = tries.folder / "acknowledgements"
    if not pipe.exists():
        os.mkfifo(pipe)
    requests: set[str] = set()
    with _forking() as forking:
        for number in range(count):
            folder = tries.folder / f"{int(acknowledges_early)}-{number // LIVES_OF_A_STORE}"
            if not folder.exists():
                folder.mkdir()
                requests = set()
            life = Life(
                path=str(folder / "ledger.db"),
                name=f"{number}",
                seed=number * 1_000,
                pipe=str(pipe),
                ingests=number % 2 == 1 and not acknowledges_early,
                acknowledges_early=acknowledges_early,
            )
            told = _killed(
                forking,
                life,
                tally,
                at_work=number % 5 > 0,
                after_s=random.uniform(0, LONGEST_LIFE_S),
            )
            tally.tried += 1
            tally.acknowledged += len(told)
            if not life.ingests:
                requests |= told
            recovered(lambda: SqliteStore(life.path), requests, tally)  # noqa: B023
            if life.ingests:
                # What is there in part stays, so that it is found by a later look too.
                _examine_books(life, told, tally, verifies=number % 10 == 9)
            if not acknowledges_early:
                tries.progress(tally.tried)
    return tally


@contextmanager
def _forking() -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [sys.executable, "-c", "from seawall.lab.faults.killed_process import main; main()"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        yield process
        process.communicate(timeout=_TIMEOUT_S)
    if process.returncode != 0:
        raise SeawallError(f"ended with {process.returncode}", code="process_failed", where="kill")


def _killed(
    forking: "subprocess.Popen[bytes]",
    life: Life,
    tally: Tally,
    *,
    at_work: bool,
    after_s: float,
) -> set[str]:
    """Let a child live for a while, kill it, and return what it acknowledged.

    The while begins with its first acknowledgement where it is killed ``at_work``, otherwise with
    its opening of the store.
    """
    assert forking.stdin is not None  # noqa: S101  (of Popen's type)
    assert forking.stdout is not None  # noqa: S101
    forking.stdin.write(msgspec.json.encode(life) + b"\n")
    forking.stdin.flush()
    child = int(forking.stdout.readline())
    with open(life.pipe, "rb") as told:  # once the child has opened its end
        names = [told.readline()] if at_work else []
        time.sleep(after_s)
        try:
            os.kill(child, signal.SIGKILL)
        except ProcessLookupError:  # it ended by itself: it could not even write
            tally.unexpected += 1
        return {name.decode().strip() for name in (*names, *told)}


def _examine_books(life: Life, told: set[str], tally: Tally, *, verifies: bool) -> None:
    """Require every acknowledged book, and that each that is there is there as a whole."""
    with SqliteStore(life.path) as store:
        tally.lost += len(told - {b.dataset_version_id for b in store.all_datasets("default")})
        if verifies:
            tally.torn += len(Session(store, threads=1).verify().problems)
