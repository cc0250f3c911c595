"""New runs, written to SQLite several in a statement."""

from collections.abc import Iterable, Sequence

import apsw
from msgspec import Struct
from msgspec.structs import astuple

from seawall.store.kept_rows import KeptRows
from seawall.store.sqlite_connection import translated
from seawall.store.sqlite_operation_writes import SqliteOperationWrites
from seawall.store.sqlite_tables import (
    EVIDENCE,
    FINDING,
    LINK,
    RUN,
    RUN_EVIDENCE,
    RUN_FINDING,
    Table,
    Values,
    conflict,
)
from seawall.store.types import NewRun


class SqliteRunWrites(SqliteOperationWrites):
    """The part of `Transaction` that takes many runs at once."""

    def __init__(self, connection: apsw.Connection) -> None:
        super().__init__(connection)
        self._kept = KeptRows()

    def forget(self) -> None:
        """Look again for what was put: something was undone."""
        self._kept.forget()

    def put_new_runs(self, runs: Sequence[NewRun]) -> None:
        """Keep runs with all that they leave behind, in few statements."""
        with translated():
            self._put_distinct(EVIDENCE, ((new.run.tenant, new.evidence) for new in runs))
            self._put_distinct(FINDING, ((new.run.tenant, new.findings) for new in runs))
            self._put_distinct(LINK, ((new.run.tenant, new.links) for new in runs))
            if RUN.put(self._connection, [astuple(new.run) for new in runs]) < len(runs):
                raise conflict("run")
            RUN_EVIDENCE.put(
                self._connection,
                [
                    (new.run.tenant, new.run.run_id, row.evidence_id)
                    for new in runs
                    for row in new.evidence
                ],
            )
            RUN_FINDING.put(
                self._connection,
                [
                    (new.run.tenant, new.run.run_id, row.finding_id)
                    for new in runs
                    for row in new.findings
                ],
            )
            self.append_audits([new.audit for new in runs if new.audit is not None])

    def _put_distinct(self, table: Table, rows: Iterable[tuple[str, Sequence[Struct]]]) -> None:
        """Put what runs have in common once: the same figures are the same evidence."""
        distinct: dict[Values, Values] = {}
        for tenant, some in rows:
            for row in some:
                values = (tenant, *astuple(row))
                if distinct.setdefault(values[:2], values) != values:
                    raise conflict(f"{table.name}[{values[1]}]")
        # By identifier, so that the walks of an index begin where the last one ended.
        unknown = sorted(row for row in distinct.values() if not self._kept.has(table.name, row))
        if table.put(self._connection, unknown) < len(unknown):
            self._kept.add(table.name, unknown)  # some were there, and may be meant again
