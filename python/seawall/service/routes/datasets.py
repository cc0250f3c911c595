"""Datasets as they are kept: versions, rows, refusals, single records with their proof."""

from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import UNSET, Meta, UnsetType

from seawall.errors import Conflict
from seawall.provenance.merkle import InclusionProof
from seawall.service.answers import answer
from seawall.service.chosen_fields import chosen, page_of
from seawall.service.documented import described
from seawall.service.pages import (
    OneQuery,
    Page,
    PageQuery,
    read_page,
    select_fields,
    slice_page,
)
from seawall.service.parts import HttpRequest, Service
from seawall.service.queries import From, To, between, decode_query
from seawall.session import Dataset
from seawall.session.dataset import DatasetSummary
from seawall.session.trace import TracedCell, TracedRecord
from seawall.table import Table

BASE = "/api/v3/datasets"


class DatasetsQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Filters of the list of datasets."""

    profile: Annotated[
        str | UnsetType, Meta(description="Only datasets that were read under this profile.")
    ] = UNSET
    normalized: Annotated[
        bool | UnsetType,
        Meta(description="Only datasets that are normalised, or only those that are not."),
    ] = UNSET
    created_from: From = UNSET
    created_to: To = UNSET


class RowsQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Which rows of a dataset."""

    table: Annotated[
        Annotated[str, Meta(max_length=64)],
        Meta(description="The table: records, or a list of the profile."),
    ] = "records"


class RejectsQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Which refusals of a dataset."""


class Container(msgspec.Struct, frozen=True):
    """What a file was packed in."""

    kind: Annotated[str, Meta(description="gzip or zip.")]
    member: Annotated[str, Meta(description="The packed file's name.")]
    sha256: Annotated[str, Meta(description="Of the container, hexadecimal.")]


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What brought records first."""

    name: Annotated[str, Meta(description="Of the file; empty: a body.")]
    format: Annotated[str, Meta(description="What it was read as, such as json or csv.")]
    bytes: Annotated[int, Meta(description="How many there were.")]
    sha256: Annotated[str | UnsetType, Meta(description="Of a file, hexadecimal.")] = UNSET
    table_rows: Annotated[bool, Meta(description="Whether records are rows of a table.")]
    container: Annotated[
        Container | UnsetType,
        Meta(description="What the file was packed in; absent: it was not packed."),
    ] = UNSET


class DatasetAnswer(msgspec.Struct, frozen=True):
    """A dataset: one immutable version of a set of records."""

    dataset_version_id: Annotated[
        str, Meta(description="The same records under the same profile have the same one.")
    ]
    created_at: Annotated[str, Meta(description="When it was first written, in UTC.")]
    merkle_root: Annotated[str, Meta(description="Over every record as read, hexadecimal.")]
    profile: Annotated[str, Meta(description="The name of what reads its columns.")]
    record_count: Annotated[int, Meta(description="Refused records too.")]
    normalized: Annotated[bool, Meta(description="Whether its columns were read.")]
    source: Annotated[Source, Meta(description="What brought its records first.")]
    summary: Annotated[
        DatasetSummary | None,
        Meta(description="What normalising made of the records; null before it."),
    ]


class RejectItem(msgspec.Struct, frozen=True):
    """What was refused, where, by which rule and why."""

    record: Annotated[int, Meta(description="Counted from 0.")]
    source_row: Annotated[int, Meta(description="The row of the source that the record is of.")]
    refused: Annotated[str, Meta(description="cell, element, record or set_aside.")]
    field: Annotated[
        str, Meta(description="The column of the book; empty: of a whole element or record.")
    ]
    value: Annotated[str, Meta(description="What stood there.")]
    rule: Annotated[str, Meta(description="The rule that refused it, by its name.")]
    reason: Annotated[str, Meta(description="A sentence for readers.")]


class RecordAnswer(msgspec.Struct, frozen=True):
    """One record as read, how its cells were read, and the proof that it is the dataset's."""

    record: Annotated[int, Meta(description="Counted from 0.")]
    record_count: Annotated[int, Meta(description="Of the dataset.")]
    source_row: Annotated[int, Meta(description="The row of the source that it is of.")]
    source_text: Annotated[str, Meta(description="The bytes; what is no UTF-8 is replaced.")]
    source_bytes: Annotated[bytes, Meta(description="Exactly as read, base64.")]
    refused: Annotated[
        list[str], Meta(description="Why it is not in the book: rule and reason; else empty.")
    ]
    cells: Annotated[list[TracedCell], Meta(description="How each of its cells was read.")]
    proof: Annotated[
        InclusionProof, Meta(description="That its bytes are under the dataset's Merkle root.")
    ]
    proved: Annotated[bool, Meta(description="Whether the proof leads to the Merkle root.")]


