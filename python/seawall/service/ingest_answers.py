"""What an ingest answers."""

from collections.abc import Callable
from typing import Annotated

import msgspec
from litestar import Response
from msgspec import Meta

from seawall.service.answers import answer
from seawall.service.parts import Service
from seawall.session import Dataset
from seawall.session.dataset import DatasetSummary


class DataQuality(msgspec.Struct, frozen=True):
    """What was found on the way."""

    records_total: Annotated[int, Meta(description="Records of the dataset, refused ones too.")]
    duplicate_source_keys: Annotated[
        int, Meta(description="Records whose source_system and source_record_id another has too.")
    ]
    warnings: Annotated[list[str], Meta(description="What a reader of the figures must know.")]


class IngestAnswer(msgspec.Struct, frozen=True):
    """What an ingest gives; the same records under the same profile give the same identifiers."""

    dataset_version_id: Annotated[
        str, Meta(description="The same records under the same profile give the same one.")
    ]
    import_id: Annotated[
        str,
        Meta(description="Of this dataset version, whenever its records are sent."),
    ]
    raw_records_written: Annotated[
        int, Meta(description="By this request: 0 when they were there already.")
    ]
    data_quality: Annotated[DataQuality, Meta(description="What was found on the way.")]


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
            warnings=warnings(summary),
        ),
    )


async def answer_ingest(service: Service, ingest: Callable[[], Dataset]) -> Response[bytes]:
    """Ingest beside the event loop, and answer."""
    return answer(await service.off_loop(lambda: ingest_answer(ingest())))


def warnings(summary: DatasetSummary | None) -> list[str]:
    """Say what a reader of the figures must know of a dataset."""
    if summary is None:
        return ["not normalised: no column was read"]
    said = [f"{count:,} refused by {rule}" for rule, count in summary.refused_by_rule.items()]
    assumed = summary.rule_uses.get("currency", {}).get("default_applied", 0)
    if assumed:
        said.append(f"{assumed:,} records name no currency: taken as the profile says")
    if summary.unread_fields:
        said.append(f"not read: {', '.join(summary.unread_fields[:10])}")
    return said
