"""What is particular to the SQLite driver."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw
import pytest
from sample_ledger import CHUNKS, TABLE_NAMES, TENANT, dataset, evidence, fill, submit

from seawall.errors import Conflict, InvalidInput, NotFound, StoreError
from seawall.lab.faults.fault_vfs import fault_vfs
from seawall.store import open_store
from seawall.store.sqlite import SqliteStore
from seawall.store.sqlite_connection import Readers, open_writer, translated
from seawall.store.sqlite_links import OF_FINDING, PAGE_OF_LINKS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def raw(path: Path) -> Iterator[apsw.Connection]:
    """A filled ledger, opened past the store."""
    with open_store(path) as store:
        fill(store)
    connection = apsw.Connection(str(path))
    yield connection
    connection.close()


# What runs left behind is one row beside each, which views show row by row.
VIEWS = {"run_evidence", "run_finding"}
KEPT = [*(name for name in TABLE_NAMES if name not in VIEWS), "run_members"]


def everything(connection: apsw.Connection) -> list[list[tuple[object, ...]]]:
    return [connection.execute(f"SELECT * FROM {name}").fetchall() for name in KEPT]


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE {table} SET {column} = {column}",
        "DELETE FROM {table}",
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        "REPLACE INTO {table} SELECT * FROM {table}",
        "INSERT INTO {table} SELECT * FROM {table} WHERE 1"
        " ON CONFLICT DO UPDATE SET {column} = excluded.{column}",
    ],
)
def test_rows_cannot_be_updated_or_deleted(raw: apsw.Connection, table: str, change: str) -> None:
    raw.execute("PRAGMA recursive_triggers = ON")
    before = everything(raw)
    column = "run_number" if table == "run_members" else "tenant"
    with pytest.raises(Conflict) as refusal, translated():
        raw.execute(change.format(table=table, column=column))
    assert refusal.value.code == f"immutable_{table}"
    assert everything(raw) == before


def test_no_table_of_the_ledger_is_forgotten(raw: apsw.Connection) -> None:
    rows = raw.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    changing = {"api_key", "revoked_token", "engine_switch", "job", "access_version"}
    log = {"log_ledger", "log_tree", "log_tile", "log_head"}
    assert {name for (name,) in rows} == {*KEPT, *changing, *log, "schema_migration"}


def test_the_writer_waits_for_the_disk(path: Path) -> None:
    writer = open_writer(str(path))
    pragmas = {
        name: writer.pragma(name) for name in ("journal_mode", "synchronous", "recursive_triggers")
    }
    writer.close()
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "recursive_triggers": 1,
    }


def test_opening_waits_for_a_process_that_is_writing_a_new_file(path: Path) -> None:
    other = apsw.Connection(str(path))
    other.execute("CREATE TABLE x (y); BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as threads:
        opening = threads.submit(open_writer, str(path))
        with pytest.raises(TimeoutError):
            opening.result(timeout=0.1)
        other.close()
        opening.result(timeout=30).close()


def test_a_reader_cannot_write(path: Path) -> None:
    open_store(path).close()
    readers = Readers(str(path))
    with pytest.raises(StoreError) as refusal, readers.connection() as connection:
        connection.execute("CREATE TABLE x (y)")
    readers.close()
    assert refusal.value.code == "store_unavailable"


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (apsw.FullError, "store_full"),
        (apsw.BusyError, "store_busy"),
        (apsw.LockedError, "store_busy"),
        (apsw.CorruptError, "store_corrupt"),
        (apsw.NotADBError, "store_corrupt"),
        (apsw.IOError, "store_unavailable"),
        (apsw.CantOpenError, "store_unavailable"),
        (apsw.ReadOnlyError, "store_unavailable"),
    ],
)
def test_a_failure_of_sqlite_becomes_a_code_without_its_text(
    failure: type[apsw.Error], code: str
) -> None:
    with pytest.raises(StoreError) as refusal, translated():
        raise failure("SELECT secret")
    assert refusal.value.code == code
    assert "SELECT" not in str(refusal.value)


@pytest.mark.parametrize(
    "said",
    [
        "malformed JSON",
        "no such column: created_bz",
        "no such table: evidencd",
        'near "TBBLE": syntax error',
        "table run has no column named engine",
        "table run already exists",
        "unsupported file format",
    ],
)
def test_what_another_schema_or_list_makes_sqlite_say_is_damage(said: str) -> None:
    with pytest.raises(StoreError) as refusal, translated():
        raise apsw.SQLError(said)
    assert refusal.value.code == "store_corrupt"
    assert said not in str(refusal.value)


def test_a_text_that_is_none_is_damage() -> None:
    with pytest.raises(StoreError) as refusal, translated():
        b"\xf3".decode()
    assert refusal.value.code == "store_corrupt"


def test_a_savepoint_that_went_with_its_transaction_is_no_damage() -> None:
    with pytest.raises(StoreError) as refusal, translated():
        raise apsw.SQLError("no such savepoint: request")
    assert refusal.value.code == "store_unavailable"


def test_a_file_that_is_no_database_is_corrupt(path: Path) -> None:
    path.write_bytes(b"no database" * 1_000)
    with pytest.raises(StoreError) as refusal:
        open_store(path)
    assert refusal.value.code == "store_corrupt"


def test_a_missing_folder_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as refusal:
        open_store(tmp_path / "missing" / "ledger.db")
    assert refusal.value.code == "store_unavailable"


def test_a_place_where_no_log_can_be_kept_is_refused(path: Path) -> None:
    with fault_vfs() as vfs:
        SqliteStore(str(path), vfs=vfs.name).close()
        vfs.operations.clear()
        path.unlink()
        syncs = [number for number, name in enumerate(vfs.asked, 1) if name == "sync"]
        vfs.fail_at(syncs[0], "EIO")  # while SQLite changes the mode, of which it says nothing
        with pytest.raises(StoreError) as refusal:
            SqliteStore(str(path), vfs=vfs.name)
    assert refusal.value.code == "store_unavailable"


def test_a_failure_of_closing_has_a_code(path: Path) -> None:
    with fault_vfs() as vfs:
        store = SqliteStore(str(path), vfs=vfs.name)
        fill(store)
        vfs.fail_at(1, "EIO")
        with pytest.raises(StoreError):
            store.close()
    with open_store(path) as store:
        assert len(store.datasets(TENANT)) == 1


def test_damage_is_found(path: Path) -> None:
    with open_store(path) as store:
        fill(store)
        submit(store, lambda t: t.put_evidence(TENANT, evidence(6_000, prefix="x")))
    content = bytearray(path.read_bytes())
    half = len(content) // 2
    content[half : half + 8_192] = b"\xff" * 8_192
    path.write_bytes(content)
    with open_store(path) as store:
        assert store.integrity_problems()


def test_a_reference_to_a_missing_row_is_found(raw: apsw.Connection, path: Path) -> None:
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("INSERT INTO finding VALUES ('harbour', 'lost', 'nowhere', x'')")
    with open_store(path) as store:
        assert store.integrity_problems() == ["finding refers to a missing dataset_version"]


def test_a_finding_whose_evidence_is_gone_is_refused(raw: apsw.Connection, path: Path) -> None:
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("INSERT INTO link VALUES ('harbour', 'x', 'f0', 'gone', 1)")
    with open_store(path) as store, pytest.raises(NotFound) as refusal:
        store.finding_with_evidence(TENANT, "f0")
    assert refusal.value.where == "evidence[gone]"


@pytest.mark.parametrize("table", ["evidence", "finding"])
def test_a_member_that_is_missing_is_found(raw: apsw.Connection, path: Path, table: str) -> None:
    raw.execute("DROP TRIGGER run_members_no_update")
    raw.execute(f"UPDATE run_members SET {table}_ids = '[\"lost\"]'")
    with open_store(path) as store:
        assert store.integrity_problems() == [f"run_{table} refers to a missing {table}"]


def test_members_of_no_run_are_found(raw: apsw.Connection, path: Path) -> None:
    raw.execute("INSERT INTO run_members VALUES (7, '[]', '[]')")
    with open_store(path) as store:
        assert store.integrity_problems() == ["run_members refers to a missing run"]


def test_a_link_with_the_number_of_another_finding_is_found(
    raw: apsw.Connection, path: Path
) -> None:
    raw.execute("DROP TRIGGER link_no_update")
    raw.execute("UPDATE link SET finding_number = 9 WHERE link_id = 'l1'")
    with open_store(path) as store:
        assert store.integrity_problems() == ["link refers to a missing finding"]


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT * FROM link WHERE tenant = :tenant AND {OF_FINDING} ORDER BY link_id",
        PAGE_OF_LINKS.format(columns="link_id"),
        "SELECT evidence_id FROM run_evidence WHERE tenant = :tenant AND run_id = :run_id",
    ],
)
def test_links_and_members_are_looked_up_without_a_scan(raw: apsw.Connection, sql: str) -> None:
    named = dict.fromkeys(("tenant", "finding_id", "evidence_id", "run_id"), "x") | {"limit": 9}
    plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {sql}", named)]
    assert [step for step in plan if step.startswith("SCAN") and "VIRTUAL" not in step] == []


def test_closing_leaves_one_file(path: Path) -> None:
    with open_store(path) as store:
        fill(store)
        store.datasets(TENANT)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_long_log_is_moved_into_the_file(path: Path) -> None:
    with open_store(path) as store:
        submit(store, lambda t: t.put_dataset(dataset(), CHUNKS))
        submit(store, lambda t: t.put_evidence(TENANT, evidence(400, payload=b"x" * 50_000)))
        submit(store, lambda _: None)
        assert path.stat().st_size > 16_000_000


@pytest.mark.parametrize("url", ["", ":memory:", "sqlite:///", "sqlite:///:memory:"])
def test_a_store_needs_a_file(url: str) -> None:
    with pytest.raises(InvalidInput):
        open_store(url)


def test_another_database_has_no_driver() -> None:
    with pytest.raises(StoreError) as refusal:
        open_store("mysql://localhost/ledger")
    assert refusal.value.code == "driver_unavailable"


WRITER_PROCESS = """
import sys
from sample_ledger import TENANT, evidence, fill, submit
from seawall.store import open_store

with open_store(sys.argv[1]) as store:
    fill(store)
    for i in range(100):
        submit(store, lambda t: t.put_evidence(TENANT, evidence(2, prefix=f"{sys.argv[2]}-{i}-")))
"""


def test_processes_that_create_and_write_one_file_at_once_all_succeed(path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", WRITER_PROCESS, str(path)]
    processes = [
        subprocess.Popen([*command, name], env=environment, stderr=subprocess.PIPE)
        for name in ("one", "two", "three")
    ]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()
    with open_store(path) as store:
        assert len(list(store.all_evidence(TENANT))) == 3 + 3 * 200
        assert store.integrity_problems() == []
