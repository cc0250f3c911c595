"""Whoever changes the database behind seawall's back is found out by verify.

The one ledger is written once and copied; each test changes its copy through a connection of its
own, from which the triggers that refuse changes are gone.
"""

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import apsw
import msgspec
import pyarrow
import pytest

from seawall import native
from seawall.errors import Cancelled, SeawallError, StoreError
from seawall.native import RunControl
from seawall.session import Problem, Session, Verification
from seawall.session.codec import compress, decode_table, decompress, encode_table
from seawall.store.ledger_reads import LedgerReads
from seawall.store.sqlite import SqliteStore
from seawall.store.types import Link
from seawall.table import Table

from .books import as_array, records

TENANT = "harbour"

WITHOUT = "(SELECT json_group_array(value) FROM json_each(finding_ids) WHERE value <> ?)"
"""The findings of a run but for one."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two datasets, the first of three raw blocks, and three runs."""
    path = tmp_path_factory.mktemp("verify") / "ledger.db"
    with Session(path, tenant=TENANT, actor="ada") as session:
        for rows in (records(700), records(5)):
            dataset = session.ingest(as_array(rows), format="json", profile="todiscope")
            session.stress(dataset, started_at="2025-01-01T00:00:00Z")
        session.stress(dataset, started_at="2025-01-02T00:00:00Z")
    return path


@pytest.fixture
def ledger(written: Path, tmp_path: Path) -> Path:
    shutil.copy(written, tmp_path / "ledger.db")
    return tmp_path / "ledger.db"


@contextmanager
def tampering(ledger: Path) -> Iterator[apsw.Connection]:
    connection = apsw.Connection(str(ledger))
    triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (name,) in triggers.fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    yield connection
    connection.close()


def verified(ledger: Path) -> Verification:
    with Session(ledger, tenant=TENANT) as session:
        return session.verify()


def change(ledger: Path, sql: str, values: tuple[Any, ...] = ()) -> list[Problem]:
    """Run one statement that must change a row; return what verify then finds beside the log."""
    with tampering(ledger) as connection:
        connection.execute(sql, values)
        assert connection.changes() > 0
    return [problem for problem in verified(ledger).problems if problem.what != "log"]


def value(ledger: Path, sql: str, values: tuple[Any, ...] = ()) -> Any:
    connection = apsw.Connection(str(ledger), flags=apsw.SQLITE_OPEN_READONLY)
    (found,) = connection.execute(sql, values).fetchone()  # of the first row
    connection.close()
    return found


def large(ledger: Path) -> str:
    """The dataset of three blocks."""
    return str(
        value(ledger, "SELECT dataset_version_id FROM dataset_version WHERE record_count = 700")
    )


def kinds(problems: list[Problem]) -> set[str]:
    return {problem.what for problem in problems}


# --- nothing was changed


def test_a_clean_ledger_is_ok_and_counted(ledger: Path) -> None:
    found = verified(ledger)
    assert found == Verification(
        datasets=2,
        records=705,
        runs=3,
        evidence=2 * 4 + 3,
        findings=8,
        links=8,
        audit_entries=0,
        logged_rows=2 + 2 + 3 + 11 + 8 + 8,
        heads=0,
        problems=[],
    )
    assert found.ok


def test_without_its_triggers_an_unchanged_ledger_is_ok(ledger: Path) -> None:
    # The negative control of every test below: it is the change that is found.
    with tampering(ledger):
        pass
    assert verified(ledger).ok


def test_an_empty_ledger_is_ok(session: Session) -> None:
    assert session.verify() == Verification(0, 0, 0, 0, 0, 0, 0, 0, 0, [])


def test_a_cancelled_verification_tells_so(ledger: Path) -> None:
    control = RunControl()
    control.cancel()
    with Session(ledger, tenant=TENANT) as session, pytest.raises(Cancelled):
        session.verify(control=control)


def test_a_tenant_verifies_what_is_its_own_and_the_log_of_all(ledger: Path) -> None:
    change(ledger, "UPDATE evidence SET payload = CAST('{}' AS BLOB)")
    with Session(ledger, tenant="another") as session:
        assert kinds(session.verify().problems) == {"log"}


# --- normalised columns


def rewritten(
    ledger: Path, name: str, edit: Callable[[pyarrow.Table], pyarrow.Table]
) -> list[Problem]:
    where = "WHERE dataset_version_id = ? AND name = ?"
    key = (large(ledger), name)
    payload = value(ledger, f"SELECT payload FROM derived_table {where}", key)
    edited = b"".join(encode_table(Table(edit(decode_table([payload]).to_arrow()))))
    return change(ledger, f"UPDATE derived_table SET payload = ? {where}", (edited, *key))


