"""Packed files: told by their bytes, expanded as they are read, never beyond the caps."""

import gzip
import os
import zipfile
from pathlib import Path
from typing import BinaryIO

import pytest

from seawall.errors import LimitExceeded, SourceUnreadable
from seawall.ingest import container
from seawall.ingest.container import open_container

FHFA = Path(__file__).parents[3] / "shared" / "data" / "fhfa_ama_pudb_2010.csv.zip"
TAPE = b"loan_id,balance\n" + b"".join(b"L%d,%d\n" % (i, i * i) for i in range(2000))


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def gzipped(path: Path, data: bytes) -> Path:
    path.write_bytes(gzip.compress(data, mtime=0))
    return path


def expanded(path: Path) -> bytes:
    with open_container(path).open() as stream:
        return stream.read()


def damaged(path: Path, at: int) -> Path:
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)
    return path


# --- what is inside


def test_a_plain_file_is_its_own_bytes(tmp_path: Path) -> None:
    path = tmp_path / "tape.csv"
    path.write_bytes(TAPE)
    found = open_container(path)
    assert (found.kind, found.inner_name) == ("", "tape.csv")
    assert expanded(path) == TAPE


def test_a_gzip_file_is_expanded_and_loses_its_suffix(tmp_path: Path) -> None:
    path = gzipped(tmp_path / "tape.csv.gz", TAPE)
    assert (open_container(path).kind, open_container(path).inner_name) == ("gzip", "tape.csv")
    assert expanded(path) == TAPE


def test_a_container_is_known_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    path = gzipped(tmp_path / "tape.csv", TAPE)
    assert (open_container(path).kind, open_container(path).inner_name) == ("gzip", "tape.csv")
    assert expanded(path) == TAPE


def test_gzip_members_one_after_another_are_one_file(tmp_path: Path) -> None:
    path = tmp_path / "tape.csv.gz"
    path.write_bytes(gzip.compress(TAPE) + gzip.compress(b"more"))
    assert expanded(path) == TAPE + b"more"


def test_a_zip_of_one_file_is_that_file(tmp_path: Path) -> None:
    path = zipped(tmp_path / "tape.zip", **{"tape.csv": TAPE})
    assert (open_container(path).kind, open_container(path).inner_name) == ("zip", "tape.csv")
    assert expanded(path) == TAPE


def test_folders_and_what_file_managers_leave_in_a_zip_do_not_count(tmp_path: Path) -> None:
    litter = {"2010/": b"", "__MACOSX/2010/._tape.csv": b"x", "2010/.DS_Store": b"x"}
    path = zipped(tmp_path / "tape.zip", **litter, **{"2010/tape.csv": TAPE})
    assert open_container(path).inner_name == "2010/tape.csv"
    assert expanded(path) == TAPE


def test_each_opening_begins_anew(tmp_path: Path) -> None:
    opened = open_container(zipped(tmp_path / "tape.zip", **{"tape.csv": TAPE}))
    with opened.open() as first, opened.open() as second:
        assert first.read(100) == second.read(100) == TAPE[:100]


def test_the_fhfa_tape_is_read_from_its_zip() -> None:
    if not FHFA.is_file():
        message = f"no reference data: {FHFA} is not there"
        if os.environ.get("SEAWALL_NO_SKIPS") == "1":
            pytest.fail(message)
        pytest.skip(message)
    assert open_container(FHFA).inner_name == "AMA_PUDB_Export_123110.csv"
    assert len(expanded(FHFA)) == 16_625_817  # as its directory lists it
    assert expanded(FHFA).count(b"\n") == 41_221  # the header and 41,220 mortgages


# --- what is refused


def test_a_zip_of_several_files_is_refused_and_they_are_named(tmp_path: Path) -> None:
    path = zipped(tmp_path / "two.zip", **{"a.csv": b"1", "b.csv": b"2"})
    with pytest.raises(SourceUnreadable, match=r"2: a\.csv, b\.csv") as caught:
        open_container(path)
    assert caught.value.where == "two.zip"


@pytest.mark.parametrize("members", [{}, {"__MACOSX/._a": b"x"}], ids=["empty", "only litter"])
def test_a_zip_without_a_file_is_refused(members: dict[str, bytes], tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="holds none"):
        open_container(zipped(tmp_path / "none.zip", **members))


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "secret.zip", **{"tape.csv": TAPE})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag, in the directory
    path.write_bytes(data)
    with pytest.raises(SourceUnreadable, match=r"tape\.csv is encrypted"):
        open_container(path)


