"""A file system that notes what is asked of it and fails where it is told to."""

from pathlib import Path

import apsw
import pytest

from seawall.lab.faults.disk_image import DiskImage
from seawall.lab.faults.fault_vfs import FAILURES, Failure, fault_vfs, weakened


def kept(path: Path) -> list[int]:
    with apsw.Connection(str(path)) as connection:
        return [value for (value,) in connection.execute("SELECT y FROM x")]


def test_what_is_noted_makes_the_same_files(tmp_path: Path) -> None:
    with fault_vfs() as vfs:
        connection = apsw.Connection(str(tmp_path / "a.db"), vfs=vfs.name)
        for sql in ("PRAGMA journal_mode = WAL", "CREATE TABLE x (y)", "INSERT INTO x VALUES (7)"):
            connection.execute(sql).fetchall()
        image = DiskImage()
        for operation in vfs.operations:
            image.take(operation)
        files = image.after_kill()
        assert files == {name: (tmp_path / name).read_bytes() for name in ("a.db", "a.db-wal")}
        connection.close()


@pytest.mark.parametrize("failure", FAILURES)
def test_an_operation_fails_once(tmp_path: Path, failure: Failure) -> None:
    with fault_vfs() as vfs:
        connection = apsw.Connection(str(tmp_path / "a.db"), vfs=vfs.name)
        connection.execute("CREATE TABLE x (y)")
        vfs.fail_at(0, failure)
        connection.execute("INSERT INTO x VALUES (1)")
        write = vfs.asked.index("write") + 1
        vfs.fail_at(write, failure)
        with pytest.raises(apsw.FullError if failure == "ENOSPC" else apsw.IOError):
            connection.execute("INSERT INTO x VALUES (2)")
        connection.execute("INSERT INTO x VALUES (3)")
        connection.close()
    assert kept(tmp_path / "a.db") == [1, 3]


def test_a_control_weakens_its_own_file_system_only(tmp_path: Path) -> None:
    with fault_vfs() as weak, fault_vfs() as strong, weakened(weak, "OFF"):
        found = []
        for vfs in (weak, strong):
            connection = apsw.Connection(str(tmp_path / "a.db"), vfs=vfs.name)
            connection.execute("PRAGMA synchronous = FULL")
            found.append(connection.pragma("synchronous"))
            connection.close()
    assert found == [0, 2]
