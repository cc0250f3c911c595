"""Filters of lists by what engines declare: another name would only make an empty list."""

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from msgspec import Meta, UnsetType

from seawall.registry import ENGINES

if TYPE_CHECKING:
    EngineName: TypeAlias = str
    EvidenceKindName: TypeAlias = str
else:
    _KINDS = [kind.name for engine in ENGINES.values() for kind in engine.evidence_kinds]
    EngineName = Literal[tuple(ENGINES)]
    EvidenceKindName = Literal[tuple(dict.fromkeys(_KINDS))]

EngineFilter = Annotated[
    EngineName | UnsetType, Meta(description="Only of this engine, by its name in the ledger.")
]
EvidenceKindFilter = Annotated[
    EvidenceKindName | UnsetType, Meta(description="Only evidence of this kind.")
]
