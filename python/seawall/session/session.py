"""Session: one store, one tenant, one actor; every question that seawall answers."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from copy import copy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Self

import msgspec

from seawall.engine import Execution
from seawall.errors import InvalidInput
from seawall.ingest import (
    IngestedTape,
    TapeProfile,
    built_in_profiles,
    ingest_source,
    open_source,
)
from seawall.native import RunControl
from seawall.provenance.tree_head import SignedTreeHead
from seawall.registry import PROFILE_PACKAGES
from seawall.session.answering import submit_run
from seawall.session.asker import Asker
from seawall.session.cache import CacheUse
from seawall.session.dataset import Dataset
from seawall.session.holdings import Holdings
from seawall.session.ingesting import (
    Audited,
    chosen_profile,
    hold_dataset,
    ingest_dataset,
    normalise_dataset,
    read_stored,
)
from seawall.session.run import Finding, Run
from seawall.session.run_in_hand import AskedRun, BegunRun, begin_run, run_of, stored_run
from seawall.session.run_parameters import simulation_parameters, stress_parameters
from seawall.session.trace import Trace, TracedRecord, show_record, trace_finding
from seawall.session.verify import Verification, verify_store
from seawall.session.watching import RunWatch
from seawall.store import Store
from seawall.store.refusals import refuse_nul
from seawall.store.types import AuditDraft
from seawall.supervisory import SupervisoryPath

MAX_THREADS = 64


def _system_clock() -> datetime:
    return datetime.now(UTC)


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
    threads : int
        For computing; 0 for all cores. No bit of any answer depends on it.
    default_control : callable, optional
        Makes the control of each run, or run made again, whose caller gives none.
    """

    def __init__(
        self,
        store: str | Path | Store = "seawall.db",
        *,
        tenant: str = "default",
        actor: str = "local",
        clock: Callable[[], datetime] = _system_clock,
        threads: int = 0,
        default_control: Callable[[], RunControl] | None = None,
    ) -> None:
        if not 0 <= threads <= MAX_THREADS:
            raise InvalidInput(f"must be from 0 to {MAX_THREADS}", where="threads")
        refuse_nul({"tenant": tenant, "actor": actor}, where="session")
        self._place = store
        self._asker = Asker(tenant, actor, clock, threads, Holdings(store), default_control)
        self._owns_store = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def acting_as(self, *, tenant: str, actor: str) -> Self:
        """Return a session for another tenant and actor on the same store.

        It costs next to nothing: it shares the store, what is kept in memory, and the threads;
        `close` of the session it came from ends both, and its own does nothing.
        """
        sibling = copy(self)
        asker = msgspec.structs.replace(self._asker, tenant=tenant, actor=actor)
        vars(sibling).update(_asker=asker, _owns_store=False)
        return sibling

    def cache_use(self) -> dict[str, CacheUse]:
        """Tell how the caches were used by all sessions that share them, by name.

        ``dataset_versions``, ``books`` (decoded columns), ``runs`` and ``answers`` (as
        `Run.encoded` makes them).
        """
        return self._asker.holdings.use()

    def watch_runs(self, watch: RunWatch) -> None:
        """Have the stages of every run told from now on, of all sessions that share the caches."""
        self._asker.holdings.watch = watch

    def close(self) -> None:
        """Finish what is queued and close the store."""
        if self._owns_store:
            self._asker.holdings.close()

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
        whole_keys: bool = False,
        control: RunControl | None = None,
    ) -> IngestedTape:
        """Read and normalise a source without writing anything. Arguments as `ingest`."""
        return ingest_source(
            open_source(source, format=format),
            chosen_profile(profile),
            whole_keys=whole_keys,
            threads=self._asker.threads,
            control=control,
        )

    def ingest(
        self,
        source: str | Path | bytes,
        *,
        profile: str | TapeProfile = "generic",
        format: str | None = None,
        strict: bool = False,
        whole_keys: bool = False,
        normalise: bool = True,
        control: RunControl | None = None,
        audited: Audited | None = None,
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
        whole_keys : bool
            Refuse the whole dataset at its first record that is no object or lacks its key; what
            follows it is not read.
        normalise : bool
            Whether to keep the columns now; `normalise` does it later.
        control : RunControl, optional
            Follows the work (in records) and stops it.
        audited : callable, optional
            Makes an audit entry of what is done (``dataset.ingest``, or ``dataset.normalise`` where
            only the columns are new) and the dataset's identifier; it is appended in the
            transaction that writes, and where nothing is written there is none.

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
            ``records_required`` when the source holds no record; with ``whole_keys`` also
            ``record_invalid_type``, ``source_system_required`` and ``source_record_id_required``.
        Cancelled
            When the control stopped the work; nothing is written.
        """
        return ingest_dataset(
            self._asker,
            source,
            profile=profile,
            format=format,
            strict=strict,
            whole_keys=whole_keys,
            normalise=normalise,
            control=control,
            audited=audited,
        )

    def normalise(
        self,
        dataset: Dataset | str,
        *,
        control: RunControl | None = None,
        audited: Audited | None = None,
    ) -> Dataset:
        """Read the columns of a dataset that was ingested without; repeating changes nothing.

        Arguments as of `ingest`.
        """
        version = self._asker.version(dataset)
        normalise_dataset(self._asker, version, control=control, audited=audited)
        return hold_dataset(self._asker, version)

    def read_dataset(self, dataset: Dataset | str) -> IngestedTape:
        """Read and normalise the records of a dataset again without writing anything."""
        return read_stored(self._asker, self._asker.version(dataset), None)

    def dataset(self, dataset_version_id: str) -> Dataset:
        """Return a dataset version; raises NotFound."""
        return hold_dataset(self._asker, self._asker.version(dataset_version_id))

    def datasets(self, *, limit: int = 100, after: str | None = None) -> list[Dataset]:
        """Return dataset versions, newest first, going on after the identifier ``after``."""
        found = self._store.datasets(self._tenant, limit=limit, after=after)
        return [hold_dataset(self._asker, version) for version in found]

    def record(self, dataset: Dataset | str, record: int) -> TracedRecord:
        """Return one record (counted from 0) as read, with the proof that it is the dataset's."""
        return show_record(self._store, self._asker.version(dataset), record)

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
            rates=None if rates is None else self._asker.version(rates).dataset_version_id,
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
            As of `stress` and `run`; the control counts scenarios, once a pass.

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
            rates=None if rates is None else self._asker.version(rates).dataset_version_id,
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
        return self.submit(
            engine,
            dataset,
            parameters=parameters,
            started_at=started_at,
            control=control,
            checkpoint=checkpoint,
            cluster=cluster,
        ).result()

    def submit(
        self,
        engine: str,
        dataset: Dataset | str,
        *,
        parameters: Mapping[str, Any] | msgspec.Struct | None = None,
        started_at: datetime | str | None = None,
        control: RunControl | None = None,
        checkpoint: Path | None = None,
        cluster: Any = None,
        audited: Callable[[str], AuditDraft] | None = None,
    ) -> Future[Run]:
        """Compute as `run` does, on this thread, and do not wait for the disk.

        Parameters
        ----------
        audited : callable, optional
            Makes an audit entry of the identifier of a run that is new; it is appended in the
            run's own transaction.

        Returns
        -------
        concurrent.futures.Future of Run
            Done once the run is durable. Where another thread computes the same question at this
            moment, its run is waited for instead.
        """
        return submit_run(
            AskedRun(
                self._asker,
                engine,
                dataset,
                parameters,
                self._asker.clock() if started_at is None else started_at,
                Execution(self._asker.threads, control, checkpoint, cluster),
                audited,
            )
        )

    def begin(
        self,
        engine: str,
        dataset: str,
        *,
        parameters: Mapping[str, Any] | msgspec.Struct | None,
        started_at: datetime | str,
        audited: Callable[[str], AuditDraft],
        prepared: Callable[[Run], None],
    ) -> BegunRun:
        """Give a question its place, for a caller who computes and writes several together.

        Parameters
        ----------
        audited : callable
            As of `submit`.
        prepared : callable
            Takes a run that is new once it is computed, before it is durable.

        Returns
        -------
        BegunRun
            What is in its hand goes through `without_kept`, `RunInHand.compute` and `write_runs`,
            or others who ask the same wait for ever.
        """
        execution = Execution(self._asker.threads)
        return begin_run(
            AskedRun(
                *(self._asker, engine, dataset, parameters, started_at, execution),
                audited,
                prepared,
            )
        )

    def run_of(self, run_id: str) -> Run:
        """Return a run that is in the ledger; raises NotFound."""
        held = self._asker.holdings.runs.find((self._tenant, run_id))
        if held is None:
            held = stored_run(self._asker, self._store.run(self._tenant, run_id))
        return run_of(self._asker, held)

    def runs(
        self, *, dataset: Dataset | str | None = None, limit: int = 100, after: str | None = None
    ) -> list[Run]:
        """Return runs, newest first, of one dataset or of all."""
        wanted = None if dataset is None else self._asker.version(dataset).dataset_version_id
        found = self._store.runs(self._tenant, dataset_version_id=wanted, limit=limit, after=after)
        return [run_of(self._asker, stored_run(self._asker, row)) for row in found]

    # --- evidence

    def trace(self, finding: Finding | str, *, record: int | None = None) -> Trace:
        """Walk back from a finding to its source bytes: of ``record``, or of the largest share."""
        finding_id = finding if isinstance(finding, str) else finding.finding_id
        return trace_finding(self._asker, finding_id, record=record)

    def verify(
        self,
        *,
        public_keys: Mapping[str, bytes] | None = None,
        known_head: SignedTreeHead | None = None,
        control: RunControl | None = None,
    ) -> Verification:
        """Recompute every hash, root, identifier and column, and tell what does not agree.

        Parameters
        ----------
        public_keys : mapping, optional
            Ed25519 public keys by key id, by one of which every tree head must be signed.
        known_head : SignedTreeHead, optional
            A head that was kept elsewhere and that the ledger must continue.
        control : RunControl, optional
            Follows the work and stops it.
        """
        return verify_store(
            self._store,
            self._tenant,
            threads=self._asker.threads,
            control=control,
            public_keys=public_keys,
            known_head=known_head,
        )

    # --- inside

    @property
    def _store(self) -> Store:
        return self._asker.store

    @property
    def _tenant(self) -> str:
        return self._asker.tenant
