"""What an engine declares about itself, as data; it writes no plumbing."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import msgspec

from seawall.native import RunControl
from seawall.table import Table

Parameters = TypeVar("Parameters", bound=msgspec.Struct)
Result = TypeVar("Result", bound=msgspec.Struct)


class EvidenceDraft(msgspec.Struct, frozen=True):
    """Evidence as an engine states it; the session adds what all evidence carries."""

    kind: str  # one of the engine's evidence kinds
    body: Mapping[str, Any]  # figures with the names they have on the wire
    subject: str = ""  # what of several pieces of a kind this is, such as a scenario's id


class FindingDraft(msgspec.Struct, frozen=True):
    """A finding as an engine states it, with the evidence (by position) that it rests on."""

    body: Mapping[str, Any]
    evidence: int


class EngineOutcome(msgspec.Struct, Generic[Result], frozen=True):
    """What one run of an engine gives: an answer, drafts for the ledger, tables on demand."""

    result: Result
    evidence: tuple[EvidenceDraft, ...]
    findings: tuple[FindingDraft, ...]
    tables: Mapping[str, Callable[[], Table]]


class EngineDeclaration(msgspec.Struct, Generic[Parameters, Result], frozen=True):
    """An engine: its names, its version, its types and its one function.

    ``decode`` makes the engine's book from a dataset's normalised tables (by name: ``records`` and
    the profile's lists); books are kept and shared by runs. ``run`` computes on one.
    """

    name: str  # in Python, on the command line and in the ledger
    wire_name: str  # in URLs
    version: str  # a change of any figure's bits is a new version
    parameters: type[Parameters]
    result: type[Result]
    evidence_kinds: tuple[str, ...]
    profiles: str  # the package that holds its built-in tape profiles
    decode: Callable[[Mapping[str, Table]], Any]
    run: Callable[[Any, Parameters, int, RunControl | None], EngineOutcome[Result]]
