"""How many requests are in the house: those worked on, those that wait, and 503 for the rest.

Two rooms. The door is around the whole application: a request that finds no place is refused
before anything is done for it, which costs a fraction of serving it. Behind it, once it is known
who asks and for what, heavy requests hand their place back and wait in a room of their own, before
their bodies are read.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from msgspec import Meta

from seawall.errors import InvalidInput, StoreError
from seawall.service.access.refusals import Refusal, send_refusal
from seawall.service.access.security_headers import with_security_headers
from seawall.service.lanes import Turn, in_turn, take_turn
from seawall.service.turns import QueueFull, Turns

NEVER_WAIT = frozenset({"/health", "/metrics"})

LARGE_BYTES = 1 << 18
"""A body from here on is heavy where the route says so."""

ENTERING = 4
"""Requests let in in a round of the event loop.

What is known is answered within the round. So many are answered in a millisecond; then the loop
reads what came meanwhile, and who finds no place is told, rather than waiting in a socket. Fewer
would end a round before a thread that waits for the interpreter may ask for it (`SWITCH_S`): then
it wakes up in vain at every read.
"""

FIRST_BYTES = 1 << 16
"""So much of a body arrives before its request takes a place: a slow sender holds none."""

SILENCE_S = 30.0
"""How long a sender may take for the first bytes, and then between any two pieces."""

OVERLOADED = Refusal(
    503, code="overloaded", message="Too many requests wait; try again.", retry_after_s=1.0
)
TOO_SLOW = Refusal(408, code="body_too_slow", message="The body did not arrive in time.")

Weight: TypeAlias = Literal["light", "large", "heavy", "perhaps"]
"""Of a route: ``large`` is heavy when its body is large, or does not say how large it is;
``perhaps`` is light until its handler goes on under ``scope["state"]["heavily"]()``."""

_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS"})


class AdmissionOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many requests are let in."""

    at_once: Annotated[int, Meta(ge=1, le=4_096)] = 128  # worked on
    waiting: Annotated[int, Meta(ge=1, le=65_536)] = 2_048  # one credential: half of it
    heavy_at_once: Annotated[int, Meta(ge=1, le=64)] = 4  # whose bodies may be in memory
    heavy_waiting: Annotated[int, Meta(ge=1, le=4_096)] = 64  # one tenant: half of it


class Room:
    """Places that requests take turns at. For one thread, the event loop's."""

    def __init__(self, at_once: int, *, most_waiting: int) -> None:
        self.turns: Turns[asyncio.Future[None]] = Turns(at_once, most_waiting=most_waiting)
        self.refused = 0
        self._may_enter = ENTERING  # in this round
        self._coming = 0
        self._coming_of: dict[str, int] = {}

    def expects(self, name: str) -> bool:
        """Tell whether somebody who was read in this round finds a place, and count on them.

        All that is read in a round has taken its places before the next.
        """
        of_name = self._coming_of.get(name, 0)
        if self.turns.is_full(name, coming=self._coming, coming_of_name=of_name):
            self.refused += 1
            return False
        if not self._coming:
            asyncio.get_running_loop().call_soon(self._expect_nobody)
        self._coming += 1
        self._coming_of[name] = of_name + 1
        return True

    async def take(self, name: str) -> "Place":
        """Wait for a place; raises QueueFull at once when too many wait."""
        entered = asyncio.get_running_loop().create_future()
        try:
            if not self._may_enter:
                self.turns.wait(name, entered)
            elif self.turns.ask(name, entered):
                self._count_one()
                return Place(self, name)
        except QueueFull:
            self.refused += 1
            raise
        try:
            await entered
        except asyncio.CancelledError:
            if entered.done() and not entered.cancelled():
                self.hand_on(name)
            else:
                self.turns.withdraw(name, entered)
            raise
        return Place(self, name)

    def hand_on(self, name: str) -> None:
        """Give a place to who is next."""
        self.turns.leave(name)
        self._let_in()

    def _expect_nobody(self) -> None:
        self._coming = 0
        self._coming_of.clear()

    def _let_in(self) -> None:
        while self._may_enter and (following := self.turns.following()) is not None:
            self._count_one()
            following[1].set_result(None)

    def _count_one(self) -> None:
        if self._may_enter == ENTERING:
            asyncio.get_running_loop().call_soon(self._begin_round)
        self._may_enter -= 1

    def _begin_round(self) -> None:
        self._may_enter = ENTERING
        self._let_in()


class Place:
    """A place that is held until it is left."""

    __slots__ = ("_held", "_name", "_room")

    def __init__(self, room: Room, name: str) -> None:
        self._room = room
        self._name = name
        self._held = True

    def leave(self) -> None:
        """Hand it on; once."""
        if self._held:
            self._held = False
            self._room.hand_on(self._name)


