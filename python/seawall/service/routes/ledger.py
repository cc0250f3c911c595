"""What runs left in the ledger: findings, evidence, links, and the way back of a figure."""

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import UNSET, Meta, UnsetType

from seawall.errors import InvalidInput
from seawall.service.answers import answer
from seawall.service.chosen_fields import chosen, page_of
from seawall.service.documented import described
from seawall.service.engine_filters import EngineFilter, EvidenceKindFilter
from seawall.service.finding_answer import FindingAnswer, StatedFinding
from seawall.service.pages import OneQuery, Page, PageQuery, read_page, select_fields
from seawall.service.parts import HttpRequest, Service, principal_of
from seawall.service.queries import decode_query
from seawall.service.routes.datasets import RecordAnswer, Source, record_item
from seawall.session import Trace, identity
from seawall.store import types as rows

Id = Annotated[str, Meta(max_length=64)]


class FindingsQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Filters of the list of findings."""

    run_id: Annotated[Id | UnsetType, Meta(description="Only findings of this run.")] = UNSET
    dataset_version_id: Annotated[
        Id | UnsetType, Meta(description="Only findings on this dataset version.")
    ] = UNSET
    category: Annotated[Id | UnsetType, Meta(description="Only findings of this category.")] = UNSET
    is_material: Annotated[
        bool | UnsetType,
        Meta(description="Only findings that are material, or only those that are not."),
    ] = UNSET


class EvidenceQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Filters of the list of evidence."""

    run_id: Annotated[Id | UnsetType, Meta(description="Only evidence of this run.")] = UNSET
    dataset_version_id: Annotated[
        Id | UnsetType, Meta(description="Only evidence on this dataset version.")
    ] = UNSET
    engine: EngineFilter = UNSET
    kind: EvidenceKindFilter = UNSET


class LinksQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Whose links: a finding's, or those of all findings of a run; of both, both filter."""

    finding_id: Annotated[Id | UnsetType, Meta(description="The links of this finding.")] = UNSET
    run_id: Annotated[
        Id | UnsetType, Meta(description="The links of all findings of this run.")
    ] = UNSET


class TraceQuery(OneQuery, frozen=True, forbid_unknown_fields=True):
    """Which record to show; without one that of the largest share."""

    record: Annotated[
        Annotated[int, Meta(ge=0)] | UnsetType,
        Meta(description="The record to show, counted from 0; absent: that of the largest share."),
    ] = UNSET


class EvidenceAnswer(msgspec.Struct, frozen=True):
    """A piece of evidence, hashed again: whether it is what was written."""

    evidence_id: Annotated[str, Meta(description="The hash of the document, with its tenant.")]
    intact: Annotated[bool, Meta(description="Whether its hash is its identifier.")]
    dataset_version_id: Annotated[str, Meta(description="What it is of.")]
    engine: Annotated[str, Meta(description="By its name.")]
    kind: Annotated[str, Meta(description="Such as debt_exposure.")]
    body: Annotated[
        dict[str, Any],
        Meta(description="The document that is hashed; each kind has members of its own."),
    ]


class LinkAnswer(msgspec.Struct, frozen=True):
    """Says that a finding rests on a piece of evidence."""

    link_id: Annotated[str, Meta(description="The link's identifier.")]
    finding_id: Annotated[str, Meta(description="What rests on it.")]
    evidence_id: Annotated[str, Meta(description="What it rests on.")]


class TraceAnswer(msgspec.Struct, frozen=True):
    """A finding and all that it rests on, down to the bytes of a source row."""

    finding_id: Annotated[str, Meta(description="The finding's identifier.")]
    finding: Annotated[StatedFinding, Meta(description="What it says.")]
    evidence: Annotated[
        list[dict[str, Any]],
        Meta(description="Each document under its evidence_id; a kind has members of its own."),
    ]
    dataset_version_id: Annotated[str, Meta(description="What it was found in.")]
    merkle_root: Annotated[str, Meta(description="Over every record as read, hexadecimal.")]
    profile_name: Annotated[str, Meta(description="What read the dataset's columns.")]
    source: Annotated[Source, Meta(description="What brought the dataset's records first.")]
    record: Annotated[RecordAnswer | None, Meta(description="Null when no record contributes.")]


