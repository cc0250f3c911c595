"""A run of the laboratory as lines of JSON: a head, a line for each step that ended, an end.

A line is written whole and brought to the disk before the next step begins, so that an
interruption costs the step that it met. What stands behind the last newline is not read.
"""

import gzip
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from seawall.errors import InvalidInput, NotFound
from seawall.lab.machine import MachineRecord
from seawall.lab.noise import NoiseFloor
from seawall.lab.sections import ProfileName, Step

SUFFIX = ".jsonl"
PACKED = ".jsonl.gz"


class RunHead(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    tag_field="schema",
    tag="seawall.lab.run/1",
):
    """What was asked, and of which machine, build and libraries."""

    run_id: str
    profile: ProfileName
    sections: tuple[str, ...]
    steps: tuple[Step, ...]
    created_at: datetime
    commit: str | None
    machine: MachineRecord
    packages: dict[str, str]  # every installed distribution: name to version
    packages_sha256: str  # of their list
    file_system: str  # of the stores
    noise: NoiseFloor

    def is_as(self, other: "RunHead") -> bool:
        """Whether the other asks the same of the same code on the same machine."""
        return all(
            getattr(self, name) == getattr(other, name)
            for name in ("profile", "sections", "steps", "commit", "machine", "packages_sha256")
        )


class Samples(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One measurement with every sample; what it was measured on stands in the head."""

    benchmark: str
    kind: Literal["gate", "informational"]
    workload: dict[str, str | int | float | bool]
    seed: int | None
    unit: str
    values: tuple[float, ...]
    condensed: int = 0  # above 0: so many there were, and the values are order statistics of them


class StepCost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a step's processes cost together."""

    cpu_pct: float  # of one core
    peak_rss_bytes: int
    peak_threads: int
    read_bytes: int  # from and to the disk
    written_bytes: int
    voluntary_switches: int
    involuntary_switches: int


class StepOutcome(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    tag_field="schema",
    tag="seawall.lab.step/1",
):
    """One step at one repeat."""

    step: str
    repeat: int
    started_at: datetime
    wall_s: float
    load: float  # of the last minute, before it
    cost: StepCost | None  # None: it ended before it could be looked at
    answer: Any  # the benchmark's JSON; None of one that failed
    samples: tuple[Samples, ...]
    error: str = ""


class RunEnd(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    tag_field="schema",
    tag="seawall.lab.end/1",
):
    """That every step was tried, and what the machine's noise was then."""

    ended_at: datetime
    noise: NoiseFloor


Line = RunHead | StepOutcome | RunEnd


class LabRun(msgspec.Struct, frozen=True):
    """A run as it is kept."""

    path: Path
    head: RunHead
    outcomes: tuple[StepOutcome, ...]
    end: RunEnd | None

    def good(self, step: str) -> list[StepOutcome]:
        """Return a step's outcomes that are answers, in the order of their repeats."""
        found = [one for one in self.outcomes if one.step == step and not one.error]
        return sorted(found, key=lambda one: one.repeat)

    def is_done(self, step: str, repeat: int) -> bool:
        """Whether there is an answer of a step's repeat."""
        return any(one.repeat == repeat for one in self.good(step))

    def missing(self) -> list[tuple[Step, int]]:
        """Return what has no answer yet, in its order."""
        return [
            (step, repeat)
            for step in self.head.steps
            for repeat in range(step.repeats)
            if not self.is_done(step.name, repeat)
        ]

    def failures(self) -> list[StepOutcome]:
        """Return the last failures of what has no answer."""
        last = {(one.step, one.repeat): one for one in self.outcomes if one.error}
        return [one for one in last.values() if not self.is_done(one.step, one.repeat)]


def append_line(path: Path, line: Line) -> None:
    """Write a line and wait for the disk; what a torn write left at the end is cut off first."""
    encoded = msgspec.json.encode(line, order="sorted") + b"\n"
    msgspec.json.decode(encoded, type=Line)  # NaN is written as null: reading finds it
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        file.seek(0)
        whole = file.read().rfind(b"\n") + 1
        file.truncate(whole)
        file.write(encoded)
        file.flush()
        os.fsync(file.fileno())


def read_run(path: Path) -> LabRun:
    """Read a run, also one that is not finished, or one that is packed.

    Raises
    ------
    InvalidInput
        With the line that is none of these.
    OSError
        If the file cannot be read.
    """
    data = path.read_bytes()
    if path.name.endswith(PACKED):
        data = gzip.decompress(data)
    lines = data[: data.rfind(b"\n") + 1].splitlines()
    decoded = [_decoded(line, where=f"{path.name}:{n}") for n, line in enumerate(lines, start=1)]
    if not decoded or not isinstance(decoded[0], RunHead):
        raise InvalidInput("does not begin with a run's head", where=path.name)
    ends = [line for line in decoded if isinstance(line, RunEnd)]
    return LabRun(
        path=path,
        head=decoded[0],
        outcomes=tuple(line for line in decoded if isinstance(line, StepOutcome)),
        end=ends[-1] if ends else None,
    )


def runs_in(folder: Path) -> Iterator[LabRun]:
    """Read the runs of a folder, oldest first."""
    found = [read_run(path) for path in sorted(folder.glob(f"*{SUFFIX}"))]
    yield from sorted(found, key=lambda run: run.head.created_at)


def find_run(folder: Path, name: str = "latest") -> LabRun:
    """Find a run by a file, by the beginning of its identifier, or the latest one.

    Raises
    ------
    NotFound
        If there is none, or several.
    """
    if name.endswith((SUFFIX, PACKED)) and Path(name).is_file():
        return read_run(Path(name))
    runs = list(runs_in(folder)) if folder.is_dir() else []
    if name == "latest":
        runs = runs[-1:]
    else:
        runs = [run for run in runs if run.head.run_id.startswith(name)]
    if len(runs) != 1:
        said = f"{len(runs)} runs begin so" if runs else "there is no such run; seawall lab run"
        raise NotFound(said, where=f"{folder}/{name}")
    return runs[0]


def _decoded(line: bytes, *, where: str) -> Line:
    try:
        decoded: Line = msgspec.json.decode(line, type=Line)
    except msgspec.MsgspecError as error:
        raise InvalidInput(str(error), where=where) from error
    return decoded


def joined(outcomes: Sequence[StepOutcome]) -> list[Samples]:
    """Bring the samples of repeats together: one for each benchmark, workload and unit."""
    found: dict[tuple[str, str, str], list[Samples]] = {}
    for outcome in outcomes:
        for one in outcome.samples:
            key = (one.benchmark, one.unit, workload_text(one))
            found.setdefault(key, []).append(one)
    return [
        msgspec.structs.replace(
            parts[0], values=tuple(value for part in parts for value in part.values)
        )
        for parts in found.values()
    ]


def workload_text(samples: Samples) -> str:
    """Write a workload as one text, the same for the same work."""
    return ", ".join(
        f"{name} {value}" for name, value in sorted(samples.workload.items()) if name not in _FOUND
    )


_FOUND = frozenset({"errors", "max_rss_kb"})
"""What some benchmarks note beside their workload although it was measured."""