def test_rewriting_a_table_as_it_was_is_no_change(ledger: Path) -> None:
    assert rewritten(ledger, "records", lambda table: table) == []


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("records", "total_outstanding"),
        ("instruments", "principal"),
        ("distressed_assets", "value"),
        ("rejects", "record"),
    ],
)
def test_a_changed_cell_is_found_in_its_table(ledger: Path, table: str, column: str) -> None:
    def edit(arrow: pyarrow.Table) -> pyarrow.Table:
        cells = arrow[column].to_pylist()
        row = next(row for row, cell in enumerate(cells) if cell is not None)
        cells[row] += 1
        index = arrow.column_names.index(column)
        return arrow.set_column(index, column, pyarrow.array(cells, arrow[column].type))

    problems = rewritten(ledger, table, edit)
    assert [(p.what, p.identifier, p.message) for p in problems] == [
        ("dataset", large(ledger), f"a cell of the table {table} was changed")
    ]


def test_a_cell_made_absent_is_found(ledger: Path) -> None:
    def edit(arrow: pyarrow.Table) -> pyarrow.Table:
        cells = arrow["collateral_value"].to_pylist()
        index = arrow.column_names.index("collateral_value")
        return arrow.set_column(index, "collateral_value", pyarrow.array([None, *cells[1:]]))

    assert kinds(rewritten(ledger, "records", edit)) == {"dataset"}


def test_a_removed_row_of_a_table_is_found(ledger: Path) -> None:
    assert kinds(rewritten(ledger, "rejects", lambda table: table.slice(1))) == {"dataset"}


def test_a_removed_table_is_found(ledger: Path) -> None:
    problems = change(ledger, "DELETE FROM derived_table WHERE name = 'instruments'")
    assert [p.message for p in problems] == ["the table instruments is missing"] * 2


def test_a_moved_part_of_a_table_is_found(ledger: Path) -> None:
    problems = change(
        ledger,
        "UPDATE derived_table SET chunk_index = 7"
        " WHERE dataset_version_id = ? AND name = 'rejects'",
        (large(ledger),),
    )
    assert [(p.identifier, p.message) for p in problems] == [
        (large(ledger), "part 0 of the table rejects says that it is 7")
    ]


def test_an_added_table_is_found(ledger: Path) -> None:
    problems = change(
        ledger,
        "INSERT INTO derived_table SELECT tenant, dataset_version_id, 'extra', 0, payload"
        " FROM derived_table WHERE name = 'records' AND dataset_version_id = ?",
        (large(ledger),),
    )
    assert kinds(problems) == {"dataset"}


def test_an_edited_summary_is_found(ledger: Path) -> None:
    problems = change(
        ledger,
        "UPDATE derivation SET summary = CAST(replace(CAST(summary AS TEXT),"
        " '\"kept_count\":', '\"kept_count\":1') AS BLOB)",
    )
    assert {p.message for p in problems} == {"its summary is not that of its records"}


def test_an_edited_digest_is_found(ledger: Path) -> None:
    problems = change(ledger, "UPDATE derivation SET digest = zeroblob(32)")
    assert {p.message for p in problems} == {"its columns' digest is not that of its records"}


# --- raw blocks


def test_a_removed_block_is_found(ledger: Path) -> None:
    for index in (0, 1, 2):
        problems = change(
            ledger,
            "DELETE FROM raw_chunk WHERE dataset_version_id = ? AND chunk_index = ?",
            (large(ledger), index),
        )
        assert large(ledger) in {p.identifier for p in problems if p.what == "dataset"}


def test_two_swapped_blocks_are_found(ledger: Path) -> None:
    with tampering(ledger) as connection:
        for before, after in ((0, 90), (1, 0), (90, 1)):
            connection.execute(
                "UPDATE raw_chunk SET chunk_index = ? WHERE dataset_version_id = ?"
                " AND chunk_index = ?",
                (after, large(ledger), before),
            )
    messages = [p.message for p in verified(ledger).problems]
    assert "raw block 0 is not what was hashed" in messages
    assert "raw block 1 is not what was hashed" in messages


