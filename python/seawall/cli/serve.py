"""seawall serve: the engines over HTTP, until it is told to end."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from seawall.cli.options import Store, Tenant, Threads
from seawall.cli.output import line
from seawall.errors import SeawallError
from seawall.settings import load_settings

if TYPE_CHECKING:
    from seawall.service.opening import OpenedService

_LIBRARIES = ("litestar", "uvicorn", "uvloop", "httptools", "jwt", "cryptography")


def serve(
    host: Annotated[str, typer.Option(help="The address to bind.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="The port to bind; 0 for one that is free.")
    ] = 8400,
    dev: Annotated[
        bool, typer.Option("--dev", help="One key for everything, shown now; loopback only.")
    ] = False,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Requests that are worked on at once.")
    ] = 8,
    job_workers: Annotated[int, typer.Option(min=1, max=16, help="Jobs that run at once.")] = 1,
    secrets_file: Annotated[
        Path | None,
        typer.Option(help="The server's.  [default: beside the store, its name with .secrets]"),
    ] = None,
    access_file: Annotated[
        Path | None,
        typer.Option("--access", help="A .toml file: issuers, rates, trusted proxies, …"),
    ] = None,
    store: Store = None,
    tenant: Tenant = None,
    threads: Threads = None,
) -> None:
    """Serve the engines over HTTP; ends at SIGTERM once everything accepted is answered."""
    for library in _LIBRARIES:
        if find_spec(library) is None:
            raise SeawallError(
                "the service needs this library: pip install 'seawall[service]'",
                code="library_missing",
                where=library,
            )
    from seawall.service.access.doors import AccessOptions
    from seawall.service.access.options_file import load_access_options
    from seawall.service.opening import ServiceOptions
    from seawall.service.server import run_service

    settings = load_settings(
        {"store": store, "tenant": tenant, "threads": threads},
        environment=os.environ,
        folder=Path.cwd(),
    )
    access = (
        AccessOptions(operator_tenant=settings.tenant)
        if access_file is None
        else load_access_options(access_file)
    )
    if secrets_file is not None:
        access = replace(access, secrets_file=str(secrets_file))
    options = ServiceOptions(
        store=settings.store,
        tenant=settings.tenant,
        threads=settings.threads,
        workers=workers,
        job_workers=job_workers,
        host=host,
        dev=dev,
        access=access,
    )
    run_service(options, port=port, on_bound=_tell)


def _tell(address: str, opened: "OpenedService") -> None:
    line("serving", address)
    line("docs", f"{address}/docs")
    if opened.dev_key:
        line("dev key", opened.dev_key)
        line("note", "development: this key may do everything, from this machine only")
    elif not opened.service.store.api_keys(None):
        line("note", "closed: there is no key yet; seawall keys create makes one")
    sys.stdout.flush()
