"""The write side over PostgreSQL."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple

from seawall.store.postgres_group import PostgresGroup, kept_otherwise
from seawall.store.postgres_log import PostgresLogWrites
from seawall.store.postgres_service_writes import PostgresServiceWrites
from seawall.store.postgres_tables import (
    DATASET,
    DERIVATION,
    DERIVED_TABLE,
    EVIDENCE,
    FINDING,
    LINK,
    RAW_CHUNK,
    RUN,
    RUN_EVIDENCE,
    RUN_FINDING,
    Table,
)
from seawall.store.types import (
    DatasetVersion,
    Derivation,
    DerivedTable,
    Evidence,
    Finding,
    Link,
    NewRun,
    RawChunk,
    Run,
)


class PostgresTransaction(PostgresServiceWrites, PostgresLogWrites):
    """`Transaction` over the group that is being committed.

    In a hurried group a put may seem to succeed although it will not: then the work runs again,
    and this time the put raises what it should.
    """

    def __init__(self, group: PostgresGroup) -> None:
        super().__init__(group)

    def put_dataset(self, dataset: DatasetVersion, chunks: Sequence[RawChunk]) -> bool:
        """Keep a dataset version with all its raw chunks; False when it was there already."""
        key = (dataset.tenant, dataset.dataset_version_id)
        if self._group.put(DATASET, [astuple(dataset)]):
            self._group.put(RAW_CHUNK, [(*key, *astuple(chunk)) for chunk in chunks])
            return True
        # The roots compared above fix the records. The compressed bytes are not compared:
        # another version of the compressor may have made them.
        self._require_same(
            "SELECT chunk_index, first_record, record_count, payload_size FROM raw_chunk"
            " WHERE tenant = %s AND dataset_version_id = %s",
            key,
            [(c.chunk_index, c.first_record, c.record_count, c.payload_size) for c in chunks],
            where=f"raw_chunk[{dataset.dataset_version_id}]",
        )
        return False

    def put_derivation(
        self,
        tenant: str,
        dataset_version_id: str,
        derivation: Derivation,
        tables: Sequence[DerivedTable],
    ) -> bool:
        """Keep the one derivation of a dataset version; False when it was there already."""
        key = (tenant, dataset_version_id)
        if self._group.put(DERIVATION, [(*key, *astuple(derivation))]):
            self._group.put(DERIVED_TABLE, [(*key, *astuple(table)) for table in tables])
            return True
        # The digest compared above fixes the tables, as the roots do for raw chunks.
        self._require_same(
            "SELECT name, chunk_index FROM derived_table"
            " WHERE tenant = %s AND dataset_version_id = %s",
            key,
            [(table.name, table.chunk_index) for table in tables],
            where=f"derived_table[{dataset_version_id}]",
        )
        return False

    def put_evidence(self, tenant: str, rows: Sequence[Evidence]) -> None:
        """Keep evidence of dataset versions that are already kept."""
        self._put_all(EVIDENCE, tenant, rows)

    def put_findings(self, tenant: str, rows: Sequence[Finding]) -> None:
        """Keep findings of dataset versions that are already kept."""
        self._put_all(FINDING, tenant, rows)

    def put_links(self, tenant: str, rows: Sequence[Link]) -> None:
        """Keep links between findings and evidence that are already kept."""
        # In the order of the findings most walks of the index are sequential.
        self._put_all(LINK, tenant, sorted(rows, key=attrgetter("finding_id")))

    def put_run(self, run: Run, evidence_ids: Sequence[str], finding_ids: Sequence[str]) -> bool:
        """Keep a run and the names of its members; False when it was there already."""
        key = (run.tenant, run.run_id)
        members = (
            (RUN_EVIDENCE, "evidence_id", evidence_ids),
            (RUN_FINDING, "finding_id", finding_ids),
        )
        if self._group.put(RUN, [astuple(run)]):
            for table, _, ids in members:
                self._group.put_later(table, [(*key, member) for member in ids])
            return True
        self._group.send()  # the run may be a neighbour's, whose members wait
        for table, column, ids in members:
            self._require_same(
                f"SELECT {column} FROM {table.name} WHERE tenant = %s AND run_id = %s",
                key,
                [(member,) for member in ids],
                where=f"{table.name}[{run.run_id}]",
            )
        return False

    def put_new_runs(self, runs: Sequence[NewRun]) -> None:
        """Keep runs with all that they leave behind, in few statements."""
        if self._group.put(RUN, [astuple(new.run) for new in runs]) < len(runs):
            raise kept_otherwise("run")
        for new in runs:
            tenant, run_id = new.run.tenant, new.run.run_id
            self.put_evidence(tenant, new.evidence)
            self.put_findings(tenant, new.findings)
            self.put_links(tenant, new.links)
            members = (
                (RUN_EVIDENCE, [(tenant, run_id, row.evidence_id) for row in new.evidence]),
                (RUN_FINDING, [(tenant, run_id, row.finding_id) for row in new.findings]),
            )
            for table, rows in members:
                self._group.put_later(table, rows)
            if new.audit is not None:
                self.append_audit(new.audit)

    def _put_all(self, table: Table, tenant: str, rows: Sequence[Struct]) -> None:
        self._group.put_later(table, [(tenant, *astuple(row)) for row in rows])

    def _require_same(
        self, sql: str, key: tuple[str, str], rows: Sequence[tuple[Any, ...]], *, where: str
    ) -> None:
        if set(self._group.rows(sql, key)) != set(rows):
            raise kept_otherwise(where)
