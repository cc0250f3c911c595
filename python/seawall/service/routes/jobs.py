"""Long work as jobs: begun, followed, cancelled, and its result."""

from typing import Annotated, Any

import msgspec
from litestar import Response, delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from seawall.canonical import canonical_json
from seawall.engine import EngineDeclaration
from seawall.errors import Conflict
from seawall.registry import ENGINES
from seawall.service.answers import answer, answer_bytes
from seawall.service.bodies import decode_body, json_body
from seawall.service.chosen_fields import chosen, page_of
from seawall.service.documented import described
from seawall.service.jobs import JobError
from seawall.service.pages import OneQuery, Page, PageQuery, read_page, select_fields
from seawall.service.parts import HttpRequest, Service, auditing, principal_of
from seawall.service.queries import decode_query
from seawall.service.routes.engine_runs import MAX_RUN_BYTES, run_request
from seawall.service.routes.job_kinds import VERIFY, JobKindName, run_kind
from seawall.service.run_answer_types import run_answer
from seawall.session import Problem, Verification
from seawall.session.question import iso_time
from seawall.store.types import Job, JobStatus

BASE = "/api/v3/jobs"


class JobsQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Filters of the list of jobs."""

    status: Annotated[JobStatus | UnsetType, Meta(description="Only jobs with this status.")] = (
        UNSET
    )
    kind: Annotated[JobKindName | UnsetType, Meta(description="Only jobs of this kind.")] = UNSET


class JobAnswer(msgspec.Struct, frozen=True):
    """A job: where it stands, and once it has failed, why."""

    job_id: Annotated[str, Meta(description="Identifier, by which it is asked for.")]
    kind: Annotated[str, Meta(description="verify, or an engine's name and .run.")]
    status: Annotated[
        JobStatus, Meta(description="queued and running may change; the others are an end.")
    ]
    done: Annotated[
        int, Meta(description="Units of work, such as scenarios or records, each once a pass.")
    ]
    total: Annotated[int, Meta(description="Of the units; 0 when nobody knows.")]
    attempts: Annotated[int, Meta(description="How often the work was begun.")]
    created_at: Annotated[str, Meta(description="When it was asked for, UTC.")]
    created_by: Annotated[str, Meta(description="Whose key or token asked.")]
    updated_at: Annotated[str, Meta(description="When its process last gave a sign, UTC.")]
    request: Annotated[
        dict[str, Any], Meta(description="What was asked, with the defaults of what was left out.")
    ]
    error: Annotated[JobError | None, Meta(description="Null unless it has failed.")]


class Deviation(Problem, frozen=True):
    """One thing that does not agree."""


class VerifiedLedger(Verification, frozen=True):
    """What was looked at, and what does not agree."""

    problems: Annotated[  # type: ignore[assignment] # under a name of its own
        list[Deviation], Meta(description="What does not agree; empty: nothing was changed.")
    ]


class VerifyResult(msgspec.Struct, frozen=True):
    """What a verification found."""

    ok: Annotated[bool, Meta(description="Whether everything agrees.")]
    verification: Annotated[
        VerifiedLedger, Meta(description="What was looked at, and what was found.")
    ]


class VerifyRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A verification has no parameters: it looks at everything of the tenant."""


def job_routes(service: Service) -> list[HTTPRouteHandler]:
    """Return the routes of jobs."""
    begun = [_begin_route(service, declaration) for declaration in ENGINES.values()]
    return [*begun, _verify_route(service), *_kept_routes(service)]


def _begin_route(service: Service, declaration: EngineDeclaration[Any, Any]) -> HTTPRouteHandler:
    request_type = run_request(declaration)

    @post(
        f"/api/v3/engines/{declaration.wire_name}/jobs",
        name=f"begin {declaration.name}",
        request_max_body_size=MAX_RUN_BYTES,
        opt=described(
            "Run the engine as a job",
            role="execute",
            status=202,
            body=request_type,
            answer=JobAnswer,
            refusals=(400, 404, 413, 422, 503),
        ),
    )
    async def begin(request: HttpRequest) -> Response[bytes]:
        session, body = service.session_of(request), await json_body(request)
        principal, audited = principal_of(request), auditing(request)

        def work() -> Job:
            service.switches.check(declaration.name)
            asked: Any = decode_body(body, request_type)
            question = replace(asked, started_at=iso_time(asked.started_at))
            dataset = session.dataset(asked.dataset_version_id)
            return service.jobs.begin(
                principal,
                run_kind(declaration),
                request=canonical_json(question),
                total=declaration.count_units(asked.parameters, dataset.record_count),
                audited=audited,
            )

        return _accepted(await service.off_loop(work))

    return begin


