"""
seawall's native core. Import it through seawall.native only.
"""

from __future__ import annotations
import collections.abc
import datetime
import numpy
import numpy.typing
import typing
import typing_extensions

__all__: list[str] = [
    "DebtBook",
    "DebtPaths",
    "DebtRun",
    "DefaultSimulation",
    "EchoServer",
    "IngestedSource",
    "LEAVES_PER_CHUNK",
    "LoadRequest",
    "NO_LTV_LIMIT",
    "NativeTable",
    "RecordExplainer",
    "RunControl",
    "Sampling",
    "TapeIngest",
    "TextNumbers",
    "XmlRecords",
    "accrual_periods",
    "add_months",
    "adjust_days",
    "binary_columns",
    "bond_figures",
    "bond_yield",
    "build_info",
    "canonical_json",
    "cells_of_rows",
    "check_profile",
    "concentration",
    "concentration_measures",
    "conditional_default_probabilities",
    "conditional_factors",
    "conditional_obligors",
    "contributions",
    "convergence",
    "credit_positions",
    "credit_risk_plus",
    "decimal_products",
    "default_count_distribution",
    "exact_loss_contributions",
    "exact_loss_distribution",
    "expected_credit_loss",
    "expected_tranche_loss",
    "extend_peaks",
    "factor_of_loss",
    "factors_of_loss",
    "frye_jacobs_loss",
    "granularity_adjustment",
    "horizon_value",
    "identified_documents",
    "identifier",
    "implied_default_probability",
    "import_table",
    "in_order_of",
    "inclusion_path",
    "internal_rate_of_return",
    "internal_rate_of_return_dated",
    "irb_figures",
    "joined_cells",
    "joint_migration",
    "large_pool_cdf",
    "large_pool_figures",
    "lattice_tail",
    "level_payment",
    "likeliest_default_set",
    "log_leaf_hashes",
    "loss_change",
    "loss_histogram",
    "loss_moments",
    "member_span",
    "merkle_root",
    "merton_assets",
    "merton_figures",
    "migration_thresholds",
    "minor_digits",
    "minor_shares",
    "net_present_value",
    "net_present_value_dated",
    "open_after_sale",
    "pair_figures",
    "paired_difference",
    "pool_moments",
    "quarterly_default_probabilities",
    "quarterly_discount_factors",
    "recovery_tables",
    "renormalised_rows",
    "replay",
    "reverse_stress",
    "rules",
    "run_debt_paths",
    "run_debt_stress",
    "run_load",
    "sha256",
    "shifted_default_probabilities",
    "simulation_instruction_set",
    "smallest_default_set",
    "stored_record",
    "sweep",
    "sweep_instruction_set",
    "table_digest",
    "tail_dependence",
    "tail_figures",
    "transition_power",
    "value_moments",
    "weighted_contributions",
    "year_fraction",
    "year_fraction_icma",
]

class RunControl:
    """
    Follows and ends long work; safe to cancel from any thread.
    """
    def __init__(
        self, on_progress: collections.abc.Callable[[int], None] | None = None
    ) -> None: ...
    def advance(self, units: typing.SupportsInt | typing.SupportsIndex) -> None:
        """
        Count units that were done elsewhere, and report.
        """
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

class TextNumbers:
    """
    Remembers a number for each of very many texts, in little memory.
    """
    def __init__(self) -> None: ...
    def __len__(self) -> int: ...
    def add(self, texts: list[str], first: typing.SupportsInt | typing.SupportsIndex) -> None:
        """
        Number texts from `first` on; one that has a number already keeps it.
        """
    def numbers(self, texts: list[str]) -> list[int]:
        """
        The number of each text, 0 for one that has none.
        """
    def update(self, others: TextNumbers) -> None:
        """
        Add what others have remembered.
        """
    def without_number(self, texts: list[str]) -> list[str]:
        """
        The texts that have no number.
        """

class IngestedSource:
    """
    A source after ingest: columns, rejects and digests.
    """
    def rejects(
        self,
        *,
        count: typing.SupportsInt | typing.SupportsIndex = 18446744073709551615,
        with_set_aside: bool = True,
    ) -> NativeTable:
        """
        The first so many as a table: record, source_row, refused, field, value, rule,
        reason. Made anew each time.
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
    def keyless(self) -> dict[str, typing.Any] | None:
        """
        The record that ended the reading, where whole keys were asked for: record, field,
        rule, reason.
        """
    @property
    def lists(self) -> dict[str, NativeTable]: ...
    @property
    def merkle_root(self) -> bytes: ...
    @property
    def record_count(self) -> int: ...
    @property
    def records(self) -> NativeTable: ...
    @property
    def reject_count(self) -> int: ...
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
        whole_keys: bool = False,
        threads: typing.SupportsInt | typing.SupportsIndex = 0,
        control: RunControl | None = None,
    ) -> None:
        """
        With whole_keys the first record that is no object or has no key ends the reading,
        and what follows is only counted.
        """
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

class RecordExplainer:
    """
    Tells how the records of a profile were read.
    """
    def __init__(self, profile: bytes, *, table_row: bool) -> None: ...
    def explain(self, record: bytes) -> list[dict[str, typing.Any]]:
        """
        How each cell of a record was read: field, raw, value, state, rules, reason.
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
        principal_schedule: NativeTable | None = None,
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

