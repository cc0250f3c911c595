"""The service's rows, written to any database."""

from collections.abc import Collection, Sequence

import msgspec
from msgspec.structs import asdict, astuple

from seawall.errors import Conflict, NotFound
from seawall.provenance import canonical_json
from seawall.store.audit_chain import BEFORE_THE_FIRST, chained
from seawall.store.refusals import kept_otherwise, refuse_long, refuse_nul
from seawall.store.row_writes import RowWrites
from seawall.store.tables import AUDIT_ENTRY
from seawall.store.types import (
    ApiKey,
    AuditDraft,
    AuditEntry,
    EngineSwitch,
    Job,
    JobChange,
    RevokedToken,
)


class _RowStatements:
    """The statements of a table whose columns are a Struct's fields."""

    def __init__(self, table: str, row: type[msgspec.Struct]) -> None:
        columns = row.__struct_fields__
        places = ", ".join(f":{column}" for column in columns)
        same = " AND ".join(f"{column} IS NOT DISTINCT FROM :{column}" for column in columns)
        self.columns = ", ".join(columns)
        self.insert = f"INSERT INTO {table} ({self.columns}) VALUES ({places})"
        self.insert_missing = f"{self.insert} ON CONFLICT DO NOTHING RETURNING 1"
        self.same = f"SELECT 1 FROM {table} WHERE {same}"


_KEY = _RowStatements("api_key", ApiKey)
_TOKEN = _RowStatements("revoked_token", RevokedToken)
_SWITCH = _RowStatements("engine_switch", EngineSwitch)
_JOB = _RowStatements("job", Job)
_UNFINISHED = "status IN ('queued', 'running')"