def dataset_routes(service: Service) -> list[HTTPRouteHandler]:
    """Return the routes that read datasets."""

    @get(
        BASE,
        opt=described(
            "Dataset versions, newest first",
            role="read",
            query=DatasetsQuery,
            answer=page_of(DatasetAnswer),
            refusals=(400,),
        ),
    )
    async def datasets(request: HttpRequest) -> Response[bytes]:
        session, query = service.session_of(request), decode_query(request, DatasetsQuery)

        is_between = between(query, "created")

        def kept(item: dict[str, Any]) -> bool:
            return (
                query.profile in (UNSET, item["profile"])
                and query.normalized in (UNSET, item["normalized"])
                and is_between(item["created_at"])
            )

        def work() -> Page:
            return read_page(
                query,
                lambda limit, after: session.datasets(limit=limit, after=after),
                key=lambda dataset: dataset.dataset_version_id,
                shown=dataset_item,
                kept=kept,
            )

        return answer(await service.off_loop(work))

    @get(
        f"{BASE}/{{dataset_version_id:str}}",
        opt=described(
            "One dataset version",
            role="read",
            query=OneQuery,
            answer=chosen(DatasetAnswer),
            refusals=(400, 404),
        ),
    )
    async def dataset(request: HttpRequest, dataset_version_id: FromPath[str]) -> Response[bytes]:
        session, query = service.session_of(request), decode_query(request, OneQuery)
        found = await service.off_loop(lambda: dataset_item(session.dataset(dataset_version_id)))
        return answer(select_fields(found, query))

    async def page_of_table(
        request: HttpRequest, dataset_version_id: str, query: PageQuery, name: str
    ) -> Response[bytes]:
        session = service.session_of(request)

        def work() -> Page:
            table = _table(session.dataset(dataset_version_id), name)
            return table_page(query, table, path=request.scope["path"])

        return answer(await service.off_loop(work))

    @get(
        f"{BASE}/{{dataset_version_id:str}}/records",
        opt=described(
            "Normalised rows of a dataset",
            role="read",
            query=RowsQuery,
            answer=Page,
            refusals=(400, 404, 409),
        ),
    )
    async def records(request: HttpRequest, dataset_version_id: FromPath[str]) -> Response[bytes]:
        query = decode_query(request, RowsQuery)
        return await page_of_table(request, dataset_version_id, query, query.table)

    @get(
        f"{BASE}/{{dataset_version_id:str}}/rejects",
        opt=described(
            "What of a dataset was refused, and why",
            role="read",
            query=RejectsQuery,
            answer=page_of(RejectItem),
            refusals=(400, 404, 409),
        ),
    )
    async def rejects(request: HttpRequest, dataset_version_id: FromPath[str]) -> Response[bytes]:
        query = decode_query(request, RejectsQuery)
        return await page_of_table(request, dataset_version_id, query, "rejects")

    @get(
        f"{BASE}/{{dataset_version_id:str}}/records/{{record:int}}",
        opt=described(
            "One record (counted from 0) as read, with its proof",
            role="read",
            query=OneQuery,
            answer=chosen(RecordAnswer),
            refusals=(400, 404),
        ),
    )
    async def record(
        request: HttpRequest, dataset_version_id: FromPath[str], record: FromPath[int]
    ) -> Response[bytes]:
        session, query = service.session_of(request), decode_query(request, OneQuery)
        found = await service.off_loop(
            lambda: record_item(session.record(dataset_version_id, record))
        )
        return answer(select_fields(found, query))

    return [datasets, dataset, records, rejects, record]


def dataset_item(dataset: Dataset) -> dict[str, Any]:
    """Return a dataset as it is answered."""
    return {
        "dataset_version_id": dataset.dataset_version_id,
        "created_at": dataset.created_at,
        "merkle_root": dataset.merkle_root,
        "profile": dataset.profile_name,
        "record_count": dataset.record_count,
        "normalized": dataset.summary is not None,
        "source": dataset.source,
        "summary": None if dataset.summary is None else msgspec.to_builtins(dataset.summary),
    }


def record_item(record: TracedRecord) -> dict[str, Any]:
    """Return a traced record as it is answered."""
    told: dict[str, Any] = msgspec.to_builtins(record)
    told["source_text"] = record.source_bytes.decode(errors="replace")
    return told


def table_page(query: PageQuery, table: Table, *, path: str) -> Page:
    """Return a page of the rows of a table at a path."""
    arrow = table.to_arrow()

    def rows(first: int, count: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = arrow.slice(min(first, len(table)), count).to_pylist()
        return found

    return slice_page(query, len(table), rows, columns=arrow.column_names, path=path)


def _table(dataset: Dataset, name: str) -> Table:
    if dataset.summary is None:
        raise Conflict(
            "the dataset is not normalised yet",
            code="normalize_not_complete",
            where=dataset.dataset_version_id,
        )
    return dataset.table(name)