class DebtPaths:
    """
    The cases of one run with a horizon, in the order they were given.
    """
    def cash_flows(
        self,
        case: typing.SupportsInt | typing.SupportsIndex,
        records: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex] | None = None,
    ) -> NativeTable:
        """
        One row a position and month; of all records, or those of the given numbers.
        """
    def covenant_summary(
        self, case: typing.SupportsInt | typing.SupportsIndex
    ) -> list[dict[str, typing.Any]]: ...
    def covenants(self, case: typing.SupportsInt | typing.SupportsIndex) -> NativeTable:
        """
        One row a record and covenant that it has or whose ratio is known.
        """
    def loans(self, case: typing.SupportsInt | typing.SupportsIndex) -> NativeTable:
        """
        One row a position.
        """
    def maturities(self, case: typing.SupportsInt | typing.SupportsIndex) -> NativeTable:
        """
        One row a record and day on which something falls due.
        """
    def obligor_weekly_cash(
        self,
        case: typing.SupportsInt | typing.SupportsIndex,
        convention: str = "unadjusted",
        holidays: collections.abc.Sequence[datetime.date] = [],
    ) -> NativeTable:
        """
        The same, one row an obligor and week.
        """
    def obligors(self, case: typing.SupportsInt | typing.SupportsIndex) -> NativeTable:
        """
        One row an obligor.
        """
    def purchase(
        self,
        case: typing.SupportsInt | typing.SupportsIndex,
        price_pct: typing.SupportsFloat | typing.SupportsIndex,
        risk_free_rate_pct: typing.SupportsFloat | typing.SupportsIndex | None = None,
    ) -> tuple[NativeTable, dict[str, typing.Any]]:
        """
        What a purchase of the book on the first day returns: one row a position, and the
        figures of the book with its flows by months after that day.
        """
    def risk(self, case: typing.SupportsInt | typing.SupportsIndex) -> dict[str, typing.Any]:
        """
        Obligors by risk level, what they owe, and how many each reason holds for.
        """
    def runways(self, case: typing.SupportsInt | typing.SupportsIndex) -> list[int]:
        """
        Obligors of known income by months of runway; the last do not run dry.
        """
    def steps(self, case: typing.SupportsInt | typing.SupportsIndex) -> NativeTable:
        """
        One row a month of the book.
        """
    def tiers(self, case: typing.SupportsInt | typing.SupportsIndex) -> NativeTable:
        """
        One row a group of connected obligors and tier with claims.
        """
    def wall(self, case: typing.SupportsInt | typing.SupportsIndex) -> list[dict[str, typing.Any]]:
        """
        What falls due, by calendar quarter.
        """
    def waterfall(
        self, case: typing.SupportsInt | typing.SupportsIndex, basis: str, defaulted: bool
    ) -> dict[str, typing.Any]:
        """
        What groups with a defaulted obligor, or the others, leave to whom.
        """
    def weekly_cash(
        self,
        case: typing.SupportsInt | typing.SupportsIndex,
        convention: str = "unadjusted",
        holidays: collections.abc.Sequence[datetime.date] = [],
    ) -> NativeTable:
        """
        One row a week of the first 13: the cash of the obligors whose income is known.
        Payments move to business days by the convention; holidays rise.
        """
    @property
    def assumed(self) -> dict[str, typing.Any]:
        """
        Positions of which a term was assumed, by the term.
        """
    @property
    def case_count(self) -> int: ...

class Sampling:
    """
    How the systematic states of scenarios are drawn, if not plainly.
    """
    @staticmethod
    def importance(
        factor_shift: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
        mixing_tilt: typing.SupportsFloat | typing.SupportsIndex,
    ) -> Sampling:
        """
        Seven of eight scenarios shifted to where losses are large.
        """
    @staticmethod
    def sobol() -> Sampling:
        """
        Scrambled Sobol points, 32 scrambles in turn.
        """
    @property
    def factor_shift(self) -> list[float]:
        """
        μ by independent factor; empty without a shift.
        """
    @property
    def mixing_tilt(self) -> float:
        """
        θ; 0 without a shift.
        """

