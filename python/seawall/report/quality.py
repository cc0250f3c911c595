"""What was read of a tape, what was refused, and by which rules."""

import msgspec

from seawall.errors import Conflict
from seawall.session import Dataset

SET_ASIDE = "set_aside"  # records of another kind: no refusals


class RefusedByRule(msgspec.Struct, frozen=True):
    """What one rule refused or set aside, with its first case."""

    rule: str
    part: str  # cell, element, record or set_aside
    count: int
    source_row: int
    field: str
    value: str
    reason: str


class Quality(msgspec.Struct, frozen=True):
    """How a tape was read."""

    record_count: int
    kept_count: int
    refused_record_count: int
    set_aside_count: int
    refused_cell_count: int
    duplicate_key_count: int
    refusals: list[RefusedByRule]  # by rule and part, the most frequent first
    rules_by_field: list[tuple[str, dict[str, int]]]
    unread_fields: list[str]
    currencies: list[str]  # of the kept records
    assumed_currency_count: int  # records without a currency, read as the profile's


def read_quality(dataset: Dataset) -> Quality:
    """Take the counts of a normalised dataset and one example of each refusal."""
    summary = dataset.summary
    if summary is None:
        raise Conflict(
            "the dataset is not normalised yet",
            code="normalized_record_required",
            where=dataset.dataset_version_id,
        )
    refusals = _refusals(dataset)
    return Quality(
        record_count=summary.record_count,
        kept_count=summary.kept_count,
        refused_record_count=summary.refused_record_count,
        set_aside_count=sum(r.count for r in refusals if r.part == SET_ASIDE),
        refused_cell_count=summary.refused_cell_count + summary.refused_element_count,
        duplicate_key_count=summary.duplicate_key_count,
        refusals=refusals,
        rules_by_field=sorted(summary.rule_uses.items()),
        unread_fields=summary.unread_fields,
        currencies=sorted(summary.currencies),
        assumed_currency_count=summary.rule_uses.get("currency", {}).get("default_applied", 0),
    )


def _refusals(dataset: Dataset) -> list[RefusedByRule]:
    import pyarrow

    rejects = dataset.rejects.to_arrow()
    numbered = rejects.append_column("at", pyarrow.array(range(len(rejects)), pyarrow.int64()))
    grouped = numbered.group_by(["rule", "refused"], use_threads=False).aggregate(
        [("at", "min"), ([], "count_all")]
    )
    examples = rejects.take(grouped["at_min"]).to_pylist()
    found = [
        RefusedByRule(
            rule=example["rule"],
            part=example["refused"],
            count=count,
            source_row=example["source_row"],
            field=example["field"] or "",
            value=example["value"] or "",
            reason=example["reason"],
        )
        for example, count in zip(examples, grouped["count_all"].to_pylist(), strict=True)
    ]
    return sorted(found, key=lambda r: (-r.count, r.rule, r.part))
