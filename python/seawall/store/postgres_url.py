"""The URL of a PostgreSQL database: what libpq reads of it, and what it says to seawall itself."""

from typing import Any
from urllib.parse import unquote

import msgspec
import psycopg
from psycopg import conninfo

from seawall.errors import InvalidInput

LEAST_S, MOST_S = 0.1, 3_600.0


class Place(msgspec.Struct, frozen=True):
    """Where a database is, and how long it is waited for."""

    parameters: dict[str, Any]  # of libpq
    answer_s: float = 15.0  # a statement; by default longer than a lock is waited for
    resolve_s: float = 10.0  # to learn what became of a COMMIT whose answer was lost


_OWN = ("answer_s", "resolve_s")


def read_url(url: str) -> Place:
    """Read ``postgresql://user:password@host:port/database?parameter=value``.

    Raises
    ------
    InvalidInput
        When it cannot be read; it is not repeated, for it may hold a password.
    """
    path, mark, query = url.partition("?")
    pairs = [pair.partition("=") for pair in query.split("&")]
    own = {unquote(name): value for name, _, value in pairs if unquote(name) in _OWN}
    left = "&".join("".join(pair) for pair in pairs if unquote(pair[0]) not in _OWN)
    try:
        parameters = conninfo.conninfo_to_dict(path + mark * bool(left) + left)
    except psycopg.Error:
        raise InvalidInput("is no URL of a PostgreSQL database", where="store") from None
    return Place(parameters, **{name: _seconds(name, unquote(text)) for name, text in own.items()})


def _seconds(name: str, text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = float("nan")
    if not LEAST_S <= seconds <= MOST_S:
        raise InvalidInput(
            f"{name} of its URL must be from {LEAST_S:g} to {MOST_S:g} seconds", where="store"
        )
    return seconds