def edited_block(ledger: Path, edit: Callable[[bytes], bytes]) -> list[Problem]:
    where = "WHERE dataset_version_id = ? AND chunk_index = 1"
    key = (large(ledger),)
    size = value(ledger, f"SELECT payload_size FROM raw_chunk {where}", key)
    payload = value(ledger, f"SELECT payload FROM raw_chunk {where}", key)
    block = edit(decompress(payload, size=size, codec="zstd"))
    return change(
        ledger,
        f"UPDATE raw_chunk SET payload = ?, payload_size = ? {where}",
        (compress(block), len(block), *key),
    )


def test_compressing_a_block_again_is_no_change(ledger: Path) -> None:
    assert edited_block(ledger, lambda block: block) == []


def test_one_edited_byte_of_a_record_is_found(ledger: Path) -> None:
    problems = edited_block(ledger, lambda block: block.replace(b'"o3"', b'"o4"', 1))
    assert "raw block 1 is not what was hashed" in [p.message for p in problems]


def test_one_blank_added_to_a_record_is_found(ledger: Path) -> None:
    def edit(block: bytes) -> bytes:
        size = int.from_bytes(block[4:8], "little")
        begin = 4 + 256 * 12
        grown = block[:begin] + block[begin : begin + size] + b" " + block[begin + size :]
        return grown[:4] + (size + 1).to_bytes(4, "little") + grown[8:]

    assert "raw block 1 is not what was hashed" in [p.message for p in edited_block(ledger, edit)]


def test_an_edited_source_row_is_found(ledger: Path) -> None:
    def edit(block: bytes) -> bytes:
        at = 4 + 256 * 4
        return block[:at] + b"\xff" + block[at + 1 :]

    assert kinds(edited_block(ledger, edit)) == {"dataset"}


