"""What is particular to the service's rows in SQLite."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from msgspec.structs import replace
from sample_ledger import TENANT, draft, evidence, fill_ledger, older_ledger, submit
from test_operations import SWITCH, api_key, job, put

from seawall.errors import Conflict
from seawall.store import open_store
from seawall.store.audit_chain import chain_problems
from seawall.store.sqlite_connection import translated
from seawall.store.types import RevokedToken, RunMembers


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def raw(path: Path) -> Iterator[apsw.Connection]:
    """A row in every table of the service, opened past the store."""
    with open_store(path) as store:
        put(store, api_key(), api_key("revoked"), job())
        submit(store, lambda t: t.revoke_api_key(TENANT, "revoked", "2027"))
        submit(store, lambda t: t.revoke_token(RevokedToken("t", "2026")))
        submit(store, lambda t: t.set_engine_switch(SWITCH))
        submit(store, lambda t: t.append_audit(draft()))
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA recursive_triggers = ON")
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("change", "table"),
    [
        ("UPDATE api_key SET revoked_at = NULL WHERE key_id = 'revoked'", "api_key"),
        ("UPDATE api_key SET revoked_at = '2029' WHERE key_id = 'revoked'", "api_key"),
        ("UPDATE api_key SET revoked_at = '2029', roles = '[]' WHERE key_id = 'k'", "api_key"),
        ("UPDATE api_key SET revoked_at = '2029', expires_at = NULL WHERE key_id = 'k'", "api_key"),
        ("UPDATE api_key SET revoked_at = '2029', tenant = 'o' WHERE key_id = 'k'", "api_key"),
        ("UPDATE api_key SET expires_at = '2029' WHERE key_id = 'k'", "api_key"),
        ("DELETE FROM api_key", "api_key"),
        ("REPLACE INTO api_key SELECT * FROM api_key", "api_key"),
        ("UPDATE revoked_token SET expires_at = '2020'", "revoked_token"),
        ("DELETE FROM revoked_token", "revoked_token"),
        ("REPLACE INTO revoked_token SELECT * FROM revoked_token", "revoked_token"),
    ],
)
def test_nothing_kept_of_keys_and_tokens_changes_but_a_first_revocation(
    raw: apsw.Connection, change: str, table: str
) -> None:
    with pytest.raises(Conflict) as refusal, translated():
        raw.execute(change)
    assert refusal.value.code == f"immutable_{table}"


def test_another_program_may_revoke_a_key_and_is_noticed(raw: apsw.Connection, path: Path) -> None:
    with open_store(path) as store:
        before = store.data_version()
        raw.execute("UPDATE api_key SET revoked_at = '2028' WHERE key_id = 'k'")
        assert store.data_version() != before
        assert store.api_key_by_hash(api_key().key_hash) == replace(api_key(), revoked_at="2028")


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        ("SELECT * FROM api_key WHERE key_hash = x'00'", "api_key_by_hash"),
        (
            "SELECT * FROM audit_entry WHERE tenant = 't' AND sequence < 9"
            " ORDER BY sequence DESC LIMIT 9",
            "audit_entry_by_tenant",
        ),
        ("SELECT max(sequence) FROM audit_entry", "SEARCH audit_entry"),
        (
            "SELECT * FROM job WHERE tenant = 't' ORDER BY created_at DESC, job_id DESC LIMIT 9",
            "job_by_age",
        ),
        (
            "SELECT * FROM job WHERE status IN ('queued', 'running') ORDER BY created_at, job_id",
            "job_unfinished",
        ),
        ("SELECT * FROM revoked_token WHERE expires_at > '2'", "revoked_token_by_end"),
    ],
)
def test_a_look_up_needs_no_scan_and_no_sort(raw: apsw.Connection, sql: str, index: str) -> None:
    plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert len(plan) == 1
    assert index in plan[0]


def test_a_ledger_made_before_the_service_is_taken_over_in_place(path: Path) -> None:
    older_ledger(path, 1, fill_ledger)
    with open_store(path, opened_at="2026") as store:
        assert list(store.all_evidence(TENANT)) == evidence(3)
        assert store.run_members(TENANT, "r") == RunMembers(("e0", "e1"), ("f0",))
        assert store.integrity_problems() == []
        assert put(store, api_key()) == [True]
        assert submit(store, lambda t: t.append_audit(draft())).sequence == 1
    connection = apsw.Connection(str(path))
    applied = connection.execute("SELECT version, applied_at FROM schema_migration").fetchall()
    connection.close()
    assert applied[:2] == [(1, "2025"), (2, "2026")]


AUDITOR_PROCESS = """
import sys
from sample_ledger import draft, submit
from seawall.store import open_store

with open_store(sys.argv[1]) as store:
    for i in range(100):
        submit(store, lambda t: [t.append_audit(draft(sys.argv[2])) for _ in range(2)])
"""


def test_processes_that_audit_at_once_make_one_chain(path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", AUDITOR_PROCESS, str(path), name],
            env=environment,
            stderr=subprocess.PIPE,
        )
        for name in ("one", "two", "three")
    ]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()
    with open_store(path) as store:
        entries = list(store.all_audit())
        assert {entry.subject for entry in entries} == {"one", "two", "three"}
        assert len(entries) == 3 * 200
        assert list(chain_problems(entries)) == []
