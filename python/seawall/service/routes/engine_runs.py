"""One set of routes per engine, made from what it declares."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp
from msgspec import Meta

from seawall.engine import EngineDeclaration
from seawall.errors import Conflict, InvalidInput, NotFound
from seawall.registry import ENGINES
from seawall.service.access.principal import Principal
from seawall.service.answers import answer
from seawall.service.bodies import decode_body, json_body
from seawall.service.documented import described
from seawall.service.parts import HttpRequest, Service, auditing, principal_of
from seawall.service.run_answer_types import report_answer, run_answer
from seawall.service.run_answers import (
    aggregated,
    encoded_run_answer,
    metadata,
    stated_findings,
)
from seawall.service.run_turns import AskedAnswer, RunTurns
from seawall.session import Run, Session
from seawall.session.question import iso_time
from seawall.session.run_in_hand import BegunRun
from seawall.store.types import AuditDraft

DatasetVersionId = Annotated[str, Meta(pattern="^dv_[0-9a-z]{26}$")]
StartedAt = Annotated[
    str,
    Meta(
        description="With its zone. The same question at the same time is the same run.",
        extra_json_schema={"format": "date-time"},
    ),
]
RunId = Annotated[str, Meta(pattern="^run_[0-9a-z]{26}$")]

MAX_RUN_BYTES = 1 << 20


class ReportParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much a report tells, and of a granular one how many rows of each table."""

    report_type: Annotated[
        Literal["standard", "granular", "aggregated"],
        Meta(description="granular: with tables; aggregated: single figures and counts alone."),
    ] = "standard"
    rows: Annotated[
        Annotated[int, Meta(ge=1, le=10_000)],
        Meta(description="Of a granular report: the first so many rows of each table."),
    ] = 1_000


class ReportRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A report of a run that was made."""

    dataset_version_id: Annotated[DatasetVersionId, Meta(description="What the run was on.")]
    run_id: Annotated[RunId, Meta(description="The run that is reported.")]
    parameters: Annotated[ReportParameters, Meta(description="How much is told.")] = (
        ReportParameters()
    )


class ReportAnswer(msgspec.Struct, frozen=True):
    """A report as it is made; its type in the document is that of the engine."""

    metadata: dict[str, Any]
    report: dict[str, Any]
    findings: list[dict[str, Any]]
    assumptions: list[str]


def engine_routes(service: Service) -> list[HTTPRouteHandler]:
    """Return the routes of every engine of the registry."""
    turns = RunTurns(service.workers)
    return [route for one in ENGINES.values() for route in _routes(service, one, turns)]


def run_request(declaration: EngineDeclaration[Any, Any]) -> type[msgspec.Struct]:
    """Return the type of the body of an engine's run."""
    name = "".join(part.capitalize() for part in declaration.name.split("_"))
    return msgspec.defstruct(
        f"{name}RunRequest",
        [
            (
                "dataset_version_id",
                Annotated[DatasetVersionId, Meta(description="What the question is about.")],
            ),
            ("started_at", StartedAt),
            (
                "parameters",
                Annotated[
                    declaration.parameters,
                    Meta(description="The question; what is absent keeps its default."),
                ],
                declaration.parameters(),
            ),
        ],
        frozen=True,
        forbid_unknown_fields=True,
        namespace={"__doc__": f"A question to {declaration.wire_name}."},
        module=__name__,
    )


def run_entry(
    service: Service, engine: str, audited: Callable[[str, str], AuditDraft]
) -> Callable[[str], AuditDraft]:
    """Return what makes the audit entry of a new run, which is computed and not yet written.

    An engine that was switched off meanwhile writes nothing more: it raises EngineDisabled.
    """

    def entry(run_id: str) -> AuditDraft:
        service.switches.check(engine)
        return audited(f"{engine}.run", run_id)

    return entry


