"""Session: one store, one tenant, one actor; every question that seawall answers."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Self

import msgspec

from seawall.engine import EngineOutcome, Execution
from seawall.errors import DatasetRefused, InvalidInput, NotFound
from seawall.ingest import (
    IngestedTape,
    TapeProfile,
    built_in_profiles,
    ingest_source,
    load_profile,
    open_source,
    read_again,
)
from seawall.native import RunControl
from seawall.provenance import identifier
from seawall.registry import PROFILE_PACKAGES
from seawall.session.books import Books, read_summary, read_tables
from seawall.session.codec import decompress
from seawall.session.dataset import Dataset
from seawall.session.held_run import engine_of, hold_run
from seawall.session.question import ask, iso_time
from seawall.session.raw_chunks import RawChunks
from seawall.session.run import Finding, Run
from seawall.session.run_parameters import simulation_parameters, stress_parameters
from seawall.session.run_rows import run_rows
from seawall.session.trace import (
    Trace,
    TracedRecord,
    refusals,
    trace_finding,
    trace_record,
)
from seawall.session.verify import Verification, verify_store
from seawall.session.writing import Derived, dataset_row, derive
from seawall.store import Store, open_store
from seawall.store import types as rows
from seawall.store.interface import Transaction
from seawall.supervisory import SupervisoryPath

MAX_THREADS = 64
CACHE_BYTES = 1 << 30
"""What decoded columns may weigh in a session's cache."""


def _system_clock() -> datetime:
    return datetime.now(UTC)


def _random_ids(prefix: str) -> str:
    return identifier(prefix, secrets.token_bytes(32))


