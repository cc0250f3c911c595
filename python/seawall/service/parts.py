"""What the application is made of, brought together once a process."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

import msgspec
from litestar import Request

from seawall.service.access.principal import Principal
from seawall.service.held_runs import HeldRuns
from seawall.service.jobs import Jobs
from seawall.service.known_answers import KnownAnswers
from seawall.service.lanes import Lanes
from seawall.service.profiles import Profiles
from seawall.service.switches import EngineSwitches
from seawall.service.time_limit import TimeLimit
from seawall.session import Session
from seawall.session.question import iso_time
from seawall.store import Store
from seawall.store.interface import Transaction
from seawall.store.types import AuditDraft

T = TypeVar("T")
HttpRequest: TypeAlias = Request[Any, Any, Any]


class Service(msgspec.Struct, frozen=True):
    """The parts that handlers work with.

    ``session`` is of no user: `session_of` gives the one of a request's principal.
    """

    session: Session
    store: Store
    workers: Lanes  # for requests that are answered at once
    switches: EngineSwitches
    held: HeldRuns
    profiles: Profiles
    jobs: Jobs
    clock: Callable[[], datetime]  # with its zone
    limit: TimeLimit
    known: KnownAnswers = msgspec.field(default_factory=KnownAnswers)

    def now(self) -> str:
        """Return the present time, ISO 8601."""
        return iso_time(self.clock())

    def session_of(self, request: HttpRequest) -> Session:
        """Return the session of who asks: their tenant, their name."""
        principal = principal_of(request)
        return self.session.acting_as(tenant=principal.tenant, actor=principal.actor)

    async def off_loop(self, work: Callable[[], T]) -> T:
        """Run work that takes a while, or the disk, beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self.workers, work)

    async def committed(self, work: Callable[[Transaction], T]) -> T:
        """Write, and return once it is durable; nobody waits on a thread for that."""
        return await asyncio.wrap_future(self.store.submit(work))


def principal_of(request: HttpRequest) -> Principal:
    """Return who asks, as access has found it out."""
    found: Principal = request.scope["state"]["principal"]
    return found


def auditing(request: HttpRequest) -> Callable[[str, str], AuditDraft]:
    """Return what makes the entry of an action and its subject, for who appends it as they write.

    It does not keep the request, and so may outlive it.
    """
    found: Callable[[str, str], AuditDraft] = request.scope["state"]["draft"]
    return found
