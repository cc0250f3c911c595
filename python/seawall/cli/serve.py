"""seawall serve: the engines over HTTP, until it is told to end."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from seawall.cli.options import Store, Tenant, Threads
from seawall.cli.output import line
from seawall.extras import require_extra
from seawall.settings import load_settings

if TYPE_CHECKING:
    from seawall.service.processes import Bound


def serve(
    host: Annotated[str, typer.Option(help="The address to bind.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="The port to bind; 0 for one that is free.")
    ] = 8400,
    dev: Annotated[
        bool, typer.Option("--dev", help="One key for everything, shown now; loopback only.")
    ] = False,
    processes: Annotated[
        int, typer.Option(min=1, max=64, help="Processes that share the work; 1 uses one core.")
    ] = 1,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Threads for requests that are answered soon.")
    ] = 8,
    heavy_workers: Annotated[
        int, typer.Option(min=1, max=64, help="Threads for large ingests and simulations.")
    ] = 2,
    waiting: Annotated[
        int, typer.Option(min=1, max=65_536, help="Requests that may wait; more get 503.")
    ] = 2_048,
    connections: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="Connections at once; one more gets 503.")
    ] = 10_000,
    job_workers: Annotated[int, typer.Option(min=1, max=16, help="Jobs that run at once.")] = 1,
    time_limit: Annotated[
        float,
        typer.Option(min=1, max=86_400, help="Seconds that a request may compute; a job may more."),
    ] = 60,
    secrets_file: Annotated[
        Path | None,
        typer.Option(help="The server's.", show_default="beside the store, its name with .secrets"),
    ] = None,
    log_requests: Annotated[
        bool, typer.Option("--log-requests/--no-log-requests", help="A line on stderr for each.")
    ] = True,
    traces: Annotated[
        bool, typer.Option("--traces", help="Send traces as OTEL_EXPORTER_OTLP_ENDPOINT says.")
    ] = False,
    access_file: Annotated[
        Path | None,
        typer.Option("--access", help="A .toml file: issuers, rates, trusted proxies, …"),
    ] = None,
    store: Store = None,
    tenant: Tenant = None,
    threads: Threads = None,
) -> None:
    """Serve the engines over HTTP; ends at SIGTERM once everything accepted is answered."""
    require_extra("service")
    from seawall.service.access.doors import AccessOptions
    from seawall.service.access.options_file import load_access_options
    from seawall.service.admission import AdmissionOptions
    from seawall.service.opening import ServiceOptions
    from seawall.service.processes import run_service

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
        processes=processes,
        workers=workers,
        heavy_workers=heavy_workers,
        job_workers=job_workers,
        time_limit_s=time_limit,
        connections=connections,
        host=host,
        dev=dev,
        log_requests=log_requests,
        traces="otlp" if traces else "",
        admission=AdmissionOptions(waiting=waiting),
        access=access,
    )
    run_service(options, port=port, on_bound=_tell)


def _tell(bound: "Bound") -> None:
    line("serving", bound.address)
    line("docs", f"{bound.address}/docs")
    if bound.dev_key:
        line("dev key", bound.dev_key)
        line("note", "development: this key may do everything, from this machine only")
    elif bound.is_closed:
        line("note", "closed: there is no key yet; seawall keys create makes one")
    sys.stdout.flush()
