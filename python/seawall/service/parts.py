"""What the application is made of, brought together once a process."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, TypeVar

import msgspec
from litestar import Request

from seawall.service.access.principal import Principal
from seawall.session import Session
from seawall.store import Store

T = TypeVar("T")


class Service(msgspec.Struct, frozen=True):
    """The parts that handlers work with.

    ``session`` is of no user: `session_of` gives the one of a request's principal.
    """

    session: Session
    store: Store
    workers: Executor  # requests that are answered at once
    clock: Callable[[], str]  # ISO 8601

    def session_of(self, request: "Request[Any, Any, Any]") -> Session:
        """Return the session of who asks: their tenant, their name."""
        principal: Principal = request.scope["state"]["principal"]
        return self.session.acting_as(tenant=principal.tenant, actor=principal.actor)

    async def off_loop(self, work: Callable[[], T]) -> T:
        """Run work that takes a while, or the disk, beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self.workers, work)
