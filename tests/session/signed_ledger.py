"""A small ledger with signed heads, and raw changes behind its back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from seawall.provenance.signature import key_id_of, public_key_of
from seawall.provenance.tree_head import SignedTreeHead
from seawall.session import Session
from seawall.session.tree_heads import sign_head
from seawall.store import Store, open_store
from seawall.store.types import AuditDraft

from .books import as_array, records

TENANT = "harbour"
KEY = bytes(range(32))
PUBLIC_KEYS = {key_id_of(public_key_of(KEY)): public_key_of(KEY)}
AT = "2025-01-03T00:00:00.000000Z"


def sign(store: Store, *, key: bytes = KEY) -> SignedTreeHead:
    return sign_head(store, private_key=key, at=AT)


def make_ledger(path: Path) -> list[SignedTreeHead]:
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
