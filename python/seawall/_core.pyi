"""
seawall's native core. Import it through seawall.native only.
"""

from __future__ import annotations
import collections.abc
import typing
import typing_extensions

__all__: list[str] = [
    "DebtBook",
    "DebtRun",
    "IngestedSource",
    "LEAVES_PER_CHUNK",
    "NO_LTV_LIMIT",
    "NativeTable",
    "RunControl",
    "TapeIngest",
    "XmlRecords",
    "build_info",
    "check_profile",
    "explain_record",
    "import_table",
    "inclusion_path",
    "merkle_root",
    "rules",
    "run_debt_stress",
    "stored_record",
    "sweep",
    "sweep_instruction_set",
    "table_digest",
]

class RunControl:
    """
    Follows and ends long work; safe to cancel from any thread.
    """
    def __init__(
        self, on_progress: collections.abc.Callable[[int], None] | None = None
    ) -> None: ...
    def cancel(self) -> None:
        """
        Ask the work to stop; it raises Cancelled.
        """
    @property
    def cancelled(self) -> bool: ...
    @property
    def completed_units(self) -> int:
        """
        How many units of work are done.
        """

class NativeTable:
    """
    Columns that any Arrow consumer reads without a copy.
    """
    def __arrow_c_stream__(
        self, requested_schema: typing.Any = None
    ) -> typing_extensions.CapsuleType: ...
    def __len__(self) -> int: ...
    @property
    def column_names(self) -> list[str]: ...
    @property
    def nbytes(self) -> int:
        """
        What the columns weigh in memory.
        """

class IngestedSource:
    """
    A source after ingest: columns, rejects and digests.
    """
    @property
    def chunk_count(self) -> int: ...
    @property
    def chunk_roots(self) -> bytes: ...
    @property
    def currencies(self) -> dict[str, int]: ...
    @property
    def duplicate_keys(self) -> int: ...
    @property
    def lists(self) -> dict[str, NativeTable]: ...
    @property
    def merkle_root(self) -> bytes: ...
    @property
    def record_count(self) -> int: ...
    @property
    def records(self) -> NativeTable: ...
    @property
    def rejects(self) -> NativeTable: ...
    @property
    def rejects_by_part(self) -> dict[str, int]: ...
    @property
    def rejects_by_rule(self) -> dict[str, int]: ...
    @property
    def rule_uses(self) -> dict[str, dict[str, int]]: ...
    @property
    def unread_fields(self) -> list[str]: ...

class TapeIngest:
    """
    Reads, normalises and hashes a source piece by piece. The bits of the outcome do not depend on how it is cut. Of no use after a call has raised.
    """
    def __init__(
        self,
        profile: bytes,
        *,
        table_rows: bool,
        normalise: bool = True,
        keep_blocks: bool = False,
        threads: typing.SupportsInt | typing.SupportsIndex = 0,
        control: RunControl | None = None,
    ) -> None: ...
    def add_blocks(self, blocks: collections.abc.Sequence[typing_extensions.Buffer]) -> None:
        """
        Takes stored blocks: the way in which a dataset is verified.
        """
    def add_json(self, piece: typing_extensions.Buffer) -> None:
        """
        Takes more bytes of an array, or of an object with "records".
        """
    def add_lines(self, piece: typing_extensions.Buffer) -> None:
        """
        Takes more bytes of JSON records, one a line.
        """
    def add_rows(
        self,
        rows: typing.Any,
        *,
        first_row: typing.SupportsInt | typing.SupportsIndex,
        ragged: collections.abc.Sequence[tuple[typing.SupportsInt | typing.SupportsIndex, str]],
        file_sha256: str,
        multiline: bool,
        unique_columns: bool,
    ) -> None:
        """
        Takes rows of texts (any object with __arrow_c_stream__); null is no cell.
        """
    def finish(self) -> IngestedSource:
        """
        Ends the source; take_blocks gives its last block.
        """
    def take_blocks(self) -> list[bytes]:
        """
        The blocks to store that were completed since the last call.
        """

class XmlRecords:
    """
    Records of an XML document that arrives piece by piece, as columns of texts; null is no cell. Of no use after a call has raised.
    """

    MAX_COLUMNS: typing.ClassVar[int] = 4096
    MAX_DEPTH: typing.ClassVar[int] = 64
    MAX_RECORD_BYTES: typing.ClassVar[int] = 16777216
    def __init__(
        self, record_element: str, context: collections.abc.Sequence[str], *, name: str
    ) -> None: ...
    def feed(self, window: bytes, *, is_final: bool = False) -> None:
        """
        Takes more bytes; the last ones may be none.
        """
    def take(self) -> NativeTable | None:
        """
        The finished records that were not taken yet.
        """
    @property
    def cell_count(self) -> int:
        """
        Cells of their columns, nulls included.
        """
    @property
    def record_count(self) -> int:
        """
        Finished records that were not taken yet.
        """