class DefaultSimulation:
    """
    Obligors whose defaults and losses can be simulated, scenario by scenario.

    obligors: slot (int64), default_probability and factor_weight (float64, of shape
    (obligors, factors)); by quarter also cumulative_default_probability (float64, of shape
    (obligors, quarters)). positions: obligor (its row), and loss_minor at default (int64),
    or exposure_minor, loss_given_default and dispersion; amounts by quarter are of shape
    (positions, quarters). factors: correlation (float64, square). Infinite degrees of
    freedom: Gaussian copula.

    With pools losses are what a waterfall leaves unpaid. Pools: value_minor, owner (an
    obligor's row), number (int64), volatility and factor_weight (float64). Positions then
    have exposure_minor, pool, lien_position, seniority and guarantor, obligors
    free_assets_minor and parent (int64; -1: none), and liquidation is haircut, sale cost and
    administration cost. By quarter exposure_minor is what is owed at a default then, and
    discount_factors, one a quarter, are what a unit lost is worth today.

    With macro the factors are conditioned on variables that are jointly normal with them:
    value, covariance (of the variables) and factor_covariance (of shape (factors,
    variables)), all float64.
    """
    def __init__(
        self,
        obligors: dict[str, typing_extensions.Buffer],
        positions: dict[str, typing_extensions.Buffer],
        factors: dict[str, typing_extensions.Buffer],
        *,
        degrees_of_freedom: typing.SupportsFloat | typing.SupportsIndex,
        pools: dict[str, typing_extensions.Buffer] | None = None,
        liquidation: tuple[
            typing.SupportsFloat | typing.SupportsIndex,
            typing.SupportsFloat | typing.SupportsIndex,
            typing.SupportsFloat | typing.SupportsIndex,
        ] = (0.0, 0.0, 0.0),
        discount_factors: collections.abc.Sequence[
            typing.SupportsFloat | typing.SupportsIndex
        ] = [],
        macro: dict[str, typing_extensions.Buffer] | None = None,
    ) -> None: ...
    def choose_importance(
        self,
        *,
        seed: typing.SupportsInt | typing.SupportsIndex,
        level: tuple[
            typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex
        ],
        threads: typing.SupportsInt | typing.SupportsIndex = 0,
        control: RunControl | None = None,
    ) -> Sampling:
        """
        A shift under which losses at the level are frequent, from pilots of the book.
        """
    def losses(
        self,
        *,
        seed: typing.SupportsInt | typing.SupportsIndex,
        first_scenario: typing.SupportsInt | typing.SupportsIndex,
        count: typing.SupportsInt | typing.SupportsIndex,
        sampling: Sampling | None = None,
        threads: typing.SupportsInt | typing.SupportsIndex = 0,
        instruction_set: str | None = None,
        control: RunControl | None = None,
    ) -> bytes:
        """
        The loss of each of consecutive scenarios in minor units: int64 as bytes. The same
        by any instruction set; None takes that of simulation_instruction_set.
        """
    def scenario(
        self,
        *,
        seed: typing.SupportsInt | typing.SupportsIndex,
        scenario: typing.SupportsInt | typing.SupportsIndex,
        sampling: Sampling | None = None,
    ) -> dict[str, typing.Any]:
        """
        One scenario: factor (Z), mixing_root (the root of W / ν), defaulted by obligor
        (uint8) and loss_minor by position (int64), both as bytes; with quarters also the
        quarter of default by obligor, from 0 (uint8), where it defaults.
        """
    def weights(
        self,
        *,
        seed: typing.SupportsInt | typing.SupportsIndex,
        first_scenario: typing.SupportsInt | typing.SupportsIndex,
        count: typing.SupportsInt | typing.SupportsIndex,
        sampling: Sampling | None,
        threads: typing.SupportsInt | typing.SupportsIndex = 0,
        control: RunControl | None = None,
    ) -> bytes:
        """
        The weight of each of consecutive scenarios in 2^-24: uint32 as bytes.
        """
    @property
    def correlation_root(self) -> list[float]:
        """
        L of L·Lᵀ, the correlation of the factors, by rows.
        """
    @property
    def obligor_count(self) -> int: ...

class LoadRequest:
    """
    One of the requests a load is mixed of.
    """
    def __init__(
        self,
        *,
        method: str,
        path: str,
        host: str,
        headers: collections.abc.Sequence[tuple[str, str]],
        body: str,
        weight: typing.SupportsFloat | typing.SupportsIndex,
        statuses: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex],
        wanted_text: str,
    ) -> None: ...

class EchoServer:
    """
    Answers every request to a port of the loopback address with 200, and does
    nothing else: against it a load shows what the client can do.
    """
    def __init__(self, *, body_bytes: typing.SupportsInt | typing.SupportsIndex = 0) -> None: ...
    def close(self) -> None: ...
    @property
    def port(self) -> int: ...
    @property
    def request_count(self) -> int: ...

def accrual_periods(
    anchor: datetime.date,
    interval_months: typing.SupportsInt | typing.SupportsIndex,
    maturity: datetime.date,
    *,
    after: datetime.date,
    up_to: datetime.date,
    first_payment: datetime.date | None = None,
    accrual_start: datetime.date | None = None,
) -> list[tuple[datetime.date, datetime.date]]:
    """
    (accrual start, payment day) of the periods that end after `after`, up to `up_to`.
    Payment days are those of the grid through the anchor before the maturity, and the
    maturity; an interval of 0 leaves only that.
    """

def add_months(
    anchor: datetime.date,
    months: typing.SupportsInt | typing.SupportsIndex,
    *,
    from_month_end: bool = False,
) -> datetime.date:
    """
    The anchor's day of the month some months later, or the last day of a shorter
    month; from_month_end: from the last day of a month to last days of months.
    """

def adjust_days(
    days: collections.abc.Sequence[datetime.date],
    convention: str,
    holidays: collections.abc.Sequence[datetime.date],
) -> list[datetime.date]:
    """
    Days moved to business days: unadjusted, following, modified_following or
    preceding; Saturdays, Sundays and the holidays (rising) are none.
    """

def binary_columns(
    rows: list[tuple[typing.Any, ...]],
    types: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex],
) -> list[bytes]:
    """
    Columns of rows as arrays in PostgreSQL's binary format, of element types by their
    numbers: cells of a text are texts, of any other type bytes.
    """

def bond_figures(
    settlement: datetime.date,
    maturity: datetime.date,
    coupon: typing.SupportsFloat | typing.SupportsIndex,
    yield_: typing.SupportsFloat | typing.SupportsIndex,
    frequency: typing.SupportsInt | typing.SupportsIndex,
    *,
    basis: str = "30/360",
    redemption: typing.SupportsFloat | typing.SupportsIndex = 100.0,
) -> dict[str, float]:
    """
    Clean price and accrued interest per 100, durations in years, convexity in years
    squared, as spreadsheets' PRICE, DURATION and MDURATION; actual/actual is ICMA's.
    """

