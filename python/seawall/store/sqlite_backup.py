"""A copy of an SQLite ledger that is in use, page by page, as it was at one moment."""

import os
from pathlib import Path

import apsw

from seawall.errors import Conflict, NotFound
from seawall.store.places import shown_place
from seawall.store.sqlite_connection import translated


def back_up(source: Path, target: Path) -> int:
    """Copy a ledger while others read and write it; restoring is the same, the other way round.

    The target has its name only once it is whole and on the disk.

    Returns
    -------
    int
        Its size in bytes.

    Raises
    ------
    NotFound
        Without a source, or without the target's folder.
    Conflict
        When the target is there already.
    StoreError
        When either cannot be read or written.
    """
    if not source.is_file():
        raise NotFound("there is no ledger", where=shown_place(str(source)))
    if not target.absolute().parent.is_dir():
        folder = target.absolute().parent
        raise NotFound("there is no such folder", where=shown_place(str(folder)))
    if target.exists():
        raise Conflict("is there already", where=shown_place(str(target)))
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with translated():
            _copy_pages(source, draft)
        # A link, unlike a renaming, fails when the name was taken meanwhile.
        try:
            target.hardlink_to(draft)
        except FileExistsError as error:
            raise Conflict("is there already", where=shown_place(str(target))) from error
        _synchronise(target.absolute().parent)
        return target.stat().st_size
    finally:
        draft.unlink(missing_ok=True)


def _copy_pages(source: Path, draft: Path) -> None:
    reading = apsw.Connection(str(source), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        writing = apsw.Connection(str(draft))
        try:
            with writing.backup("main", reading, "main") as copying:
                # All at one go: from one snapshot, which keeps nobody from writing. A copy by
                # pieces would begin again at every commit of another.
                copying.step()
        finally:
            writing.close()
    finally:
        reading.close()


def _synchronise(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
