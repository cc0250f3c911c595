"""Running a load profile natively, and what came of it."""

import ipaddress
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import msgspec
import numpy as np

from seawall import native
from seawall.errors import InvalidInput
from seawall.lab.load_profile import LoadProfile
from seawall.lab.load_samples import LoadFigures, LoadSamples, figures_of, samples_of


class LoadTarget(msgspec.Struct, frozen=True):
    """Where a load goes."""

    host: str  # of the Host field
    address: str
    port: int
    is_loopback: bool


class LoadResult(msgspec.Struct, frozen=True, eq=False):
    """One run of a profile, with every request of it."""

    profile: LoadProfile
    target: LoadTarget
    samples: LoadSamples  # those of the warm-up too: the first `profile.warmup_requests`
    connect_ns: np.ndarray  # of each connection that came to be, apart from the requests
    elapsed_ns: int
    client_cpu_ns: int  # of the client's own threads
    threads: int

    @property
    def counted(self) -> LoadSamples:
        """The requests after the warm-up."""
        return self.samples.chosen(self.samples.number >= self.profile.warmup_requests)

    def figures_by_request(self) -> dict[str, LoadFigures]:
        """Return the figures of each of the profile's requests, by its label."""
        counted = self.counted
        return {
            request.label: figures_of(counted.chosen(counted.kind == kind))
            for kind, request in enumerate(self.profile.requests)
        }

    @property
    def client_cpu_us_per_request(self) -> float:
        """What the client itself costs."""
        return self.client_cpu_ns / 1e3 / max(len(self.samples), 1)


def resolve_target(base_url: str, *, allow_remote: bool = False) -> LoadTarget:
    """Find the address of a base URL.

    Parameters
    ----------
    base_url : str
        ``http://host:port``, without a path.
    allow_remote : bool
        Accept an address that is not this machine's own. A load on a stranger's server is an
        attack: by default only loopback addresses are accepted.

    Raises
    ------
    InvalidInput
        If it is no such URL, its name is not known, or the address is not a loopback one.
    """
    try:
        parts = urlsplit(base_url)
        port = parts.port or 80
    except ValueError as error:
        raise InvalidInput(str(error), where="base_url") from error
    if parts.scheme != "http" or not parts.hostname:
        raise InvalidInput("must be http://host:port", where="base_url")
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
        raise InvalidInput("must have neither a path nor a user", where="base_url")
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise InvalidInput(f"{parts.hostname} is not known: {error}", where="base_url") from error
    # IPv4 first: a server that is told to listen on localhost most often listens there alone.
    addresses = sorted((str(entry[4][0]) for entry in found), key=lambda text: ":" in text)
    address = ipaddress.ip_address(addresses[0])
    if not address.is_loopback and not allow_remote:
        raise InvalidInput(
            f"{address} is not this machine: a load on others must be allowed explicitly",
            where="base_url",
        )
    return LoadTarget(
        host=parts.netloc, address=str(address), port=port, is_loopback=address.is_loopback
    )


def run_load(
    profile: LoadProfile,
    *,
    base_url: str,
    allow_remote: bool = False,
    first_sequence: int = 0,
    threads: int = 1,
    on_progress: Callable[[int], None] | None = None,
    control: native.RunControl | None = None,
) -> LoadResult:
    """Run a profile against a server over HTTP/1.1 with kept connections.

    In a closed loop each user has a connection, made before its first request. In an open loop a
    request is due at a time of the profile's; from that time its latency counts, also while it
    waits for a connection because the server is slow.

    Parameters
    ----------
    profile : LoadProfile
        What to do.
    base_url, allow_remote
        As of `resolve_target`.
    first_sequence : int
        What stands at a sequence mark in the first request; the next have the next numbers.
    threads : int
        Of the client, 1 to 64. Users or arrivals are divided among them.
    on_progress : callable, optional
        Called with the number of requests that have ended, about 20 times a second.
    control : RunControl, optional
        To cancel from another thread; `on_progress` is then its own.

    Returns
    -------
    LoadResult
        Every request, raw.

    Raises
    ------
    InvalidInput
        If the target or the profile is refused.
    LimitExceeded
        If the process may not open as many connections.
    Cancelled
        If it was asked to stop; nothing is kept.
    """
    target = resolve_target(base_url, allow_remote=allow_remote)
    profile.check_filled()
    requests = [
        native.LoadRequest(
            method=request.method,
            path=request.path,
            host=target.host,
            headers=list(request.headers.items()),
            body=request.body,
            weight=request.weight,
            statuses=list(request.check.statuses),
            wanted_text=request.check.contains,
        )
        for request in profile.requests
    ]
    run = native.run_load(
        target.address,
        target.port,
        loop="open" if profile.is_open else "closed",
        shape=profile.stretches(),
        requests=requests,
        think_s=(profile.think.low_s, profile.think.high_s),
        timeout_s=profile.timeout_s,
        connection_limit=profile.connections,
        request_limit=profile.max_requests,
        first_sequence=first_sequence,
        seed=profile.seed,
        threads=threads,
        may_be_remote=allow_remote,
        control=control or native.RunControl(on_progress),
    )
    return LoadResult(
        profile=profile,
        target=target,
        samples=samples_of(run["samples"]),
        connect_ns=np.frombuffer(run["connect_ns"], dtype=np.int64),
        elapsed_ns=run["elapsed_ns"],
        client_cpu_ns=run["client_cpu_ns"],
        threads=threads,
    )