def _routes(
    service: Service, declaration: EngineDeclaration[Any, Any], turns: RunTurns
) -> list[HTTPRouteHandler]:
    base = f"/api/v3/engines/{declaration.wire_name}"
    request_type = run_request(declaration)

    encode = partial(encoded_run_answer, declaration)

    def encoded(run: Run) -> bytes:
        return run.encoded("service.run", encode)

    @lru_cache(1_024)
    def session_of(principal: Principal) -> Session:
        return service.session.acting_as(tenant=principal.tenant, actor=principal.actor)

    def begin(request: HttpRequest, body: bytes, asked: AskedAnswer) -> BegunRun:
        service.switches.check(declaration.name)
        question: Any = decode_body(body, request_type)
        return session_of(principal_of(request)).begin(
            declaration.name,
            question.dataset_version_id,
            parameters=question.parameters,
            started_at=iso_time(question.started_at),
            audited=run_entry(service, declaration.name, auditing(request)),
            prepared=asked.prepare,
        )

    @post(
        f"{base}/run",
        name=f"run {declaration.name}",
        request_max_body_size=MAX_RUN_BYTES,
        opt=described(
            "Run the engine on a dataset version",
            role="execute",
            body=request_type,
            answer=run_answer(declaration),
            weight="heavy" if declaration.is_heavy else "light",
            refusals=(400, 404, 409, 413, 422, 503),
            packs_itself=True,
        ),
    )
    async def run(request: HttpRequest) -> ASGIApp:
        body, tenant = await json_body(request), principal_of(request).tenant
        headers = request.scope["headers"]
        known = service.known.find(tenant, declaration.name, body)
        if (
            known is not None
            and known.is_ready_for(headers)
            and service.switches.is_known_enabled(declaration.name)
        ):
            if service.switches.is_due():
                service.workers.submit(service.switches.is_enabled, declaration.name)
            return known  # from memory, on the event loop
        asked = AskedAnswer(partial(begin, request, body), encoded, headers, known)
        told = await turns.answer(asked)
        if asked.run.created:
            service.held.keep(tenant, asked.run)
        else:  # only what is asked again is kept: most questions are asked once
            service.known.keep(tenant, declaration.name, body, told)
        return told

    @post(
        f"{base}/report",
        name=f"report {declaration.name}",
        request_max_body_size=MAX_RUN_BYTES,
        opt=described(
            "Report a run that was made",
            role="read",
            body=ReportRequest,
            answer=report_answer(declaration),
            weight="heavy" if declaration.is_heavy else "light",
            refusals=(400, 404, 409, 413, 422, 503),
        ),
    )
    async def report(request: HttpRequest) -> Response[bytes]:
        session, body = service.session_of(request), await json_body(request)

        def work() -> ReportAnswer:
            service.switches.check(declaration.name)
            asked = decode_body(body, ReportRequest)
            return _report(declaration, _made_run(session, declaration, asked), asked.parameters)

        return answer(await service.off_loop(work))

    return [run, report]


def _made_run(
    session: Session, declaration: EngineDeclaration[Any, Any], asked: ReportRequest
) -> Run:
    """Return the run of a report; raises Conflict with what has to come before."""
    dataset = session.dataset(asked.dataset_version_id)
    if dataset.summary is None:
        raise Conflict(
            "the dataset is not normalised yet",
            code="normalize_not_complete",
            where=dataset.dataset_version_id,
        )
    try:
        found = session.run_of(asked.run_id)
    except NotFound:
        found = None
    if found is None or found.dataset_version_id != dataset.dataset_version_id:
        raise Conflict(
            "there is no such run of the dataset yet",
            code="calculate_not_complete",
            where=asked.run_id,
        )
    if found.engine != declaration.name:
        raise InvalidInput(f"is of {found.engine}", where="run_id", code="run_id_invalid")
    return found


def _report(
    declaration: EngineDeclaration[Any, Any], run: Run, asked: ReportParameters
) -> ReportAnswer:
    told: dict[str, Any] = msgspec.to_builtins(run.result)
    findings = stated_findings(run)
    assumptions = told.get("assumptions", [])
    if asked.report_type == "aggregated":
        told, findings = aggregated(run), []
    elif asked.report_type == "granular":
        told["tables"] = {name: _rows(run, name, asked.rows) for name in run.table_names()}
    said = {**metadata(declaration, run), "report_type": asked.report_type}
    return ReportAnswer(said, told, findings, assumptions)


def _rows(run: Run, name: str, count: int) -> dict[str, Any]:
    table = run.table(name)
    return {"row_count": len(table), "rows": list(table.rows(count))}
