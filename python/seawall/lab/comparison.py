"""Two runs held against each other, work by work, with intervals."""

from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np

from seawall.errors import Conflict, SeawallError
from seawall.lab.machine import MachineRecord
from seawall.lab.measure import FEWEST_PAIRS, median_interval
from seawall.lab.run_record import LabRun, Samples, joined, workload_text

CONFIDENCE = 0.99  # of each interval: there are many of them
RESAMPLES = 2_000
FEWEST_SAMPLES = 5
BLOCKS = 50
"""Of more samples than four times as many, the medians of so many stretches are taken: requests
that follow each other are not independent."""

Verdict = Literal["slower", "faster", "no difference shown", "too few samples"]


class WorkRatio(msgspec.Struct, frozen=True):
    """One work in both runs: above 1 the second run needs more."""

    step: str
    benchmark: str
    workload: str
    unit: str
    first_samples: int
    second_samples: int
    ratio: float  # of the medians, second by first
    low: float | None
    high: float | None
    verdict: Verdict


class Comparison(msgspec.Struct, frozen=True):
    """All work that both runs did."""

    first: str
    second: str
    noise: float  # a ratio nearer to 1 is no difference
    works: list[WorkRatio]
    only_first: list[str]
    only_second: list[str]
    median_ratio: float | None  # over the works; None of fewer than six
    median_low: float | None
    median_high: float | None

    @property
    def regressions(self) -> list[WorkRatio]:
        """The works that surely need more."""
        return [work for work in self.works if work.verdict == "slower"]


def compare_runs(first: LabRun, second: LabRun, *, seed: int = 1) -> Comparison:
    """Compare the works of two runs of one machine.

    The two ran at different times: the noise floor that each measured widens what counts as no
    difference. For a verdict on one change, run both by turns (`seawall.lab.measure`).

    Parameters
    ----------
    first, second : LabRun
        The older one first.
    seed : int
        Of the bootstrap's draws.

    Raises
    ------
    SeawallError
        Of code ``not_a_release_build``; or `Conflict` of code ``machines_differ``.
    """
    check_comparable(first, second)
    noise = max(
        noise.floor
        for run in (first, second)
        for noise in (run.head.noise, *([run.end.noise] if run.end else []))
    )
    random = np.random.default_rng(seed)
    ours, theirs = _works(first), _works(second)
    works = [
        _ratio(key, ours[key], theirs[key], noise=noise, random=random)
        for key in ours
        if key in theirs
    ]
    ratios = [work.ratio for work in works]
    middle, low, high = None, None, None
    if len(ratios) >= FEWEST_PAIRS:
        low, high, _ = median_interval(ratios)
        middle = float(np.median(ratios))
    return Comparison(
        first=first.head.run_id,
        second=second.head.run_id,
        noise=noise,
        works=works,
        only_first=[_name(key) for key in ours if key not in theirs],
        only_second=[_name(key) for key in theirs if key not in ours],
        median_ratio=middle,
        median_low=low,
        median_high=high,
    )


def check_comparable(first: LabRun, second: LabRun) -> None:
    """Refuse unoptimised builds and runs of two machines. Raises as `compare_runs`."""
    for run in (first, second):
        build_type = run.head.machine.build.get("build_type")
        if build_type != "Release":
            raise SeawallError(
                f"only Release builds are compared, this is {build_type}",
                code="not_a_release_build",
                where=run.head.run_id,
            )
    ours, theirs = (
        place_of(run.head.machine) | {"stores on": run.head.file_system} for run in (first, second)
    )
    if other := [name for name in ours if ours[name] != theirs[name]]:
        raise Conflict(
            f"other {other[0]}: {ours[other[0]]} and {theirs[other[0]]}",
            code="machines_differ",
            where=f"{first.head.run_id}, {second.head.run_id}",
        )


def place_of(machine: MachineRecord) -> dict[str, str | int]:
    """Return what makes a machine another one."""
    return {
        "processor": machine.cpu_model,
        "physical cores": machine.physical_cores,
        "logical cores": machine.logical_cores,
        "usable cores": machine.usable_cores,
        "memory": machine.memory_bytes,
    }


Key = tuple[str, str, str, str]


def _works(run: LabRun) -> dict[Key, Samples]:
    return {
        (step.name, one.benchmark, workload_text(one), one.unit): one
        for step in run.head.steps
        for one in joined(run.good(step.name))
        if not one.condensed
    }


def _name(key: Key) -> str:
    return " ".join(part for part in key[:3] if part)


def _ratio(
    key: Key, first: Samples, second: Samples, *, noise: float, random: np.random.Generator
) -> WorkRatio:
    a, b = _draws(first.values), _draws(second.values)
    ratio = float(np.median(b) / np.median(a))
    low, high = None, None
    verdict: Verdict = "too few samples"
    if min(len(a), len(b)) >= FEWEST_SAMPLES:
        resampled = _medians(b, random) / _medians(a, random)
        tail = (1 - CONFIDENCE) / 2
        low, high = (float(bound) for bound in np.quantile(resampled, (tail, 1 - tail)))
        verdict = "no difference shown"
        if low > 1 + noise:
            verdict = "slower"
        elif high < 1 / (1 + noise):
            verdict = "faster"
    step, benchmark, workload, unit = key
    return WorkRatio(
        step=step,
        benchmark=benchmark,
        workload=workload,
        unit=unit,
        first_samples=len(first.values),
        second_samples=len(second.values),
        ratio=ratio,
        low=low,
        high=high,
        verdict=verdict,
    )


def _draws(values: Sequence[float]) -> np.ndarray:
    found = np.asarray(values, dtype=np.float64)
    if len(found) <= 4 * BLOCKS:
        return found
    return np.array([np.median(block) for block in np.array_split(found, BLOCKS)])


def _medians(values: np.ndarray, random: np.random.Generator) -> np.ndarray:
    drawn = random.integers(0, len(values), (RESAMPLES, len(values)))
    return np.asarray(np.median(values[drawn], axis=1))
