"""From options to the parts of a service, and back: nothing that was accepted is lost."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from seawall.provenance import identifier
from seawall.service.access.doors import (
    Access,
    AccessOptions,
    DevDoor,
    open_access,
    open_dev_access,
)
from seawall.service.admission import AdmissionOptions
from seawall.service.held_runs import HeldRuns
from seawall.service.jobs import Jobs
from seawall.service.lanes import Lane, Lanes
from seawall.service.parts import Service
from seawall.service.profiles import Profiles
from seawall.service.switches import EngineSwitches
from seawall.service.time_limit import TimeLimit
from seawall.session import Session
from seawall.session.question import iso_time
from seawall.store import local_place, open_store


class ServiceOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a service may be told."""

    store: str = "seawall.db"
    tenant: str = "default"  # of the key of development
    threads: Annotated[int, Meta(ge=0, le=64)] = 0  # of a computation; 0: all cores
    workers: Annotated[int, Meta(ge=1, le=64)] = 8  # threads for light requests
    heavy_workers: Annotated[int, Meta(ge=1, le=64)] = 2  # threads for heavy ones
    job_workers: Annotated[int, Meta(ge=1, le=16)] = 1  # jobs that run at once
    time_limit_s: Annotated[float, Meta(ge=1, le=86_400)] = 60  # of what a request computes
    connections: Annotated[int, Meta(ge=1, le=1_000_000)] = 10_000  # at once; one more gets 503
    held_runs: Annotated[int, Meta(ge=1, le=256)] = 8  # simulations that answer without another
    processes: Annotated[int, Meta(ge=1, le=64)] = 1  # all else is of each of them
    host: str = "127.0.0.1"
    dev: bool = False
    log_requests: bool = True  # a line each
    traces: Literal["", "otlp"] = ""  # where they are sent
    admission: AdmissionOptions = AdmissionOptions()
    access: AccessOptions = AccessOptions()


class OpenedService(msgspec.Struct, frozen=True):
    """A service that can be asked."""

    service: Service
    access: Access


@contextmanager
def open_service(
    options: ServiceOptions, *, dev: DevDoor | None, turns_file: Path | None
) -> Iterator[OpenedService]:
    """Open a service's parts, and close them in the order in which nothing is lost.

    Parameters
    ----------
    options : ServiceOptions
        What was told.
    dev : DevDoor, optional
        In development.
    turns_file : Path, optional
        Where the processes of the service queue to write.

    Raises
    ------
    SeawallError
        For a store or secrets that cannot be used.
    """
    with open_store(options.store, opened_at=iso_time(_clock()), turns_file=turns_file) as store:
        if dev is None:
            access = open_access(store, options.access, beside=local_place(options.store))
        else:
            access = open_dev_access(store, dev)
        limit = TimeLimit(options.time_limit_s)
        session = Session(store, threads=options.threads, default_control=limit.control)
        workers = Lanes(light=options.workers, heavy=options.heavy_workers)
        batch = Lane(options.job_workers, name="seawall-job")
        service = Service(
            session=session,
            store=store,
            workers=workers,
            switches=EngineSwitches(store),
            held=HeldRuns(options.held_runs),
            profiles=Profiles(session),
            jobs=Jobs(store, batch, clock=_clock, ids=_new_id),
            clock=_clock,
            limit=limit,
        )
        try:
            yield OpenedService(service, access)
        finally:
            limit.end()
            workers.shutdown()
            batch.shutdown()
        # Closing the store commits what is queued.


def _clock() -> datetime:
    return datetime.now(UTC)


def _new_id(prefix: str) -> str:
    return identifier(prefix, secrets.token_bytes(32))