@pytest.mark.parametrize("pack", ["gzip", "zip"])
def test_a_changed_byte_is_found(pack: str, tmp_path: Path) -> None:
    path = tmp_path / f"tape.{pack}"
    if pack == "gzip":
        damaged(gzipped(path, TAPE), -8)  # of the checksum
    else:
        damaged(zipped(path, **{"tape.csv": TAPE}), 100)
    with pytest.raises(SourceUnreadable) as caught:
        expanded(path)
    assert caught.value.where == path.name


@pytest.mark.parametrize("pack", ["gzip", "zip"])
def test_a_file_that_is_cut_off_is_refused(pack: str, tmp_path: Path) -> None:
    path = tmp_path / f"tape.{pack}"
    whole = gzipped(path, TAPE) if pack == "gzip" else zipped(path, **{"tape.csv": TAPE})
    path.write_bytes(whole.read_bytes()[:-200])
    with pytest.raises(SourceUnreadable) as caught:
        expanded(path)
    assert caught.value.where == path.name


def test_a_compression_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "tape.zip", **{"tape.csv": TAPE})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 10] = 250
    data[8] = 250
    path.write_bytes(data)
    with pytest.raises(SourceUnreadable):
        expanded(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_is_stored_or_deflated(method: int, tmp_path: Path) -> None:
    path = tmp_path / "tape.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("tape.csv", TAPE)
    with pytest.raises(SourceUnreadable, match=rf"tape\.csv is compressed by method {method}"):
        open_container(path)


# what is changed → where in the directory's entry, to what
UNKNOWN_TO_ZIPFILE = {"version": (6, 99), "patch": (8, 1 << 5), "encryption": (8, 1 << 6)}


@pytest.mark.parametrize("what", UNKNOWN_TO_ZIPFILE)
def test_a_zip_newer_than_its_reader_is_refused(what: str, tmp_path: Path) -> None:
    path = zipped(tmp_path / "tape.zip", **{"tape.csv": TAPE})
    data = bytearray(path.read_bytes())
    offset, value = UNKNOWN_TO_ZIPFILE[what]
    data[data.index(b"PK\x01\x02") + offset] = value
    path.write_bytes(data)
    with pytest.raises(SourceUnreadable) as caught:
        expanded(path)
    assert caught.value.where == "tape.zip"


@pytest.mark.parametrize("header", ["directory", "member"])
def test_a_name_that_is_not_the_utf_8_it_says_is_refused(header: str, tmp_path: Path) -> None:
    path = zipped(tmp_path / "tape.zip", **{"täpe.csv": TAPE})
    data = bytearray(path.read_bytes())
    name = "ä".encode()
    at = data.rindex(name) if header == "directory" else data.index(name)
    data[at : at + 2] = b"\xff\xfe"
    path.write_bytes(data)
    with pytest.raises(SourceUnreadable, match="name is not the UTF-8") as caught:
        expanded(path)
    assert caught.value.where == "tape.zip"


@pytest.mark.parametrize("pack", ["gzip", "zip"])
def test_a_bomb_is_stopped_while_it_is_read(pack: str, tmp_path: Path) -> None:
    zeros = bytes((64 << 20) + (1 << 20))
    path = tmp_path / f"bomb.{pack}"
    if pack == "gzip":
        gzipped(path, zeros)
    else:
        zipped(path, **{"tape.csv": zeros})
    sizes: list[int] = []

    def drain(stream: BinaryIO) -> None:
        while window := stream.read(1 << 20):
            sizes.append(len(window))

    with open_container(path).open() as stream, pytest.raises(LimitExceeded, match="200 times"):
        drain(stream)
    assert sum(sizes) == 64 << 20


def test_the_size_that_a_zip_declares_is_not_believed(tmp_path: Path) -> None:
    path = zipped(tmp_path / "tape.zip", **{"tape.csv": TAPE})
    data = bytearray(path.read_bytes())
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(SourceUnreadable):
        expanded(path)


def test_no_file_expands_beyond_the_cap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MAX_EXPANDED_BYTES", 1000)
    with pytest.raises(LimitExceeded) as caught:
        expanded(gzipped(tmp_path / "tape.csv.gz", TAPE))
    assert (caught.value.code, caught.value.where) == ("limit_exceeded", "tape.csv.gz")


def test_a_file_that_is_not_there_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="No such file"):
        open_container(tmp_path / "none.gz")
