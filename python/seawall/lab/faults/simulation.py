"""Clients, faults and recovery drawn from a seed; a plain set says what the store must hold.

Time, threads and the disk are under control, so a seed replays: ``python -m seawall.lab.faults
simulation --seed N`` shows its steps.
"""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random
from typing import TypeVar

import msgspec

from seawall.errors import SeawallError
from seawall.lab.faults.disk_image import DiskImage
from seawall.lab.faults.fault_vfs import FAILURES, FaultVfs, fault_vfs, weakened
from seawall.lab.faults.io_failure import CODES
from seawall.lab.faults.power_cut import FILE, Synchronous, write_files
from seawall.lab.faults.requests import (
    Work,
    outcome,
    put_dangling_link,
    put_dataset,
    put_other_content,
    put_request,
    read_held,
    submit_together,
)
from seawall.lab.faults.row import FaultRow, Tally, Tries, fault_row
from seawall.store.audit_chain import chain_problems
from seawall.store.sqlite import SqliteStore

T = TypeVar("T")

STEPS = 10
_CHECKPOINT_PAGES = 15
_MOST_CLIENTS = 3
_WITHIN_OPERATIONS = 60  # of those a failure waits for


class Disagreement(SeawallError):
    """The store is not what the model says."""

    default_code = "disagreement"


class Simulated(msgspec.Struct):
    """What one seed came to."""

    seed: int
    steps: list[str] = msgspec.field(default_factory=list)
    kept: set[str] = msgspec.field(default_factory=set)  # acknowledged, or seen
    doubtful: set[str] = msgspec.field(default_factory=set)  # failed, and may be kept or not
    disagreement: str = ""


