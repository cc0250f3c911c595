"""A backup of a store that is being written, opened as the store that takes its place."""

import shutil
import threading
from collections.abc import Callable
from itertools import count as numbers
from pathlib import Path
from random import Random

from seawall.lab.faults.requests import (
    TIMEOUT_S,
    examine,
    put_dataset,
    put_request,
    recovered,
)
from seawall.lab.faults.row import FaultRow, Tally, Tries, fault_row
from seawall.store.sqlite import SqliteStore
from seawall.store.sqlite_backup import back_up

CLIENTS = 3
LONGEST_WAIT_S = 0.05


def try_backups(tries: Tries) -> FaultRow:
    """Back up again and again while clients write; each backup must hold what was there before."""
    tally = _backups(tries, tries.folder / "live", tries.times, back_up)
    control = _backups(tries, tries.folder / "control", 3, _copy_file)
    return fault_row(
        "backup",
        tally,
        control="a copy of the file without its log",
        control_lost=control.lost,
        notes=f"{CLIENTS} clients write meanwhile; the copy is opened and written",
    )


def _backups(tries: Tries, folder: Path, count: int, copy: Callable[[Path, Path], object]) -> Tally:
    folder.mkdir()
    tally, acknowledged, done = Tally(), set[str](), threading.Event()
    random = Random(tries.seed)  # noqa: S311  (a schedule, not a secret)
    path = folder / "ledger.db"
    with SqliteStore(str(path)) as store:
        store.submit(put_dataset).result(TIMEOUT_S)

        def write(client: int) -> None:
            for number in numbers():
                if done.is_set():
                    return
                name = f"{client}-{number}"
                store.submit(put_request(name)).result(TIMEOUT_S)
                acknowledged.add(name)

        clients = [threading.Thread(target=write, args=(client,)) for client in range(CLIENTS)]
        for client in clients:
            client.start()
        try:
            for number in range(count):
                done.wait(random.uniform(0, LONGEST_WAIT_S))
                before = acknowledged.copy()
                backup = folder / f"backup{number}.db"
                copy(path, backup)
                tally.tried += 1
                tally.acknowledged += len(before)
                recovered(lambda: SqliteStore(str(backup)), before, tally)  # noqa: B023
                tries.progress(tally.tried)
        finally:
            done.set()
            for client in clients:
                client.join()
        examine(store, acknowledged, tally)
    return tally


def _copy_file(source: Path, target: Path) -> None:
    shutil.copy(source, target)
