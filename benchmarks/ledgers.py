"""New ledgers for a benchmark, as files or on a PostgreSQL server that it starts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

STORES = ("sqlite", "postgres")


@contextmanager
def new_ledgers(store: str, folder: Path) -> Iterator[Callable[[str], str]]:
    """Lend a function that names a new ledger and returns its path or URL."""
    if store == "sqlite":
        yield lambda name: str(folder / f"{name}.db")
        return
    import psycopg

    from seawall.lab.postgres_server import FOR_MANY_ROWS, PostgresServer

    # Beside the folder, which only its owner may enter: the server runs as nobody.
    with PostgresServer(folder.parent, options=FOR_MANY_ROWS) as server:

        def make(name: str) -> str:
            with psycopg.connect(server.url(), autocommit=True) as administrator:
                administrator.execute(f'CREATE DATABASE "{name}"'.encode())
            return server.url(name)

        yield make
