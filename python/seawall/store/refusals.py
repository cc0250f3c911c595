"""What a store refuses and how it fails, in the same words whatever the database."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from seawall.errors import (
    Conflict,
    InvalidInput,
    LimitExceeded,
    NotFound,
    SeawallError,
    StoreError,
)

MAX_IDENTIFIER_CHARACTERS = 128
"""Four of them fit into a row of an index of PostgreSQL, whatever the characters are."""

_IMMUTABLE = re.compile(r"\bIMMUTABLE_([A-Z_]+)")


class Failure(NamedTuple):
    """A failure that says nothing of its cause."""

    code: str
    message: str

    def error(self) -> StoreError:
        """Make it."""
        return StoreError(self.message, code=self.code)


BUSY = Failure("store_busy", "Another process is writing; try again.")
CLOSED = Failure("store_closed", "The store is closed.")
DAMAGED = Failure("store_corrupt", "The database is damaged.")
GARBLED_TEXT = Failure("store_corrupt", "A kept text is not UTF-8.")
GARBLED_LIST = Failure("store_corrupt", "A kept list is not JSON.")
OTHER_SCHEMA = Failure("store_corrupt", "The tables are not as they were made.")
FULL = Failure("store_full", "There is no space left for the store.")
READS_WAIT = Failure("store_busy", "Too many reads are under way; try again.")
WRITES_WAIT = Failure("store_busy", "Too many writes are waiting; try again.")


def kept_otherwise(where: str) -> Conflict:
    """Make the refusal of an identifier that has another content."""
    return Conflict("The same identifier is kept with another content.", where=where)


def refers_to_nothing() -> NotFound:
    """Make the refusal of a reference to what is not there, or is another tenant's."""
    return NotFound("A row refers to something that this tenant does not have.")


def refuse_nul(values: Mapping[str, object], where: str) -> None:
    """Refuse a text with U+0000, which SQLite would keep and PostgreSQL could not."""
    for name, value in values.items():
        if isinstance(value, str) and "\0" in value:
            raise InvalidInput("A kept text cannot have U+0000.", where=f"{where}.{name}")


def refuse_long(identifiers: Iterable[str], where: str) -> None:
    """Refuse an identifier that SQLite would keep and an index of PostgreSQL could not."""
    if max(map(len, identifiers), default=0) > MAX_IDENTIFIER_CHARACTERS:
        raise LimitExceeded(
            f"An identifier has more than {MAX_IDENTIFIER_CHARACTERS} characters.", where=where
        )


def refused_value() -> InvalidInput:
    """Make the refusal of a value that no row of its table can have."""
    return InvalidInput("A row has a value that its column does not accept.")


def refused_row(said: str, *, is_reference: bool) -> SeawallError:
    """Make the refusal of a row by a constraint or a trigger.

    Parameters
    ----------
    said : str
        By the database; of a trigger it names the table whose rows cannot change.
    is_reference : bool
        Whether a reference is what is wrong.
    """
    if match := _IMMUTABLE.search(said):
        table = match[1].lower()
        return Conflict(f"A kept {table} cannot be changed.", code=f"immutable_{table}")
    if is_reference:
        return refers_to_nothing()
    return refused_value()
