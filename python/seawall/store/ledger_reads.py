"""The rows of the ledger, read from any database."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from seawall.errors import NotFound
from seawall.store.pages import PAGE_ROWS
from seawall.store.row_reads import COLUMNS, RowReads, no_such
from seawall.store.types import (
    DatasetVersion,
    Derivation,
    DerivedTable,
    Evidence,
    Finding,
    Link,
    RawChunk,
    Run,
    RunMembers,
)

_FINDING = Finding.__struct_fields__
_EVIDENCE = Evidence.__struct_fields__
_FINDING_WITH_EVIDENCE = (
    f"SELECT {', '.join(f'finding.{column}' for column in _FINDING)}, link.evidence_id,"
    f" {', '.join(f'evidence.{column}' for column in _EVIDENCE)} FROM finding"
    " LEFT JOIN link ON {to_finding}"
    " LEFT JOIN evidence"
    " ON evidence.evidence_id = link.evidence_id AND evidence.tenant = link.tenant"
    " WHERE finding.finding_id = :finding_id AND finding.tenant = :tenant ORDER BY link.link_id"
)
"""The finding is said again for each of its links; hardly any has more than one."""


class LedgerReads(RowReads):
    """The reads of `Store`, whatever the database."""

    page_of_links: ClassVar[str] = (
        "SELECT {columns} FROM link"
        " WHERE (finding_id, evidence_id) > (:finding_id, :evidence_id) AND {tenant} = :tenant"
        " ORDER BY finding_id, evidence_id LIMIT :limit"
    )
    """Links of a tenant by finding and evidence, after one of them."""

    def tenants(self) -> list[str]:
        """Every tenant that has a dataset or a job, in ascending order."""
        rows = self._rows("SELECT tenant FROM dataset_version UNION SELECT tenant FROM job", {})
        return sorted(tenant for (tenant,) in rows)

    def kept_runs(self, tenant: str, run_ids: Sequence[str]) -> list[Run]:
        """The runs of these identifiers that there are, in any order."""
        named = {f"run_{number}": run_id for number, run_id in enumerate(run_ids)}
        places = ", ".join(f":{name}" for name in named)
        sql = (
            f"SELECT {COLUMNS[Run]} FROM run"
            f" WHERE run_id IN ({places}) AND {self.tenant_beside} = :tenant"
        )
        return self._select(Run, sql, {**named, "tenant": tenant}) if named else []

    def dataset(self, tenant: str, dataset_version_id: str) -> DatasetVersion:
        """One dataset version."""
        return self._one(DatasetVersion, tenant, dataset_version_id)

    def datasets(
        self, tenant: str, *, limit: int = PAGE_ROWS, after: str | None = None
    ) -> list[DatasetVersion]:
        """Dataset versions, newest first, continuing after the identifier ``after``."""
        return self._newest(DatasetVersion, {"tenant": tenant}, limit, after)

    def raw_chunk(self, tenant: str, dataset_version_id: str, chunk_index: int) -> RawChunk:
        """One raw chunk."""
        rows = self._select(
            RawChunk,
            f"SELECT {COLUMNS[RawChunk]} FROM raw_chunk"
            " WHERE tenant = :tenant AND dataset_version_id = :dataset AND chunk_index = :chunk",
            {"tenant": tenant, "dataset": dataset_version_id, "chunk": chunk_index},
        )
        if not rows:
            raise NotFound(
                "There is no such raw chunk.",
                where=f"raw_chunk[{dataset_version_id}/{chunk_index}]",
            )
        return rows[0]

    def raw_chunks(self, tenant: str, dataset_version_id: str) -> Iterator[RawChunk]:
        """All raw chunks in order, read one at a time."""
        indexes = self._rows(
            "SELECT chunk_index FROM raw_chunk"
            " WHERE tenant = :tenant AND dataset_version_id = :dataset ORDER BY chunk_index",
            {"tenant": tenant, "dataset": dataset_version_id},
        )
        for (chunk_index,) in indexes:
            yield self.raw_chunk(tenant, dataset_version_id, chunk_index)

    def derivation(self, tenant: str, dataset_version_id: str) -> Derivation:
        """The derivation of a dataset version."""
        return self._one(Derivation, tenant, dataset_version_id)

    def derived_tables(
        self, tenant: str, dataset_version_id: str, *, name: str | None = None
    ) -> Iterator[DerivedTable]:
        """Chunks of all derived tables, or of the one called ``name``, by name and chunk."""
        of_dataset = {"tenant": tenant, "dataset": dataset_version_id}
        condition = "tenant = :tenant AND dataset_version_id = :dataset"
        keys = self._rows(
            f"SELECT name, chunk_index FROM derived_table WHERE {condition}"
            + ("" if name is None else " AND name = :name")
            + " ORDER BY name, chunk_index",
            {**of_dataset, "name": name},
        )
        for found, chunk_index in keys:
            yield from self._select(
                DerivedTable,
                f"SELECT {COLUMNS[DerivedTable]} FROM derived_table"
                f" WHERE {condition} AND name = :name AND chunk_index = :chunk",
                {**of_dataset, "name": found, "chunk": chunk_index},
            )

    def evidence(self, tenant: str, evidence_id: str) -> Evidence:
        """One evidence."""
        return self._one(Evidence, tenant, evidence_id)

    def evidence_page(
        self, tenant: str, *, limit: int = PAGE_ROWS, after: str | None = None
    ) -> list[Evidence]:
        """Evidence by identifier, continuing after the identifier ``after``."""
        return self._by_identifier(Evidence, tenant, limit, after)

    def finding(self, tenant: str, finding_id: str) -> Finding:
        """One finding."""
        return self._one(Finding, tenant, finding_id)

    def finding_with_evidence(self, tenant: str, finding_id: str) -> tuple[Finding, list[Evidence]]:
        """One finding and the evidence that it rests on, by link identifier, at one moment."""
        sql = _FINDING_WITH_EVIDENCE.format(to_finding=self.to_finding)
        rows = self._rows(sql, {"finding_id": finding_id, "tenant": tenant})
        if not rows:
            raise no_such(Finding, finding_id)
        evidence = []
        for row in rows:
            linked, *found = row[len(_FINDING) :]
            if found[0] is not None:
                evidence.append(Evidence(*found))
            elif linked is not None:
                raise no_such(Evidence, linked)
        return Finding(*rows[0][: len(_FINDING)]), evidence

    def finding_page(
        self, tenant: str, *, limit: int = PAGE_ROWS, after: str | None = None
    ) -> list[Finding]:
        """Findings by identifier, continuing after the identifier ``after``."""
        return self._by_identifier(Finding, tenant, limit, after)

    def links_of_finding(self, tenant: str, finding_id: str) -> list[Link]:
        """The links of a finding, by link identifier; empty for an unknown finding."""
        return self._select(
            Link,
            f"SELECT {COLUMNS[Link]} FROM link WHERE tenant = :tenant"
            f" AND {self.of_finding} ORDER BY link_id",
            {"tenant": tenant, "finding_id": finding_id},
        )

    def run(self, tenant: str, run_id: str) -> Run:
        """One run."""
        return self._one(Run, tenant, run_id)

    def runs(
        self,
        tenant: str,
        *,
        dataset_version_id: str | None = None,
        limit: int = PAGE_ROWS,
        after: str | None = None,
    ) -> list[Run]:
        """Runs, newest first, continuing after the identifier ``after``."""
        equal = {"tenant": tenant}
        if dataset_version_id is not None:
            equal["dataset_version_id"] = dataset_version_id
        return self._newest(Run, equal, limit, after)

    def run_members(self, tenant: str, run_id: str) -> RunMembers:
        """The identifiers of a run's evidence and findings."""
        self._one(Run, tenant, run_id)
        evidence_ids, finding_ids = (
            self._rows(
                f"SELECT {column} FROM {table} WHERE tenant = :tenant AND run_id = :run_id"
                f" ORDER BY {column}",
                {"tenant": tenant, "run_id": run_id},
            )
            for table, column in (("run_evidence", "evidence_id"), ("run_finding", "finding_id"))
        )
        return RunMembers(
            tuple(member for (member,) in evidence_ids), tuple(member for (member,) in finding_ids)
        )

    def all_datasets(self, tenant: str) -> Iterator[DatasetVersion]:
        """Every dataset version of the tenant, by identifier."""
        return self._all(DatasetVersion, tenant)

    def all_runs(self, tenant: str) -> Iterator[Run]:
        """Every run of the tenant, by identifier."""
        return self._all(Run, tenant)

    def all_evidence(self, tenant: str) -> Iterator[Evidence]:
        """Every evidence of the tenant, by identifier."""
        return self._all(Evidence, tenant)

    def all_findings(self, tenant: str) -> Iterator[Finding]:
        """Every finding of the tenant, by identifier."""
        return self._all(Finding, tenant)

    def all_links(self, tenant: str) -> Iterator[Link]:
        """Every link of the tenant, by finding and evidence."""
        columns = ("link_id, link.finding_id, evidence_id", "link.finding_id, evidence_id")
        before = {"finding_id": "", "evidence_id": ""}
        sql = self.page_of_links.format(columns="{columns}", tenant=self.tenant_aside)
        return self._walk(Link, sql, columns, before, tenant)