def bond_yield(
    settlement: datetime.date,
    maturity: datetime.date,
    coupon: typing.SupportsFloat | typing.SupportsIndex,
    clean_price: typing.SupportsFloat | typing.SupportsIndex,
    frequency: typing.SupportsInt | typing.SupportsIndex,
    *,
    basis: str = "30/360",
    redemption: typing.SupportsFloat | typing.SupportsIndex = 100.0,
) -> float:
    """
    The yield of a clean price, compounded `frequency` times a year.
    """

def build_info() -> dict[str, str]:
    """
    How this binary was built: version, build_type, compiler, flags.
    """

def canonical_json(
    value: typing.Any, plain: collections.abc.Callable[[typing.Any], typing.Any]
) -> bytes:
    """
    RFC 8785 canonical JSON of dictionaries, lists, tuples, text, numbers, booleans and None;
    `plain` makes them of anything else.
    """

def cells_of_rows(
    first: typing.Any, rows: list[typing.Any], fields: tuple[str, ...]
) -> list[tuple[typing.Any, ...]]:
    """
    Of each row a tuple: the first cell, then its fields.
    """

def check_profile(profile: bytes) -> None:
    """
    Raises InvalidProfile when the profile contradicts itself.
    """

def concentration(
    book: DebtBook,
    by: str,
    *,
    largest_count: typing.SupportsInt | typing.SupportsIndex,
    limit: typing.SupportsFloat | typing.SupportsIndex | None = None,
) -> dict[str, typing.Any]:
    """
    How what a book is owed is spread by obligor, or by a column of text of its records: the
    largest groups and those above a fraction of the total, (name, amount) by falling
    amount, and the Herfindahl index of the records that say of which group they are.
    """

def concentration_measures(
    amounts: typing_extensions.Buffer, *, largest_count: typing.SupportsInt | typing.SupportsIndex
) -> dict[str, typing.Any]:
    """
    How unevenly whole amounts (int64) are spread: Herfindahl index, effective number,
    Gini coefficient, share of the largest.
    """

def conditional_default_probabilities(
    simulation: DefaultSimulation,
    *,
    whitened: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    mixing_root: typing.SupportsFloat | typing.SupportsIndex,
) -> bytes:
    """
    Each obligor's probability of default in a systematic state: float64 as bytes.
    """

def conditional_factors(simulation: DefaultSimulation) -> dict[str, list[float]]:
    """
    The law of the factors given the macroeconomic values: mean, and root with its
    product by its transpose their covariance, by rows.
    """

def conditional_obligors(
    simulation: DefaultSimulation, obligors: dict[str, typing_extensions.Buffer]
) -> dict[str, bytes]:
    """
    Obligors (default_probability, factor_weight) given the macroeconomic values,
    under the Gaussian copula: expected default_probability, and loading on
    independent normals (float64 as bytes).
    """

def contributions(
    simulation: DefaultSimulation,
    replayed: dict[str, typing_extensions.Buffer],
    losses: typing_extensions.Buffer,
    *,
    level: tuple[
        typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex
    ],
) -> dict[str, bytes]:
    """
    What each position adds to expected shortfall, from what replays add up to (int64)
    and the losses of the run: minor (float64) and whole_minor (int64), which add up
    to the figure; as bytes.
    """

def convergence(
    losses: typing_extensions.Buffer,
    *,
    level: tuple[
        typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex
    ],
    weights: typing_extensions.Buffer | None = None,
    sobol: bool = False,
) -> list[dict[str, typing.Any]]:
    """
    Tail figures of the first 2^k scenarios, for each k, and of all.
    """

def credit_positions(book: DebtBook) -> NativeTable:
    """
    What a simulation reads of a book, one row a position.
    """

def credit_risk_plus(
    default_probabilities: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    exposures: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    unit: typing.SupportsFloat | typing.SupportsIndex,
    sector_shares: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    sector_variances: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
) -> dict[str, typing.Any]:
    """
    CreditRisk+: probabilities of 0, 1, 2, … units, expected_loss,
    standard_deviation, unbanded_standard_deviation.
    """

def decimal_products(factors: dict[str, typing_extensions.Buffer]) -> bytes:
    """
    The float64 nearest to the product of the decimals left and right, as bytes.
    """

def default_count_distribution(
    obligor_count: typing.SupportsInt | typing.SupportsIndex,
    default_probability: typing.SupportsFloat | typing.SupportsIndex,
    asset_correlation: typing.SupportsFloat | typing.SupportsIndex,
    *,
    degrees_of_freedom: typing.SupportsFloat | typing.SupportsIndex | None = None,
) -> dict[str, typing.Any]:
    """
    The exact distribution of the number of defaults of like obligors:
    probabilities, mean, standard_deviation, quadrature_error.
    """

def exact_loss_contributions(
    default_probabilities: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    loadings: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    factor_count: typing.SupportsInt | typing.SupportsIndex,
    loss_units: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex],
    *,
    confidence_level: typing.SupportsFloat | typing.SupportsIndex,
    degrees_of_freedom: typing.SupportsFloat | typing.SupportsIndex | None = None,
) -> dict[str, typing.Any]:
    """
    Euler's shares of the obligors in standard_deviation, value_at_risk and
    expected_shortfall of that distribution.
    """

