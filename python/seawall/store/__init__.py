"""Datasets, runs, evidence, findings and links, kept for good: one schema, one interface."""

import os
from pathlib import Path

from seawall.errors import InvalidInput, SeawallError, StoreError
from seawall.store.interface import Store, Transaction
from seawall.store.places import shown_place
from seawall.store.sqlite import SqliteStore

_POSTGRES = ("postgresql://", "postgres://")

__all__ = ["Store", "Transaction", "local_place", "open_store", "shown_place"]


def open_store(
    url_or_path: str | os.PathLike[str], *, opened_at: str = "", turns_file: Path | None = None
) -> Store:
    """Open a store, creating its schema when it is new.

    Parameters
    ----------
    url_or_path : str or path
        A file, or a URL: ``sqlite:///ledger.db`` (relative), ``sqlite:////srv/ledger.db`` or
        ``postgresql://user:password@host:port/database``.
    opened_at : str
        ISO 8601, recorded with the schema changes that this call makes.
    turns_file : Path, optional
        Where the processes of one service queue to write to a file; a server has its own queue.

    Raises
    ------
    InvalidInput
        When no file is named.
    SeawallError
        ``library_missing`` for PostgreSQL without the libraries of its extra.
    StoreError
        ``driver_unavailable`` for a URL of another database; otherwise what opening failed with.
    """
    text = os.fspath(url_or_path)
    if text.startswith(_POSTGRES):
        return _open_postgres(text, opened_at)
    path = text.removeprefix("sqlite:///")
    if "://" in path:
        scheme = path.partition("://")[0]
        raise StoreError(f"There is no driver for {scheme}.", code="driver_unavailable")
    if path in {"", ":memory:"}:
        raise InvalidInput("must name a file", where="store")
    return SqliteStore(path, opened_at=opened_at, turns_file=turns_file)


def local_place(url_or_path: str) -> Path:
    """Return the file of a store, beside which lie the files that belong to it.

    A database on a server has none here: then it is ``seawall.db`` in the working folder, which is
    nothing but a name.
    """
    if url_or_path.startswith(_POSTGRES):
        return Path("seawall.db")
    return Path(url_or_path.removeprefix("sqlite:///"))


def _open_postgres(url: str, opened_at: str) -> Store:
    try:
        from seawall.store.postgres import PostgresStore
    except ImportError as error:
        raise SeawallError(
            "PostgreSQL needs more libraries: pip install 'seawall[postgres]'",
            code="library_missing",
        ) from error
    return PostgresStore(url, opened_at=opened_at)
