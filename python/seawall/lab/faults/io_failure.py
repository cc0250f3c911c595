"""Every operation on a file fails once: at each place, and in three ways.

A failure must reach the client as a code, or not matter; what was acknowledged must be there
afterwards, also when the power is cut later. A failed synchronisation leaves data that no later one
writes, so whoever only tries it again loses data: that is the negative control.
"""

import shutil
from collections.abc import Callable, Sequence
from itertools import takewhile
from pathlib import Path
from random import Random
from typing import TypeVar

import msgspec

from seawall.errors import SeawallError, StoreError
from seawall.lab.faults.disk_image import DiskImage
from seawall.lab.faults.fault_vfs import FAILURES, Failure, FaultVfs, fault_vfs
from seawall.lab.faults.power_cut import FILE, write_files
from seawall.lab.faults.requests import (
    outcome,
    put_dataset,
    put_request,
    read_held,
    recovered,
    submit_together,
)
from seawall.lab.faults.row import FaultRow, Tally, Tries, fault_row
from seawall.store.sqlite import SqliteStore

T = TypeVar("T")

CODES = frozenset({"store_full", "store_unavailable", "store_corrupt", "store_busy"})
_CHECKPOINT_PAGES = 12
_GROUPS, _REQUESTS = 4, 2


class _Life(msgspec.Struct):
    """What clients saw."""

    codes: list[str] = msgspec.field(default_factory=list)  # of what failed
    acknowledged: set[str] = msgspec.field(default_factory=set)


def try_io_failures(tries: Tries) -> FaultRow:
    """Fail every operation of a short life in turn, or evenly chosen ones.

    ``tries.times`` is the most that is tried; 0 tries every place in every way.
    """
    tally, control = Tally(), Tally()
    told, silent = 0, 0
    old, new = tries.folder / "old", tries.folder / "new"
    old.mkdir()
    with SqliteStore(str(old / FILE)) as store:
        submit_together(store, [put_dataset])
    for start, share in ((old, 2), (new, 1)):  # a store that is there, and one that is made
        for point, failure in _chosen(_asked(tries, start), tries.times * share // 3):
            life = _try(tries, start, point, failure, tally)
            told += bool(life.codes)
            silent += not life.codes
            tally.unexpected += len(set(life.codes) - CODES)
            tries.progress(tally.tried)
    for point, asked in enumerate(_asked(tries, old), 1):
        if asked == "sync":
            _try(tries, old, point, "EIO", control, retries_syncs=True)
    return fault_row(
        "io_failure",
        tally,
        control="a failed fsync that is tried again",
        control_lost=control.lost,
        notes=f"{told} failures told with a code, {silent} that cost nothing (housekeeping); "
        "each followed by a power cut",
    )


def _asked(tries: Tries, start: Path) -> list[str]:
    """Live once without a failure, and tell which operations there are."""
    with fault_vfs() as vfs:
        _live(_copied(start, tries.folder / "count"), vfs, _Life())
        return vfs.asked


def _chosen(asked: Sequence[str], count: int) -> list[tuple[int, Failure]]:
    """Choose places and ways to fail, evenly where not all are tried."""
    every = [(point, failure) for point in range(1, len(asked) + 1) for failure in FAILURES]
    step = -(-len(every) // (count or len(every)))
    if step > 1 and step % len(FAILURES) == 0:
        step += 1  # or only one way would ever be tried
    return every[::step]


def _copied(start: Path, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    if start.exists():
        shutil.copy(start / FILE, folder / FILE)
    return folder


def _try(
    tries: Tries,
    start: Path,
    point: int,
    failure: Failure,
    tally: Tally,
    *,
    retries_syncs: bool = False,
) -> _Life:
    """Fail one operation; look at the store opened again, and after a power cut before its end."""
    folder = _copied(start, tries.folder / "tried")
    life, image = _Life(), DiskImage()
    with fault_vfs() as vfs:
        vfs.retries_syncs = retries_syncs
        vfs.fail_at(point, failure)
        try:
            _live(folder, vfs, life)
        except SeawallError:  # it did not heal
            tally.unexpected += 1
        vfs.mark("end")
        for operation in takewhile(lambda o: o.name != "end", vfs.operations):
            image.take(operation)
    tally.tried += 1
    tally.acknowledged += len(life.acknowledged)
    for cut in (False, True):
        if cut:
            write_files(folder, image.after_cut(Random(tries.seed + point)))  # noqa: S311
        recovered(lambda: SqliteStore(str(folder / FILE)), life.acknowledged, tally)
    return life


def _live(folder: Path, vfs: FaultVfs, life: _Life) -> None:
    """Open a store, write groups and read them; what fails is tried again, once."""
    path = str(folder / FILE)
    store = _again(
        lambda: SqliteStore(path, vfs=vfs.name, checkpoint_pages=_CHECKPOINT_PAGES), life
    )
    try:
        for group in range(_GROUPS):
            names = [f"{group}-{i}" for i in range(_REQUESTS)]
            works = [put_dataset, *map(put_request, names)]
            futures = submit_together(store, works)
            if failed := [code for code in map(outcome, futures) if code != "done"]:
                life.codes += failed
                for future in submit_together(store, works):
                    future.result()
            life.acknowledged.update(names)
            held = _again(lambda: read_held(store), life)
            if not life.acknowledged <= held.whole:
                raise StoreError("an acknowledged request cannot be read")
    finally:
        vfs.mark("end")  # closing synchronises everything once more
        _again(store.close, life)


def _again(work: Callable[[], T], life: _Life) -> T:
    try:
        return work()
    except SeawallError as error:
        life.codes.append(error.code)
    return work()
