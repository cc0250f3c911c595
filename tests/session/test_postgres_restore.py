"""A ledger of PostgreSQL put back as it was has the roots that were signed then."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from seawall.lab.postgres_programs import postgres_programs
from seawall.lab.postgres_server import PostgresServer
from seawall.provenance.tree_head import SignedTreeHead
from seawall.session import Session
from seawall.session.head_check import check_against
from seawall.session.verify_log import verify_log
from seawall.store import open_store
from seawall.store.digests import TableDigest, table_digests

from .books import as_array, records
from .signed_ledger import PUBLIC_KEYS, TENANT, sign

ARCHIVED_S = 30.0


def program(name: str, *words: str | Path) -> None:
    subprocess.run(
        [postgres_programs() / name, *words], check=True, capture_output=True, timeout=60
    )


def execute(url: str, sql: str) -> object:
    """Ask one statement; return the first value of its answer, if it has one."""
    with psycopg.connect(url, autocommit=True) as connection:
        answer = connection.execute(sql.encode())
        row = answer.fetchone() if answer.description else None
        return row and row[0]


def keep_a_run(url: str, count: int) -> None:
    with Session(url, tenant=TENANT, actor="ada") as session:
        dataset = session.ingest(as_array(records(count)), format="json", profile="todiscope")
        session.stress(dataset, started_at="2025-01-01T00:00:00Z")


def sign_now(url: str) -> tuple[SignedTreeHead, dict[str, TableDigest]]:
    """Sign a head; return it with what every table holds."""
    with open_store(url) as store:
        return sign(store), table_digests(store)


def assert_as_signed(url: str, head: SignedTreeHead, tables: dict[str, TableDigest]) -> None:
    with open_store(url) as store:
        found = check_against(store, head)
        assert (found.ok, found.rows_since, found.is_copy) == (True, 0, False)
        assert verify_log(store, public_keys=PUBLIC_KEYS, known_head=head).problems == []
        assert table_digests(store) == tables
        assert store.integrity_problems() == []


def test_a_dump_is_restored_with_the_signed_roots(
    new_database: Callable[..., str], tmp_path: Path
) -> None:
    url, restored = new_database(), new_database("template0")
    keep_a_run(url, 6)
    head, tables = sign_now(url)
    program("pg_dump", "--format=custom", "--file", tmp_path / "ledger.dump", "--dbname", url)
    keep_a_run(url, 4)
    program("pg_restore", "--exit-on-error", "--dbname", restored, tmp_path / "ledger.dump")
    assert_as_signed(restored, head, tables)
    keep_a_run(restored, 4)  # and goes on


class Archive(NamedTuple):
    """A base backup, and the log of everything that was written after it."""

    base: Path
    wal: Path
    head: SignedTreeHead
    tables: dict[str, TableDigest]


@pytest.fixture(scope="module")
def archive() -> Iterator[Archive]:
    """Runs, a restore point before a signed head and one after it, and a run after that."""
    copy = "test ! -f ../archive/%f && cp %p ../archive/%f"
    with PostgresServer(options={"archive_mode": "on", "archive_command": copy}) as server:
        wal = server.folder / "archive"
        wal.mkdir(0o700)
        owner = server.folder.stat()
        os.chown(wal, owner.st_uid, owner.st_gid)
        execute(server.url(), "CREATE DATABASE ledger")
        url = server.url("ledger")
        keep_a_run(url, 6)
        base = server.folder / "base"
        words = ("--checkpoint=fast", "--no-sync", "--wal-method=none")
        program("pg_basebackup", "--pgdata", base, *words, "--dbname", server.url())
        execute(url, "SELECT pg_create_restore_point('before')")
        keep_a_run(url, 5)
        head, tables = sign_now(url)
        execute(url, "SELECT pg_create_restore_point('head_1')")
        keep_a_run(url, 4)
        archive_all(url)
        server.stop(signal.SIGQUIT)
        yield Archive(base, wal, head, tables)


def archive_all(url: str) -> None:
    last = execute(url, "SELECT pg_walfile_name(pg_switch_wal())")
    until = time.monotonic() + ARCHIVED_S
    while time.monotonic() < until:
        if execute(url, f"SELECT last_archived_wal >= '{last}' FROM pg_stat_archiver"):
            return
        time.sleep(0.05)
    pytest.fail("the log was not archived")


def restored_at(archive: Archive, point: str) -> PostgresServer:
    server = PostgresServer(
        options={
            "restore_command": f"cp {archive.wal}/%f %p",
            "recovery_target_name": point,
            "recovery_target_action": "promote",
        }
    )
    server.stop()
    data = server.folder / "data"
    owner = data.stat()
    shutil.rmtree(data)
    shutil.copytree(archive.base, data)
    (data / "recovery.signal").touch()
    for path in (data, *data.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)
    data.chmod(0o700)
    server.start()
    return server


def test_a_ledger_restored_to_a_signed_head_has_its_roots(archive: Archive) -> None:
    with restored_at(archive, "head_1") as server:
        assert_as_signed(server.url("ledger"), archive.head, archive.tables)


def test_a_ledger_restored_to_a_moment_before_lacks_what_was_signed(archive: Archive) -> None:
    with restored_at(archive, "before") as server, open_store(server.url("ledger")) as store:
        found = check_against(store, archive.head)
        assert not found.ok
        missing = {tree.tree for tree in found.trees if "are missing" in tree.problem}
        assert {"dataset_version", "evidence", "finding", "link", "run"} <= missing
