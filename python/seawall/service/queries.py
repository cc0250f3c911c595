"""Query strings: decoded into the type that the route states; what it does not know is refused."""

from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from litestar import Request

from seawall.errors import InvalidInput

T = TypeVar("T", bound=msgspec.Struct)

_MOST_PARAMETERS = 50


def decode_query(request: "Request[Any, Any, Any]", kind: type[T]) -> T:
    """Decode the query of a request.

    Raises
    ------
    InvalidInput
        ``query_invalid`` with the parameter's name.
    """
    try:
        pairs = parse_qsl(
            request.scope["query_string"].decode("ascii"),
            keep_blank_values=True,
            max_num_fields=_MOST_PARAMETERS,
            errors="strict",
        )
    except ValueError as error:
        raise _invalid("is no query", "query") from error
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in given:
            raise _invalid("stands twice", name)
        if "\0" in value:  # which no kept text has, and not every database takes
            raise _invalid("holds U+0000", name)
        given[name] = value
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$.")
        raise _invalid(message, place.rstrip("`") or "query") from error


def _invalid(message: str, where: str) -> InvalidInput:
    return InvalidInput(message, where=where, code="query_invalid")