def exact_loss_distribution(
    default_probabilities: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    loadings: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    factor_count: typing.SupportsInt | typing.SupportsIndex,
    loss_units: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex],
    *,
    degrees_of_freedom: typing.SupportsFloat | typing.SupportsIndex | None = None,
) -> dict[str, typing.Any]:
    """
    The exact distribution of a book's loss in units, its loadings by rows of
    factor_count, one or two: as default_count_distribution.
    """

def expected_credit_loss(
    hazards: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    exposures: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    *,
    loss_given_default: typing.SupportsFloat | typing.SupportsIndex,
    effective_interest_rate: typing.SupportsFloat | typing.SupportsIndex,
) -> dict[str, typing.Any]:
    """
    Expected credit losses of IFRS 9, defaults at the ends of years: by_year, lifetime,
    twelve_months.
    """

def expected_tranche_loss(
    default_probability: typing.SupportsFloat | typing.SupportsIndex,
    asset_correlation: typing.SupportsFloat | typing.SupportsIndex,
    attachment: typing.SupportsFloat | typing.SupportsIndex,
    detachment: typing.SupportsFloat | typing.SupportsIndex,
) -> float:
    """
    Of a tranche of the infinite pool, as a fraction of its size.
    """

def extend_peaks(
    leaf_count: typing.SupportsInt | typing.SupportsIndex, peaks: bytes, leaves: bytes
) -> bytes:
    """
    Roots of the complete subtrees of a tree, largest first, once leaf hashes are added.
    """

def factor_of_loss(
    default_probability: typing.SupportsFloat | typing.SupportsIndex,
    asset_correlation: typing.SupportsFloat | typing.SupportsIndex,
    loss_fraction: typing.SupportsFloat | typing.SupportsIndex,
) -> dict[str, float]:
    """
    The factor at which the infinite pool loses this fraction, and the probability
    of one as low.
    """

def factors_of_loss(
    sensitivities: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    factor_covariance: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    loss: typing.SupportsFloat | typing.SupportsIndex,
) -> dict[str, typing.Any]:
    """
    The most plausible factors of a linear loss, and their Mahalanobis distance.
    """

def frye_jacobs_loss(
    default_probability: typing.SupportsFloat | typing.SupportsIndex,
    expected_loss: typing.SupportsFloat | typing.SupportsIndex,
    asset_correlation: typing.SupportsFloat | typing.SupportsIndex,
    confidence_level: typing.SupportsFloat | typing.SupportsIndex,
) -> dict[str, float]:
    """
    default_rate, loss_given_default, loss_rate under stress, and the risk_index.
    """

def granularity_adjustment(
    default_probability: typing.SupportsFloat | typing.SupportsIndex,
    asset_correlation: typing.SupportsFloat | typing.SupportsIndex,
    confidence_level: typing.SupportsFloat | typing.SupportsIndex,
    effective_obligor_count: typing.SupportsFloat | typing.SupportsIndex,
) -> float:
    """
    What a finite pool adds to the quantile of the infinite one, to first order.
    """

def horizon_value(
    coupon: typing.SupportsFloat | typing.SupportsIndex,
    face: typing.SupportsFloat | typing.SupportsIndex,
    forward_rates: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
) -> float:
    """
    Of a bond in a year, with the coupon of that day.
    """

def identified_documents(
    prefix: str,
    tenant: str,
    documents: list[typing.Any],
    plain: collections.abc.Callable[[typing.Any], typing.Any],
) -> list[tuple[str, bytes]]:
    """
    Of each document its identifier, derived from a tenant and its canonical JSON, and that JSON.
    """

def identifier(prefix: str, parts: collections.abc.Sequence[bytes | str]) -> str:
    """
    Derives an identifier from what it identifies, part by part; text counts as its UTF-8.
    """

def implied_default_probability(
    flow_years: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    flows: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    default_years: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    recoveries: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    *,
    risk_free_rate: typing.SupportsFloat | typing.SupportsIndex,
    price: typing.SupportsFloat | typing.SupportsIndex,
) -> dict[str, float | None]:
    """
    The default probability that a price implies (Hull): yearly, the same in each year
    seen from today, and hazard, after surviving to it; None where none explains it.
    """

def import_table(source: typing.Any) -> NativeTable:
    """
    Copies any object with __arrow_c_stream__ into a native table.

    Columns may be float64, int64, date32, bool or utf8; others raise InvalidInput.
    """

def in_order_of(rows: list[typing.Any], texts: list[str]) -> list[typing.Any]:
    """
    Rows in the order of their texts, by code points; of equal ones as they were.
    """

def inclusion_path(
    chunk_leaves: bytes, chunk_roots: bytes, index: typing.SupportsInt | typing.SupportsIndex
) -> list[bytes]:
    """
    Siblings from leaf `index` up to the root, from its chunk's leaf hashes and all chunk roots.
    """

def internal_rate_of_return(
    amounts: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
) -> float:
    """
    The rate of one period at which the value is 0; of several the least that is not
    negative, else the one nearest to 0.
    """

def internal_rate_of_return_dated(
    days: collections.abc.Sequence[datetime.date],
    amounts: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
) -> float:
    """
    The same a year, by actual days / 365, as spreadsheets' XIRR; the days do not
    fall.
    """

def irb_figures(
    default_probability: typing.SupportsFloat | typing.SupportsIndex,
    loss_given_default: typing.SupportsFloat | typing.SupportsIndex,
    *,
    asset_class: str,
    maturity_years: typing.SupportsFloat | typing.SupportsIndex,
    turnover_eur_m: typing.SupportsFloat | typing.SupportsIndex | None = None,
) -> dict[str, float]:
    """
    asset_correlation, capital_requirement and risk_weight of the internal
    ratings-based approach; asset_class is corporate, residential_mortgage,
    qualifying_revolving or other_retail.
    """