def _verify_route(service: Service) -> HTTPRouteHandler:
    @post(
        "/api/v3/verify/jobs",
        opt=described(
            "Verify every hash, root, identifier and column of the tenant, as a job",
            role="execute",
            status=202,
            body=VerifyRequest,
            may_be_empty=True,
            answer=JobAnswer,
            refusals=(400, 413, 422, 503),
        ),
    )
    async def verify(request: HttpRequest) -> Response[bytes]:
        body = await json_body(request)
        principal, audited = principal_of(request), auditing(request)
        decode_body(body or b"{}", VerifyRequest)

        def work() -> Job:
            return service.jobs.begin(principal, VERIFY, request=b"{}", total=0, audited=audited)

        return _accepted(await service.off_loop(work))

    return verify


def _kept_routes(service: Service) -> list[HTTPRouteHandler]:
    store = service.store

    @get(
        BASE,
        opt=described(
            "Jobs, newest first",
            role="read",
            query=JobsQuery,
            answer=page_of(JobAnswer),
            refusals=(400,),
        ),
    )
    async def jobs(request: HttpRequest) -> Response[bytes]:
        tenant, query = principal_of(request).tenant, decode_query(request, JobsQuery)

        def kept(item: dict[str, Any]) -> bool:
            return all(getattr(query, name) in (UNSET, item[name]) for name in ("status", "kind"))

        def work() -> Page:
            return read_page(
                query,
                lambda limit, after: store.jobs(tenant, limit=limit, after=after),
                key=lambda job: job.job_id,
                shown=job_item,
                kept=kept,
            )

        return answer(await service.off_loop(work))

    @get(
        f"{BASE}/{{job_id:str}}",
        opt=described(
            "Where a job stands",
            role="read",
            query=OneQuery,
            answer=chosen(JobAnswer),
            refusals=(400, 404),
        ),
    )
    async def job(request: HttpRequest, job_id: FromPath[str]) -> Response[bytes]:
        tenant, query = principal_of(request).tenant, decode_query(request, OneQuery)
        found = await service.off_loop(lambda: job_item(store.job(tenant, job_id)))
        return answer(select_fields(found, query))

    @get(
        f"{BASE}/{{job_id:str}}/result",
        opt=described(
            "What a job answered: of a run, what the run answers",
            role="read",
            answer=(*(run_answer(engine) for engine in ENGINES.values()), VerifyResult),
            refusals=(404, 409),
        ),
    )
    async def result(request: HttpRequest, job_id: FromPath[str]) -> Response[bytes]:
        tenant = principal_of(request).tenant
        found = await service.off_loop(lambda: store.job(tenant, job_id))
        if found.result is None:
            is_open = found.status in ("queued", "running")
            code = "job_not_finished" if is_open else f"job_{found.status}"
            raise Conflict(f"the job is {found.status}", code=code, where=job_id[:64])
        return answer_bytes(found.result)

    @delete(
        f"{BASE}/{{job_id:str}}",
        status_code=200,
        opt=described("Cancel a job", role="execute", answer=JobAnswer, refusals=(404, 409, 503)),
    )
    async def cancel(request: HttpRequest, job_id: FromPath[str]) -> Response[bytes]:
        tenant, audited = principal_of(request).tenant, auditing(request)
        found = await service.off_loop(lambda: service.jobs.cancel(tenant, job_id, audited=audited))
        return answer(job_item(found))

    return [jobs, job, result, cancel]


def job_item(job: Job) -> dict[str, Any]:
    """Return a job as it is answered."""
    return {
        "job_id": job.job_id,
        "kind": job.kind,
        "status": job.status,
        "done": job.done,
        "total": job.total,
        "attempts": job.attempts,
        "created_at": job.created_at,
        "created_by": job.created_by,
        "updated_at": job.updated_at,
        "request": msgspec.json.decode(job.request),
        "error": None if job.error is None else msgspec.json.decode(job.error),
    }


def _accepted(job: Job) -> Response[bytes]:
    return answer(job_item(job), status=202, headers={"Location": f"{BASE}/{job.job_id}"})