class Session:
    """Everything that seawall answers, on one store.

    Parameters
    ----------
    store : str, Path or Store
        A path of an SQLite file (made at its first use when it is not there), or an open store.
    tenant : str
        Whose data; part of every key.
    actor : str
        Who asks; recorded with what is written.
    clock : callable
        Returns the present time, with its zone.
    ids : callable
        Returns a new identifier with a prefix, for events that no content names.
    threads : int
        For computing; 0 for all cores. No bit of any answer depends on it.
    """

    def __init__(
        self,
        store: str | Path | Store = "seawall.db",
        *,
        tenant: str = "default",
        actor: str = "local",
        clock: Callable[[], datetime] = _system_clock,
        ids: Callable[[str], str] = _random_ids,
        threads: int = 0,
    ) -> None:
        if not 0 <= threads <= MAX_THREADS:
            raise InvalidInput(f"must be from 0 to {MAX_THREADS}", where="threads")
        self._opened = None if isinstance(store, str | Path) else store
        self._place = store
        self._opening = Lock()
        self._tenant = tenant
        self._actor = actor
        self._clock = clock
        self._ids = ids
        self._threads = threads
        self._books = Books(CACHE_BYTES)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def acting_as(self, *, tenant: str, actor: str) -> Self:
        """Return a session of another tenant and actor that shares everything else."""
        acting = copy(self)
        acting._tenant, acting._actor = tenant, actor
        return acting

    def close(self) -> None:
        """Finish what is queued and close the store."""
        with self._opening:
            if self._opened is not None:
                self._opened.close()

    @property
    def _store(self) -> Store:
        """The store, opened at its first use: reading a bad tape must leave no file behind."""
        with self._opening:
            if self._opened is None:
                self._opened = open_store(str(self._place), opened_at=self._now())
            return self._opened

    # --- datasets

    def profiles(self) -> dict[str, TapeProfile]:
        """Return the built-in tape profiles by name."""
        return built_in_profiles(PROFILE_PACKAGES)

    def read(
        self,
        source: str | Path | bytes,
        *,
        profile: str | TapeProfile = "generic",
        format: str | None = None,
        control: RunControl | None = None,
    ) -> IngestedTape:
        """Read and normalise a source without writing anything. Arguments as `ingest`."""
        return ingest_source(
            open_source(source, format=format),
            self._profile(profile),
            threads=self._threads,
            control=control,
        )

    def ingest(
        self,
        source: str | Path | bytes,
        *,
        profile: str | TapeProfile = "generic",
        format: str | None = None,
        strict: bool = False,
        normalise: bool = True,
        control: RunControl | None = None,
    ) -> Dataset:
        """Read a source and write it as an immutable dataset version, whole or not at all.

        Parameters
        ----------
        source : str, Path or bytes
            A file (.json, .ndjson, .csv, .xml, .parquet; also packed by gzip or zip), or its bytes
            with a ``format``.
        profile : str or TapeProfile
            A built-in profile's name, the path of a .toml file, or a profile.
        strict : bool
            Refuse the whole dataset when anything of it is refused. A record that is set aside,
            being of another kind, is no refusal.
        normalise : bool
            Whether to read the columns now; `normalise` does it later.
        control : RunControl, optional
            Follows the work (in records) and stops it.

        Returns
        -------
        Dataset
            The same bytes under the same profile give the same dataset version.

        Raises
        ------
        SourceUnreadable, InvalidProfile, NotFound
            With the place.
        DatasetRefused
            With the first refusal: in ``strict``, or when no record is left. Nothing is written.
        InvalidInput
            ``records_required`` when the source holds no record.
        Cancelled
            When the control stopped the work; nothing is written.
        """
        if strict and not normalise:
            raise InvalidInput("a strict ingest has to read the columns", where="normalise")
        with RawChunks(threads=self._threads) as chunks:
            # The columns are not kept: they would stand in memory beside what is written.
            row, derived, known = self._prepare(
                ingest_source(
                    open_source(source, format=format),
                    self._profile(profile),
                    normalise=normalise,
                    on_blocks=chunks.add,
                    threads=self._threads,
                    control=control,
                ),
                strict=strict,
            )
            created = not known and self._write(row, chunks.finish(), derived)
        import_id = self._ids("im")
        if created:
            return self._hold(row, created=True, import_id=import_id)
        # What an earlier ingest of the same records wrote; its source rows are kept.
        held = (self.normalise if normalise else self.dataset)(row.dataset_version_id)
        held.import_id = import_id
        return held

    def normalise(self, dataset: Dataset | str, *, control: RunControl | None = None) -> Dataset:
        """Read the columns of a dataset that was ingested without; repeating changes nothing."""
        version = self._version(dataset)
        if read_summary(self._store, version) is None:
            tape = self._read_stored(version, control)
            derived = derive(tape, created_at=self._now(), threads=self._threads)
            self._store.submit(
                lambda tx: self._put_derived(tx, version.dataset_version_id, derived)
            ).result()
        return self.dataset(version.dataset_version_id)

    def dataset(self, dataset_version_id: str) -> Dataset:
        """Return a dataset version; raises NotFound."""
        return self._hold(self._store.dataset(self._tenant, dataset_version_id))

    def datasets(self, *, limit: int = 100, after: str | None = None) -> list[Dataset]:
        """Return dataset versions, newest first, going on after the identifier ``after``."""
        return [self._hold(v) for v in self._store.datasets(self._tenant, limit=limit, after=after)]

    def record(self, dataset: Dataset | str, record: int) -> TracedRecord:
        """Return one record (counted from 0) as read, with the proof that it is the dataset's."""
        version = self._version(dataset)
        rejects = read_tables(self._store, version).get("rejects")
        why = [] if rejects is None else refusals(rejects, record)
        return trace_record(self._store, version, record, refused=why)

    # --- runs

    def stress(
        self,
        dataset: Dataset | str,
        *,
        scenarios: Sequence[Any] = (),
        supervisory: Sequence[str | SupervisoryPath] = (),
        currency: str | None = None,
        rates: Dataset | str | None = None,
        rates_as_of: date | str | None = None,
        horizon: Mapping[str, Any] | msgspec.Struct | None = None,
        months: int | None = None,
        presets: Sequence[str] = (),
        as_of: date | str | None = None,
        parameters: Mapping[str, Any] | msgspec.Struct | None = None,
        started_at: datetime | str | None = None,
        control: RunControl | None = None,
    ) -> Run:
        """Stress a book under the default scenarios, those given over them, and published paths.

        Parameters
        ----------
        dataset : Dataset or str
            A normalised dataset version.
        scenarios : sequence
            Entries as of ``parameters.stress_scenarios``: dictionaries or ScenarioEntry.
        supervisory : sequence
            Names of built-in supervisory paths, or paths.
        currency : str, optional
            The book's (ISO 4217); needed where its records are in several.
        rates : Dataset or str, optional
            A dataset of dated rates (profile ``ecb_rates``) to convert with.
        rates_as_of : date or str, optional
            The day of the rates; the last ones on or before it are used.
        horizon : mapping or Horizon, optional
            Follow the book over months: cash flows, covenants, refinancing, waterfall. Each of the
            next three asks for it too, and stands over what it says.
        months : int, optional
            6 to 24; 12 where only a horizon is asked for.
        presets : sequence
            Cases beside the base: ``mild``, ``moderate``, ``severe``.
        as_of : date or str, optional
            Day 0; the book's latest reporting date where it is not given.
        parameters, started_at, control
            As of `run`.
        """
        merged = stress_parameters(
            parameters,
            scenarios=scenarios,
            supervisory=supervisory,
            currency=currency,
            rates=None if rates is None else self._version(rates).dataset_version_id,
            rates_as_of=rates_as_of,
            horizon=horizon,
            months=months,
            presets=presets,
            as_of=as_of,
        )
        return self.run(
            "debt_stress", dataset, parameters=merged, started_at=started_at, control=control
        )

    def simulate(
        self,
        dataset: Dataset | str,
        *,
        scenarios: int | None = None,
        seed: int | None = None,
        levels: Sequence[float] = (),
        factors: str | Mapping[str, Any] | msgspec.Struct | None = None,
        currency: str | None = None,
        rates: Dataset | str | None = None,
        rates_as_of: date | str | None = None,
        parameters: Mapping[str, Any] | msgspec.Struct | None = None,
        started_at: datetime | str | None = None,
        control: RunControl | None = None,
        checkpoint: Path | None = None,
        cluster: Any = None,
    ) -> Run:
        """Simulate who of a book defaults, and measure the tail of what is lost.

        Parameters
        ----------
        dataset : Dataset or str
            A normalised dataset version.
        scenarios : int, optional
            How many; 100,000 by default.
        seed : int, optional
            Of all draws; 1 by default. The same seed gives the same losses on any machine.
        levels : sequence of float
            Confidence levels such as 0.999, in place of the default ones.
        factors : str, mapping or FactorTerms, optional
            What obligors are grouped by, each group with a factor of its own: ``sector``,
            ``rating``, ``collateral_type``, ``collateral_region``, ``currency`` or ``none``; or
            all terms of the factors.
        currency, rates, rates_as_of, parameters, started_at, control, checkpoint, cluster
            As of `stress` and `run`; the control counts scenarios.

        Returns
        -------
        Run
            Its ``questions`` are a `seawall.engines.debt.simulation.Tail`: further levels,
            contributions, scenarios and what-ifs.
        """
        merged = simulation_parameters(
            parameters,
            scenarios=scenarios,
            seed=seed,
            levels=levels,
            factors=factors,
            currency=currency,
            rates=None if rates is None else self._version(rates).dataset_version_id,
            rates_as_of=rates_as_of,
        )
        return self.run(
            "debt_simulation",
            dataset,
            parameters=merged,
            started_at=started_at,
            control=control,
            checkpoint=checkpoint,
            cluster=cluster,
        )

    def run(
        self,
        engine: str,
        dataset: Dataset | str,
        *,
        parameters: Mapping[str, Any] | msgspec.Struct | None = None,
        started_at: datetime | str | None = None,
        control: RunControl | None = None,
        checkpoint: Path | None = None,
        cluster: Any = None,
    ) -> Run:
        """Run an engine and commit its evidence, findings and links in one transaction.

        Parameters
        ----------
        engine : str
            Its name in the registry.
        parameters : mapping or Struct, optional
            Of the engine's parameter type; unknown fields are refused.
        started_at : datetime or str, optional
            When the question was asked; now by default. The same question with the same
            ``started_at`` is the same run.
        control : RunControl, optional
            Follows the work and stops it.
        checkpoint : Path, optional
            A file in which a simulation keeps what is done; asked again with it, it goes on there.
        cluster : distributed.Client, optional
            Spreads a simulation over its workers.

        Raises
        ------
        InvalidInput
            With the place, such as ``parameters.stress_scenarios[0].recovery_degradation_pct``.
        Conflict
            ``normalized_record_required`` when the dataset is not normalised.
        """
        asked_at = self._clock() if started_at is None else started_at
        question = ask(engine_of(engine), self._version(dataset), parameters, asked_at)
        try:
            return self._hold_run(self._store.run(self._tenant, question.run_id))
        except NotFound:
            pass
        book = self._books.book(
            self._store, question.declaration, question.dataset, question.parameters
        )
        execution = Execution(self._threads, control, checkpoint, cluster)
        outcome = question.declaration.run(book, question.parameters, execution)
        left = run_rows(question, outcome, created_at=self._now(), created_by=self._actor)
        created = self._store.submit(left.commit).result()
        return self._hold_run(left.run, created=created, outcome=outcome)

    def run_of(self, run_id: str) -> Run:
        """Return a run that is in the ledger; raises NotFound."""
        return self._hold_run(self._store.run(self._tenant, run_id))

    def runs(
        self, *, dataset: Dataset | str | None = None, limit: int = 100, after: str | None = None
    ) -> list[Run]:
        """Return runs, newest first, of one dataset or of all."""
        wanted = None if dataset is None else self._version(dataset).dataset_version_id
        found = self._store.runs(self._tenant, dataset_version_id=wanted, limit=limit, after=after)
        return [self._hold_run(row) for row in found]

    # --- evidence

    def trace(self, finding: Finding | str, *, record: int | None = None) -> Trace:
        """Walk back from a finding to its source bytes: of ``record``, or of the largest share."""
        finding_id = finding if isinstance(finding, str) else finding.finding_id
        if record is None:
            return trace_finding(self._store, self._tenant, finding_id, record=None)
        dataset = self._store.finding(self._tenant, finding_id).dataset_version_id
        shown = self.record(dataset, record)
        return trace_finding(self._store, self._tenant, finding_id, record=shown)

    def verify(self, *, control: RunControl | None = None) -> Verification:
        """Recompute every hash, root, identifier and column, and tell what does not agree."""
        return verify_store(self._store, self._tenant, threads=self._threads, control=control)

    # --- inside

    def _now(self) -> str:
        return iso_time(self._clock())

    def _profile(self, profile: str | TapeProfile) -> TapeProfile:
        if isinstance(profile, TapeProfile):
            return profile
        return load_profile(profile, packages=PROFILE_PACKAGES)

    def _version(self, dataset: Dataset | str) -> rows.DatasetVersion:
        wanted = dataset if isinstance(dataset, str) else dataset.dataset_version_id
        return self._store.dataset(self._tenant, wanted)

    def _hold_run(
        self,
        row: rows.Run,
        *,
        created: bool = False,
        outcome: EngineOutcome[Any] | None = None,
    ) -> Run:
        return hold_run(
            self._store, self._books, row, threads=self._threads, created=created, outcome=outcome
        )

    def _hold(
        self, version: rows.DatasetVersion, *, created: bool = False, import_id: str = ""
    ) -> Dataset:
        return Dataset(
            version,
            summary=read_summary(self._store, version),
            tables=lambda: read_tables(self._store, version),
            created=created,
            import_id=import_id,
        )

    def _prepare(
        self, tape: IngestedTape, *, strict: bool
    ) -> tuple[rows.DatasetVersion, Derived | None, bool]:
        """Make the rows of a dataset version, its tables only if it is not known."""
        if tape.record_count == 0:
            raise InvalidInput("there is no record", where="records", code="records_required")
        refused = len(tape.rejects) - tape.rejects_by_part.get("set_aside", 0)
        if len(tape.rejects) > 0 and (len(tape.records) == 0 or (strict and refused > 0)):
            raise _refusal(tape, refused, strict=strict)
        row = dataset_row(tape, tenant=self._tenant, created_at=self._now(), created_by=self._actor)
        try:
            self._store.dataset(self._tenant, row.dataset_version_id)
        except NotFound:
            pass
        else:
            return row, None, True
        if not tape.normalised:
            return row, None, False
        return row, derive(tape, created_at=row.created_at, threads=self._threads), False

    def _write(
        self, row: rows.DatasetVersion, chunks: Sequence[rows.RawChunk], derived: Derived | None
    ) -> bool:
        def commit(tx: Transaction) -> bool:
            created = tx.put_dataset(row, chunks)
            if created:
                self._put_derived(tx, row.dataset_version_id, derived)
            return created

        return self._store.submit(commit).result()

    def _put_derived(
        self, tx: Transaction, dataset_version_id: str, derived: Derived | None
    ) -> None:
        if derived is not None:
            tx.put_derivation(self._tenant, dataset_version_id, derived.derivation, derived.tables)

    def _read_stored(
        self, version: rows.DatasetVersion, control: RunControl | None
    ) -> IngestedTape:
        blocks = (
            decompress(chunk.payload, size=chunk.payload_size, codec=chunk.codec)
            for chunk in self._store.raw_chunks(self._tenant, version.dataset_version_id)
        )
        source = msgspec.json.decode(version.source)
        return read_again(
            blocks,
            msgspec.json.decode(version.profile, type=TapeProfile),
            table_rows=source["table_rows"],
            source=source,
            threads=self._threads,
            control=control,
        )


def _refusal(tape: IngestedTape, refused: int, *, strict: bool) -> DatasetRefused:
    from pyarrow import compute

    rejects = tape.rejects.to_arrow()
    if refused > 0:
        rejects = rejects.filter(compute.not_equal(rejects["refused"], "set_aside"))
    first = rejects.slice(0, 1).to_pylist()[0]
    field = f".{first['field']}" if first["field"] else ""
    why = "strict" if strict else f'no record is left; does the profile "{tape.profile.name}" fit?'
    return DatasetRefused(
        f"{first['reason']} (rule {first['rule']}, source row {first['source_row']}); "
        f"{refused:,} refused in all, nothing written ({why})",
        where=f"records[{first['record']}]{field}",
    )