def ledger_routes(service: Service) -> list[HTTPRouteHandler]:
    """Return the routes that read findings, evidence and links."""
    store = service.store

    @get(
        "/api/v3/findings",
        opt=described(
            "Findings",
            role="read",
            query=FindingsQuery,
            answer=page_of(FindingAnswer),
            refusals=(400, 404),
        ),
    )
    async def findings(request: HttpRequest) -> Response[bytes]:
        tenant, query = principal_of(request).tenant, decode_query(request, FindingsQuery)

        def fetch(limit: int, after: str | None) -> list[rows.Finding]:
            if query.run_id is UNSET:
                return store.finding_page(tenant, limit=limit, after=after)
            ids = store.run_members(tenant, query.run_id).finding_ids
            return [store.finding(tenant, one) for one in _following(ids, limit, after)]

        def work() -> Page:
            return read_page(
                query,
                fetch,
                key=lambda row: row.finding_id,
                shown=finding_item,
                kept=_chosen(query, "dataset_version_id", "category", "is_material"),
            )

        return answer(await service.off_loop(work))

    @get(
        "/api/v3/findings/{finding_id:str}",
        opt=described(
            "One finding",
            role="read",
            query=OneQuery,
            answer=chosen(FindingAnswer),
            refusals=(400, 404),
        ),
    )
    async def finding(request: HttpRequest, finding_id: FromPath[str]) -> Response[bytes]:
        tenant, query = principal_of(request).tenant, decode_query(request, OneQuery)
        found = await service.off_loop(lambda: finding_item(store.finding(tenant, finding_id)))
        return answer(select_fields(found, query))

    @get(
        "/api/v3/findings/{finding_id:str}/trace",
        opt=described(
            "The way back of a finding to its source row, with the proof",
            role="read",
            query=TraceQuery,
            answer=chosen(TraceAnswer),
            refusals=(400, 404),
        ),
    )
    async def trace(request: HttpRequest, finding_id: FromPath[str]) -> Response[bytes]:
        session, query = service.session_of(request), decode_query(request, TraceQuery)
        record = None if query.record is UNSET else query.record
        found = await service.off_loop(lambda: trace_item(session.trace(finding_id, record=record)))
        return answer(select_fields(found, query))

    @get(
        "/api/v3/evidence",
        opt=described(
            "Evidence",
            role="read",
            query=EvidenceQuery,
            answer=page_of(EvidenceAnswer),
            refusals=(400, 404),
        ),
    )
    async def evidence_list(request: HttpRequest) -> Response[bytes]:
        tenant, query = principal_of(request).tenant, decode_query(request, EvidenceQuery)

        def fetch(limit: int, after: str | None) -> list[rows.Evidence]:
            if query.run_id is UNSET:
                return store.evidence_page(tenant, limit=limit, after=after)
            ids = store.run_members(tenant, query.run_id).evidence_ids
            return [store.evidence(tenant, one) for one in _following(ids, limit, after)]

        def work() -> Page:
            return read_page(
                query,
                fetch,
                key=lambda row: row.evidence_id,
                shown=lambda row: evidence_item(tenant, row),
                kept=_chosen(query, "dataset_version_id", "engine", "kind"),
            )

        return answer(await service.off_loop(work))

    @get(
        "/api/v3/evidence/{evidence_id:str}",
        opt=described(
            "One piece of evidence, hashed again",
            role="read",
            query=OneQuery,
            answer=chosen(EvidenceAnswer),
            refusals=(400, 404),
        ),
    )
    async def evidence(request: HttpRequest, evidence_id: FromPath[str]) -> Response[bytes]:
        tenant, query = principal_of(request).tenant, decode_query(request, OneQuery)
        found = await service.off_loop(
            lambda: evidence_item(tenant, store.evidence(tenant, evidence_id))
        )
        return answer(select_fields(found, query))

    @get(
        "/api/v3/links",
        opt=described(
            "Which evidence findings rest on",
            role="read",
            query=LinksQuery,
            answer=page_of(LinkAnswer),
            refusals=(400, 404),
        ),
    )
    async def links(request: HttpRequest) -> Response[bytes]:
        tenant, query = principal_of(request).tenant, decode_query(request, LinksQuery)

        def fetch(limit: int, after: str | None) -> list[rows.Link]:
            chosen = _finding_ids(service, tenant, query)
            found = [link for one in chosen for link in store.links_of_finding(tenant, one)]
            found.sort(key=lambda link: link.link_id)
            return [link for link in found if after is None or link.link_id > after][:limit]

        def work() -> Page:
            return read_page(
                query, fetch, key=lambda row: row.link_id, shown=msgspec.structs.asdict
            )

        return answer(await service.off_loop(work))

    return [findings, finding, trace, evidence_list, evidence, links]


def finding_item(row: rows.Finding) -> dict[str, Any]:
    """Return a finding as it is answered."""
    return {"id": row.finding_id, **msgspec.json.decode(row.payload)}


def evidence_item(tenant: str, row: rows.Evidence) -> dict[str, Any]:
    """Return evidence as it is answered."""
    return msgspec.structs.asdict(
        EvidenceAnswer(
            evidence_id=row.evidence_id,
            intact=identity.evidence_id(tenant, row.payload) == row.evidence_id,
            dataset_version_id=row.dataset_version_id,
            engine=row.engine,
            kind=row.kind,
            body=msgspec.json.decode(row.payload),
        )
    )


def trace_item(trace: Trace) -> dict[str, Any]:
    """Return a trace as it is answered."""
    told: dict[str, Any] = msgspec.to_builtins(trace)
    if trace.record is not None:
        told["record"] = record_item(trace.record)
    return told


def _chosen(query: PageQuery, *names: str) -> Callable[[dict[str, Any]], bool]:
    """Return what lets an item through that has what the query says of these fields."""
    wanted = [(n, value) for n in names if (value := getattr(query, n)) is not UNSET]
    return lambda item: all(item[name] == value for name, value in wanted)


def _following(ids: tuple[str, ...], limit: int, after: str | None) -> list[str]:
    return [one for one in ids if after is None or one > after][:limit]


def _finding_ids(service: Service, tenant: str, query: LinksQuery) -> list[str]:
    def of_run(run_id: str) -> tuple[str, ...]:
        return service.store.run_members(tenant, run_id).finding_ids

    if query.finding_id is not UNSET:
        one = service.store.finding(tenant, query.finding_id).finding_id
        return [one] if query.run_id is UNSET or one in of_run(query.run_id) else []
    if query.run_id is not UNSET:
        return list(of_run(query.run_id))
    raise InvalidInput("give a finding_id or a run_id", where="finding_id", code="query_invalid")
