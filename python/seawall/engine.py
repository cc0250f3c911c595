"""What an engine declares about itself, as data; it writes no plumbing."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Generic, Self, TypeVar

import msgspec

from seawall.native import RunControl
from seawall.table import Table

Parameters = TypeVar("Parameters", bound=msgspec.Struct)
Result = TypeVar("Result", bound=msgspec.Struct)


class CurrencyRates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which rates convert a book: a table of rates that is itself a dataset, and a day."""

    dataset_version_id: Annotated[str, msgspec.Meta(description="The dataset of the rates.")]
    as_of: Annotated[
        str, msgspec.Meta(description="ISO date: the last rates on or before it are used.")
    ]
    max_age_days: Annotated[
        Annotated[int, msgspec.Meta(ge=0, le=366)],
        msgspec.Meta(description="Older rates are refused."),
    ] = 7


class BookChoice(msgspec.Struct, frozen=True):
    """What of a question decides how the book itself is made; the same choice, the same book."""

    currency: str | None = None  # None: the one currency that all records have
    rates: CurrencyRates | None = None
    options: tuple[tuple[str, str], ...] = ()  # the engine's own, by name
    earlier: tuple[str, ...] = ()  # dataset versions whose records the book knows too


class CurrencyConversion(msgspec.Struct, frozen=True):
    """Rates into a book's currency as they were found, for the engine and its evidence."""

    currency: str
    chosen: CurrencyRates
    rates: Mapping[str, float]  # units of the book's currency for one unit, by currency
    quotes: tuple[Mapping[str, Any], ...]  # each rate with its date and legs
    refused: tuple[Mapping[str, Any], ...]  # currencies without a usable rate, and why


class EvidenceKind(msgspec.Struct, frozen=True):
    """What a run leaves evidence of: once, or once for each of several subjects."""

    name: str
    subject: str = ""  # what each piece is of, such as a scenario; empty: a run leaves one
    is_always_left: bool = True  # whatever was asked

    @property
    def wire_name(self) -> str:
        """The name under which a run answers the identifier, or identifiers by subject."""
        return evidence_wire_name(self.name, has_subjects=bool(self.subject))


def evidence_wire_name(kind: str, *, has_subjects: bool) -> str:
    """Return the name under which a run answers the identifiers of a kind of evidence."""
    return f"{kind}_evidence_ids" if has_subjects else f"{kind}_evidence_id"


AUDIT_TRAIL = EvidenceKind("audit_trail")
"""What the session adds to the evidence of every run."""


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
    """What one run of an engine gives: an answer, drafts for the ledger, tables on demand.

    ``held_bytes`` is about what it takes in memory, with the book that it was computed on.
    ``questions`` answers what can be asked of it without another run; None: nothing can.
    """

    result: Result
    evidence: tuple[EvidenceDraft, ...]
    findings: tuple[FindingDraft, ...]
    tables: Mapping[str, Callable[[], Table]]
    held_bytes: int
    questions: Any = None

    def without_drafts(self) -> Self:
        """Return what is still asked for once the ledger has the drafts.

        The documents of a run are many small objects, which the collector walks while they live.
        """
        return msgspec.structs.replace(self, evidence=(), findings=())


class Execution(msgspec.Struct, frozen=True):
    """How a run is computed. No bit of any answer depends on it."""

    threads: int = 0  # 0 for all cores
    control: RunControl | None = None  # follows the work and stops it
    checkpoint: Path | None = None  # where an engine keeps what is done, to resume from
    cluster: Any = None  # a client of a cluster that an engine spreads its work over


class KnownAnswer(msgspec.Struct, Generic[Parameters, Result], frozen=True):
    """A small question whose answer is known: an engine that answers otherwise is broken.

    The answer is worked out by hand, in closed form, and not what the engine once said.
    """

    profile: str  # a built-in one
    records: bytes  # JSON
    parameters: Parameters
    figures: Callable[[Result], tuple[float | None, ...]]
    answer: tuple[float, ...]


class EngineDeclaration(msgspec.Struct, Generic[Parameters, Result], frozen=True):
    """An engine: its names, its version, its types and its one function.

    ``choose_book`` says which book a question is about; ``decode`` makes it from a dataset's
    normalised tables (by name: ``records`` and the profile's lists), the conversion that the choice
    asks for, and the records of its earlier datasets; books are kept and shared by runs. ``run``
    computes on one, and ``count_units`` says how many units its control counts until the end, for a
    question about so many records; 0 where nobody knows. ``table_names`` says which tables a run of
    a question has, before it is computed.
    """

    name: str  # in Python, on the command line and in the ledger
    wire_name: str  # in URLs
    version: str  # a change of any figure's bits is a new version
    parameters: type[Parameters]
    result: type[Result]
    evidence_kinds: tuple[EvidenceKind, ...]
    profiles: str  # the package that holds its built-in tape profiles
    choose_book: Callable[[Parameters], BookChoice]
    decode: Callable[
        [Mapping[str, Table], BookChoice, CurrencyConversion | None, Sequence[Table]], Any
    ]
    run: Callable[[Any, Parameters, Execution], EngineOutcome[Result]]
    count_units: Callable[[Parameters, int], int]
    table_names: Callable[[Parameters], tuple[str, ...]]
    known_answer: KnownAnswer[Parameters, Result]
    is_heavy: bool = False  # a run takes seconds rather than milliseconds
