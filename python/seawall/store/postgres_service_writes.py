"""The service's rows, written to PostgreSQL inside the transaction of a group."""

from typing import Any

import msgspec
from msgspec.structs import asdict, astuple

from seawall.errors import Conflict, NotFound
from seawall.provenance import canonical_json
from seawall.store.audit_chain import BEFORE_THE_FIRST, chained
from seawall.store.postgres_group import PostgresGroup, kept_otherwise
from seawall.store.postgres_tables import AUDIT_ENTRY
from seawall.store.types import (
    ApiKey,
    AuditDraft,
    AuditEntry,
    EngineSwitch,
    Job,
    JobChange,
    RevokedToken,
)


def _insert(table: str, row: type[msgspec.Struct]) -> str:
    columns = row.__struct_fields__
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
        " ON CONFLICT DO NOTHING RETURNING 1"
    )


def _same(table: str, row: type[msgspec.Struct]) -> str:
    return f"SELECT 1 FROM {table} WHERE " + " AND ".join(
        f"{column} IS NOT DISTINCT FROM %s" for column in row.__struct_fields__
    )


_INSERT_KEY, _SAME_KEY = _insert("api_key", ApiKey), _same("api_key", ApiKey)
_INSERT_JOB, _SAME_JOB = _insert("job", Job), _same("job", Job)
_INSERT_TOKEN = _insert("revoked_token", RevokedToken)
_JOB = ", ".join(Job.__struct_fields__)
_UNFINISHED = "status IN ('queued', 'running')"


class PostgresServiceWrites:
    """`OperationWrites` over the group that is being committed."""

    def __init__(self, group: PostgresGroup) -> None:
        self._group = group
        self._last_audit: tuple[int, bytes] | None = None  # known while this group has the lock

    def put_api_key(self, key: ApiKey) -> bool:
        """Keep a key; False when it was there already."""
        values = tuple(
            canonical_json(value).decode() if name == "roles" else value
            for name, value in asdict(key).items()
        )
        return self._insert_or_same(_INSERT_KEY, _SAME_KEY, values, where=f"api_key[{key.key_id}]")

    def revoke_api_key(self, tenant: str, key_id: str, at: str) -> bool:
        """Revoke a key for good; False when it was revoked already, and the first time stays."""
        of_key = "WHERE key_id = %s AND tenant = %s"
        if self._group.rows(
            f"UPDATE api_key SET revoked_at = %s {of_key} AND revoked_at IS NULL RETURNING 1",
            (at, key_id, tenant),
        ):
            return True
        if not self._group.rows(f"SELECT 1 FROM api_key {of_key}", (key_id, tenant)):
            raise NotFound("There is no such key.", where=f"api_key[{key_id}]")
        return False

    def revoke_token(self, token: RevokedToken) -> bool:
        """Revoke a token for good; False when it was revoked already."""
        return bool(self._group.rows(_INSERT_TOKEN, astuple(token)))

    def set_engine_switch(self, switch: EngineSwitch) -> None:
        """Switch an engine on or off, in place of its former switch."""
        self._group.rows(
            "INSERT INTO engine_switch (engine, enabled, reason, changed_at, changed_by)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (engine) DO UPDATE SET"
            " enabled = excluded.enabled, reason = excluded.reason,"
            " changed_at = excluded.changed_at, changed_by = excluded.changed_by",
            astuple(switch),
        )

    def append_audit(self, draft: AuditDraft) -> AuditEntry:
        """Put an entry at the end of the audit chain, where nobody can change it."""
        sequence, previous = self._end_of_audit()
        entry = chained(draft, sequence=sequence + 1, previous_sha256=previous)
        self._group.put_later(AUDIT_ENTRY, [astuple(entry)])
        # A careful request may yet be undone alone: what comes after it looks again.
        last = (entry.sequence, entry.entry_sha256)
        self._last_audit = None if self._group.careful else last
        return entry

    def put_job(self, job: Job) -> bool:
        """Keep a job; False when it was there already."""
        return self._insert_or_same(
            _INSERT_JOB, _SAME_JOB, astuple(job), where=f"job[{job.job_id}]"
        )

    def update_job(self, tenant: str, job_id: str, change: JobChange) -> Job:
        """Change a job that is queued or running; return it as it is now."""
        changed = {
            name: value for name, value in asdict(change).items() if value is not msgspec.UNSET
        }
        rows = self._group.rows(
            f"UPDATE job SET {', '.join(f'{name} = %s' for name in changed)}"
            f" WHERE job_id = %s AND tenant = %s AND {_UNFINISHED} RETURNING {_JOB}",
            (*changed.values(), job_id, tenant),
        )
        if rows:
            return Job(*rows[0])
        where = f"job[{job_id}]"
        found = self._group.rows(
            "SELECT status FROM job WHERE job_id = %s AND tenant = %s", (job_id, tenant)
        )
        if not found:
            raise NotFound("There is no such job.", where=where)
        raise Conflict(f"The job is {found[0][0]} already.", code="job_finished", where=where)

    def mark_interrupted(self, at: str, *, silent_since: str | None = None) -> list[Job]:
        """End the queued and running jobs of every tenant that nobody works on any more."""
        spared, values = "", [at]
        if silent_since is not None:
            spared, values = "AND updated_at <= %s", [at, silent_since]
        rows = self._group.rows(
            "UPDATE job SET status = 'interrupted', updated_at = %s"
            f" WHERE {_UNFINISHED} {spared} RETURNING {_JOB}",
            values,
        )
        return sorted((Job(*row) for row in rows), key=lambda job: (job.created_at, job.job_id))

    def _end_of_audit(self) -> tuple[int, bytes]:
        if self._last_audit is not None:
            return self._last_audit
        self._group.wait_for_turn()
        last = self._group.rows(
            "SELECT sequence, entry_sha256 FROM audit_entry ORDER BY sequence DESC LIMIT 1"
        )
        return last[0] if last else (0, BEFORE_THE_FIRST)

    def _insert_or_same(
        self, insert: str, same: str, values: tuple[Any, ...], *, where: str
    ) -> bool:
        if self._group.rows(insert, values):
            return True
        if not self._group.rows(same, values):
            raise kept_otherwise(where)
        return False
