"""Records in: from a body or a file to an immutable dataset version."""

from typing import Annotated

import msgspec
from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from msgspec import Meta

from seawall.errors import InvalidInput
from seawall.service.answers import answer
from seawall.service.bodies import decode_envelope
from seawall.service.documented import described
from seawall.service.parts import HttpRequest, Service
from seawall.session import Dataset

MAX_INGEST_BYTES = 512 << 20

PROFILE_OF_RECORDS = "todiscope"


class IngestRecords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A body of records; they are read as they are, in one pass."""

    records: msgspec.Raw = msgspec.Raw()
    normalize: bool = True
    profile: Annotated[str, Meta(min_length=1, max_length=64)] = PROFILE_OF_RECORDS
    strict: bool = False


class DataQuality(msgspec.Struct, frozen=True):
    """What was found on the way."""

    records_total: int
    duplicate_source_keys: int
    warnings: list[str]


class IngestAnswer(msgspec.Struct, frozen=True):
    """What an ingest gives; the same records under the same profile give the same version."""

    dataset_version_id: str
    import_id: str
    raw_records_written: int  # 0 when they were there already
    data_quality: DataQuality


def ingest_routes(service: Service) -> list[HTTPRouteHandler]:
    """Return the routes that write datasets."""

    @post(
        "/api/v3/ingest-records",
        request_max_body_size=MAX_INGEST_BYTES,
        opt=described(
            "Write records as a dataset version",
            role="ingest",
            body=IngestRecords,
            answer=IngestAnswer,
            refusals=(400, 409, 413, 422),
        ),
    )
    async def ingest_records(request: HttpRequest) -> Response[bytes]:
        session, body = service.session_of(request), await request.body()

        def work() -> IngestAnswer:
            said = decode_envelope(body, IngestRecords, "records")
            if bytes(memoryview(said.records)[:1]) != b"[":
                raise InvalidInput(
                    "must be a list of records", where="records", code="records_required"
                )
            # The core finds the records in the body itself: they are neither cut nor copied.
            dataset = session.ingest(
                body,
                format="json",
                profile=said.profile,
                strict=said.strict,
                normalise=said.normalize,
            )
            return ingest_answer(dataset)

        return answer(await service.off_loop(work))

    return [ingest_records]


def ingest_answer(dataset: Dataset) -> IngestAnswer:
    """Say what an ingest gave."""
    summary = dataset.summary
    return IngestAnswer(
        dataset_version_id=dataset.dataset_version_id,
        import_id=dataset.import_id,
        raw_records_written=dataset.record_count if dataset.created else 0,
        data_quality=DataQuality(
            records_total=dataset.record_count,
            duplicate_source_keys=0 if summary is None else summary.duplicate_key_count,
            warnings=warnings(dataset),
        ),
    )


def warnings(dataset: Dataset) -> list[str]:
    """Say what a reader of the figures must know of a dataset."""
    summary = dataset.summary
    if summary is None:
        return ["not normalised: no column was read"]
    said = [f"{count:,} refused by {rule}" for rule, count in summary.refused_by_rule.items()]
    assumed = summary.rule_uses.get("currency", {}).get("default_applied", 0)
    if assumed:
        said.append(f"{assumed:,} records name no currency: taken as the profile says")
    if summary.unread_fields:
        said.append(f"not read: {', '.join(summary.unread_fields[:10])}")
    return said
