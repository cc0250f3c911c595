"""The power goes: the disk holds what was synchronised, and of the rest anything.

One short life of a store is recorded operation by operation. Then the power is cut at many places
of it: the files are made as they may then lie on the disk, the store is opened on them, and what it
acknowledged before the cut must be there.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from random import Random
from typing import Literal

from seawall.lab.faults.disk_image import DiskImage, Operation
from seawall.lab.faults.fault_vfs import FaultVfs, fault_vfs, weakened
from seawall.lab.faults.requests import (
    outcome,
    put_dataset,
    put_request,
    recovered,
    submit_together,
)
from seawall.lab.faults.row import FaultRow, Tally, Tries, fault_row
from seawall.store.sqlite import SqliteStore

FILE = "ledger.db"
CHECKPOINT_PAGES = 40  # a short life has many checkpoints
CUTS_OF_A_LIFE = 200
_SESSIONS, _GROUPS, _REQUESTS = 2, 6, 2

Synchronous = Literal["FULL", "NORMAL", "OFF"]


def try_power_cuts(tries: Tries) -> FaultRow:
    """Cut the power at many places with synchronous=FULL, and at fewer without."""
    tally = cuts(tries, "FULL", tries.times)
    lost = {}
    for synchronous in ("NORMAL", "OFF"):
        control = cuts(tries, synchronous, min(CUTS_OF_A_LIFE, max(20, tries.times // 10)))
        lost[synchronous] = control.lost
    return fault_row(
        "power_cut",
        tally,
        control="synchronous=NORMAL, and OFF",
        control_lost=min(lost.values()),
        notes=f"unsynchronised writes dropped, torn or spoilt; requests lost with NORMAL "
        f"{lost['NORMAL']}, OFF {lost['OFF']}",
    )


def cuts(tries: Tries, synchronous: Synchronous, count: int) -> Tally:
    """Cut the power ``count`` times, in as many recorded lives as that takes."""
    tally = Tally()
    life = 0
    while tally.tried < count:
        folder = tries.folder / f"{synchronous}{life}"
        folder.mkdir()
        seed = tries.seed + life
        operations = record_life(folder, synchronous, name=f"{seed}")
        random = Random(seed)  # noqa: S311  (a schedule, not a secret)
        places = min(CUTS_OF_A_LIFE, count - tally.tried, len(operations))
        at = sorted(random.sample(range(1, len(operations) + 1), places))
        for image, acknowledged in images(operations, at):
            write_files(folder, image.after_cut(random))
            tally.tried += 1
            tally.acknowledged += len(acknowledged)
            recovered(lambda: SqliteStore(str(folder / FILE)), acknowledged, tally)  # noqa: B023
            if synchronous == "FULL":
                tries.progress(tally.tried)
        shutil.rmtree(folder)
        life += 1
    return tally


def record_life(folder: Path, synchronous: Synchronous, *, name: str) -> list[Operation]:
    """Create a store, write groups, close it, open it and go on; note every acknowledgement."""
    with fault_vfs() as vfs:
        with nullcontext() if synchronous == "FULL" else weakened(vfs, synchronous):
            for session in range(_SESSIONS):
                _live(folder, vfs, f"{name}-{session}")
        return vfs.operations


def _live(folder: Path, vfs: FaultVfs, name: str) -> None:
    path = str(folder / FILE)
    with SqliteStore(path, vfs=vfs.name, checkpoint_pages=CHECKPOINT_PAGES) as store:
        submit_together(store, [put_dataset])
        for group in range(_GROUPS):
            names = [f"{name}-{group}-{i}" for i in range(_REQUESTS)]
            futures = submit_together(store, [put_request(request) for request in names])
            for request, future in zip(names, futures, strict=True):
                if outcome(future) == "done":
                    vfs.mark(request)


def images(
    operations: Sequence[Operation], at: Sequence[int]
) -> Iterator[tuple[DiskImage, set[str]]]:
    """Return the disk at each of some ascending places, and what was acknowledged before it."""
    image, acknowledged, done = DiskImage(), set[str](), 0
    for place in at:
        for operation in operations[done:place]:
            image.take(operation)
            if operation.kind == "mark":
                acknowledged.add(operation.name)
        done = place
        yield image, set(acknowledged)


def write_files(folder: Path, files: dict[str, bytes]) -> None:
    """Make a folder hold these files and no others."""
    for left in folder.iterdir():
        left.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
