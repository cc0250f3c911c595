"""A dataset version as a user holds it."""

from collections.abc import Callable, Mapping
from html import escape
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from seawall.errors import NotFound
from seawall.session import identity
from seawall.store.types import DatasetVersion
from seawall.table import Table


class DatasetSummary(msgspec.Struct, frozen=True, omit_defaults=True):
    """What normalising made of a dataset's records."""

    record_count: Annotated[int, Meta(description="Records of the source, refused ones too.")]
    kept_count: Annotated[int, Meta(description="Records that are in the book.")]
    refused_record_count: Annotated[int, Meta(description="Whole records that were refused.")]
    refused_element_count: Annotated[int, Meta(description="Elements of lists that were refused.")]
    refused_cell_count: Annotated[
        int, Meta(description="Cells that were refused, of records that were kept.")
    ]
    duplicate_key_count: Annotated[int, Meta(description="Records whose key another has too.")]
    currencies: Annotated[dict[str, int], Meta(description="Records by their currency.")]
    refused_by_rule: Annotated[
        dict[str, int], Meta(description="Refusals by the rule that refused.")
    ]
    rule_uses: Annotated[
        dict[str, dict[str, int]],
        Meta(description="By field, then by rule: cells that were read by it."),
    ]
    unread_fields: Annotated[
        list[str], Meta(description="Keys and columns that the profile does not name.")
    ]
    set_aside_count: Annotated[
        int, Meta(description="Records of a kind that the profile does not read; no refusals.")
    ] = 0

    @property
    def refusal_count(self) -> int:
        """Records, elements and cells that were refused."""
        return self.refused_record_count + self.refused_element_count + self.refused_cell_count


class Dataset:
    """An immutable dataset version; its tables are read when they are asked for.

    Attributes
    ----------
    summary : DatasetSummary or None
        None for a dataset that is not normalised yet.
    created : bool
        Whether the ingest at hand wrote it; False when it was there already.
    """

    def __init__(
        self,
        version: DatasetVersion,
        *,
        summary: DatasetSummary | None,
        tables: Callable[[], Mapping[str, Table]],
        created: bool = False,
    ) -> None:
        self._version = version
        self._tables = tables
        self.summary = summary
        self.created = created

    @property
    def dataset_version_id(self) -> str:
        """The identifier; the same bytes and profile give the same one."""
        return self._version.dataset_version_id

    @property
    def import_id(self) -> str:
        """The identifier of its import; whoever brings the same content gets the same one."""
        return identity.import_id(self._version.tenant, self._version.dataset_version_id)

    @property
    def merkle_root(self) -> str:
        """Root over every record as read, hexadecimal."""
        return self._version.merkle_root.hex()

    @property
    def record_count(self) -> int:
        """Records of the source, the refused ones included."""
        return self._version.record_count

    @property
    def source(self) -> dict[str, Any]:
        """The first source that brought these records: name, format, SHA-256, bytes."""
        described: dict[str, Any] = msgspec.json.decode(self._version.source)
        return described

    @property
    def created_at(self) -> str:
        """When it was first written (UTC, ISO 8601)."""
        return self._version.created_at

    @property
    def profile_name(self) -> str:
        """The tape profile that reads it."""
        name: str = msgspec.json.decode(self._version.profile)["name"]
        return name

    def table(self, name: str) -> Table:
        """Return a normalised table: ``records``, ``rejects``, or a list of the profile.

        Raises
        ------
        NotFound
            For another name.
        """
        tables = self._tables()
        if name not in tables:
            raise NotFound(f"there are {', '.join(tables) or 'no tables yet'}", where=name)
        return tables[name]

    @property
    def records(self) -> Table:
        """One row a kept record."""
        return self.table("records")

    @property
    def rejects(self) -> Table:
        """One row a refused cell, element or record: where, what, by which rule and why."""
        return self.table("rejects")

    def __repr__(self) -> str:
        kept = f", {self.summary.kept_count:,} kept" if self.summary else ", not normalised"
        return f"Dataset({self.dataset_version_id}: {self.record_count:,} records{kept})"

    def _repr_html_(self) -> str:
        rows = {
            "dataset version": self.dataset_version_id,
            "source": str(self.source["name"]),
            "profile": self.profile_name,
            "records": f"{self.record_count:,}",
            "Merkle root": self.merkle_root,
        }
        if self.summary:
            rows["kept"] = f"{self.summary.kept_count:,}"
            rows["refused records"] = f"{self.summary.refused_record_count:,}"
            rows["set aside"] = f"{self.summary.set_aside_count:,}"
        cells = "".join(f"<tr><th>{k}</th><td>{escape(v)}</td></tr>" for k, v in rows.items())
        return f"<table>{cells}</table>"