class DebtBook:
    """
    A book in one currency, decoded once into the engine's columns.

    With a currency, every amount is converted at its currency's rate (units of the book's
    currency for one of it), and records whose currency has none are left out and listed.
    Collateral that a record shares with other loans, or may share because its flag is
    absent, counts by its stated share, else by shared_collateral: withheld, or
    by_debt_service.
    """
    def __init__(
        self,
        records: NativeTable,
        instruments: NativeTable | None = None,
        distressed_assets: NativeTable | None = None,
        *,
        currency: str | None = None,
        rates: collections.abc.Mapping[str, typing.SupportsFloat | typing.SupportsIndex]
        | None = None,
        shared_collateral: str = "withheld",
    ) -> None: ...
    @property
    def collateral_withheld_count(self) -> int: ...
    @property
    def collateral_withheld_outstanding(self) -> float:
        """
        What the records whose collateral is withheld owe.
        """
    @property
    def currencies(self) -> list[dict[str, typing.Any]]:
        """
        Each currency's rate and totals; rate and converted total are None where its records
        are left out.
        """
    @property
    def currency(self) -> str: ...
    @property
    def obligor_count(self) -> int: ...
    @property
    def rate_missing_count(self) -> int: ...
    @property
    def record_count(self) -> int: ...
    @property
    def segments(self) -> list[dict[str, typing.Any]]:
        """
        What distinguishes each segment, and its sums.
        """
    @property
    def shared_collateral(self) -> NativeTable:
        """
        One row a record whose stated collateral belongs, or may belong, to
        others too.
        """
    @property
    def total_missing_count(self) -> int: ...
    @property
    def unconverted(self) -> NativeTable:
        """
        One row a record left out, with its total in its own currency.
        """

class DebtRun:
    """
    The figures of one stress run.

    Its tables show the losses of all scenarios, or of those whose ids are
    given, in their order.
    """
    def largest(
        self,
        scenario: typing.SupportsInt | typing.SupportsIndex,
        count: typing.SupportsInt | typing.SupportsIndex,
    ) -> list[tuple[int, float]]:
        """
        (record, amount) of the records that contribute most to a scenario's loss, or to the
        net exposure when scenario is -1.
        """
    def obligors(self, scenarios: collections.abc.Sequence[str] | None = None) -> NativeTable:
        """
        One row an obligor.
        """
    def positions(self, scenarios: collections.abc.Sequence[str] | None = None) -> NativeTable:
        """
        One row an instrument.
        """
    def records(self, scenarios: collections.abc.Sequence[str] | None = None) -> NativeTable:
        """
        One row a record.
        """
    def segment_losses(self, scenarios: collections.abc.Sequence[str] | None = None) -> NativeTable:
        """
        One row a scenario and segment: what distinguishes the segment, its loss, and its
        base total and collateral.
        """
    @property
    def exposure(self) -> dict[str, float]: ...
    @property
    def scenarios(self) -> list[dict[str, float]]: ...

def build_info() -> dict[str, str]:
    """
    How this binary was built: version, build_type, compiler, flags.
    """

def check_profile(profile: bytes) -> None:
    """
    Raises InvalidProfile when the profile contradicts itself.
    """

def explain_record(
    record: bytes, *, table_row: bool, profile: bytes
) -> list[dict[str, typing.Any]]:
    """
    How each cell of a record was read: field, raw, value, state, rules, reason.
    """

def import_table(source: typing.Any) -> NativeTable:
    """
    Copies any object with __arrow_c_stream__ into a native table.

    Columns may be float64, int64, date32, bool or utf8; others raise InvalidInput.
    """

def inclusion_path(
    chunk_leaves: bytes, chunk_roots: bytes, index: typing.SupportsInt | typing.SupportsIndex
) -> list[bytes]:
    """
    Siblings from leaf `index` up to the root, from its chunk's leaf hashes and all chunk roots.
    """

def merkle_root(digests: bytes) -> bytes:
    """
    Root (32 bytes) over leaf hashes or chunk roots, given as 32 bytes each, by RFC 6962.
    """

def rules() -> list[str]:
    """
    The names of all rules, in the order of their bits in `rules_applied`.
    """

def run_debt_stress(
    book: DebtBook,
    scenarios: collections.abc.Sequence[
        tuple[
            str,
            typing.Annotated[
                collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
                "FixedSize(4)",
            ]
            | typing_extensions.Buffer,
        ]
    ],
    threads: typing.SupportsInt | typing.SupportsIndex = 0,
    control: RunControl | None = None,
    *,
    keep_losses: bool = True,
) -> DebtRun:
    """
    Measures a book and revalues it under each (id, shocks), no id twice: (rate delta pp,
    collateral impact, recovery degradation, default increment) for all, or a contiguous
    float64 array of shape (segments, 5) with a row of these and the currency change for
    each segment of the book. Where the losses of records and positions are not kept, they
    are computed again when asked for.
    """

def stored_record(
    block: typing_extensions.Buffer, index: typing.SupportsInt | typing.SupportsIndex
) -> dict[str, typing.Any]:
    """
    One record of a raw block: bytes, source_row, and the block's leaf hashes.
    """

def sweep(
    loans: dict[str, typing_extensions.Buffer],
    scenarios: dict[str, typing_extensions.Buffer],
    *,
    minor_units_per_unit: typing.SupportsInt | typing.SupportsIndex,
    threads: typing.SupportsInt | typing.SupportsIndex = 0,
    control: RunControl | None = None,
) -> dict[str, bytes]:
    """
    Screens instruments (columns by name) under scenarios (cubes by name, of shape (classes,
    quarters, scenarios)); contiguous float64, classes int64, not to be changed meanwhile.
    Returns int64 of shape (quarters, scenarios) as bytes: loss_minor, breach_count and
    default_count.
    """

def sweep_instruction_set() -> str:
    """
    The instruction set that sweep uses on this processor: avx512, avx2 or baseline.
    """

def table_digest(tables: collections.abc.Sequence[NativeTable]) -> bytes:
    """
    SHA-256 (32 bytes) over what tables hold, whatever file format carries them.
    """

LEAVES_PER_CHUNK: int = 256
NO_LTV_LIMIT: float
