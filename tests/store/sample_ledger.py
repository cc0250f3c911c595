"""Small rows of every kind, for the tests of the store."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from seawall.store import Store, Transaction, open_store
from seawall.store.migrations import migrate, migrations_of
from seawall.store.sqlite_writer import SqliteWriter
from seawall.store.types import (
    AuditDraft,
    DatasetVersion,
    Derivation,
    DerivedTable,
    Evidence,
    Finding,
    Link,
    RawChunk,
    Run,
)

T = TypeVar("T")

TENANT = "harbour"
DERIVATION = Derivation(b"d" * 32, b'{"rejects":0}', "2025-01-01T00:00:00Z")
TABLES = [DerivedTable("rejects", 0, b"none"), *(DerivedTable("loans", i, b"x") for i in range(2))]
CHUNKS = [RawChunk(i, 2 * i, 2, b"abc", "none", 3) for i in range(3)]
TABLE_NAMES = [
    "dataset_version",
    "raw_chunk",
    "derivation",
    "derived_table",
    "evidence",
    "finding",
    "link",
    "run",
    "run_evidence",
    "run_finding",
    "audit_entry",
]


def dataset(name: str = "dv", *, tenant: str = TENANT, created_at: str = "2025") -> DatasetVersion:
    return DatasetVersion(
        tenant=tenant,
        dataset_version_id=name,
        content_hash=b"c" * 32,
        merkle_root=b"m" * 32,
        profile_sha256=b"p" * 32,
        profile=b"{}",
        source=b"{}",
        source_sha256=b"q" * 32,
        record_count=6,
        chunk_roots=b"r" * 96,
        created_at=created_at,
        created_by="ada",
    )


def evidence(count: int, *, prefix: str = "e", payload: bytes = b"{}") -> list[Evidence]:
    return [Evidence(f"{prefix}{i}", "dv", "debt", "exposure", payload) for i in range(count)]


def findings(count: int) -> list[Finding]:
    return [Finding(f"f{i}", "dv", b"{}") for i in range(count)]


def links(count: int) -> list[Link]:
    return [Link(f"l{i}", f"f{i}", f"e{i}") for i in range(count)]


def run(name: str = "r", *, tenant: str = TENANT, created_at: str = "2025") -> Run:
    return Run(
        tenant=tenant,
        run_id=name,
        dataset_version_id="dv",
        engine="debt",
        engine_version="1",
        parameters=b"{}",
        started_at="2025",
        result=b"{}",
        manifest_sha256=b"s" * 32,
        created_at=created_at,
        created_by="ada",
    )


def draft(subject: str = "s", *, tenant: str = TENANT, detail: bytes = b"{}") -> AuditDraft:
    return AuditDraft(
        tenant=tenant,
        at="2025-01-01T00:00:00.000000Z",
        actor="ada",
        action="run.create",
        outcome="done",
        subject=subject,
        request_id="q",
        detail=detail,
    )


def submit(store: Store, work: Callable[[Transaction], T]) -> T:
    return store.submit(work).result(timeout=30)


def fill_ledger(transaction: Transaction, tenant: str = TENANT) -> None:
    """Keep one row or more in every table of the first migration."""
    transaction.put_dataset(dataset(tenant=tenant), CHUNKS)
    transaction.put_derivation(tenant, "dv", DERIVATION, TABLES)
    transaction.put_evidence(tenant, evidence(3))
    transaction.put_findings(tenant, findings(3))
    transaction.put_links(tenant, links(3))
    transaction.put_run(run(tenant=tenant), ["e0", "e1"], ["f0"])


def fill(store: Store, *, tenant: str = TENANT) -> None:
    """Keep one row or more in every table whose rows never change."""

    def work(transaction: Transaction) -> None:
        fill_ledger(transaction, tenant)
        transaction.append_audit(draft(tenant=tenant))

    submit(store, work)


def older_ledger(path: Path, version: int, keep: Callable[[Transaction], object]) -> None:
    """Make an SQLite file with the rows that a release of an earlier schema kept."""
    newest = path.with_name("newest.db")
    with open_store(newest) as store:
        submit(store, keep)
    writer = SqliteWriter(str(path))
    migrate(writer, migrations_of("sqlite")[:version], applied_at="2025")
    execute = writer._connection.execute
    execute("ATTACH ? AS newest", (str(newest),))
    for table in TABLE_NAMES:
        names = execute("SELECT name FROM pragma_table_info(?, 'main')", (table,)).fetchall()
        if columns := ", ".join(name for (name,) in names):
            execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM newest.{table}")
    writer.close()
