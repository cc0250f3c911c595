"""Lists in pages: a limit, a token to go on with, and only the fields that were asked for."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from collections.abc import Callable, Collection, Mapping
from hashlib import sha256
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from seawall.errors import InvalidInput
from seawall.store.pages import MAX_PAGE_ROWS

Row = TypeVar("Row")

MAX_LIMIT = 1_000
_MOST_DIGITS = 15

MOST_SCANNED = 5_000
"""How many rows one page looks at for those that its filters let through."""


class OneQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the reading of one thing may be told."""

    fields: Annotated[
        Annotated[str, Meta(max_length=1_000)] | UnsetType,
        Meta(
            description="Names of the fields to answer, between commas; absent: all. What the "
            "schema knows and an item has none of is absent of that item."
        ),
    ] = UNSET


class PageQuery(OneQuery, frozen=True, forbid_unknown_fields=True):
    """What the reading of a list may be told. A filter that is absent lets everything through."""

    limit: Annotated[
        Annotated[int, Meta(ge=1, le=MAX_LIMIT)], Meta(description="Items of a page at most.")
    ] = 100
    continuation: Annotated[
        Annotated[str, Meta(max_length=512)] | UnsetType,
        Meta(description="The continuation of the page before; absent: the first page."),
    ] = UNSET


class Page(msgspec.Struct, frozen=True):
    """A page of a list; without a continuation it is the last.

    Under filters a page may have fewer items than its limit, or none, and still go on.
    """

    items: Annotated[
        list[dict[str, Any]],
        Meta(description="Rows under the columns of the table: at most as many as the limit."),
    ]
    continuation: Annotated[
        str | None, Meta(description="Asks for the next page; null: this is the last.")
    ]


def read_page(
    query: PageQuery,
    fetch: Callable[[int, str | None], list[Row]],
    *,
    key: Callable[[Row], str],
    shown: Callable[[Row], dict[str, Any]],
    kept: Callable[[dict[str, Any]], bool] = lambda _: True,
) -> Page:
    """Read one page.

    Parameters
    ----------
    fetch : callable
        Returns at most so many rows after a key.
    key, shown : callable
        Of a row: what the list goes on after, and what is answered.
    kept : callable
        Whether the filters let it through.
    """
    after = _after(query)
    items: list[dict[str, Any]] = []
    scanned = 0
    while scanned < MOST_SCANNED:
        count = min(MAX_PAGE_ROWS, query.limit + 1)  # one more tells whether the list goes on
        rows = fetch(count, after)
        scanned += len(rows)
        for row in rows:
            if len(items) == query.limit:
                return _page(query, items, after)
            after = key(row)
            item = shown(row)
            if kept(item):
                items.append(item)
        if len(rows) < count:
            return _page(query, items, None)
    return _page(query, items, after)


def slice_page(
    query: PageQuery,
    count: int,
    rows: Callable[[int, int], list[dict[str, Any]]],
    *,
    columns: Collection[str],
    path: str,
) -> Page:
    """Read one page of rows that are known by their number: ``rows(first, how many)``.

    A token is of ``path``, which says whose rows they are.
    """
    check_fields(query, columns)
    first = row_number(_after(query, path)) or 0
    items = rows(first, query.limit)
    end = first + len(items)
    return _page(query, items, str(end) if end < count else None, path)


def row_number(after: str | None) -> int | None:
    """Return the number that a list goes on after, where its rows have numbers.

    Raises
    ------
    InvalidInput
        ``continuation_invalid`` for anything else.
    """
    if after is None:
        return None
    if not (after.isascii() and after.isdigit() and len(after) <= _MOST_DIGITS):
        raise _not_of_this_list()
    return int(after)


def check_fields(query: OneQuery, known: Collection[str]) -> None:
    """Refuse names of fields that nothing which is answered can have.

    Raises
    ------
    InvalidInput
        ``query_invalid`` for the first of them.
    """
    for name in _names(query):
        if name not in known:
            raise InvalidInput(
                f'there is no field "{name[:64]}"', where="fields", code="query_invalid"
            )


def select_fields(item: Mapping[str, Any], query: OneQuery) -> dict[str, Any]:
    """Return the fields that were asked for, of those that the item has; all without a choice."""
    if query.fields is UNSET:
        return dict(item)
    return {name: item[name] for name in _names(query) if name in item}


def _names(query: OneQuery) -> list[str]:
    return [] if query.fields is UNSET else [name.strip() for name in query.fields.split(",")]


def _page(query: PageQuery, items: list[dict[str, Any]], after: str | None, path: str = "") -> Page:
    token = None if after is None else _token(query, after, path)
    return Page([select_fields(item, query) for item in items], token)


def _token(query: PageQuery, after: str, path: str) -> str:
    return urlsafe_b64encode(_filters(query, path) + after.encode()).decode().rstrip("=")


def _after(query: PageQuery, path: str = "") -> str | None:
    if query.continuation is UNSET:
        return None
    text = query.continuation
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        after = raw[8:].decode()
    except (BadBase64, ValueError) as error:
        raise _not_of_this_list() from error
    if raw[:8] != _filters(query, path) or not after:
        raise _not_of_this_list()
    return after


def _filters(query: PageQuery, path: str) -> bytes:
    """Eight bytes that tell one list and its filters from another's."""
    told = msgspec.structs.asdict(query)
    for name in ("continuation", "fields", "limit"):
        told.pop(name)
    text = repr((type(query).__name__, path, sorted(told.items())))
    return sha256(text.encode()).digest()[:8]


def _not_of_this_list() -> InvalidInput:
    return InvalidInput(
        "is no token of this list with these filters",
        where="continuation",
        code="continuation_invalid",
    )