class ServiceWrites(RowWrites):
    """`OperationWrites`, whatever the database."""

    def put_api_key(self, key: ApiKey) -> bool:
        """Keep a key; False when it was there already."""
        values = {**asdict(key), "roles": canonical_json(key.roles).decode()}
        refuse_long((key.key_id, key.tenant, key.created_at), where="api_key")
        return self._insert_or_same(_KEY, values, where=f"api_key[{key.key_id}]")

    def revoke_api_key(self, tenant: str, key_id: str, at: str) -> bool:
        """Revoke a key for good; False when it was revoked already, and the first time stays."""
        of_key = "WHERE key_id = :key_id AND tenant = :tenant"
        named = {"key_id": key_id, "tenant": tenant}
        if self._rows(
            f"UPDATE api_key SET revoked_at = :at {of_key} AND revoked_at IS NULL RETURNING 1",
            {**named, "at": at},
        ):
            return True
        if not self._rows(f"SELECT 1 FROM api_key {of_key}", named):
            raise NotFound("There is no such key.", where=f"api_key[{key_id}]")
        return False

    def revoke_token(self, token: RevokedToken) -> bool:
        """Revoke a token for good; False when it was revoked already."""
        values = asdict(token)
        refuse_nul(values, where="revoked_token")
        refuse_long((token.token_id, token.expires_at), where="revoked_token")
        return bool(self._rows(_TOKEN.insert_missing, values))

    def set_engine_switch(self, switch: EngineSwitch) -> None:
        """Switch an engine on or off, in place of its former switch."""
        values = asdict(switch)
        refuse_nul(values, where=f"engine_switch[{switch.engine}]")
        refuse_long((switch.engine,), where="engine_switch")
        self._rows(
            f"{_SWITCH.insert} ON CONFLICT (engine) DO UPDATE SET"
            " enabled = excluded.enabled, reason = excluded.reason,"
            " changed_at = excluded.changed_at, changed_by = excluded.changed_by",
            values,
        )

    def append_audit(self, draft: AuditDraft) -> AuditEntry:
        """Put an entry at the end of the audit chain, where nobody can change it."""
        return self._append_audits([draft])[0]

    def put_job(self, job: Job) -> bool:
        """Keep a job; False when it was there already."""
        refuse_long((job.job_id, job.tenant, job.created_at), where="job")
        return self._insert_or_same(_JOB, asdict(job), where=f"job[{job.job_id}]")

    def join_job(self, job: Job, *, may_run: bool) -> Job:
        """Keep a job unless an equal one is open; return the one that is kept."""
        self._wait_for_turn()  # else two processes keep one each
        equal = " AND ".join(f"{name} = :{name}" for name in ("tenant", "kind", "request"))
        begun = "" if may_run else "AND status = 'queued'"
        rows = self._rows(
            f"SELECT {_JOB.columns} FROM job WHERE {_UNFINISHED} {begun} AND {equal}"
            " ORDER BY created_at, job_id LIMIT 1",
            asdict(job),
        )
        if rows:
            return Job(*rows[0])
        self.put_job(job)
        return job

    def update_job(
        self, tenant: str, job_id: str, change: JobChange, *, worker: str | None = None
    ) -> Job:
        """Change a job that is queued or running; return it as it is now."""
        changed = {
            name: value for name, value in asdict(change).items() if value is not msgspec.UNSET
        }
        where = f"job[{job_id}]"
        refuse_nul(changed, where)
        of_job = "WHERE job_id = :job_id AND tenant = :tenant"
        of_worker = "" if worker is None else "AND worker = :of_worker"
        named = {"job_id": job_id, "tenant": tenant, "of_worker": worker}
        rows = self._rows(
            f"UPDATE job SET {', '.join(f'{name} = :{name}' for name in changed)}"
            f" {of_job} {of_worker} AND {_UNFINISHED} RETURNING {_JOB.columns}",
            {**changed, **named},
        )
        if rows:
            return Job(*rows[0])
        found = self._rows(f"SELECT status FROM job {of_job}", named)
        if not found:
            raise NotFound("There is no such job.", where=where)
        if (status := found[0][0]) in ("queued", "running"):
            raise Conflict("Another worker has the job.", code="job_taken", where=where)
        raise Conflict(f"The job is {status} already.", code="job_finished", where=where)

    def take_jobs(
        self,
        worker: str,
        kinds: Collection[str],
        at: str,
        *,
        silent_since: str,
        most: int,
        most_attempts: int,
    ) -> list[Job]:
        """Give a worker the oldest open jobs that nobody works on any more."""
        self._wait_for_turn()  # else two processes find the same ones
        named: dict[str, object] = {"worker": worker, "at": at, "silent_since": silent_since}
        is_left = f"{_UNFINISHED} AND (worker IS NULL OR updated_at <= :silent_since)"
        self._rows(
            "UPDATE job SET status = 'interrupted', updated_at = :at"
            f" WHERE {is_left} AND attempts >= :most_attempts RETURNING 1",
            {**named, "most_attempts": most_attempts},
        )
        known = {f"kind{n}": kind for n, kind in enumerate(kinds)}
        rows = self._rows(
            "UPDATE job SET status = 'queued', done = 0, worker = :worker, updated_at = :at"
            " WHERE (tenant, job_id) IN (SELECT tenant, job_id FROM job"
            f" WHERE {is_left} AND kind IN ({', '.join(f':{name}' for name in known)})"
            f" ORDER BY created_at, job_id LIMIT :most) RETURNING {_JOB.columns}",
            {**named, **known, "most": most},
        )
        return sorted((Job(*row) for row in rows), key=lambda job: (job.created_at, job.job_id))

    def _append_audits(self, drafts: Sequence[AuditDraft]) -> list[AuditEntry]:
        if not drafts:
            return []
        sequence, previous = self._end_of_audit()
        entries = []
        for draft in drafts:
            refuse_nul(asdict(draft), where="audit_entry")
            sequence += 1
            entry = chained(draft, sequence=sequence, previous_sha256=previous)
            previous = entry.entry_sha256
            entries.append(entry)
        self._put_later(AUDIT_ENTRY, [astuple(entry) for entry in entries])
        return entries

    def _end_of_audit(self) -> tuple[int, bytes]:
        # Read each time: other processes, and requests that were undone, append too.
        self._wait_for_turn()
        last = self._rows(
            "SELECT sequence, entry_sha256 FROM audit_entry ORDER BY sequence DESC LIMIT 1", {}
        )
        return last[0] if last else (0, BEFORE_THE_FIRST)

    def _insert_or_same(
        self, statements: _RowStatements, values: dict[str, object], *, where: str
    ) -> bool:
        refuse_nul(values, where)
        if self._rows(statements.insert_missing, values):
            return True
        if not self._rows(statements.same, values):
            raise kept_otherwise(where)
        return False
