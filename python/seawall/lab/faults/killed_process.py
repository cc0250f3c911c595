"""The program that is killed.

It reads a `Life` a line, as JSON, forks a child that lives it, prints the child's number, and goes
on when the child is dead. The child writes what is acknowledged to a pipe, a name a line. Only the
process that forks is started anew: starting Python for each child would take longer than all else.
"""

import os
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from seawall.lab.books import bench_records
from seawall.lab.faults.requests import put_dataset, put_request
from seawall.session import Session
from seawall.store import Transaction
from seawall.store.sqlite import SqliteStore

CLIENTS = 3
RECORDS = 20
_CHECKPOINT_PAGES = 200


class Life(msgspec.Struct, frozen=True):
    """What a child does until it is killed."""

    path: str  # of the store
    name: str  # its requests begin with it
    seed: int  # of the books it ingests
    pipe: str  # a named one, for acknowledgements
    ingests: bool  # books, instead of requests
    acknowledges_early: bool  # of the negative control: before the commit


def live(life: Life) -> None:
    """Write, and tell what was acknowledged."""
    pipe = os.open(life.pipe, os.O_WRONLY)

    def tell(name: str) -> None:
        os.write(pipe, f"{name}\n".encode())

    store = SqliteStore(life.path, checkpoint_pages=_CHECKPOINT_PAGES)
    store.submit(put_dataset).result()
    if life.ingests:
        _ingest(store, life, tell)
    for client in range(CLIENTS):
        threading.Thread(target=_write, args=(store, life, client, tell)).start()


def _write(store: SqliteStore, life: Life, client: int, tell: Callable[[str], None]) -> None:
    number = 0
    while True:
        name = f"{life.name}.{client}.{number}"
        put = put_request(name)

        def put_and_tell(transaction: Transaction) -> None:
            put(transaction)  # noqa: B023
            tell(name)  # noqa: B023

        store.submit(put_and_tell if life.acknowledges_early else put).result()
        if not life.acknowledges_early:
            tell(name)
        number += 1


def _ingest(store: SqliteStore, life: Life, tell: Callable[[str], None]) -> None:
    session = Session(store, threads=1)
    seed = life.seed
    while True:
        tell(_ingest_one(session, seed=seed))
        seed += 1


def _ingest_one(session: Session, *, seed: int) -> str:
    book = bench_records(RECORDS, seed=seed, currencies=("EUR",))
    return session.ingest(book, profile="todiscope", format="json").dataset_version_id


def main() -> None:
    """Fork a child for each line of standard input."""
    decoder = msgspec.json.Decoder(Life)
    with tempfile.TemporaryDirectory() as folder, Session(Path(folder) / "warm_up.db") as session:
        _ingest_one(session, seed=0)  # imports what every child would import anew
    for line in sys.stdin.buffer:
        child = os.fork()
        if child == 0:
            live(decoder.decode(line))
            return
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        os.waitpid(child, 0)