class Admission:
    """Lets in as many requests as are served soon."""

    def __init__(self, options: AdmissionOptions) -> None:
        self.door = Room(options.at_once, most_waiting=options.waiting)
        self.heavy = Room(options.heavy_at_once, most_waiting=options.heavy_waiting)

    def around(self, app: ASGIApp) -> ASGIApp:
        """Wrap the application: who finds no place is refused at once."""

        async def admitted(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != ScopeType.HTTP or scope["path"] in NEVER_WAIT:
                await app(scope, receive, send)
                return
            name = name_of(scope["headers"])
            if self.door.turns.is_full(name):  # not even its body is read
                self.door.refused += 1
                await _refuse(scope, send, OVERLOADED)
                return
            # Of a body that is announced as large nothing is awaited: it waits in the heavy room
            # without its body, or is refused for its size.
            if scope["method"] not in _WITHOUT_BODY and not _is_large(scope, unknown=False):
                try:
                    receive = await _begun(receive)
                except TimeoutError:
                    await _refuse(scope, send, TOO_SLOW)
                    return
            try:
                place = await self.door.take(name)
            except QueueFull:
                await _refuse(scope, send, OVERLOADED)
                return
            scope["state"]["place"] = place
            try:
                await app(scope, receive, send)
            finally:
                place.leave()

        return admitted

    def middleware(self, app: ASGIApp) -> ASGIApp:
        """Wrap what lies behind access: say whose turn it is, and have heavy requests wait."""

        async def placed(scope: Scope, receive: Receive, send: Send) -> None:
            state = scope["state"]
            principal = state.get("principal")
            tenant = "" if principal is None else principal.tenant
            place = state.get("place")
            if not _is_heavy(scope):
                take_turn(Turn(tenant))
                if _weight(scope) == "perhaps":
                    state["heavily"] = partial(self._heavily, place, tenant)
                await app(scope, receive, send)
                return
            try:
                held = await self._heavy_place(place, tenant)
            except QueueFull:
                await _refuse(scope, send, OVERLOADED)
                return
            take_turn(Turn(tenant, "heavy"))
            try:
                await app(scope, _never_silent(receive), send)
            finally:
                held.leave()

        return placed

    @asynccontextmanager
    async def _heavily(self, place: Place | None, tenant: str) -> AsyncIterator[None]:
        """Go on as a heavy request; raises StoreError (``overloaded``) when too many wait."""
        try:
            held = await self._heavy_place(place, tenant)
        except QueueFull:
            raise StoreError(OVERLOADED.message, code=OVERLOADED.code) from None
        try:
            with in_turn(Turn(tenant, "heavy")):
                yield
        finally:
            held.leave()

    async def _heavy_place(self, place: Place | None, tenant: str) -> Place:
        """Change a place in the house for one in the heavy room; raises QueueFull."""
        if place is not None:
            place.leave()
        return await self.heavy.take(tenant)


def name_of(headers: Any) -> str:
    """Return what a request says it is, unproven: everybody who waits gets a turn by it."""
    for name, value in headers:
        if name in (b"x-api-key", b"authorization"):
            return str(value[:4_096], "latin-1")
    return ""


def _weight(scope: Scope) -> Weight:
    found: Weight = scope["route_handler"].opt.get("weight", "light")
    return found


def _is_heavy(scope: Scope) -> bool:
    weight = _weight(scope)
    return weight == "heavy" or (weight == "large" and _is_large(scope, unknown=True))


def _is_large(scope: Scope, *, unknown: bool) -> bool:
    """Tell whether a body is announced as large; ``unknown`` where its size is not said."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20]) >= LARGE_BYTES
    return unknown


async def _begun(receive: Receive) -> Receive:
    """Wait for a body's first bytes, and return what gives them again; raises TimeoutError."""
    async with asyncio.timeout(SILENCE_S):
        kept = [await receive()]
        size = len(_body(kept[0]))
        while size < FIRST_BYTES and _has_more(kept[-1]):
            kept.append(await receive())
            size += len(_body(kept[-1]))
    kept.reverse()

    async def again() -> Any:
        return kept.pop() if kept else await receive()

    return again


def _never_silent(receive: Receive) -> Receive:
    async def heard() -> Any:
        try:
            async with asyncio.timeout(SILENCE_S):
                return await receive()
        except TimeoutError:
            raise InvalidInput(TOO_SLOW.message, where="body", code=TOO_SLOW.code) from None

    return heard


def _body(message: Mapping[str, Any]) -> bytes:
    body: bytes = message.get("body", b"")
    return body


def _has_more(message: Mapping[str, Any]) -> bool:
    return bool(message.get("more_body", False))


async def _refuse(scope: Scope, send: Send, refusal: Refusal) -> None:

    async def send_safe(message: Message) -> None:
        if message["type"] == "http.response.start":
            with_security_headers(message)
        await send(message)

    headers = [(b"connection", b"close")] if refusal is TOO_SLOW else []
    await send_refusal(scope, send_safe, refusal, headers=headers)