def joined_cells(rows: list[tuple[typing.Any, ...]], numbers: list[int]) -> tuple[typing.Any, ...]:
    """
    The cells of all rows one after the other, each row followed by its number if any.
    """

def joint_migration(
    first_row: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    second_row: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    asset_correlation: typing.SupportsFloat | typing.SupportsIndex,
) -> list[float]:
    """
    Probabilities of the states of two obligors, by rows of the first.
    """

def large_pool_cdf(
    default_probability: typing.SupportsFloat | typing.SupportsIndex,
    asset_correlation: typing.SupportsFloat | typing.SupportsIndex,
    loss_fraction: typing.SupportsFloat | typing.SupportsIndex,
) -> float:
    """
    The probability of losing this fraction of the infinite pool at most.
    """

def large_pool_figures(
    default_probability: typing.SupportsFloat | typing.SupportsIndex,
    asset_correlation: typing.SupportsFloat | typing.SupportsIndex,
    confidence_level: typing.SupportsFloat | typing.SupportsIndex,
) -> dict[str, float]:
    """
    Vasicek's infinite pool: value_at_risk, expected_shortfall, standard_deviation as
    fractions, and the joint_default_probability of two of its loans.
    """

def lattice_tail(
    probabilities: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    confidence_level: typing.SupportsFloat | typing.SupportsIndex,
) -> dict[str, typing.Any]:
    """
    value_at_risk, the tail_probability beyond it and expected_shortfall, in units.
    """

def level_payment(
    amount: typing.SupportsFloat | typing.SupportsIndex,
    rate: typing.SupportsFloat | typing.SupportsIndex,
    payment_count: typing.SupportsInt | typing.SupportsIndex,
) -> float:
    """
    One of the equal payments that repay an amount; `rate` is a fraction of one
    period.
    """

def likeliest_default_set(
    obligors: dict[str, typing_extensions.Buffer],
    *,
    least_loss_minor: typing.SupportsInt | typing.SupportsIndex,
) -> dict[str, typing.Any]:
    """
    The likeliest defaults that lose an amount in a systematic state, whose
    conditional_probability (float64) is a further column.
    """

def log_leaf_hashes(tag: str, rows: collections.abc.Sequence[tuple[typing.Any, ...]]) -> bytes:
    """
    Leaf hashes (32 bytes each) of rows of the ledger: netstrings of a tag and of each cell.
    """

def loss_change(
    before: DefaultSimulation,
    after: DefaultSimulation,
    *,
    seed: typing.SupportsInt | typing.SupportsIndex,
    first_scenario: typing.SupportsInt | typing.SupportsIndex,
    count: typing.SupportsInt | typing.SupportsIndex,
    sampling: Sampling | None = None,
    threads: typing.SupportsInt | typing.SupportsIndex = 0,
    control: RunControl | None = None,
) -> bytes:
    """
    What a change of obligors does to the loss of each of consecutive scenarios, in
    minor units (int64, as bytes): their losses after it less those before it, of one
    draw of the factors, which must be the same.
    """

def loss_histogram(
    losses: typing_extensions.Buffer,
    *,
    most_bins: typing.SupportsInt | typing.SupportsIndex,
    logarithmic: bool = False,
    weights: typing_extensions.Buffer | None = None,
) -> dict[str, typing.Any]:
    """
    Losses by size: rising edges in minor units, scenarios and weights of each bin.
    """

def loss_moments(
    losses: typing_extensions.Buffer,
    *,
    weights: typing_extensions.Buffer | None = None,
    sobol: bool = False,
) -> dict[str, typing.Any]:
    """
    Mean, standard deviation and the mean's standard error of losses (int64).
    """

def member_span(object: bytes, key: str) -> tuple[int, int] | None:
    """
    Where the value of a member of a JSON object begins and ends, by brackets and texts
    alone; None where that cannot be told. Other threads go on meanwhile.
    """

def merkle_root(digests: bytes) -> bytes:
    """
    Root (32 bytes) over leaf hashes or chunk roots, given as 32 bytes each, by RFC 6962.
    """

def merton_assets(
    equity_value: typing.SupportsFloat | typing.SupportsIndex,
    equity_volatility: typing.SupportsFloat | typing.SupportsIndex,
    debt: typing.SupportsFloat | typing.SupportsIndex,
    risk_free_rate: typing.SupportsFloat | typing.SupportsIndex,
    years: typing.SupportsFloat | typing.SupportsIndex,
) -> tuple[float, float]:
    """
    The asset value and volatility that equity implies.
    """

def merton_figures(
    asset_value: typing.SupportsFloat | typing.SupportsIndex,
    asset_volatility: typing.SupportsFloat | typing.SupportsIndex,
    debt: typing.SupportsFloat | typing.SupportsIndex,
    risk_free_rate: typing.SupportsFloat | typing.SupportsIndex,
    years: typing.SupportsFloat | typing.SupportsIndex,
) -> dict[str, typing.Any]:
    """
    Default probability and values of a firm whose equity is a call on its assets.
    """

def migration_thresholds(
    row: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
) -> list[float]:
    """
    Asset values between the states, from default upwards.
    """

def minor_digits(currency: str) -> int:
    """
    Decimal digits of a currency's minor unit by ISO 4217.
    """