def try_simulation(tries: Tries) -> FaultRow:
    """Simulate a seed a try, and some with a store that does not wait for the disk."""
    tally = Tally()
    disagreeing = []
    for seed in range(tries.seed, tries.seed + tries.times):
        found = simulate(seed, tries.folder / f"{seed}")
        tally.tried += 1
        tally.acknowledged += len(found.kept)
        if found.disagreement:
            tally.unexpected += 1
            disagreeing.append(f"seed {seed} {found.disagreement}")
        tries.progress(tally.tried)
    control = sum(
        bool(simulate(seed, tries.folder / f"off{seed}", synchronous="OFF").disagreement)
        for seed in range(tries.seed, tries.seed + max(10, tries.times // 10))
    )
    return fault_row(
        "simulation",
        tally,
        control="synchronous=OFF",
        control_lost=control,
        notes="; ".join(disagreeing[:3])
        or f"{STEPS} steps a seed of clients, failures, kills, power cuts; model and store agree",
    )


def simulate(seed: int, folder: Path, *, synchronous: Synchronous = "FULL") -> Simulated:
    """Live one seed until its end, or until model and store disagree."""
    simulated = Simulated(seed)
    folder.mkdir()
    with ExitStack() as stack:
        world = _World(simulated, folder, synchronous, stack)
        try:
            for _ in range(STEPS):
                world.step()
        except Disagreement as error:
            simulated.disagreement = f"step {len(simulated.steps)}: {error.message}"
        with suppress(SeawallError):  # as an injected failure that nothing met until now
            world.store.close()
    return simulated


class _World:
    """A store on a simulated disk, and its clients."""

    def __init__(
        self, simulated: Simulated, folder: Path, synchronous: Synchronous, stack: ExitStack
    ) -> None:
        self._simulated = simulated
        self._random = Random(simulated.seed)  # noqa: S311  (a schedule, not a secret)
        self._synchronous = synchronous
        self._folder = folder
        self._lives = self._requests = 0
        self._stack = stack
        self._may_fail = False
        self.store = self._begin_life({})

    def step(self) -> None:
        """Do one thing, and compare."""
        kind = self._random.choices(
            ["write", "fail", "reopen", "kill", "power_cut"], weights=[5, 3, 1, 2, 2]
        )[0]
        if kind == "fail":
            failure = self._random.choice(FAILURES)
            point = self._random.randint(1, _WITHIN_OPERATIONS)
            self._simulated.steps.append(f"fail {failure} at {point}")
            self._vfs.fail_at(point, failure)
            self._may_fail = True
        start = len(self._vfs.operations)
        told = self._write()
        if kind in {"kill", "power_cut"}:
            self._crash(told, kind, self._random.randint(start, len(self._vfs.operations)))
        else:
            self._believe(told)
        if kind == "reopen":
            self._simulated.steps.append("reopen")
            self._tried(self.store.close)
            self.store = self._open()
            self._compare(settles=True)
        else:
            self._compare(settles=kind in {"kill", "power_cut"})

    # --- clients

    def _write(self) -> dict[str, int | None]:
        """Let clients write as one group; return where each request was acknowledged, or None."""
        works: list[tuple[str, str, Work]] = [("", "done", put_dataset)]
        for _ in range(self._random.randint(1, _MOST_CLIENTS)):
            known = sorted(self._simulated.kept)
            kind = self._random.choice(["new", "new", "again", "other", "dangling"])
            self._requests += 1
            name = f"{self._requests}"
            if kind == "new" or not known:
                works.append((name, "done", put_request(name)))
            elif kind == "again":
                works.append(("", "done", put_request(self._random.choice(known), again=True)))
            elif kind == "other":
                works.append(("", "conflict", put_other_content(name, self._random.choice(known))))
            else:
                works.append(("", "not_found", put_dangling_link(name)))
        futures = submit_together(self.store, [work for _, _, work in works])
        told: dict[str, int | None] = {}
        for (name, expected, _), future in zip(works, futures, strict=True):
            code = outcome(future)
            if code != expected and not (self._may_fail and code in CODES):
                raise Disagreement(f"a client was told {code}, not {expected}")
            if name and code == "done":
                self._vfs.mark(name)
                told[name] = len(self._vfs.operations)
            elif name:
                told[name] = None
        self._simulated.steps.append(f"write {', '.join(map(outcome, futures))}")
        return told

    def _believe(self, told: dict[str, int | None]) -> None:
        for name, place in told.items():
            (self._simulated.doubtful if place is None else self._simulated.kept).add(name)

    def _compare(self, *, settles: bool) -> None:
        simulated = self._simulated
        held = self._tried(lambda: read_held(self.store))
        if held.torn or held.duplicated:
            raise Disagreement(f"in part: {sorted(held.torn)}, twice: {sorted(held.duplicated)}")
        if missing := simulated.kept - held.whole:
            raise Disagreement(f"acknowledged and not there: {sorted(missing)}")
        if invented := held.whole - simulated.kept - simulated.doubtful:
            raise Disagreement(f"there and never written: {sorted(invented)}")
        simulated.kept |= held.whole
        simulated.doubtful -= held.whole
        if settles:
            simulated.doubtful.clear()  # what is not there now never will be
            problems = self._tried(self.store.integrity_problems)
            problems += [text for _, text in chain_problems(self.store.all_audit())]
            if problems:
                raise Disagreement(problems[0])

    # --- lives

    def _crash(self, told: dict[str, int | None], kind: str, place: int) -> None:
        """End everything at an operation; what was acknowledged later was not."""
        self._believe({n: at if at is not None and at <= place else None for n, at in told.items()})
        image = DiskImage()
        for operation in self._vfs.operations[:place]:
            image.take(operation)
        self._simulated.steps.append(f"{kind} at {place} of {len(self._vfs.operations)}")
        files = image.after_kill() if kind == "kill" else image.after_cut(self._random)
        self._end_life()
        self.store = self._begin_life(files)

    def _begin_life(self, files: dict[str, bytes]) -> SqliteStore:
        self._lives += 1
        folder = self._folder / f"{self._lives}"
        folder.mkdir()
        write_files(folder, files)
        self._path = str(folder / FILE)
        self._life = ExitStack()
        self._stack.enter_context(self._life)
        self._vfs: FaultVfs = self._life.enter_context(fault_vfs())
        if self._synchronous != "FULL":
            self._life.enter_context(weakened(self._vfs, self._synchronous))
        self._may_fail = False
        return self._open()

    def _end_life(self) -> None:
        self._tried(self.store.close)
        self._life.close()

    def _open(self) -> SqliteStore:
        return self._tried(
            lambda: SqliteStore(self._path, vfs=self._vfs.name, checkpoint_pages=_CHECKPOINT_PAGES)
        )

    def _tried(self, work: Callable[[], T]) -> T:
        """Do something that an injected failure may hit once."""
        try:
            return work()
        except SeawallError as error:
            if not self._may_fail or error.code not in CODES:
                raise Disagreement(f"failed with {error.code}") from error
            self._simulated.steps.append(f"told {error.code}")
        try:
            return work()
        except SeawallError as error:
            raise Disagreement(f"failed with {error.code}, twice") from error
