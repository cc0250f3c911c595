"""All parts of access, brought together once a process."""

import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec
from litestar import Litestar
from litestar.types import ASGIApp

from seawall.errors import InvalidInput
from seawall.service.access.address import client_address, is_loopback
from seawall.service.access.audit import AuditStore, AuditTrail
from seawall.service.access.directory import AccessStore, KeyDirectory
from seawall.service.access.gate import Gate
from seawall.service.access.issuers import ExternalIssuer, load_issuer_keys
from seawall.service.access.keys import new_key
from seawall.service.access.middleware import AccessMiddleware, Edge
from seawall.service.access.rate_limit import Rate, RateLimiter
from seawall.service.access.roles import ROLES, check_routes
from seawall.service.access.server_secrets import ServerSecrets, load_secrets, new_secrets
from seawall.service.access.throttle import Throttle
from seawall.service.access.times import utc_text
from seawall.service.access.tokens import Tokens
from seawall.store.types import ApiKey


class DoorStore(AccessStore, AuditStore, Protocol):
    """What access asks of a store."""


class AccessOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be said about access."""

    secrets_file: str = ""  # a path; empty: beside the store, its name with .secrets
    issuer: str = "seawall"  # iss of own tokens
    audience: str = "seawall"  # aud of all tokens
    issuers: tuple[ExternalIssuer, ...] = ()
    operator_tenant: str = "default"  # whose admins switch engines, for every tenant
    trusted_proxies: tuple[str, ...] = ()  # addresses and networks
    key_rate: Rate = Rate(per_second=10_000, burst=20_000)
    address_rate: Rate = Rate(per_second=20_000, burst=40_000)
    failure_rate: Rate = Rate(per_second=1 / 6, burst=10)  # credentials that are not valid


class Clocks(msgspec.Struct, frozen=True):
    """Time and chance, as they come to everything here."""

    now: Callable[[], float] = time.time  # seconds since 1970
    monotonic: Callable[[], float] = time.monotonic
    random: Callable[[int], bytes] = secrets.token_bytes


class Access(msgspec.Struct, frozen=True):
    """The parts that the application and its routes work with."""

    store: DoorStore
    directory: KeyDirectory
    tokens: Tokens
    gate: Gate
    audit: AuditTrail
    hash_secret: bytes  # what new keys are hashed with
    clocks: Clocks

    def middleware(self, app: ASGIApp) -> ASGIApp:
        """Wrap what lies behind the routing; for ``Litestar(middleware=[…])``."""
        return AccessMiddleware(app, gate=self.gate)

    def guard(self, app: Litestar) -> Litestar:
        """Refuse an application with an unguarded route, and put the edge around any other."""
        check_routes(app.routes)
        app.asgi_handler = Edge(app.asgi_handler, gate=self.gate)
        return app

    def start(self) -> None:
        """Read the keys, and follow what other processes change."""
        self.directory.start()

    def close(self) -> None:
        """Follow no longer."""
        self.directory.close()


class DevDoor(msgspec.Struct, frozen=True):
    """The only key of a service in development, which is kept in no store."""

    secrets: ServerSecrets
    key: ApiKey
    shown: str  # once

    def __repr__(self) -> str:
        """Keep the key out of logs and tracebacks."""
        return "DevDoor(…)"


def open_access(
    store: DoorStore, options: AccessOptions, *, beside: Path, clocks: Clocks | None = None
) -> Access:
    """Bring access together; the server's secrets are made at the first start.

    Parameters
    ----------
    store : DoorStore
        Keeps keys, revocations and the audit.
    options : AccessOptions
        What was said.
    beside : Path
        The store's file, beside which the secrets lie unless the options name another place.

    Raises
    ------
    SeawallError
        For secrets or issuers that cannot be used, with their file.
    """
    found = kept_secrets(store, options, beside=beside)
    return _assembled(store, options, found, clocks or Clocks())


def kept_secrets(store: AccessStore, options: AccessOptions, *, beside: Path) -> ServerSecrets:
    """Read the server's secrets, for it or for a command; arguments as `open_access`."""
    path = Path(options.secrets_file) if options.secrets_file else _beside(beside)
    return load_secrets(path, may_create=not store.api_keys(None))


def dev_door(*, host: str, tenant: str, clocks: Clocks | None = None) -> DevDoor:
    """Make what opens a service in development: one key with every role, until it ends.

    Parameters
    ----------
    host : str
        What the server binds: only this machine's own addresses.
    tenant : str
        Whose data the key opens.

    Raises
    ------
    InvalidInput
        ``dev_mode_not_local`` for any other host.
    """
    if not is_loopback(host):
        raise InvalidInput(
            "--dev binds 127.0.0.1, ::1 or localhost only", where=host, code="dev_mode_not_local"
        )
    clocks = clocks or Clocks()
    found = new_secrets(clocks.random)
    shown, key = new_key(
        tenant,
        "dev",
        ROLES,
        secret=found.hashing()[0],
        created_at=utc_text(clocks.now()),
        created_by="serve --dev",
        expires_at=None,
        kind="dev",
        random=clocks.random,
    )
    return DevDoor(found, key, shown)


def open_dev_access(store: DoorStore, door: DevDoor, *, clocks: Clocks | None = None) -> Access:
    """Bring access together for development; every process of a service takes the same door."""
    return _assembled(store, AccessOptions(), door.secrets, clocks or Clocks(), dev_key=door.key)


def _beside(store: Path) -> Path:
    return store.with_name(store.name + ".secrets")


def _assembled(
    store: DoorStore,
    options: AccessOptions,
    found: ServerSecrets,
    clocks: Clocks,
    *,
    dev_key: ApiKey | None = None,
) -> Access:
    directory = KeyDirectory(
        store,
        secrets=found.hashing(),
        clock=clocks.now,
        monotonic=clocks.monotonic,
        own_keys=() if dev_key is None else (dev_key,),
    )
    tokens = Tokens(
        found.signing(),
        issuer=options.issuer,
        audience=options.audience,
        clock=clocks.now,
        random=clocks.random,
        external=[(issuer, load_issuer_keys(issuer)) for issuer in options.issuers],
    )
    audit = AuditTrail(store, now=lambda: utc_text(clocks.now()))
    gate = Gate(
        directory=directory,
        tokens=tokens,
        per_key=RateLimiter(options.key_rate, clock=clocks.monotonic),
        per_address=RateLimiter(options.address_rate, clock=clocks.monotonic),
        throttle=Throttle(options.failure_rate, clock=clocks.monotonic),
        audit=audit,
        address_of=client_address(options.trusted_proxies),
        clock=clocks.now,
        monotonic=clocks.monotonic,
        operator_tenant=options.operator_tenant if dev_key is None else dev_key.tenant,
        has_issuers=bool(options.issuers),
        local_only=None if dev_key is None else is_loopback,
    )
    return Access(
        store=store,
        directory=directory,
        tokens=tokens,
        gate=gate,
        audit=audit,
        hash_secret=found.hashing()[0],
        clocks=clocks,
    )
