"""Bodies of requests: decoded once, into the type that the route states, or refused."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from typing import Any, TypeVar

import msgspec
from litestar import Request
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from seawall import native
from seawall.errors import InvalidInput, LimitExceeded, SourceUnreadable
from seawall.refused_value import refused_value

T = TypeVar("T")

MAX_ENVELOPE_BYTES = 1 << 16
"""What a body of records may say beside them."""

_LARGE_BYTES = 1 << 20  # copied in well under a millisecond

_JSON = b"application/json"

NAMED_FIELDS = ("dataset_version_id", "run_id", "started_at")
"""Fields whose absence and whose wrong form have codes of their own."""


async def json_body(request: "Request[Any, Any, Any]") -> bytes:
    """Return the bytes of a body that is JSON by what its headers say, if they say anything.

    Raises
    ------
    InvalidInput
        ``unsupported_media_type`` for another kind, or one that is packed; ``body_invalid`` for a
        body that did not end.
    RequestEntityTooLarge
        For more than the route takes: for what is announced as that, nothing is read.
    """
    announced = 0
    for name, value in request.scope["headers"]:
        if name == b"content-type" and value != _JSON:
            if value.partition(b";")[0].strip().lower() != _JSON:
                raise _unsupported(f"send {_JSON.decode()}", "content-type")
        elif name == b"content-encoding":
            refuse_packed(value.decode("latin-1"))
        elif name == b"content-length" and value.isdigit():
            announced = int(value[:20])
    most = request.route_handler.resolve_request_max_body_size()
    return await _whole(request, announced, inf if most is None else most)


def refuse_packed(content_encoding: str) -> None:
    """Refuse what a body's header says of packing; raises InvalidInput (415)."""
    if content_encoding.strip().lower() != "identity":
        raise _unsupported("packed bodies are not taken", "content-encoding")


async def _whole(request: "Request[Any, Any, Any]", announced: int, most: float) -> bytes:
    """Read a body; the framework's own way reads all headers again, and costs a tenth of a run."""
    if announced > most:
        raise RequestEntityTooLarge
    pieces: list[bytes] = []
    size, has_more = 0, True
    while has_more:
        message: Any = await request.receive()
        if message["type"] != "http.request":
            raise InvalidInput("did not end", where="body", code="body_invalid")
        piece = message.get("body", b"")
        size, has_more = size + len(piece), message.get("more_body", False)
        if size > most:
            raise RequestEntityTooLarge
        pieces.append(piece)
    if size < _LARGE_BYTES:
        return joined(pieces)
    # Beside the event loop: to copy hundreds of megabytes would make everybody wait.
    return await asyncio.to_thread(joined, pieces)


def joined(pieces: list[bytes]) -> bytes:
    """Return pieces as one."""
    return b"".join(pieces)


def _unsupported(message: str, where: str) -> InvalidInput:
    return InvalidInput(message, where=where, code="unsupported_media_type")


def decode_body(body: bytes, kind: type[T]) -> T:
    """Decode a JSON body.

    Raises
    ------
    InvalidInput
        ``body_invalid`` for bytes that are no JSON, or hold a key twice in one object;
        ``invalid_input`` with the place for a value that the type does not have, or the code that
        `NAMED_FIELDS` has for it.
    LimitExceeded
        For nesting that is too deep.
    """
    decoded = _decode(body, kind)
    refuse_duplicate_keys(body)
    return decoded


def _decode(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        if kind is object:  # a number that no type has
            raise InvalidInput(str(error), where="body", code="body_invalid") from error
        raise _refusal(body, kind, error) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(str(error), where="body", code="body_invalid") from error
    except RecursionError as error:
        raise LimitExceeded("is nested too deeply", where="body") from error


def _refusal(body: bytes, kind: type[Any], error: msgspec.ValidationError) -> InvalidInput:
    message, place = refused_value(error, kind)
    place = place.lstrip(".")
    named = [field for field in msgspec.structs.fields(kind) if field.name in NAMED_FIELDS]
    given = _decode(body, object)  # what is no JSON further on is refused as that
    if isinstance(given, dict):
        for field in named:
            if field.required and given.get(field.name) in (None, ""):
                return InvalidInput("is required", where=field.name, code=f"{field.name}_required")
    code = f"{place}_invalid" if place in [field.name for field in named] else ""
    return InvalidInput(message, where=place, code=code)


def refuse_duplicate_keys(body: bytes) -> None:
    """Refuse JSON in which an object holds a key twice; raises InvalidInput (``body_invalid``)."""
    try:
        _looked_through(body.decode(errors="surrogatepass"))
    except RecursionError as error:
        raise LimitExceeded("is nested too deeply", where="body") from error
    except ValueError as error:  # not UTF-8, where msgspec passed over it
        raise InvalidInput(str(error), where="body", code="body_invalid") from error


def _unique(pairs: list[tuple[str, Any]]) -> None:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        twice = next(name for index, name in enumerate(names) if name in names[:index])
        raise InvalidInput(f'the key "{twice}" stands twice', where="body", code="body_invalid")


def _passed(_: str) -> None:
    return None


# Made once: `json.loads` would make it anew for each body, which takes as long as to read one.
_looked_through = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_passed, parse_float=_passed
).decode


def decode_envelope(body: bytes, kind: type[T], raw_field: str) -> T:
    """Decode a body of which one field is a `msgspec.Raw` that is not looked into.

    Of that field only the kind is told: ``[]`` for a list, however long.

    Raises
    ------
    InvalidInput, LimitExceeded
        As `decode_body`, of what stands around that field, and when that is too long.
    """
    # The decoder would hold the interpreter while it passes over all of the field.
    begin, end = native.member_span(body, raw_field) or (0, 0)
    instead = b"[]" if body[begin : begin + 1] == b"[" else b"0"
    around = body[:begin] + instead + body[end:] if end else body
    try:
        decoded = _decode(around, kind)
    except InvalidInput:
        _decode(body, kind)  # its places are those of the body
        raise
    if len(body) - (end - begin) > MAX_ENVELOPE_BYTES:
        raise LimitExceeded(
            f"what stands beside {raw_field} may have {MAX_ENVELOPE_BYTES:,} bytes", where="body"
        )
    refuse_duplicate_keys(around)
    return decoded


@contextmanager
def refused_as_body() -> Iterator[None]:
    """Refuse bytes of a body that only the core finds to be no JSON as all others are.

    Raises
    ------
    InvalidInput
        ``body_invalid`` with the record.
    """
    try:
        yield
    except SourceUnreadable as error:
        raise InvalidInput(error.message, where=error.where, code="body_invalid") from error


def require_list(raw: msgspec.Raw, message: str) -> None:
    """Refuse records that are no list; raises InvalidInput (``records_required``)."""
    if bytes(memoryview(raw)[:1]) != b"[":
        raise InvalidInput(message, where="records", code="records_required")