def minor_shares(
    amounts: dict[str, typing_extensions.Buffer],
    *,
    digits: typing.SupportsInt | typing.SupportsIndex,
    factor: typing.SupportsFloat | typing.SupportsIndex = 1.0,
) -> bytes:
    """
    amount · percentage / 100 · 10^digits · factor, exact and rounded half to even
    once: int64 as bytes. Each float64 of amount and percentage (none: 100) stands for
    the shortest decimal that reads back as it; factor is its own exact value.
    """

def net_present_value(
    rate: typing.SupportsFloat | typing.SupportsIndex,
    amounts: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
) -> float:
    """
    Value one period before the first amount, as spreadsheets' NPV; `rate` is a
    fraction of one period.
    """

def net_present_value_dated(
    rate: typing.SupportsFloat | typing.SupportsIndex,
    days: collections.abc.Sequence[datetime.date],
    amounts: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
) -> float:
    """
    Value on the first day, by actual days / 365, as spreadsheets' XNPV; the days do
    not fall.
    """

def open_after_sale(
    sales: dict[str, typing_extensions.Buffer],
    *,
    haircut_pct: typing.SupportsFloat | typing.SupportsIndex,
    sale_cost_pct: typing.SupportsFloat | typing.SupportsIndex,
) -> bytes:
    """
    What is open of each exposure after collateral is sold and recovery came in, never
    below 0: the float64 nearest to the decimal, as bytes.
    """

def pair_figures(
    first_probability: typing.SupportsFloat | typing.SupportsIndex,
    second_probability: typing.SupportsFloat | typing.SupportsIndex,
    asset_correlation: typing.SupportsFloat | typing.SupportsIndex,
    *,
    degrees_of_freedom: typing.SupportsFloat | typing.SupportsIndex | None = None,
) -> dict[str, float]:
    """
    The joint_default_probability of two obligors and their default_correlation.
    """

def paired_difference(
    before: typing_extensions.Buffer,
    after: typing_extensions.Buffer,
    *,
    level: tuple[
        typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex
    ],
    weights: typing_extensions.Buffer | None = None,
    sobol: bool = False,
) -> dict[str, typing.Any]:
    """
    What a change does to expected loss and expected shortfall, with paired errors, and
    the tail before and after it, each as of tail_figures.
    """

def pool_moments(
    default_probabilities: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    loadings: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    factor_count: typing.SupportsInt | typing.SupportsIndex,
    losses: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    *,
    degrees_of_freedom: typing.SupportsFloat | typing.SupportsIndex | None = None,
) -> dict[str, float]:
    """
    The exact expected_loss and standard_deviation of a book under any number of
    factors, by joint default probabilities of pairs.
    """

def quarterly_default_probabilities(
    default_probability: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    *,
    quarter_count: typing.SupportsInt | typing.SupportsIndex,
) -> bytes:
    """
    Of default by the end of each quarter under a constant hazard: float64 of shape
    (obligors, quarters) as bytes.
    """

def quarterly_discount_factors(
    rate: typing.SupportsFloat | typing.SupportsIndex,
    *,
    quarter_count: typing.SupportsInt | typing.SupportsIndex,
) -> list[float]:
    """
    For the end of each quarter, of a yearly rate as a fraction.
    """

def recovery_tables(book: DebtBook) -> dict[str, NativeTable]:
    """
    Who has claims on what: positions, pools and obligors.
    """

def renormalised_rows(
    values: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    state_count: typing.SupportsInt | typing.SupportsIndex,
) -> list[float]:
    """
    Each row over its sum, by rows.
    """

def replay(
    simulation: DefaultSimulation,
    losses: typing_extensions.Buffer,
    *,
    var_minor: typing.SupportsInt | typing.SupportsIndex,
    seed: typing.SupportsInt | typing.SupportsIndex,
    first_scenario: typing.SupportsInt | typing.SupportsIndex,
    sampling: Sampling | None = None,
    threads: typing.SupportsInt | typing.SupportsIndex = 0,
    control: RunControl | None = None,
) -> dict[str, bytes]:
    """
    What each position does in the scenarios of a range whose loss is above, or at,
    value at risk: defaults (uint32) and, where losses vary, what it loses (int64).
    Those of the parts of a run add up.
    """

def reverse_stress(
    simulation: DefaultSimulation,
    *,
    loss_minor: typing.SupportsFloat | typing.SupportsIndex,
    random_starts: typing.SupportsInt | typing.SupportsIndex = 8,
    threads: typing.SupportsInt | typing.SupportsIndex = 0,
    control: RunControl | None = None,
) -> dict[str, typing.Any]:
    """
    The nearest systematic states whose expected loss reaches an amount, by rising
    distance, and how they were found.
    """

def rules() -> list[str]:
    """
    The names of all rules, in the order of their bits in `rules_applied`.
    """

