"""A small ledger with signed heads, and raw changes behind its back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import psycopg

from seawall.provenance.log_leaf import LOG_TREES
from seawall.provenance.signature import key_id_of, public_key_of
from seawall.provenance.tree_head import SignedTreeHead
from seawall.session import Session
from seawall.session.tree_heads import sign_head
from seawall.store import Store, open_store
from seawall.store.tables import LEDGER_TABLES
from seawall.store.types import AuditDraft, Evidence

from .books import as_array, records

TENANT = "harbour"
KEY = bytes(range(32))
PUBLIC_KEYS = {key_id_of(public_key_of(KEY)): public_key_of(KEY)}
AT = "2025-01-03T00:00:00.000000Z"


def sign(store: Store, *, key: bytes = KEY) -> SignedTreeHead:
    return sign_head(store, private_key=key, at=AT)


def make_ledger(path: Path | str) -> list[SignedTreeHead]:
    """Two datasets, a run on each, an entry of the audit; signed after the first run and last."""
    heads = []
    with Session(path, tenant=TENANT, actor="ada") as session:
        for count in (6, 4):
            dataset = session.ingest(as_array(records(count)), format="json", profile="todiscope")
            session.stress(dataset, started_at="2025-01-01T00:00:00Z")
            draft = AuditDraft(TENANT, AT, "ada", "run.create", "done", "run", "")
            with open_store(path) as store:
                store.submit(lambda tx, draft=draft: tx.append_audit(draft)).result(timeout=30)
                heads.append(sign(store))
    return heads


def add_a_tile(path: Path | str) -> None:
    """Keep so much evidence that its tree has a complete tile; sign once more."""
    with open_store(path) as store:
        finding = next(iter(store.all_findings(TENANT)))
        dataset = store.finding(TENANT, finding.finding_id).dataset_version_id
        many = [Evidence(f"ev_{i}", dataset, "debt", "k", b"{}") for i in range(300)]
        store.submit(lambda tx: tx.put_evidence(TENANT, many)).result(timeout=60)
        sign(store)


@contextmanager
def behind_its_back(ledger: Path) -> Iterator[apsw.Connection]:
    """Lend a connection to which nothing is refused."""
    connection = apsw.Connection(str(ledger))
    triggers = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
    for (name,) in triggers.fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute("PRAGMA synchronous = OFF")
    try:
        yield connection
    finally:
        connection.close()


_KEYS = {
    **{table.name: table.primary_key for table in LEDGER_TABLES if table.name not in LOG_TREES},
    "run_members": ("run_number",),
    "audit_entry": ("sequence",),
    "log_ledger": ("only_row",),
    "log_tree": ("tree",),
    "log_tile": ("tree", "level", "tile"),
    "log_head": ("number",),
}


class Back:
    """The rows of any database, behind the store's back.

    Parameters
    ----------
    connection : apsw.Connection or psycopg.Connection
        To which nothing is refused.
    place : str
        The column that numbers the rows of a tree.
    """

    def __init__(self, connection: Any, place: str) -> None:
        self._connection = connection
        self.place = place

    def execute(self, sql: str, *values: Any) -> Any:
        mark = "?" if isinstance(self._connection, apsw.Connection) else "%s"
        return self._connection.execute(sql.replace("?", mark), values)

    def key_of(self, table: str) -> tuple[str, ...]:
        return _KEYS.get(table, (self.place,))

    def rows(self, table: str, columns: tuple[str, ...]) -> list[tuple[Any, list[Any]]]:
        """The key of each row, and its cells."""
        key = self.key_of(table)
        names = ", ".join((*key, *columns))
        order = ", ".join(key)
        found = self.execute(f"SELECT {names} FROM {table} ORDER BY {order}").fetchall()
        return [(row[: len(key)], list(row[len(key) :])) for row in found]

    def write(self, table: str, key: tuple[Any, ...], column: str, value: Any) -> tuple[Any, ...]:
        """Put a cell into the row with this key; return its key from now on.

        A text is a string, or a bytearray where it is not UTF-8.
        """
        names = self.key_of(table)
        condition = " AND ".join(
            f"{name} = {_place(part)}" for name, part in zip(names, key, strict=True)
        )
        self.execute(
            f"UPDATE {table} SET {column} = {_place(value)} WHERE {condition}", value, *key
        )
        now = [value if name == column else part for name, part in zip(names, key, strict=True)]
        return tuple(now)


def _place(value: Any) -> str:
    return "CAST(? AS TEXT)" if isinstance(value, bytearray) else "?"


@contextmanager
def behind_the_server(url: str) -> Iterator[psycopg.Connection]:
    """Lend a session to which nothing is refused, not even a text that is none."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("CREATE CAST (bytea AS text) WITHOUT FUNCTION")
        checks = connection.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint"
            " WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
        ).fetchall()
        for table, name in checks:
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())
        yield connection


def changed_cells(value: Any, positions: Any) -> Iterator[Any]:
    """The same cell with one thing changed: a bit of a byte, or a number by one."""
    if isinstance(value, int):
        yield value + 1000
        return
    is_text = isinstance(value, str)
    content = value.encode() if is_text else value
    for at, mask in positions(len(content)):
        flipped = bytearray(content)
        flipped[at] ^= mask
        # A text stays one, even where it is not UTF-8; the bytearray says so.
        yield flipped if is_text else bytes(flipped)
    for other in {content[:-1], content + b"0"} - {content}:
        yield bytearray(other) if is_text else other
