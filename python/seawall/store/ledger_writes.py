"""The rows of the ledger, written to any database."""

from collections.abc import Iterable, Sequence
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import asdict, astuple

from seawall import native
from seawall.store.log_writes import LogRowWrites
from seawall.store.refusals import kept_otherwise, refuse_long, refuse_nul
from seawall.store.row_writes import Values
from seawall.store.service_writes import ServiceWrites
from seawall.store.tables import (
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
    LedgerTable,
)
from seawall.store.tenant_rows import TenantRows
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

Members = tuple[str, str, Sequence[str], Sequence[str]]
"""Tenant and run, and the identifiers of its evidence and of its findings."""


class LedgerWrites(ServiceWrites, LogRowWrites):
    """`Transaction`, whatever the database."""

    def put_dataset(self, dataset: DatasetVersion, chunks: Sequence[RawChunk]) -> bool:
        """Keep a dataset version with all its raw chunks; False when it was there already."""
        key = (dataset.tenant, dataset.dataset_version_id)
        # Its runs and all that they leave behind refer to this tenant and identifier.
        refuse_nul(asdict(dataset), where="dataset_version")
        refuse_long((*key, dataset.created_at), where="dataset_version")
        if self._put(DATASET, [astuple(dataset)]):
            self._put(RAW_CHUNK, [(*key, *astuple(chunk)) for chunk in chunks])
            return True
        # The roots compared above fix the records. The compressed bytes are not compared:
        # another version of the compressor may have made them.
        self._require_same(
            RAW_CHUNK,
            ("chunk_index", "first_record", "record_count", "payload_size"),
            ("dataset_version_id", *key),
            [(c.chunk_index, c.first_record, c.record_count, c.payload_size) for c in chunks],
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
        refuse_long((*key, *(table.name for table in tables)), where="derivation")
        if self._put(DERIVATION, [(*key, *astuple(derivation))]):
            self._put(DERIVED_TABLE, [(*key, *astuple(table)) for table in tables])
            return True
        # The digest compared above fixes the tables, as the roots do for raw chunks.
        self._require_same(
            DERIVED_TABLE,
            ("name", "chunk_index"),
            ("dataset_version_id", *key),
            [(table.name, table.chunk_index) for table in tables],
        )
        return False

    def put_evidence(self, tenant: str, rows: Sequence[Evidence]) -> None:
        """Keep evidence of dataset versions that are already kept."""
        # In the order of their index, which so is walked from one end to the other.
        ordered = _in_order(EVIDENCE, tenant, rows, "evidence_id")
        self._put_later(EVIDENCE, TenantRows(tenant, ordered))

    def put_findings(self, tenant: str, rows: Sequence[Finding]) -> None:
        """Keep findings of dataset versions that are already kept."""
        ordered = _in_order(FINDING, tenant, rows, "finding_id")
        self._put_later(FINDING, TenantRows(tenant, ordered))

    def put_links(self, tenant: str, rows: Sequence[Link]) -> None:
        """Keep links between findings and evidence that are already kept."""
        # In the order of the findings all index walks but that to the evidence are sequential.
        ordered = _in_order(LINK, tenant, rows, "finding_id")
        self._put_later(LINK, TenantRows(tenant, ordered))

    def put_run(self, run: Run, evidence_ids: Sequence[str], finding_ids: Sequence[str]) -> bool:
        """Keep a run and the names of its members; False when it was there already."""
        key = (run.tenant, run.run_id)
        _check_run(run)
        if self._put(RUN, [astuple(run)]):
            self._put_members_later([(*key, evidence_ids, finding_ids)])
            return True
        self.settle()  # the run may be a neighbour's
        for table, column, ids in (
            (RUN_EVIDENCE, "evidence_id", evidence_ids),
            (RUN_FINDING, "finding_id", finding_ids),
        ):
            self._require_same(table, (column,), ("run_id", *key), [(member,) for member in ids])
        return False

    def put_new_runs(self, runs: Sequence[NewRun]) -> None:
        """Keep runs with all that they leave behind, in few statements."""
        for new in runs:
            _check_run(new.run)
        if self._put(RUN, [astuple(new.run) for new in runs]) < len(runs):
            raise kept_otherwise("run")
        self._put_distinct(EVIDENCE, ((new.run.tenant, new.evidence) for new in runs))
        self._put_distinct(FINDING, ((new.run.tenant, new.findings) for new in runs))
        self._put_distinct(LINK, ((new.run.tenant, new.links) for new in runs))
        self._put_members_later(
            [
                (
                    new.run.tenant,
                    new.run.run_id,
                    [row.evidence_id for row in new.evidence],
                    [row.finding_id for row in new.findings],
                )
                for new in runs
            ]
        )
        self._append_audits([new.audit for new in runs if new.audit is not None])

    def _put_members_later(self, members: Sequence[Members]) -> None:
        """Keep what runs left behind, as `_put_later`; a database may keep it in another form."""
        for table, column in ((RUN_EVIDENCE, 2), (RUN_FINDING, 3)):
            self._put_later(table, [(*row[:2], one) for row in members for one in row[column]])

    def _put_distinct(
        self, table: LedgerTable, rows: Iterable[tuple[str, Sequence[Struct]]]
    ) -> None:
        """Put what runs have in common once: the same figures are the same evidence."""
        distinct: dict[Values, Values] = {}
        for tenant, some in rows:
            for row in some:
                values = (tenant, *astuple(row))
                if distinct.setdefault(values[:2], values) != values:
                    raise kept_otherwise(f"{table.name}[{values[1]}]")
        refuse_long((identifier for _, identifier in distinct), where=table.name)
        # By identifier, so that the walks of an index begin where the last one ended.
        self._put_later(table, [distinct[key] for key in sorted(distinct)])


def _check_run(run: Run) -> None:
    refuse_long((run.tenant, run.run_id, run.dataset_version_id, run.created_at), where="run")


def _in_order(table: LedgerTable, tenant: str, rows: Sequence[Struct], column: str) -> list[Struct]:
    ordered = list(rows)
    identifiers = list(map(attrgetter(column), ordered))
    refuse_long((tenant, *identifiers), where=table.name)
    return native.in_order_of(ordered, identifiers) if len(ordered) > 1 else ordered