def run_debt_paths(
    book: DebtBook,
    as_of: datetime.date,
    months: typing.SupportsInt | typing.SupportsIndex,
    cases: collections.abc.Sequence[
        tuple[
            str,
            typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
            typing.SupportsFloat | typing.SupportsIndex,
            typing.SupportsInt | typing.SupportsIndex,
            typing.SupportsInt | typing.SupportsIndex,
        ]
    ],
    settings: dict[str, typing.Any],
    threads: typing.SupportsInt | typing.SupportsIndex = 0,
    control: RunControl | None = None,
    amendments: collections.abc.Sequence[
        tuple[
            typing.SupportsInt | typing.SupportsIndex,
            typing.SupportsInt | typing.SupportsIndex,
            typing.SupportsFloat | typing.SupportsIndex,
            typing.SupportsFloat | typing.SupportsIndex,
            typing.SupportsFloat | typing.SupportsIndex,
            collections.abc.Mapping[str, typing.SupportsFloat | typing.SupportsIndex],
        ]
    ] = [],
) -> DebtPaths:
    """
    Lets a book run through the months after as_of under each case:
    (case_id, drivers of shape (months, segments, 7), change of the rate of new debt
    by month in percentage points, factor of the opening cash, days by which receipts
    are late, days (0 or less) by which payments are early).
    Amendments hold in all of them: (row of loans, months of extension, change of the
    rate, of the spread in percentage points, fraction that becomes equity, new limits
    by covenant as plain ratios).
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

def run_load(
    address: str,
    port: typing.SupportsInt | typing.SupportsIndex,
    *,
    loop: str,
    shape: collections.abc.Sequence[
        tuple[
            typing.SupportsFloat | typing.SupportsIndex,
            typing.SupportsFloat | typing.SupportsIndex,
            typing.SupportsFloat | typing.SupportsIndex,
        ]
    ],
    requests: collections.abc.Sequence[LoadRequest],
    think_s: tuple[
        typing.SupportsFloat | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex
    ],
    timeout_s: typing.SupportsFloat | typing.SupportsIndex,
    connection_limit: typing.SupportsInt | typing.SupportsIndex,
    request_limit: typing.SupportsInt | typing.SupportsIndex,
    first_sequence: typing.SupportsInt | typing.SupportsIndex = 0,
    seed: typing.SupportsInt | typing.SupportsIndex = 0,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    may_be_remote: bool = False,
    control: RunControl | None = None,
) -> dict[str, typing.Any]:
    """
    Run a load on an HTTP/1.1 server and return every request as columns of bytes: int64, but
    int32 of kind and status and uint8 of outcome.

    A stretch of the shape is (duration in seconds, from, to), of users of a closed loop or of
    arrivals a second of an open one. Times are nanoseconds from the start of the run.
    """

def sha256(bytes: bytes) -> bytes:
    """
    SHA-256 (32 bytes), without letting go of the interpreter.
    """

def shifted_default_probabilities(
    default_probability: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    shift: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
) -> bytes:
    """
    The normal distribution function of each probability's normal score plus a shift:
    float64 as bytes.
    """

def simulation_instruction_set() -> str:
    """
    The instruction set that simulations use on this processor: avx512, avx2 or baseline.
    """

def smallest_default_set(
    obligors: dict[str, typing_extensions.Buffer],
    *,
    least_loss_minor: typing.SupportsInt | typing.SupportsIndex,
) -> dict[str, typing.Any]:
    """
    As few defaults as lose an amount with what is certain. obligors: slot (int64),
    default_probability (float64) and loss_minor (int64). Rows by falling loss.
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

def tail_dependence(
    degrees_of_freedom: typing.SupportsFloat | typing.SupportsIndex,
    correlation: typing.SupportsFloat | typing.SupportsIndex,
) -> float:
    """
    Of a t copula, lower and upper alike.
    """

def tail_figures(
    losses: typing_extensions.Buffer,
    *,
    level: tuple[
        typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex
    ],
    weights: typing_extensions.Buffer | None = None,
    sobol: bool = False,
) -> dict[str, typing.Any]:
    """
    Value at risk and expected shortfall of losses in minor units (int64), with their
    errors; level is (numerator, denominator), weights those of importance sampling
    (uint32), sobol says that the states were Sobol points. var_high_minor is None where
    beyond the largest loss; effective_count is of scenarios in the tail.
    """

def transition_power(
    matrix: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    state_count: typing.SupportsInt | typing.SupportsIndex,
    years: typing.SupportsInt | typing.SupportsIndex,
) -> list[float]:
    """
    Migration probabilities of so many years, by rows.
    """

def value_moments(
    probabilities: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    values: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
) -> dict[str, float]:
    """
    mean and standard_deviation of values with these probabilities.
    """

def weighted_contributions(
    simulation: DefaultSimulation,
    losses: typing_extensions.Buffer,
    weights: typing_extensions.Buffer,
    *,
    seed: typing.SupportsInt | typing.SupportsIndex,
    level: tuple[
        typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex
    ],
    sampling: Sampling | None,
    threads: typing.SupportsInt | typing.SupportsIndex = 0,
    control: RunControl | None = None,
) -> dict[str, bytes]:
    """
    The same of a run from scenario 0 on by importance sampling, and above_count, as
    of a replay (uint32).
    """

def year_fraction(day_count: str, start: datetime.date, end: datetime.date) -> float:
    """
    Years from start to end (not before it) by 30/360 (bond basis, without a rule for
    the end of February), 30e/360, actual/360, actual/365 (fixed) or actual/actual
    (ISDA).
    """

def year_fraction_icma(
    period_start: datetime.date,
    period_end: datetime.date,
    frequency: typing.SupportsInt | typing.SupportsIndex,
    start: datetime.date,
    end: datetime.date,
) -> float:
    """
    Years from start to end, actual/actual (ICMA), within a regular coupon period of a bond
    with `frequency` coupons a year.
    """

LEAVES_PER_CHUNK: int = 256
NO_LTV_LIMIT: float
