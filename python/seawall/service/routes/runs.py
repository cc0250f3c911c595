"""Runs as they are kept: lists, whole answers, tables."""

from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import UNSET, Meta, UnsetType

from seawall.registry import ENGINES
from seawall.service.answers import answer
from seawall.service.chosen_fields import chosen, page_of
from seawall.service.documented import described
from seawall.service.engine_filters import EngineFilter
from seawall.service.pages import OneQuery, Page, PageQuery, read_page, select_fields
from seawall.service.parts import HttpRequest, Service, principal_of
from seawall.service.queries import From, To, between, decode_query
from seawall.service.routes.datasets import table_page
from seawall.service.run_answer_types import RunSummary, named_evidence, stored_run
from seawall.service.run_answers import evidence_names, stated_findings
from seawall.session import Run
from seawall.store import types as rows

BASE = "/api/v3/runs"


class RunsQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Filters of the list of runs."""

    dataset_version_id: Annotated[
        Annotated[str, Meta(max_length=64)] | UnsetType,
        Meta(description="Only runs on this dataset version."),
    ] = UNSET
    engine: EngineFilter = UNSET
    started_from: From = UNSET
    started_to: To = UNSET


class TableQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Which rows of a table of a run."""


def run_routes(service: Service) -> list[HTTPRouteHandler]:
    """Return the routes that read runs."""

    @get(
        BASE,
        opt=described(
            "Runs, newest first",
            role="read",
            query=RunsQuery,
            answer=page_of(RunSummary),
            refusals=(400,),
        ),
    )
    async def runs(request: HttpRequest) -> Response[bytes]:
        tenant, query = principal_of(request).tenant, decode_query(request, RunsQuery)
        chosen = None if query.dataset_version_id is UNSET else query.dataset_version_id

        is_between = between(query, "started")

        def kept(item: dict[str, Any]) -> bool:
            return query.engine in (UNSET, item["engine"]) and is_between(item["started_at"])

        def work() -> Page:
            return read_page(
                query,
                lambda limit, after: service.store.runs(
                    tenant, dataset_version_id=chosen, limit=limit, after=after
                ),
                key=lambda row: row.run_id,
                shown=_summary,
                kept=kept,
            )

        return answer(await service.off_loop(work))

    @get(
        f"{BASE}/{{run_id:str}}",
        opt=described(
            "One run: its question, its answer, what it left",
            role="read",
            query=OneQuery,
            answer=tuple(chosen(stored_run(engine)) for engine in ENGINES.values()),
            refusals=(400, 404),
        ),
    )
    async def run(request: HttpRequest, run_id: FromPath[str]) -> Response[bytes]:
        session, query = service.session_of(request), decode_query(request, OneQuery)
        tenant = principal_of(request).tenant

        def work() -> dict[str, Any]:
            row = service.store.run(tenant, run_id)
            return select_fields(_whole(row, session.run_of(run_id)), query)

        return answer(await service.off_loop(work))

    @get(
        f"{BASE}/{{run_id:str}}/tables/{{name:str}}",
        opt=described(
            "Rows of a table of a run, computed again when they are not at hand",
            role="read",
            query=TableQuery,
            answer=Page,
            weight="perhaps",
            refusals=(400, 404, 409, 422, 503),
        ),
    )
    async def table(
        request: HttpRequest, run_id: FromPath[str], name: FromPath[str]
    ) -> Response[bytes]:
        session, query = service.session_of(request), decode_query(request, TableQuery)
        tenant = principal_of(request).tenant

        def page(run: Run) -> Page:
            return table_page(query, run.table(name), path=request.scope["path"])

        if (held := service.held.at_hand(tenant, run_id)) is not None:
            return answer(await service.off_loop(lambda: page(held)))

        def engine_of() -> str:
            found = session.run_of(run_id)
            found.check_table(name)
            return found.engine

        engine = await service.off_loop(engine_of)

        def computed() -> Page:
            service.switches.check(engine)
            return page(service.held.run(session, tenant, run_id))

        if not ENGINES[engine].is_heavy:
            return answer(await service.off_loop(computed))
        async with request.scope["state"]["heavily"]():
            return answer(await service.off_loop(computed))

    @get(
        f"{BASE}/{{run_id:str}}/evidence-names",
        opt=described(
            "The identifiers of a run's evidence, under their kinds",
            role="read",
            query=OneQuery,
            answer=tuple(chosen(named_evidence(engine)) for engine in ENGINES.values()),
            refusals=(400, 404),
        ),
    )
    async def names(request: HttpRequest, run_id: FromPath[str]) -> Response[bytes]:
        session, query = service.session_of(request), decode_query(request, OneQuery)
        found = await service.off_loop(lambda: evidence_names(session.run_of(run_id)))
        return answer(select_fields(found, query))

    return [runs, run, table, names]


def _summary(row: rows.Run) -> dict[str, Any]:
    return {
        "run_id": row.run_id,
        "dataset_version_id": row.dataset_version_id,
        "engine": row.engine,
        "engine_version": row.engine_version,
        "started_at": row.started_at,
        "created_at": row.created_at,
        "created_by": row.created_by,
    }


def _whole(row: rows.Run, run: Run) -> dict[str, Any]:
    return {
        **_summary(row),
        "parameters": run.parameters,
        "evidence_ids": run.evidence_ids,
        "findings": stated_findings(run),
        "result": msgspec.to_builtins(run.result),
    }
