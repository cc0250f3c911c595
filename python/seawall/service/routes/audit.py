"""The audit of the tenant: who logged in, was refused, wrote."""

from collections.abc import AsyncIterator
from itertools import islice
from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream
from msgspec import UNSET, Meta, UnsetType

from seawall.service.answers import answer
from seawall.service.chosen_fields import page_of
from seawall.service.documented import described
from seawall.service.pages import Page, PageQuery, read_page, row_number
from seawall.service.parts import HttpRequest, Service, principal_of
from seawall.service.queries import decode_query
from seawall.store.types import AuditEntry

BASE = "/api/v3/audit"

_NDJSON = "application/x-ndjson"
_LINES_AT_ONCE = 500


class AuditQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Filters of the audit."""

    action: Annotated[
        Annotated[str, Meta(max_length=64)] | UnsetType,
        Meta(description="Only entries of this action."),
    ] = UNSET
    outcome: Annotated[
        Annotated[str, Meta(max_length=64)] | UnsetType,
        Meta(description="Only entries with this outcome."),
    ] = UNSET
    actor: Annotated[
        Annotated[str, Meta(max_length=256)] | UnsetType,
        Meta(description="Only entries of this actor."),
    ] = UNSET
    subject: Annotated[
        Annotated[str, Meta(max_length=256)] | UnsetType,
        Meta(description="Only entries about this identifier."),
    ] = UNSET


class AuditItem(msgspec.Struct, frozen=True):
    """One link of the audit chain, which all tenants share."""

    sequence: Annotated[int, Meta(description="Its place in the chain, counted from 1.")]
    tenant: Annotated[str, Meta(description="Whose entry it is.")]
    at: Annotated[str, Meta(description="When, in UTC.")]
    actor: Annotated[str, Meta(description="Who did it, or tried.")]
    action: Annotated[str, Meta(description="Such as api_key.create.")]
    outcome: Annotated[str, Meta(description="Such as done or refused.")]
    subject: Annotated[str, Meta(description="What it was done to; may be empty.")]
    request_id: Annotated[
        str, Meta(description="The request's, as its header had it; empty: there was no request.")
    ]
    detail: Annotated[dict[str, Any], Meta(description="Each action has members of its own.")]
    previous_sha256: Annotated[str, Meta(description="Of the entry before; zeros of the first.")]
    entry_sha256: Annotated[
        str, Meta(description="Of this entry with the hash before it, hexadecimal.")
    ]


def audit_routes(service: Service) -> list[HTTPRouteHandler]:
    """Return the routes of the audit."""
    store = service.store

    @get(
        f"{BASE}/logs",
        opt=described(
            "The tenant's audit, newest first",
            role="admin",
            query=AuditQuery,
            answer=page_of(AuditItem),
            refusals=(400,),
        ),
    )
    async def logs(request: HttpRequest) -> Response[bytes]:
        tenant, query = principal_of(request).tenant, decode_query(request, AuditQuery)

        def fetch(limit: int, after: str | None) -> list[AuditEntry]:
            return store.audit_entries(tenant, limit=limit, after=row_number(after))

        def kept(item: dict[str, Any]) -> bool:
            return all(
                getattr(query, name) in (UNSET, item[name])
                for name in ("action", "outcome", "actor", "subject")
            )

        def work() -> Page:
            return read_page(
                query, fetch, key=lambda row: str(row.sequence), shown=audit_item, kept=kept
            )

        return answer(await service.off_loop(work))

    @get(
        f"{BASE}/logs/export",
        opt=described(
            "The tenant's whole audit, oldest first, an entry a line",
            role="admin",
            answer=AuditItem,
            media_types=(_NDJSON,),
        ),
    )
    async def export(request: HttpRequest) -> Stream:
        entries = store.all_audit(principal_of(request).tenant)

        def lines() -> bytes:
            page = islice(entries, _LINES_AT_ONCE)
            return b"".join(msgspec.json.encode(audit_item(entry)) + b"\n" for entry in page)

        async def written() -> AsyncIterator[bytes]:
            while piece := await service.off_loop(lines):
                yield piece

        return Stream(written(), media_type=_NDJSON)

    return [logs, export]


def audit_item(entry: AuditEntry) -> dict[str, Any]:
    """Return an audit entry as it is answered, with its place in the chain."""
    told = msgspec.structs.asdict(entry)
    told["detail"] = msgspec.json.decode(entry.detail)
    told["previous_sha256"] = entry.previous_sha256.hex()
    told["entry_sha256"] = entry.entry_sha256.hex()
    return told
