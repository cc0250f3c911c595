"""The layouts of docs/reference/stored_bytes.md, byte by byte."""

from pathlib import Path

import pyarrow
import pytest

from seawall import native
from seawall.session import identity
from seawall.table import Table

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "stored_bytes.md"


def content_hash() -> bytes:
    return identity.content_hash(
        merkle_root=b"\x11" * 32, profile_sha256=b"\x22" * 32, record_count=3, table_rows=True
    )


def block() -> bytes:
    profile = b'{"fields":[{"kind":"text","name":"source_record_id","from":["id"]},'
    profile += (
        b'{"default":"EUR","kind":"currency","name":"currency"}],"name":"p","source_system":"s"}'
    )
    source = b'[{"id":"a"}, {"id":"bc"}]'
    reading = native.TapeIngest(profile, table_rows=False, keep_blocks=True)
    reading.add_json(source)
    reading.finish()
    (made,) = reading.take_blocks()
    return made


def table_digest() -> bytes:
    table = Table(pyarrow.table({"n": [1, None], "t": ["x", "yz"]}))
    return native.table_digest([table.native])


GOLDEN = {
    "content hash": lambda: content_hash().hex(),
    "dataset version": lambda: identity.dataset_version_id("tenant-a", content_hash()),
    "raw block": lambda: block().hex(),
    "evidence": lambda: identity.evidence_id("tenant-a", b'{"schema":"seawall.evidence/1"}'),
    "finding": lambda: identity.finding_id("tenant-a", b'{"schema":"seawall.finding/1"}'),
    "link": lambda: identity.link_id("tenant-a", "fi_1", "ev_1"),
    "run": lambda: identity.run_id(
        "tenant-a",
        dataset_version_id="dv_1",
        engine="debt_stress",
        engine_version="1.0",
        parameters=b"{}",
        started_at="2026-01-01T00:00:00.000000Z",
    ),
    "manifest": lambda: identity.manifest_sha256(["ev_2", "ev_1"], ["fi_1"]).hex(),
    "table digest": lambda: table_digest().hex(),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_the_page_shows_the_bytes_that_are_made(name: str) -> None:
    assert f"{name:<17}{GOLDEN[name]()}" in PAGE.read_text()