@pytest.mark.parametrize("table", ["raw_chunk", "derived_table"])
def test_a_damaged_payload_is_a_problem_and_never_a_crash(
    written: Path, tmp_path: Path, table: str
) -> None:
    draw = random.Random(5)  # noqa: S311 (places to damage, no secret)
    rowid = value(written, f"SELECT min(rowid) FROM {table}")
    payload = value(written, f"SELECT payload FROM {table} WHERE rowid = ?", (rowid,))
    for attempt in range(12):
        ledger = tmp_path / f"{attempt}.db"
        shutil.copy(written, ledger)
        at = draw.randrange(len(payload))
        damaged = payload[:at] + bytes([payload[at] ^ (1 << draw.randrange(8))]) + payload[at + 1 :]
        if attempt == 0:
            damaged = payload[: len(payload) // 2]
        elif attempt == 1:
            damaged = b""
        with tampering(ledger) as connection:
            connection.execute(f"UPDATE {table} SET payload = ? WHERE rowid = ?", (damaged, rowid))
        verified(ledger)  # some bits of a compressed stream say nothing


@pytest.mark.parametrize(("block", "count"), [(0, 255), (1, 999), (2, 700 - 2 * 256 + 1)])
def test_an_edited_count_of_a_block_is_found(ledger: Path, block: int, count: int) -> None:
    problems = change(
        ledger,
        "UPDATE raw_chunk SET record_count = ? WHERE dataset_version_id = ? AND chunk_index = ?",
        (count, large(ledger), block),
    )
    assert [(p.identifier, p.message) for p in problems] == [
        (large(ledger), f"raw block {block} does not hold as many records as it says")
    ]


def test_a_changed_bit_of_a_table_that_is_not_found_says_nothing(written: Path) -> None:
    # Of padding and unused fields: what is read is the same, names, types and metadata included.
    draw = random.Random(7)  # noqa: S311 (places to damage, no secret)
    payload = value(written, "SELECT payload FROM derived_table WHERE name = 'records'")
    table = decode_table([payload])
    digest, arrow = native.table_digest([table.native]), table.to_arrow()
    spared = 0
    for _ in range(600):
        flipped = bytearray(payload)
        flipped[draw.randrange(len(payload))] ^= draw.choice((0x01, 0x10, 0x80))
        try:
            read = decode_table([bytes(flipped)])
            is_found = native.table_digest([read.native]) != digest
        except SeawallError:
            continue
        if not is_found:
            assert read.to_arrow().equals(arrow, check_metadata=True)
            spared += 1
    assert spared > 0


def test_an_unknown_codec_is_a_problem(ledger: Path) -> None:
    problems = change(ledger, "UPDATE raw_chunk SET codec = 'brotli'")
    assert kinds(problems) == {"dataset"}


# --- the dataset's own row


def test_an_edited_profile_is_found(ledger: Path) -> None:
    edit = (
        "UPDATE dataset_version SET profile ="
        " CAST(replace(CAST(profile AS TEXT), '\"minimum\":0', '\"minimum\":1') AS BLOB)"
    )
    assert "its profile was changed" in {p.message for p in change(ledger, edit)}


def test_an_edited_profile_with_its_hash_is_found(ledger: Path) -> None:
    profile = value(ledger, "SELECT profile FROM dataset_version").replace(
        b'"minimum":0', b'"minimum":1'
    )
    problems = change(
        ledger,
        "UPDATE dataset_version SET profile = ?, profile_sha256 = ?",
        (profile, sha256(profile).digest()),
    )
    assert "its content hash does not give its identifier" in {p.message for p in problems}


@pytest.mark.parametrize("column", ["content_hash", "merkle_root", "chunk_roots", "profile_sha256"])
def test_an_edited_hash_of_a_dataset_is_found(ledger: Path, column: str) -> None:
    problems = change(
        ledger,
        f"UPDATE dataset_version SET {column} = zeroblob(32) WHERE record_count = 700",
    )
    assert {p.identifier for p in problems if p.what == "dataset"} == {large(ledger)}


def test_an_edited_record_count_is_found(ledger: Path) -> None:
    sql = "UPDATE dataset_version SET record_count = 699 WHERE record_count = 700"
    assert kinds(change(ledger, sql)) == {"dataset"}


@pytest.mark.parametrize(
    ("before", "after"), [('"name":""', '"name":"other.json"'), ('"bytes":', '"bytes":1')]
)
def test_an_edited_source_is_found(ledger: Path, before: str, after: str) -> None:
    problems = change(
        ledger,
        "UPDATE dataset_version SET source = CAST(replace(CAST(source AS TEXT), ?, ?) AS BLOB)",
        (before, after),
    )
    assert kinds(problems) == {"dataset"}


@pytest.mark.parametrize("column", ["source", "profile"])
def test_a_row_that_cannot_be_read_is_a_problem(ledger: Path, column: str) -> None:
    problems = change(ledger, f"UPDATE dataset_version SET {column} = CAST('[' AS BLOB)")
    assert "dataset" in kinds(problems)


# --- evidence, findings, links


def edited_payload(ledger: Path, table: str, before: bytes, after: bytes) -> list[Problem]:
    key = "evidence_id" if table == "evidence" else "finding_id"
    identifier = value(ledger, f"SELECT {key} FROM {table} WHERE instr(payload, ?) > 0", (before,))
    payload = value(ledger, f"SELECT payload FROM {table} WHERE {key} = ?", (identifier,))
    edited = payload.replace(before, after, 1)
    problems = change(
        ledger, f"UPDATE {table} SET payload = ? WHERE {key} = ?", (edited, identifier)
    )
    assert (table, identifier) in {(p.what, p.identifier) for p in problems}
    return problems


def test_an_edited_evidence_is_found(ledger: Path) -> None:
    edited_payload(ledger, "evidence", b'"loss_estimate":', b'"loss_estimate":1')


def test_an_edited_audit_is_found(ledger: Path) -> None:
    edited_payload(ledger, "evidence", b'"started_at":"2025', b'"started_at":"2024')


def test_an_edited_finding_is_found(ledger: Path) -> None:
    edited_payload(ledger, "finding", b'"material"', b'"not_material"')


@pytest.mark.parametrize("column", ["kind", "engine"])
def test_evidence_of_another_kind_than_it_says_is_found(ledger: Path, column: str) -> None:
    assert "evidence" in kinds(change(ledger, f"UPDATE evidence SET {column} = 'other'"))


@pytest.mark.parametrize("table", ["evidence", "finding", "run"])
def test_what_was_moved_to_another_dataset_is_found(ledger: Path, table: str) -> None:
    problems = change(
        ledger,
        f"UPDATE {table} SET dataset_version_id ="
        " (SELECT dataset_version_id FROM dataset_version WHERE record_count = 5)"
        " WHERE dataset_version_id = ?",
        (large(ledger),),
    )
    assert table in kinds(problems)


def test_a_removed_evidence_is_found(ledger: Path) -> None:
    assert change(ledger, "DELETE FROM evidence WHERE kind = 'stress_test'") != []


@pytest.mark.parametrize("order", ["", "DESC"])
def test_a_removed_link_is_found(ledger: Path, order: str) -> None:
    finding = value(ledger, f"SELECT finding_id FROM link ORDER BY finding_id {order}")
    problems = change(ledger, "DELETE FROM link WHERE finding_id = ?", (finding,))
    assert [(p.what, p.identifier) for p in problems] == [("finding", finding)]


def test_links_are_not_asked_for_one_by_one(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LedgerReads, "links_of_finding", None)
    assert verified(ledger).ok


def test_a_finding_that_comes_after_the_links_were_read_is_no_problem(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = SqliteStore.all_links

    def earlier(store: SqliteStore, tenant: str) -> Iterator[Link]:
        return islice(every(store, tenant), 1, None, 2)

    monkeypatch.setattr(SqliteStore, "all_links", earlier)
    assert verified(ledger).problems == []


def test_an_end_of_a_link_that_was_changed_is_found(ledger: Path) -> None:
    other = value(ledger, "SELECT evidence_id FROM evidence WHERE kind = 'audit_trail'")
    assert "link" in kinds(change(ledger, "UPDATE link SET evidence_id = ?", (other,)))


def test_a_removed_finding_is_found(ledger: Path) -> None:
    assert change(ledger, "DELETE FROM finding WHERE rowid = 1") != []


def test_a_finding_removed_with_all_that_names_it_is_found(ledger: Path) -> None:
    finding = value(
        ledger, "SELECT finding_id FROM finding WHERE dataset_version_id = ?", (large(ledger),)
    )
    with tampering(ledger) as connection:
        for table in ("link", "finding"):
            connection.execute(f"DELETE FROM {table} WHERE finding_id = ?", (finding,))
        connection.execute(f"UPDATE run_members SET finding_ids = {WITHOUT}", (finding,))
    problems = verified(ledger).problems
    assert [(p.what, p.message) for p in problems if p.what != "log"] == [
        ("run", "what it left behind is not complete")
    ]
    assert {p.message.partition("[")[0] for p in problems if p.what == "log"} == {"finding", "link"}


# --- runs


def test_an_edited_result_is_found(ledger: Path) -> None:
    problems = change(
        ledger,
        "UPDATE run SET result = CAST(replace(CAST(result AS TEXT),"
        " '\"record_count\":', '\"record_count\":1') AS BLOB)",
    )
    assert [p.message for p in problems] == ["its answer was changed"] * 3


@pytest.mark.parametrize(
    ("column", "new"),
    [
        ("parameters", b'{"net_exposure_materiality_threshold_pct":0.3}'),
        ("started_at", "2024-01-01T00:00:00.000000Z"),
        ("engine_version", "0.9"),
    ],
)
def test_an_edited_question_is_found(ledger: Path, column: str, new: object) -> None:
    problems = change(ledger, f"UPDATE run SET {column} = ? WHERE rowid = 1", (new,))
    assert "its question was changed" in [p.message for p in problems]


@pytest.mark.parametrize(
    "removed",
    [
        "UPDATE run_members SET evidence_ids = '[]' WHERE run_number = 1",
        "UPDATE run_members SET finding_ids = '[]' WHERE run_number = 1",
        "DELETE FROM run_members WHERE run_number = 1",
    ],
)
def test_a_removed_member_of_a_run_is_found(ledger: Path, removed: str) -> None:
    run = value(ledger, "SELECT run_id FROM run WHERE rowid = 1")
    problems = change(ledger, removed)
    assert ("run", run) in {(p.what, p.identifier) for p in problems}


def test_a_run_removed_with_all_that_names_it_is_found(ledger: Path) -> None:
    # Its audit evidence is left and names a run that is not there.
    run = value(ledger, "SELECT run_id FROM run WHERE dataset_version_id = ?", (large(ledger),))
    with tampering(ledger) as connection:
        connection.execute(
            "DELETE FROM run_members WHERE run_number = (SELECT rowid FROM run WHERE run_id = ?)",
            (run,),
        )
        connection.execute("DELETE FROM run WHERE run_id = ?", (run,))
    assert verified(ledger).problems != []


def test_what_the_database_itself_finds_wrong_is_told(ledger: Path) -> None:
    problems = change(ledger, "DELETE FROM dataset_version WHERE record_count = 5")
    assert "database" in kinds(problems)


def test_a_stored_profile_is_what_its_dataset_says(ledger: Path) -> None:
    with Session(ledger, tenant=TENANT) as session:
        dataset = session.datasets()[0]
        stored = value(ledger, "SELECT profile FROM dataset_version")
        assert msgspec.json.decode(stored)["name"] == dataset.profile_name


def test_removed_columns_that_a_run_was_computed_on_are_found(ledger: Path) -> None:
    with tampering(ledger) as connection:
        connection.execute("DELETE FROM derived_table")
        connection.execute("DELETE FROM derivation")
    assert "dataset" in kinds(verified(ledger).problems)


def test_a_block_of_an_impossible_size_is_a_problem(ledger: Path) -> None:
    assert "dataset" in kinds(change(ledger, "UPDATE raw_chunk SET payload_size = 1 << 50"))


# --- what cannot be read


IDENTIFIERS = {
    "dataset_version": "dataset_version_id",
    "evidence": "evidence_id",
    "finding": "finding_id",
    "link": "link_id",
    "run": "run_id",
}
WHAT = {"dataset_version": "dataset"}


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("dataset_version", "created_by"),
        ("evidence", "kind"),
        ("finding", "dataset_version_id"),
        ("link", "link_id"),
        ("run", "created_by"),
    ],
)
def test_a_row_with_a_text_that_is_none_is_named_and_the_others_are_read(
    ledger: Path, table: str, column: str
) -> None:
    key = IDENTIFIERS[table]
    names = "finding_id || '/' || evidence_id" if table == "link" else key
    name = value(ledger, f"SELECT {names} FROM {table} WHERE rowid = 2")
    other = value(ledger, f"SELECT {key} FROM {table} WHERE rowid = 1")
    with tampering(ledger) as connection:
        connection.execute(f"UPDATE {table} SET {column} = CAST(x'f3' AS TEXT) WHERE rowid = 2")
        if table == "dataset_version":
            connection.execute("UPDATE dataset_version SET source = x'7b7d' WHERE rowid = 1")
        else:
            changed = "link_id" if table == "link" else "dataset_version_id"
            connection.execute(f"UPDATE {table} SET {changed} = 'eve' WHERE rowid = 1")
    what = WHAT.get(table, table)
    problems = [(p.identifier, p.message) for p in verified(ledger).problems if p.what == what]
    assert (name, "A kept text is not UTF-8.") in problems
    # The one after it or before it in their order is read all the same.
    assert "eve" if table == "link" else other in {identifier for identifier, _ in problems}


