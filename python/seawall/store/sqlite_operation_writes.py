"""The service's rows, written to SQLite inside the transaction of a group."""

from collections.abc import Sequence
from typing import Any

import apsw
import msgspec
from msgspec.structs import asdict, astuple

from seawall.errors import Conflict, NotFound
from seawall.provenance import canonical_json
from seawall.store.audit_chain import BEFORE_THE_FIRST, chained
from seawall.store.sqlite_connection import translated
from seawall.store.sqlite_tables import AUDIT_ENTRY
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
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        " ON CONFLICT DO NOTHING"
    )


def _same(table: str, row: type[msgspec.Struct]) -> str:
    return f"SELECT 1 FROM {table} WHERE " + " AND ".join(
        f"{column} IS ?" for column in row.__struct_fields__
    )


_INSERT_KEY, _SAME_KEY = _insert("api_key", ApiKey), _same("api_key", ApiKey)
_INSERT_JOB, _SAME_JOB = _insert("job", Job), _same("job", Job)
_INSERT_TOKEN = _insert("revoked_token", RevokedToken)
_JOB = ", ".join(Job.__struct_fields__)
_UNFINISHED = "status IN ('queued', 'running')"


class SqliteOperationWrites:
    """`OperationWrites` over the writer's connection."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def put_api_key(self, key: ApiKey) -> bool:
        """Keep a key; False when it was there already."""
        values = tuple(
            canonical_json(value).decode() if name == "roles" else value
            for name, value in asdict(key).items()
        )
        return self._insert_or_same(_INSERT_KEY, _SAME_KEY, values, where=f"api_key[{key.key_id}]")

    def revoke_api_key(self, tenant: str, key_id: str, at: str) -> bool:
        """Revoke a key for good; False when it was revoked already, and the first time stays."""
        of_key = "WHERE key_id = ? AND tenant = ?"
        with translated():
            self._connection.execute(
                f"UPDATE api_key SET revoked_at = ? {of_key} AND revoked_at IS NULL",
                (at, key_id, tenant),
            )
            if self._connection.changes():
                return True
            found = self._connection.execute(f"SELECT 1 FROM api_key {of_key}", (key_id, tenant))
            if not found.get:
                raise NotFound("There is no such key.", where=f"api_key[{key_id}]")
            return False

    def revoke_token(self, token: RevokedToken) -> bool:
        """Revoke a token for good; False when it was revoked already."""
        with translated():
            self._connection.execute(_INSERT_TOKEN, astuple(token))
            return self._connection.changes() == 1

    def set_engine_switch(self, switch: EngineSwitch) -> None:
        """Switch an engine on or off, in place of its former switch."""
        with translated():
            self._connection.execute(
                "INSERT INTO engine_switch (engine, enabled, reason, changed_at, changed_by)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (engine) DO UPDATE SET"
                " enabled = excluded.enabled, reason = excluded.reason,"
                " changed_at = excluded.changed_at, changed_by = excluded.changed_by",
                astuple(switch),
            )

    def append_audit(self, draft: AuditDraft) -> AuditEntry:
        """Put an entry at the end of the audit chain, where nobody can change it."""
        return self.append_audits([draft])[0]

    def append_audits(self, drafts: Sequence[AuditDraft]) -> list[AuditEntry]:
        """Put entries at the end of the audit chain, in their order."""
        if not drafts:
            return []
        with translated():
            # Read each time: other processes, and requests that were undone, append too.
            last = self._connection.execute(
                "SELECT sequence, entry_sha256 FROM audit_entry ORDER BY sequence DESC LIMIT 1"
            ).get
            sequence, previous = last or (0, BEFORE_THE_FIRST)
            entries = []
            for draft in drafts:
                sequence += 1
                entry = chained(draft, sequence=sequence, previous_sha256=previous)
                previous = entry.entry_sha256
                entries.append(entry)
            AUDIT_ENTRY.put(self._connection, [astuple(entry) for entry in entries])
            return entries

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
        with translated():
            rows: list[Any] = self._connection.execute(
                f"UPDATE job SET {', '.join(f'{name} = :{name}' for name in changed)}"
                f" WHERE job_id = :job_id AND tenant = :tenant AND {_UNFINISHED} RETURNING {_JOB}",
                {**changed, "job_id": job_id, "tenant": tenant},
            ).fetchall()
            if rows:
                return Job(*rows[0])
            where = f"job[{job_id}]"
            found = self._connection.execute(
                "SELECT status FROM job WHERE job_id = ? AND tenant = ?", (job_id, tenant)
            ).get
            if not found:
                raise NotFound("There is no such job.", where=where)
            raise Conflict(f"The job is {found} already.", code="job_finished", where=where)

    def mark_interrupted(self, at: str, *, silent_since: str | None = None) -> list[Job]:
        """End the queued and running jobs of every tenant that nobody works on any more."""
        with translated():
            rows: list[Any] = self._connection.execute(
                "UPDATE job SET status = 'interrupted', updated_at = :at"
                f" WHERE {_UNFINISHED} AND (:silent_since IS NULL OR updated_at <= :silent_since)"
                f" RETURNING {_JOB}",
                {"at": at, "silent_since": silent_since},
            ).fetchall()
        return sorted((Job(*row) for row in rows), key=lambda job: (job.created_at, job.job_id))

    def _insert_or_same(
        self, insert: str, same: str, values: tuple[Any, ...], *, where: str
    ) -> bool:
        with translated():
            self._connection.execute(insert, values)
            if self._connection.changes():
                return True
            if not self._connection.execute(same, values).get:
                raise Conflict("The same identifier is kept with another content.", where=where)
            return False
