"""Records in: from a body or a file to an immutable dataset version."""

from typing import Annotated

import msgspec
from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from msgspec import Meta

from seawall.service.bodies import decode_envelope, json_body, refused_as_body, require_list
from seawall.service.documented import described
from seawall.service.ingest_answers import IngestAnswer, answer_ingest
from seawall.service.parts import HttpRequest, Service, auditing
from seawall.service.record_form import DEFAULT_PROFILE, KEYED_RECORDS, Record
from seawall.session import Dataset

MAX_INGEST_BYTES = 512 << 20


class HowToRead(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How records are read."""

    normalize: Annotated[
        bool,
        Meta(description="Whether columns are read now; else the records are kept as they are."),
    ] = True
    profile: Annotated[
        Annotated[str, Meta(min_length=1, max_length=64)],
        Meta(description="How the columns are read."),
    ] = DEFAULT_PROFILE
    strict: Annotated[bool, Meta(description="Whether one refused cell or row refuses all.")] = (
        False
    )


class IngestRecords(HowToRead, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A body of records."""

    records: Annotated[
        Annotated[list[Record], Meta(min_length=1)],
        Meta(description="Under the default profile each has a source_system and an identifier."),
    ]


class _Envelope(HowToRead, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The same body as it is decoded: the core reads the records, in one pass."""

    records: msgspec.Raw = msgspec.Raw()


def ingest_routes(service: Service) -> list[HTTPRouteHandler]:
    """Return the routes that write datasets."""

    @post(
        "/api/v3/ingest-records",
        request_max_body_size=MAX_INGEST_BYTES,
        opt=described(
            "Write records as a dataset version",
            role="ingest",
            weight="large",
            body=Annotated[IngestRecords, KEYED_RECORDS],
            answer=IngestAnswer,
            refusals=(400, 409, 413, 422),
        ),
    )
    async def ingest_records(request: HttpRequest) -> Response[bytes]:
        session, body = service.session_of(request), await json_body(request)
        audited = auditing(request)

        def ingest() -> Dataset:
            said = decode_envelope(body, _Envelope, "records")
            require_list(said.records, "must be a list of records")
            # The core finds the records in the body itself: they are neither cut nor copied.
            with refused_as_body():
                return session.ingest(
                    body,
                    format="json",
                    profile=service.profiles.named(said.profile),
                    strict=said.strict,
                    whole_keys=True,
                    normalise=said.normalize,
                    audited=audited,
                )

        return await answer_ingest(service, ingest)

    return [ingest_records]
