"""The doors with a store in memory and clocks that a test moves, knocked at by raw requests."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec

from seawall.errors import NotFound, StoreError
from seawall.service.access.doors import Access, AccessOptions, Clocks, open_access
from seawall.service.access.keys import new_key
from seawall.service.access.middleware import AccessMiddleware
from seawall.service.access.times import utc_text
from seawall.store.types import ApiKey, AuditDraft, RevokedToken

NOON = 1_767_268_800.0  # 2026-01-01T12:00:00Z
Header = tuple[bytes, bytes]


class MemoryStore:
    """What access asks of a store, and the transaction that is given to its work."""

    def __init__(self) -> None:
        self.keys: list[ApiKey] = []
        self.revoked: list[RevokedToken] = []
        self.audit: list[AuditDraft] = []
        self.version = 1
        self.away = False
        self.full = False

    def api_keys(self, tenant: str | None) -> list[ApiKey]:
        return [key for key in self.keys if tenant in (None, key.tenant)]

    def live_api_keys(
        self, at: str, *, tenant: str | None = None, most_ended: int = 0
    ) -> list[ApiKey]:
        keys = self.api_keys(tenant)
        ended = [key for key in keys if key.revoked_at or (key.expires_at or "~") <= at]
        ended.sort(key=lambda key: key.revoked_at or key.expires_at or "", reverse=True)
        return [key for key in keys if key not in ended[most_ended:]]

    def revoked_tokens(self, *, expiring_after: str = "") -> list[RevokedToken]:
        return [token for token in self.revoked if token.expires_at > expiring_after]

    def data_version(self) -> int:
        if self.away:
            raise StoreError("away")
        return self.version

    def submit(self, work: Callable[[Any], Any]) -> Future[Any]:
        if self.full:
            raise StoreError("full", code="store_busy")
        future: Future[Any] = Future()
        try:
            future.set_result(work(self))
        except Exception as error:
            future.set_exception(error)
        return future

    def put_api_key(self, key: ApiKey) -> None:
        self.keys.append(key)
        self.version += 1

    def revoke_api_key(self, tenant: str, key_id: str, at: str) -> None:
        for index, key in enumerate(self.keys):
            if (key.tenant, key.key_id) == (tenant, key_id):
                self.keys[index] = msgspec.structs.replace(key, revoked_at=at)
                self.version += 1
                return
        raise NotFound("no such key", where=f"api_key[{key_id}]")

    def revoke_token(self, token: RevokedToken) -> None:
        self.revoked.append(token)
        self.version += 1

    def append_audit(self, draft: AuditDraft) -> None:
        self.audit.append(draft)


class Entrance:
    """A door of one role, and what happened at it."""

    def __init__(self, folder: Path, options: AccessOptions | None = None) -> None:
        self.time = SimpleNamespace(now=NOON, monotonic=0.0)
        self.store = MemoryStore()
        self.access: Access = open_access(
            self.store,
            options or AccessOptions(),
            beside=folder / "ledger.db",
            clocks=Clocks(now=lambda: self.time.now, monotonic=lambda: self.time.monotonic),
        )
        self.key, self.key_id = self.add_key("alpha", "desk", ["read"])
        self.reached: list[Any] = []
        self._door = AccessMiddleware(self._inside, gate=self.access.gate)

    def add_key(
        self, tenant: str, name: str, roles: list[str], *, expires_at: float | None = None
    ) -> tuple[str, str]:
        shown, key = new_key(
            tenant,
            name,
            roles,
            secret=self.access.hash_secret,
            created_at=utc_text(self.time.now),
            created_by="test",
            expires_at=None if expires_at is None else utc_text(expires_at),
        )
        self.store.put_api_key(key)
        self.access.directory.refresh()
        return shown, key.key_id

    def revoke_key(self, tenant: str, key_id: str) -> None:
        self.store.revoke_api_key(tenant, key_id, utc_text(self.time.now))
        self.access.directory.refresh()

    def token(self, key: str | None = None) -> str:
        holder = self.access.directory.check((key or self.key).encode())
        return self.access.tokens.issue(holder)[0]

    def pass_time(self, seconds: float) -> None:
        """Let time go by while the store is polled."""
        self.time.now += seconds
        self.time.monotonic += seconds
        self.access.directory.refresh()

    async def _inside(self, scope: Any, _receive: Any, send: Any) -> None:
        self.reached.append(scope["state"].get("principal"))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    def knock(
        self,
        *headers: Header,
        opt: dict[str, Any] | None = None,
        method: str = "GET",
        address: str = "192.0.2.1",
        **scope: Any,
    ) -> tuple[int, str, dict[bytes, bytes]]:
        """Ask with these headers; return status, code and headers of the answer."""
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        asked = {
            "type": "http",
            "method": method,
            "path": "/door",
            "query_string": b"",
            "headers": [(b"host", b"localhost"), *headers],
            "client": (address, 1),
            "state": {"request_id": "r1"},
            "route_handler": SimpleNamespace(opt=opt or {"role": "read"}),
            **scope,
        }
        asyncio.run(self._door(asked, None, send))  # type: ignore[arg-type]
        body = msgspec.json.decode(sent[1]["body"])
        return sent[0]["status"], body.get("detail", ""), dict(sent[0]["headers"])

    def reasons(self) -> list[str]:
        """Why the audit says that somebody was refused."""
        details = [msgspec.json.decode(entry.detail) for entry in self.store.audit]
        return [detail["reason"] for detail in details if "reason" in detail]


def with_key(key: str) -> Header:
    return (b"x-api-key", key.encode())


def with_token(token: str) -> Header:
    return (b"authorization", b"Bearer " + token.encode())
