"""Datasets, runs, evidence, findings and links, kept for good: one schema, one interface."""

import os

from seawall.errors import InvalidInput, StoreError
from seawall.store.interface import Store, Transaction
from seawall.store.sqlite import SqliteStore

__all__ = ["Store", "Transaction", "open_store"]


def open_store(url_or_path: str | os.PathLike[str], *, opened_at: str = "") -> Store:
    """Open a store, creating its schema when it is new.

    Parameters
    ----------
    url_or_path : str or path
        A file, or a URL such as ``sqlite:///ledger.db`` (relative) or ``sqlite:////srv/ledger.db``.
    opened_at : str
        ISO 8601, recorded with the schema changes that this call makes.

    Raises
    ------
    InvalidInput
        When no file is named.
    StoreError
        ``driver_unavailable`` for a URL of another database; otherwise what opening failed with.
    """
    text = os.fspath(url_or_path)
    path = text.removeprefix("sqlite:///")
    if "://" in path:
        scheme = path.partition("://")[0]
        raise StoreError(f"There is no driver for {scheme}.", code="driver_unavailable")
    if path in {"", ":memory:"}:
        raise InvalidInput("must name a file", where="store")
    return SqliteStore(path, opened_at=opened_at)
