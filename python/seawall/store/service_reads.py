"""The service's rows, read from any database."""

from collections.abc import Iterator
from typing import Any

import msgspec

from seawall.errors import NotFound, StoreError
from seawall.store.pages import PAGE_ROWS, check_limit
from seawall.store.refusals import GARBLED_LIST
from seawall.store.row_reads import COLUMNS, RowReads
from seawall.store.types import ApiKey, AuditEntry, EngineSwitch, Job, RevokedToken

_KEY = ", ".join(ApiKey.__struct_fields__)
_ROLES = msgspec.json.Decoder(tuple[str, ...])


class ServiceReads(RowReads):
    """`OperationReads`, whatever the database."""

    def api_keys(self, tenant: str | None) -> list[ApiKey]:
        """Every key of a tenant, or of all, revoked ones too, oldest first."""
        condition = "" if tenant is None else "WHERE tenant = :tenant"
        rows = self._rows(
            f"SELECT {_KEY} FROM api_key {condition} ORDER BY created_at, key_id",
            {"tenant": tenant},
        )
        return [_key(row) for row in rows]

    def live_api_keys(
        self, at: str, *, tenant: str | None = None, most_ended: int = 0
    ) -> list[ApiKey]:
        """The keys that let somebody in at a time, and of each tenant some that ended last."""
        condition = "" if tenant is None else "WHERE tenant = :tenant"
        is_live = "revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :at)"
        rows = self._rows(
            f"SELECT {_KEY} FROM (SELECT {_KEY}, {is_live} AS is_live, row_number() OVER"
            f" (PARTITION BY tenant, {is_live} ORDER BY coalesce(revoked_at, expires_at) DESC,"
            f" key_id) AS place FROM api_key {condition}) AS placed"
            " WHERE is_live OR place <= :most_ended ORDER BY created_at, key_id",
            {"at": at, "tenant": tenant, "most_ended": most_ended},
        )
        return [_key(row) for row in rows]

    def api_key_by_hash(self, key_hash: bytes) -> ApiKey:
        """The key with this hash."""
        rows = self._rows(
            f"SELECT {_KEY} FROM api_key WHERE key_hash = :key_hash", {"key_hash": key_hash}
        )
        if not rows:
            raise NotFound("There is no such key.", where="api_key")
        return _key(rows[0])

    def revoked_tokens(self, *, expiring_after: str = "") -> list[RevokedToken]:
        """The revoked tokens that would still be good after a time, by when they expire."""
        return self._select(
            RevokedToken,
            "SELECT token_id, expires_at FROM revoked_token WHERE expires_at > :expiring_after"
            " ORDER BY expires_at, token_id",
            {"expiring_after": expiring_after},
        )

    def engine_switches(self) -> list[EngineSwitch]:
        """Every engine that was ever switched, by name."""
        rows = self._rows(
            "SELECT engine, enabled, reason, changed_at, changed_by FROM engine_switch"
            " ORDER BY engine",
            {},
        )
        return [EngineSwitch(engine, bool(enabled), *rest) for engine, enabled, *rest in rows]

    def audit_entries(
        self, tenant: str | None, *, limit: int = PAGE_ROWS, after: int | None = None
    ) -> list[AuditEntry]:
        """Audit entries of a tenant, or of all, newest first, continuing after a sequence."""
        check_limit(limit)
        conditions = ["1 = 1"]
        if tenant is not None:
            conditions.append("tenant = :tenant")
        if after is not None:
            conditions.append("sequence < :after")
        return self._select(
            AuditEntry,
            f"SELECT {COLUMNS[AuditEntry]} FROM audit_entry WHERE {' AND '.join(conditions)}"
            " ORDER BY sequence DESC LIMIT :limit",
            {"tenant": tenant, "after": after, "limit": limit},
        )

    def all_audit(self, tenant: str | None = None) -> Iterator[AuditEntry]:
        """Every audit entry of a tenant, or of all, oldest first."""
        condition = "" if tenant is None else "AND tenant = :tenant"
        sql = (
            f"SELECT {{columns}} FROM audit_entry WHERE sequence > :sequence {condition}"
            " ORDER BY sequence LIMIT :limit"
        )
        before = {"sequence": -(2**63)}  # a row that was never appended is shown too
        columns = (COLUMNS[AuditEntry], "sequence")
        return self._walk(AuditEntry, sql, columns, before, tenant, is_chain=True)

    def job(self, tenant: str, job_id: str) -> Job:
        """One job."""
        return self._one(Job, tenant, job_id)

    def jobs(self, tenant: str, *, limit: int = PAGE_ROWS, after: str | None = None) -> list[Job]:
        """Jobs, newest first, continuing after the identifier ``after``."""
        return self._newest(Job, {"tenant": tenant}, limit, after)

    def data_version(self) -> int:
        """A number that another one follows when any process changes keys, tokens or switches."""
        return int(self._rows("SELECT version FROM access_version", {})[0][0])


def _key(row: tuple[Any, ...]) -> ApiKey:
    key_id, tenant, name, roles, *rest = row
    try:
        return ApiKey(key_id, tenant, name, _ROLES.decode(roles), *rest)
    except msgspec.DecodeError as error:
        where = f"api_key[{key_id}]"
        raise StoreError(GARBLED_LIST.message, code=GARBLED_LIST.code, where=where) from error
