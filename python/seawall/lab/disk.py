"""A folder whose files reach a disk: in memory an fsync costs nothing and proves nothing."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seawall.errors import SeawallError

_IN_MEMORY = frozenset({"tmpfs", "ramfs", "devtmpfs"})


@contextmanager
def disk_folder() -> Iterator[Path]:
    """Lend an empty folder on a disk; it is removed afterwards.

    Raises
    ------
    SeawallError
        Of code ``no_disk`` if the temporary folders and the working folder are all in memory.
    """
    for parent in (Path(tempfile.gettempdir()), Path("/var/tmp"), Path.cwd()):  # noqa: S108
        if os.access(parent, os.W_OK) and file_system(parent) not in _IN_MEMORY:
            with tempfile.TemporaryDirectory(prefix="seawall-", dir=parent) as folder:
                yield Path(folder)
            return
    raise SeawallError("no temporary folder is on a disk; set TMPDIR", code="no_disk")


def file_system(path: Path, *, mounts: Path = Path("/proc/self/mounts")) -> str:
    """Return the type of the file system that holds a path, such as ``ext4``."""
    wanted = path.resolve()
    found = [line.split(" ")[1:3] for line in mounts.read_text(encoding="utf-8").splitlines()]
    holding = [
        (len(Path(_unescaped(point)).parts), order, kind)
        for order, (point, kind) in enumerate(found)
        if wanted.is_relative_to(_unescaped(point))
    ]
    return max(holding)[2]  # the deepest; of several at one point the last hides the others


def _unescaped(mount_point: str) -> str:
    return mount_point.replace("\\040", " ")
