"""A disk that is really full.

A process mounts a small file system in memory over a folder, inside name spaces of its own that
nobody else sees, fills it, and prints a `Tally` as JSON.
"""

import os
import subprocess
import sys
from pathlib import Path

import msgspec

from seawall.errors import SeawallError
from seawall.lab.faults.requests import (
    TIMEOUT_S,
    examine,
    outcome,
    put_dataset,
    put_request,
    recovered,
)
from seawall.lab.faults.row import FaultRow, Tally, Tries, fault_row
from seawall.store import Transaction
from seawall.store.sqlite import SqliteStore

DISK_BYTES = 3 * 1024 * 1024
MOST_WRITES = DISK_BYTES // 500  # each is more than a kilobyte
REFUSED = 3  # writes refused while the disk is full, before it is freed


class NoMount(SeawallError):
    """Nothing can be mounted here: neither as root nor in a name space of one's own."""

    default_code = "no_mount"


def try_full_disks(tries: Tries) -> FaultRow:
    """Fill a disk until writes are refused, read, free it, and write again.

    Where nothing can be mounted the row says so, has no tries and is not ok.
    """
    tally, control = Tally(), Tally()
    notes = f"tmpfs of {DISK_BYTES >> 20} MiB; every write refused store_full (507), every read"
    notes += " answered, the first write after freeing done"
    try:
        tally = _in_name_spaces(tries, tries.times, acknowledges_early=False)
        tries.progress(tally.tried)
        control = _in_name_spaces(tries, 1, acknowledges_early=True)
    except NoMount as reason:
        notes = reason.message
    return fault_row(
        "full_disk",
        tally,
        control="acknowledged before the commit",
        control_lost=control.lost,
        notes=notes,
    )


def _in_name_spaces(tries: Tries, count: int, *, acknowledges_early: bool) -> Tally:
    folder = tries.folder / f"mount-{int(acknowledges_early)}"
    folder.mkdir()
    spaces = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
    call = "from seawall.lab.faults.full_disk import main; main()"
    done = subprocess.run(  # noqa: S603  (a fixed command)
        [
            *spaces,
            sys.executable,
            "-c",
            call,
            str(count),
            str(folder),
            str(int(acknowledges_early)),
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=False,
        timeout=TIMEOUT_S * (1 + count),
    )
    if done.returncode == _NOT_MOUNTED or b"unshare failed" in done.stderr:
        raise NoMount("Nothing can be mounted here, so the disk was not filled.")
    if done.returncode != 0:
        raise SeawallError(done.stderr.decode()[-2000:], code="process_failed", where="full_disk")
    return msgspec.json.decode(done.stdout, type=Tally)


_NOT_MOUNTED = 77


def fill(folder: Path, tally: Tally, *, acknowledges_early: bool) -> None:
    """Write until the disk is full, free it, write again; then look at what is there."""
    filler = folder / "filler"
    filler.write_bytes(bytes(DISK_BYTES // 3))
    path = str(folder / "ledger.db")
    acknowledged: set[str] = set()
    refused = number = 0
    with SqliteStore(path, checkpoint_pages=100) as store:
        store.submit(put_dataset).result(TIMEOUT_S)
        while refused < REFUSED:
            name = str(number := number + 1)
            if number > MOST_WRITES:  # nobody noticed that the disk is full
                tally.unexpected += 1
                break
            put = put_request(name)

            def put_and_tell(transaction: Transaction) -> None:
                put(transaction)  # noqa: B023
                if acknowledges_early:
                    acknowledged.add(name)  # noqa: B023

            told = outcome(store.submit(put_and_tell))
            if told == "done":
                acknowledged.add(name)
                continue
            refused += 1
            tally.unexpected += told != "store_full"
            examine(store, acknowledged, tally)  # reads stay
        filler.unlink()
        store.submit(put_request("freed")).result(TIMEOUT_S)
        acknowledged.add("freed")
        examine(store, acknowledged, tally)
    recovered(lambda: SqliteStore(path), acknowledged, tally)
    tally.tried += 1
    tally.acknowledged += len(acknowledged)


def main() -> None:
    """Mount, fill as often as asked, print the counts: of the process that mounts."""
    count, folder, early = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "1"
    tally = Tally()
    for _ in range(count):
        if not _done("mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)):
            sys.exit(_NOT_MOUNTED)
        fill(folder, tally, acknowledges_early=early)
        _done("umount", str(folder))
    sys.stdout.buffer.write(msgspec.json.encode(tally))


def _done(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603
