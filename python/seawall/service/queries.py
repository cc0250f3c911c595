"""Query strings: decoded into the type that the route states; what it does not know is refused."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from litestar import Request
from litestar.types import ASGIApp, Receive, Scope, Send
from msgspec import Meta, UnsetType

from seawall.errors import InvalidInput
from seawall.refused_value import refused_value
from seawall.service.chosen_fields import choices
from seawall.service.pages import OneQuery, check_fields
from seawall.session.question import iso_time

T = TypeVar("T", bound=msgspec.Struct)

From = Annotated[str | UnsetType, Meta(description="ISO 8601 with its zone, this moment included.")]
To = Annotated[
    str | UnsetType, Meta(description="ISO 8601 with its zone, this moment not included.")
]

_MOST_PARAMETERS = 50


def decode_query(request: "Request[Any, Any, Any]", kind: type[T]) -> T:
    """Decode the query of a request.

    Raises
    ------
    InvalidInput
        ``query_invalid`` with the parameter's name.
    """
    query = _decode(request.scope["query_string"], kind)
    if isinstance(query, OneQuery):
        known = choices(request.scope["route_handler"].opt["described"].answer)
        if known is not None:
            check_fields(query, known)
    return query


def between(query: msgspec.Struct, name: str) -> Callable[[str], bool]:
    """Return what tells whether a kept time lies from ``<name>_from`` on and before ``<name>_to``.

    Raises
    ------
    InvalidInput
        ``query_invalid`` for what is no time with its zone.
    """
    first, end = _moment(query, f"{name}_from") or "", _moment(query, f"{name}_to")
    return lambda kept: first <= kept and (end is None or kept < end)


def _moment(query: msgspec.Struct, name: str) -> str | None:
    said = getattr(query, name)
    if said is msgspec.UNSET:
        return None
    try:
        return iso_time(said)  # as times are kept
    except InvalidInput as error:
        raise _invalid(error.message, name) from error


def no_unknown_query(app: ASGIApp) -> ASGIApp:
    """Wrap what lies behind the routing: a route that states no query takes no parameter."""

    def checked(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["query_string"]:
            said = scope["route_handler"].opt.get("described")
            if said is not None and said.query is None:
                _decode(scope["query_string"], _Nothing)
        return app(scope, receive, send)

    return checked


class _Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


def _decode(query: bytes, kind: type[T]) -> T:
    try:
        pairs = parse_qsl(
            query.decode("ascii"),
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
        message, place = refused_value(error, kind)
        raise _invalid(message, place.lstrip(".") or "query") from error


def _invalid(message: str, where: str) -> InvalidInput:
    return InvalidInput(message, where=where, code="query_invalid")
