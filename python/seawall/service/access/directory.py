"""The keys and revocations of the store, in memory, and never older than it is said here."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from hmac import compare_digest
from typing import Protocol

import msgspec

from seawall.errors import StoreError
from seawall.service.access.keys import MAX_SHOWN, key_hash, key_id_of
from seawall.service.access.principal import Principal
from seawall.service.access.times import utc_seconds, utc_text
from seawall.store.types import ApiKey, RevokedToken

POLL_S = 0.4
"""Seconds between two questions whether another process changed keys or revocations."""
STALE_S = 5.0
"""Seconds without an answer of the store after which nobody is let in any more."""
MOST_ENDED = 1_000
"""Keys of a tenant that are known although they were revoked or have expired: the last that ended.

So the audit of their tenant tells who still shows one, and a service that changes its keys every
minute holds no more of them after a year.
"""

_NO_HASH = bytes(32)


class AccessStore(Protocol):
    """What the directory asks of a store."""

    def api_keys(self, tenant: str | None) -> list[ApiKey]:
        """Every key."""

    def live_api_keys(
        self, at: str, *, tenant: str | None = None, most_ended: int = 0
    ) -> list[ApiKey]:
        """The keys that let somebody in, and of each tenant some that ended last."""

    def revoked_tokens(self, *, expiring_after: str = "") -> list[RevokedToken]:
        """The revoked tokens that would still be good after a time."""

    def data_version(self) -> int:
        """A number that changes with them."""


class KnownKey(msgspec.Struct, frozen=True, gc=False):
    """A key as it is checked."""

    principal: Principal
    key_hash: bytes
    expires_at: float  # seconds since 1970
    revoked: bool

    def is_live(self, now: float) -> bool:
        """Tell whether the key lets anybody in."""
        return not self.revoked and now < self.expires_at


class KeyRefused(Exception):
    """A key that lets nobody in, and why: for the audit, never for the caller."""

    def __init__(self, reason: str, *, key_id: str | None, tenant: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.key_id = key_id
        self.tenant = tenant  # known only when the key itself is right


class _Snapshot(msgspec.Struct, frozen=True):
    version: int
    keys: Mapping[str, KnownKey]
    revoked_tokens: frozenset[str]


class KeyDirectory:
    """Checks keys against a snapshot that is replaced whole.

    Parameters
    ----------
    store : AccessStore
        Asked every `POLL_S` seconds between `start` and `close`, and by `refresh`.
    secrets : sequence of bytes
        What keys are hashed with; more than one while they change.
    clock, monotonic : callable
        Seconds since 1970, and seconds that never go back.
    own_keys : iterable of ApiKey
        Keys that are in no store and end with the process.
    """

    def __init__(
        self,
        store: AccessStore,
        *,
        secrets: Sequence[bytes],
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        own_keys: Iterable[ApiKey] = (),
    ) -> None:
        self._store = store
        self._secrets = tuple(secrets)
        self._clock = clock
        self._monotonic = monotonic
        self._own_keys = tuple(own_keys)
        self._snapshot = _Snapshot(-1, {}, frozenset())
        self._checked_at = -float("inf")
        self._refreshing = threading.Lock()
        self._stop = threading.Event()
        self._watcher: threading.Thread | None = None

    def check(self, shown: bytes) -> Principal:
        """Return who holds a key.

        Raises
        ------
        KeyRefused
            When it is none, or no longer one.
        """
        key_id = key_id_of(shown) if len(shown) <= MAX_SHOWN else None
        if key_id is None:
            raise KeyRefused("malformed", key_id=None)
        known = self._snapshot.keys.get(key_id)
        expected = _NO_HASH if known is None else known.key_hash
        agrees = False
        for secret in self._secrets:
            agrees |= compare_digest(key_hash(shown, secret), expected)
        if known is None or not agrees:
            reason = "unknown" if known is None else "secret_differs"
            raise KeyRefused(reason, key_id=key_id)
        if known.revoked or self._clock() >= known.expires_at:
            reason = "revoked" if known.revoked else "expired"
            raise KeyRefused(reason, key_id=key_id, tenant=known.principal.tenant)
        return known.principal

    def live_key(self, key_id: str) -> KnownKey | None:
        """Return the key that a token rests on, or None when it lets nobody in any more."""
        known = self._snapshot.keys.get(key_id)
        return known if known is not None and known.is_live(self._clock()) else None

    def is_revoked(self, revocation_id: str) -> bool:
        """Tell whether a token was revoked."""
        return revocation_id in self._snapshot.revoked_tokens

    def has_live_keys(self) -> bool:
        """Tell whether there is any key that lets somebody in."""
        now = self._clock()
        return any(key.is_live(now) for key in self._snapshot.keys.values())

    def is_stale(self) -> bool:
        """Tell whether the store has not answered for too long to trust the snapshot."""
        return self._monotonic() - self._checked_at > STALE_S

    def refresh(self) -> None:
        """Read what changed; whoever wrote calls it before answering, and waits for it.

        Raises
        ------
        StoreError
            When the store does not answer; the snapshot stays, and grows stale.
        """
        with self._refreshing:  # or an older snapshot could replace a newer one
            begun = self._monotonic()
            version = self._store.data_version()
            if version != self._snapshot.version:
                self._snapshot = self._read(version)
            self._checked_at = begun

    def _read(self, version: int) -> _Snapshot:
        now = utc_text(self._clock())
        keys = [*self._store.live_api_keys(now, most_ended=MOST_ENDED), *self._own_keys]
        return _Snapshot(
            version,
            {key.key_id: _known(key) for key in keys},
            frozenset(token.token_id for token in self._store.revoked_tokens(expiring_after=now)),
        )

    def start(self) -> None:
        """Read everything, then follow the changes of other processes until `close`."""
        self.refresh()
        self._stop.clear()
        self._watcher = threading.Thread(target=self._watch, name="seawall-access", daemon=True)
        self._watcher.start()

    def close(self) -> None:
        """Follow no longer. May be called twice."""
        self._stop.set()
        if self._watcher is not None:
            self._watcher.join()

    def _watch(self) -> None:
        while not self._stop.wait(POLL_S):
            try:
                self.refresh()
            except StoreError:
                continue  # until it is stale, which shuts the doors


def _known(key: ApiKey) -> KnownKey:
    expires_at = key.expires_at
    return KnownKey(
        principal=Principal(
            tenant=key.tenant,
            actor=f"{key.name}#{key.key_id}",
            roles=frozenset(key.roles),
            key_id=key.key_id,
        ),
        key_hash=key.key_hash,
        expires_at=float("inf")
        if expires_at is None
        else utc_seconds(expires_at, where="expires_at"),
        revoked=key.revoked_at is not None,
    )
