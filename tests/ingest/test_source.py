"""Reading a source a piece at a time: the same bits as at once, and nothing taken on trust."""

import gzip
import zipfile
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from seawall.engines.debt import DEBT_STRESS
from seawall.errors import Cancelled, SourceUnreadable
from seawall.ingest import (
    IngestedTape,
    Source,
    SourceFormat,
    ingest_source,
    load_profile,
    open_source,
    tape,
)
from seawall.native import RunControl

GENERIC = load_profile("generic", packages=[DEBT_STRESS.profiles])
CSV = b"loan_id,currency,balance\n" + b"".join(b"l%d,EUR,%d\n" % (i, i) for i in range(700))
RECORDS = [b'{"loan_id":"l%d","currency":"EUR","balance":%d}' % (i, i) for i in range(700)]
LAYOUTS: dict[str, bytes] = {
    "json": b'{"note":"[{","records":[' + b",\n".join(RECORDS) + b"]}",
    "ndjson": b"\n".join(RECORDS),
    "csv": CSV,
}


def blocks_and_tape(source: Source, **options: Any) -> tuple[list[bytes], IngestedTape]:
    blocks: list[bytes] = []
    return blocks, ingest_source(source, GENERIC, on_blocks=blocks.extend, **options)


@pytest.mark.parametrize("format", LAYOUTS)
@pytest.mark.parametrize("window_bytes", [1, 1000])
def test_how_much_is_read_at_a_time_does_not_change_a_single_bit(
    format: str, window_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = open_source(LAYOUTS[format], format=format)
    blocks, whole = blocks_and_tape(source)
    monkeypatch.setattr(tape, "WINDOW_BYTES", window_bytes)
    again, parts = blocks_and_tape(source, threads=1)
    assert len(blocks) == 3
    assert again == blocks
    assert parts.merkle_root == whole.merkle_root
    assert parts.columns_digest() == whole.columns_digest()
    assert parts.source == whole.source


@pytest.mark.parametrize("format", LAYOUTS)
def test_a_file_says_what_it_was(format: str, tmp_path: Path) -> None:
    data = LAYOUTS[format]
    (tmp_path / f"tape.{format}").write_bytes(data)
    _, read = blocks_and_tape(open_source(tmp_path / f"tape.{format}", format=None))
    assert read.source == {
        "name": f"tape.{format}",
        "format": format,
        "bytes": len(data),
        "sha256": sha256(data).hexdigest(),
    }


def write_gzip(path: Path, data: bytes) -> None:
    path.write_bytes(gzip.compress(data))


def write_zip(path: Path, data: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inner.csv", data)


@pytest.mark.parametrize(
    ("name", "kind", "member", "write"),
    [
        ("tape.csv.gz", "gzip", "tape.csv", write_gzip),
        ("tape.zip", "zip", "inner.csv", write_zip),
    ],
)
def test_a_packed_file_is_the_tape_inside_it(
    name: str, kind: str, member: str, write: Callable[[Path, bytes], None], tmp_path: Path
) -> None:
    (tmp_path / "tape.csv").write_bytes(CSV)
    write(tmp_path / name, CSV)
    _, plain = blocks_and_tape(open_source(tmp_path / "tape.csv", format=None))
    _, packed = blocks_and_tape(open_source(tmp_path / name, format=None))
    assert packed.merkle_root == plain.merkle_root
    assert packed.source == {
        **plain.source,
        "name": name,
        "container": {
            "kind": kind,
            "member": member,
            "sha256": sha256((tmp_path / name).read_bytes()).hexdigest(),
        },
    }


def test_a_file_that_changes_while_it_is_read_is_refused() -> None:
    contents = iter([CSV, CSV.replace(b"l699", b"l69x")])
    source = Source(lambda: BytesIO(next(contents)), name="tape.csv", format=SourceFormat.CSV)
    with pytest.raises(SourceUnreadable, match="changed while it was read"):
        ingest_source(source, GENERIC)


class Failing(BytesIO):
    """A disk that gives up."""

    def read(self, _: int | None = -1) -> bytes:
        raise OSError(5, "Input/output error")


@pytest.mark.parametrize("format", SourceFormat)
def test_a_disk_that_gives_up_is_told_with_the_file_s_name(format: SourceFormat) -> None:
    with pytest.raises(SourceUnreadable, match="Input/output error") as caught:
        ingest_source(Source(Failing, name="tape", format=format), GENERIC)
    assert caught.value.where == "tape"


@pytest.mark.parametrize("format", LAYOUTS)
def test_a_stop_is_heard_before_the_first_byte(format: str) -> None:
    control = RunControl()
    control.cancel()
    with pytest.raises(Cancelled):
        ingest_source(open_source(LAYOUTS[format], format=format), GENERIC, control=control)


def test_a_stop_is_heard_while_a_file_is_hashed() -> None:
    control = RunControl()
    control.cancel()
    with pytest.raises(Cancelled):
        open_source(CSV, format="csv").read_through(control)


@pytest.mark.parametrize("format", LAYOUTS)
def test_progress_is_told_while_a_source_is_read(
    format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tape, "WINDOW_BYTES", 10_000)
    seen: list[int] = []
    source = open_source(LAYOUTS[format], format=format)
    ingest_source(source, GENERIC, control=RunControl(seen.append))
    assert seen == sorted(seen)
    assert seen[-1] == 700
