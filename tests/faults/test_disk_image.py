"""What a simulated disk holds after a power cut."""

from random import Random

import pytest

from seawall.lab.faults.disk_image import SECTOR_BYTES, DiskImage, Operation

NAMED = [Operation("create", 1, "a"), Operation("sync_names")]
SEEDS = range(50)


def written(data: bytes, offset: int = 0) -> Operation:
    return Operation("write", 1, offset=offset, data=data)


def cuts(*operations: Operation) -> list[dict[str, bytes]]:
    """What the disk holds after many power cuts at the same moment."""
    image = DiskImage()
    for operation in operations:
        image.take(operation)
    return [image.after_cut(Random(seed)) for seed in SEEDS]  # noqa: S311


def test_what_was_synchronised_is_there() -> None:
    assert cuts(*NAMED, written(b"x" * 700), Operation("sync", 1)) == [{"a": b"x" * 700}] * 50


def test_what_was_not_may_be_there_in_whole_in_part_or_not_at_all() -> None:
    found = {files["a"] for files in cuts(*NAMED, written(b"x" * 2 * SECTOR_BYTES))}
    assert {b"", b"x" * 2 * SECTOR_BYTES, b"x" * SECTOR_BYTES + bytes(SECTOR_BYTES)} <= found


def test_a_torn_write_touches_nothing_beside_it() -> None:
    before, over = b"o" * 4 * SECTOR_BYTES, written(b"x" * SECTOR_BYTES, offset=700)
    for files in cuts(*NAMED, written(before), Operation("sync", 1), over):
        assert files["a"][:700] == before[:700]
        assert files["a"][700 + SECTOR_BYTES :] == before[700 + SECTOR_BYTES :]


def test_writes_reach_the_disk_in_any_order() -> None:
    found = cuts(*NAMED, written(b"a"), written(b"b", offset=SECTOR_BYTES))
    assert any(files["a"] == bytes(SECTOR_BYTES) + b"b" for files in found)
    assert any(files["a"] == b"a" for files in found)


def test_a_later_synchronisation_does_not_write_what_a_failed_one_left() -> None:
    operations = [written(b"old"), Operation("failed_sync", 1), written(b"new", offset=3)]
    assert cuts(*NAMED, *operations, Operation("sync", 1)) == [{"a": b"\0\0\0new"}] * 50


@pytest.mark.parametrize("named", [Operation("create", 1, "a"), Operation("delete", name="a")])
def test_a_name_is_certain_only_once_the_folder_was_synchronised(named: Operation) -> None:
    before = NAMED if named.kind == "delete" else []
    assert {"a" in files for files in cuts(*before, named)} == {True, False}
    (after,) = {"a" in files for files in cuts(*before, named, Operation("sync_names"))}
    assert after is (named.kind == "create")


def test_a_killed_program_leaves_all_that_it_wrote() -> None:
    image = DiskImage()
    for operation in [*NAMED, written(b"abc"), Operation("truncate", 1, offset=2)]:
        image.take(operation)
    assert image.after_kill() == {"a": b"ab"}
