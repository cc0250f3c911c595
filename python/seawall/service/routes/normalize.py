"""Normalising as steps of their own: look at it, judge it, keep it."""

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from msgspec import UNSET, Meta, UnsetType

from seawall.errors import InvalidInput
from seawall.ingest import IngestedTape
from seawall.service.answers import answer
from seawall.service.bodies import (
    decode_body,
    decode_envelope,
    json_body,
    refused_as_body,
    require_list,
)
from seawall.service.documented import described
from seawall.service.ingest_answers import IngestAnswer, answer_ingest
from seawall.service.parts import HttpRequest, Service, auditing
from seawall.service.record_form import DEFAULT_PROFILE, KEYED_RECORDS, Record
from seawall.service.routes.datasets import RejectItem
from seawall.service.routes.engine_runs import DatasetVersionId
from seawall.service.routes.ingest import MAX_INGEST_BYTES
from seawall.session import Dataset, Session
from seawall.session.dataset import DatasetSummary
from seawall.session.writing import summarise


class WhatToShow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is read where it is no records of the body, and how much is shown."""

    dataset_version_id: Annotated[
        DatasetVersionId | UnsetType, Meta(description="A dataset that was written.")
    ] = UNSET
    profile: Annotated[
        Annotated[str, Meta(min_length=1, max_length=64)] | UnsetType,
        Meta(description="How the columns of records are read; absent: by the default profile."),
    ] = UNSET
    rows: Annotated[
        Annotated[int, Meta(ge=0, le=1_000)],
        Meta(description="How many of each table are shown."),
    ] = 20


class NormalizeRequest(WhatToShow, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A dataset that was written, or records that were not. Nothing is written."""

    records: Annotated[
        list[Record] | UnsetType,
        Meta(description="Instead of a dataset: what would be ingested."),
    ] = UNSET


class _Envelope(WhatToShow, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The same body as it is decoded: the core reads the records."""

    records: msgspec.Raw = msgspec.Raw()


class CommitRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A dataset that was written without its columns."""

    dataset_version_id: Annotated[
        DatasetVersionId, Meta(description="The dataset whose columns are read.")
    ]


class PreviewAnswer(msgspec.Struct, frozen=True):
    """What normalising would make: counts, and the first rows."""

    summary: Annotated[DatasetSummary, Meta(description="Counts over all records.")]
    records: Annotated[
        list[dict[str, Any]], Meta(description="Each under the columns of the profile.")
    ]
    rejects: Annotated[list[RejectItem], Meta(description="The first refusals.")]


class ValidateAnswer(msgspec.Struct, frozen=True):
    """Whether nothing would be refused; else the first refusals."""

    valid: Annotated[bool, Meta(description="Whether nothing would be refused.")]
    refusal_count: Annotated[int, Meta(description="Records, elements and cells.")]
    rejects: Annotated[list[RejectItem], Meta(description="The first refusals.")]


def normalize_routes(service: Service) -> list[HTTPRouteHandler]:
    """Return the routes of normalising."""

    def read(session: Session, body: bytes) -> tuple[IngestedTape, _Envelope]:
        said = decode_envelope(body, _Envelope, "records")
        if said.dataset_version_id is not UNSET:
            _refuse_beside_dataset(said)
            return session.read_dataset(said.dataset_version_id), said
        require_list(said.records, "must be a list of records, or give a dataset_version_id")
        name = DEFAULT_PROFILE if said.profile is UNSET else said.profile
        with refused_as_body():
            profile = service.profiles.named(name)
            return session.read(body, format="json", profile=profile, whole_keys=True), said

    async def looked_at(
        request: HttpRequest, judge: Callable[[IngestedTape, int], Any]
    ) -> Response[bytes]:
        session, body = service.session_of(request), await json_body(request)

        def work() -> Any:
            tape, said = read(session, body)
            return judge(tape, said.rows)

        return answer(await service.off_loop(work))

    @post(
        "/api/v3/normalize/preview",
        request_max_body_size=MAX_INGEST_BYTES,
        opt=_looking("What normalising would make of records or a dataset", PreviewAnswer),
    )
    async def preview(request: HttpRequest) -> Response[bytes]:
        return await looked_at(request, _preview)

    @post(
        "/api/v3/normalize/validate",
        request_max_body_size=MAX_INGEST_BYTES,
        opt=_looking(
            "Whether normalising would refuse anything of records or a dataset", ValidateAnswer
        ),
    )
    async def validate(request: HttpRequest) -> Response[bytes]:
        return await looked_at(request, _validate)

    @post(
        "/api/v3/normalize/commit",
        opt=described(
            "Keep the columns of a dataset that was written without; repeating changes nothing",
            role="ingest",
            weight="heavy",
            body=CommitRequest,
            answer=IngestAnswer,
            refusals=(400, 404, 409, 413, 422, 503),
        ),
    )
    async def commit(request: HttpRequest) -> Response[bytes]:
        session, body = service.session_of(request), await json_body(request)
        audited = auditing(request)

        def normalise() -> Dataset:
            said = decode_body(body, CommitRequest)
            return session.normalise(said.dataset_version_id, audited=audited)

        return await answer_ingest(service, normalise)

    return [preview, validate, commit]


def _looking(summary: str, kind: type[msgspec.Struct]) -> dict[str, Any]:
    return described(
        summary,
        role="ingest",
        weight="heavy",
        body=Annotated[NormalizeRequest, KEYED_RECORDS],
        answer=kind,
        refusals=(400, 404, 413, 422, 503),
    )


def _refuse_beside_dataset(said: _Envelope) -> None:
    """Refuse what a dataset that was written does not take; raises InvalidInput."""
    if memoryview(said.records).nbytes:
        raise InvalidInput("give records or a dataset_version_id, not both", where="records")
    if said.profile is not UNSET:
        raise InvalidInput("a dataset is read by the profile it was written with", where="profile")


def _preview(tape: IngestedTape, rows: int) -> dict[str, Any]:
    return {
        "summary": summarise(tape),
        "records": list(tape.records.rows(rows)),
        "rejects": list(tape.first_rejects(rows).rows()),
    }


def _validate(tape: IngestedTape, rows: int) -> dict[str, Any]:
    count = summarise(tape).refusal_count
    return {
        "valid": count == 0,
        "refusal_count": count,
        "rejects": list(tape.first_rejects(rows, with_set_aside=False).rows()),
    }