@pytest.mark.parametrize("table", [*IDENTIFIERS, "log_ledger"])
def test_any_text_that_is_none_is_found_and_no_crash(
    written: Path, tmp_path: Path, table: str
) -> None:
    connection = apsw.Connection(str(written), flags=apsw.SQLITE_OPEN_READONLY)
    info = connection.execute(f"SELECT name FROM pragma_table_info('{table}') WHERE type = 'TEXT'")
    columns = [name for (name,) in info.fetchall()]
    connection.close()
    for column in columns:
        ledger = tmp_path / f"{column}.db"
        shutil.copy(written, ledger)
        with tampering(ledger) as raw:
            # The last bit of the first byte: of ASCII it leaves the begin of a longer character.
            raw.execute(
                f"UPDATE {table} SET {column} = CAST(? || substr({column}, 2) AS TEXT)"
                " WHERE rowid = 1",
                (b"\xf3",),
            )
        assert not verified(ledger).ok, column


def test_members_that_are_no_list_are_named_by_their_run(ledger: Path) -> None:
    run = value(ledger, "SELECT run_id FROM run WHERE rowid = 2")
    cut = "substr(evidence_ids, 1, length(evidence_ids) - 1)"
    with tampering(ledger) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(f"UPDATE run_members SET evidence_ids = {cut} WHERE run_number = 2")
    problems = [p for p in verified(ledger).problems if p.what == "run"]
    assert [(p.identifier, p.message) for p in problems] == [(run, "A kept list is not JSON.")]


def test_reading_a_text_that_is_none_is_refused_with_its_code(ledger: Path) -> None:
    change(ledger, "UPDATE run SET created_by = CAST(x'f3' AS TEXT) WHERE rowid = 1")
    with Session(ledger, tenant=TENANT) as session, pytest.raises(StoreError) as refusal:
        session.runs()
    assert refusal.value.code == "store_corrupt"


def test_an_identifier_that_cannot_be_read_ends_its_table_alone(ledger: Path) -> None:
    problems = change(ledger, "UPDATE run SET run_id = CAST(x'f3' AS TEXT) WHERE rowid = 1")
    assert ("run", "", "A kept text is not UTF-8.") in {
        (p.what, p.identifier, p.message) for p in problems
    }
    assert verified(ledger).findings == 8
