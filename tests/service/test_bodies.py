"""Bodies are read whole, and no further than their route takes them."""

import asyncio
import threading
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from litestar import Request
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from seawall.errors import InvalidInput, LimitExceeded
from seawall.service.bodies import decode_envelope, json_body

MOST = 10


class Envelope(msgspec.Struct, forbid_unknown_fields=True):
    strict: bool = False
    records: msgspec.Raw = msgspec.Raw()


def read(*messages: Any, announced: int | None = None, most: int = MOST) -> tuple[bytes, int]:
    """Return the body that came in these messages, and how many of them were taken."""
    coming = list(messages)

    async def receive() -> Any:
        return coming.pop(0)

    headers = [] if announced is None else [(b"content-length", b"%d" % announced)]
    handler = SimpleNamespace(resolve_request_max_body_size=lambda: most)
    scope: Any = {"type": "http", "headers": headers, "route_handler": handler}
    body = asyncio.run(json_body(Request(scope, receive)))
    return body, len(messages) - len(coming)


def piece(body: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_in_one_piece_is_that_piece() -> None:
    body = b'{"a": 1}'
    assert read(piece(body), announced=len(body))[0] is body


def test_a_body_in_pieces_is_all_of_them() -> None:
    assert read(piece(b"{", more=True), piece(b"", more=True), piece(b"}")) == (b"{}", 3)


@pytest.mark.parametrize(("megabytes", "beside"), [(0, False), (3, True)])
def test_a_large_body_is_joined_beside_the_event_loop(
    megabytes: int, beside: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []

    def watched(pieces: list[bytes]) -> bytes:
        threads.append(threading.current_thread())
        return b"".join(pieces)

    monkeypatch.setattr("seawall.service.bodies.joined", watched)
    part = b"x" * (megabytes << 19)
    body, _ = read(piece(part, more=True), piece(part), most=1 << 24)
    assert body == part * 2
    assert (threads[0] is not threading.main_thread()) == beside


def test_a_body_that_is_as_large_as_it_may_be_is_taken() -> None:
    assert read(piece(b"x" * MOST), announced=MOST) == (b"x" * MOST, 1)


def test_of_a_body_that_is_announced_as_too_large_nothing_is_read() -> None:
    with pytest.raises(RequestEntityTooLarge):
        read(announced=MOST + 1)


def test_a_body_that_becomes_too_large_is_refused_at_that_piece() -> None:
    with pytest.raises(RequestEntityTooLarge):
        read(piece(b"x" * MOST, more=True), piece(b"x", more=True))


def test_a_body_whose_sender_leaves_is_refused() -> None:
    with pytest.raises(InvalidInput, match="did not end") as refused:
        read(piece(b"{", more=True), {"type": "http.disconnect"})
    assert refused.value.code == "body_invalid"


def enveloped(body: bytes) -> tuple[bool, bytes]:
    said = decode_envelope(body, Envelope, "records")
    return said.strict, bytes(said.records)


def test_of_an_envelope_only_the_kind_of_its_field_is_told() -> None:
    assert enveloped(b'{"records":[{"a":"]}"}, 1], "strict":true}') == (True, b"[]")
    assert enveloped(b'{"strict":true, "records" : {"a":[1]} }')[0]
    assert enveloped(b'{"records":{"a":[1]}}')[1] != b"[]"
    assert enveloped(b"{}") == (False, b"")


@pytest.mark.parametrize(
    ("body", "where", "said"),
    [
        (b'{"records":[1, 2, 3], "strict":1}', "strict", "bool"),
        (b'{"records":[1], "more":2}', "more", "unknown"),
        (b'{"records":[1], "strict":true, "strict":false}', "body", "stands twice"),
        (b'{"records":[1], "records":[2]}', "body", "stands twice"),
        (b'{"records":[1], "rec\\u006frds":[2]}', "body", "stands twice"),
        (b'{"records":[1, 2, 3], "strict":tru}', "body", "byte 35"),
        (b'{"records":[1, 2, 3]', "body", "truncated"),
        (b"[]", "", "object"),
    ],
)
def test_an_envelope_is_refused_at_its_place(body: bytes, where: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as refused:
        enveloped(body)
    assert refused.value.where == where


def test_what_stands_beside_the_field_is_bounded() -> None:
    beside = b'"strict":true' + b" " * (1 << 16)
    with pytest.raises(LimitExceeded, match="beside records"):
        enveloped(b'{"records":[],' + beside + b"}")
    assert enveloped(b'{"records":[' + b" " * (1 << 17) + b"]}") == (False, b"[]")
