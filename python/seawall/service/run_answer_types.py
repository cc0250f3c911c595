"""The types of what is answered of runs, made of what an engine declares: for the document alone.

Answers are made of what the ledger keeps, and never go through them.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from seawall.engine import EngineDeclaration, EvidenceKind
from seawall.service.chosen_fields import chosen
from seawall.service.finding_answer import FindingAnswer

Engine = EngineDeclaration[Any, Any]
Type = type[msgspec.Struct]
_Field = tuple[str, Any] | tuple[str, Any, Any]


class RunMetadata(msgspec.Struct, frozen=True):
    """What a report is of."""

    dataset_version_id: Annotated[str, Meta(description="What the run was on.")]
    run_id: Annotated[str, Meta(description="The run's identifier.")]
    engine: Annotated[str, Meta(description="By its name.")]
    engine_version: Annotated[str, Meta(description="The version of the engine that ran.")]
    started_at: Annotated[str, Meta(description="As the caller gave it, in UTC.")]


class ReportMetadata(RunMetadata, frozen=True):
    """What a report is of, and how much it tells."""

    report_type: Annotated[
        Literal["standard", "granular", "aggregated"], Meta(description="How much is told.")
    ]


class ReportedTable(msgspec.Struct, frozen=True):
    """The first rows of a table of a run."""

    row_count: Annotated[int, Meta(description="Rows of the whole table.")]
    rows: Annotated[list[dict[str, Any]], Meta(description="Each under the table's columns.")]


class FindingCounts(msgspec.Struct, frozen=True):
    """The findings of a run, counted."""

    count: Annotated[int, Meta(description="All findings.")]
    material_count: Annotated[int, Meta(description="Those that reach their threshold.")]
    by_category: Annotated[dict[str, int], Meta(description="All findings by their category.")]


class RunSummary(msgspec.Struct, frozen=True):
    """A run of a list."""

    run_id: Annotated[
        str,
        Meta(
            description="The same question on the same dataset at the same time has the same one."
        ),
    ]
    dataset_version_id: Annotated[str, Meta(description="What the run was on.")]
    engine: Annotated[str, Meta(description="By its name.")]
    engine_version: Annotated[str, Meta(description="The version of the engine that ran.")]
    started_at: Annotated[str, Meta(description="As the caller gave it, in UTC.")]
    created_at: Annotated[str, Meta(description="When it was first written.")]
    created_by: Annotated[str, Meta(description="Who asked first.")]


def run_answer(engine: Engine) -> Type:
    """Return the type of what POST …/run of an engine answers."""
    report = _made(
        engine,
        "RunReport",
        "What a run found out, and of what.",
        [("metadata", Annotated[RunMetadata, _said("What the report is of.")])],
        bases=(engine.result,),
    )
    return _made(
        engine,
        "RunAnswer",
        "What a run answers. Beside it stand the identifiers of its evidence: of a kind that is "
        "left once `<kind>_evidence_id`, of others `<kind>_evidence_ids` by subject.",
        [
            ("dataset_version_id", Annotated[str, _said("What the run was on.")]),
            ("started_at", Annotated[str, Meta(description="As the caller gave it, in UTC.")]),
            ("run_id", Annotated[str, _said("The same question again has the same one.")]),
            *_evidence_fields(engine),
            (
                "material_findings",
                Annotated[
                    list[FindingAnswer],
                    Meta(description="Those that reach their threshold, in the engine's order."),
                ],
            ),
            ("report", Annotated[report, _said("The figures.")]),
            ("assumptions", _assumptions()),
        ],
    )


def named_evidence(engine: Engine) -> Type:
    """Return the type of the identifiers of the evidence of a run, under their kinds."""
    return _made(
        engine,
        "EvidenceNames",
        "The identifiers of the evidence of a run, under their kinds.",
        _evidence_fields(engine),
    )


def report_answer(engine: Engine) -> Type:
    """Return the type of what POST …/report of an engine answers."""
    members = chosen(_result(engine))
    figures = _made(engine, "Figures", "A result without its lists.", [], (members,))
    report = _made(
        engine,
        "Report",
        "Of a standard report the result; of a granular one its tables too; of an aggregated one "
        "`figures` and `findings` alone.",
        [
            ("tables", Annotated[dict[str, ReportedTable] | UnsetType, _said("Granular.")], UNSET),
            ("figures", Annotated[figures | UnsetType, _said("Aggregated.")], UNSET),
            ("findings", Annotated[FindingCounts | UnsetType, _said("Aggregated.")], UNSET),
        ],
        bases=(members,),
    )
    return _made(
        engine,
        "ReportAnswer",
        "A report; what it holds beside the findings depends on its type.",
        [
            ("metadata", Annotated[ReportMetadata, _said("What the report is of.")]),
            ("report", Annotated[report, _said("As much as was asked for.")]),
            (
                "findings",
                Annotated[list[FindingAnswer], _said("All of the run; none when aggregated.")],
            ),
            ("assumptions", _assumptions()),
        ],
    )


def stored_run(engine: Engine) -> Type:
    """Return the type of a run of an engine as it is kept."""
    return _made(
        engine,
        "StoredRun",
        "A run as it is kept: its question, its answer, and what it left.",
        [
            *((field.name, field.type) for field in msgspec.structs.fields(RunSummary)),
            (
                "parameters",
                Annotated[
                    dict[str, Any],
                    _said("The question, complete, as its engine_version knew it."),
                ],
            ),
            (
                "evidence_ids",
                Annotated[dict[str, str], _said("By kind, or kind:subject.")],
            ),
            ("findings", Annotated[list[FindingAnswer], _said("In the engine's order.")]),
            ("result", Annotated[engine.result, _said("The figures.")]),
        ],
    )


def _evidence_fields(engine: Engine) -> list[_Field]:
    return [_evidence_field(kind) for kind in engine.evidence_kinds]


def _evidence_field(kind: EvidenceKind) -> _Field:
    typed: Any = str
    told = "An identifier: every run leaves one."
    if kind.subject:
        typed, told = dict[str, str], f"Identifiers by {kind.subject}."
    if kind.is_always_left:
        return (kind.wire_name, Annotated[typed, _said(told)])
    told += " Absent: the run left none of the kind."
    return (kind.wire_name, Annotated[typed | UnsetType, _said(told)], UNSET)


def _result(engine: Engine) -> Type:
    result: Type = engine.result
    return result


def _assumptions() -> Any:
    return Annotated[list[str], _said("What was taken to be so, for readers.")]


def _said(description: str) -> Meta:
    return Meta(description=description)


def _made(
    engine: Engine, name: str, told: str, fields: list[_Field], bases: tuple[Type, ...] = ()
) -> Type:
    prefix = "".join(part.capitalize() for part in engine.name.split("_"))
    return msgspec.defstruct(
        prefix + name,
        fields,
        bases=bases or None,
        frozen=True,
        kw_only=True,
        namespace={"__doc__": told},
        module=__name__,
    )
