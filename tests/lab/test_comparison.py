"""Two runs are compared work by work; what is foreign is refused; steps over commits are found."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from seawall.errors import SeawallError
from seawall.lab.comparison import compare_runs
from seawall.lab.history import read_history, steps_in
from seawall.lab.run_index import run_index
from seawall.lab.run_record import LabRun, find_run, read_run

from .made_runs import QUIET, head, outcome, samples, write_run


def drawn(middle: float, count: int = 30, *, seed: int = 1) -> tuple[float, ...]:
    return tuple((middle * np.random.default_rng(seed).lognormal(0, 0.05, count)).tolist())


def one_work(folder: Path, *values: float, day: int = 0, **changes: object) -> LabRun:
    made = outcome("step", {}, samples(values, size=5))
    return read_run(write_run(folder, made, day=day, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("factor", "verdict"),
    [(1.3, "slower"), (1.0, "no difference shown"), (0.7, "faster")],
)
def test_a_change_beyond_the_noise_is_named(tmp_path: Path, factor: float, verdict: str) -> None:
    first = one_work(tmp_path, *drawn(10))
    second = one_work(tmp_path, *drawn(10 * factor, seed=2), day=1)
    (work,) = compare_runs(first, second).works
    assert work.verdict == verdict
    assert work.low is not None
    assert work.high is not None
    assert work.low <= work.ratio <= work.high
    assert work.low < factor < work.high
    assert (work.step, work.benchmark, work.workload) == ("step", "work", "size 5")


def test_a_change_within_the_noise_of_either_run_is_no_difference(tmp_path: Path) -> None:
    noisy = msgspec.structs.replace(QUIET, ratio_high=1.4)
    first = one_work(tmp_path, *drawn(10), noise=noisy)
    second = one_work(tmp_path, *drawn(13, seed=2), day=1)
    found = compare_runs(first, second)
    assert found.noise == pytest.approx(0.4)
    assert found.works[0].verdict == "no difference shown"
    assert not found.regressions


def test_few_samples_give_no_verdict(tmp_path: Path) -> None:
    first, second = one_work(tmp_path, 1, 1, 1, 1), one_work(tmp_path, 9, 9, 9, 9, day=1)
    (work,) = compare_runs(first, second).works
    assert (work.ratio, work.low, work.verdict) == (9.0, None, "too few samples")


def test_requests_in_a_row_count_as_stretches(tmp_path: Path) -> None:
    # 3,000 requests that drift together say less than 3,000 independent ones.
    drift = np.repeat(np.random.default_rng(3).lognormal(0, 0.3, 50), 60)
    first = one_work(tmp_path, *(10 * drift).tolist())
    second = one_work(tmp_path, *drawn(10, 3_000), day=1)
    (work,) = compare_runs(first, second).works
    assert work.low is not None
    assert work.high is not None
    assert work.high - work.low > 0.1


def test_work_of_one_run_only_is_named(tmp_path: Path) -> None:
    first = one_work(tmp_path, *drawn(1))
    other = outcome("step", {}, samples(drawn(1), size=6))
    second = read_run(write_run(tmp_path, other, day=1))
    found = compare_runs(first, second)
    assert (found.works, found.only_first) == ([], ["step work size 5"])
    assert found.only_second == ["step work size 6"]


def test_another_machine_and_a_debug_build_are_refused(tmp_path: Path) -> None:
    first = one_work(tmp_path, *drawn(1))
    machine = head().machine
    foreign = msgspec.structs.replace(machine, cpu_model="another")
    debug = msgspec.structs.replace(machine, build=machine.build | {"build_type": "Debug"})
    for place, code in ((foreign, "machines_differ"), (debug, "not_a_release_build")):
        second = one_work(tmp_path / code, *drawn(1), machine=place)
        with pytest.raises(SeawallError) as refusal:
            compare_runs(first, second)
        assert refusal.value.code == code
    second = one_work(tmp_path / "disk", *drawn(1), file_system="xfs")
    with pytest.raises(SeawallError, match="other stores on: ext4 and xfs"):
        compare_runs(first, second)


def test_a_step_over_commits_is_found_at_its_commit(tmp_path: Path) -> None:
    middles = [10, 10.2, 9.9, 10.1, 14, 14.2, 13.9]
    for day, middle in enumerate(middles):
        one_work(tmp_path, *drawn(middle, seed=day), day=day)
    (work,) = read_history(tmp_path)
    assert len(work.points) == 7
    (step,) = steps_in(work)
    assert step.first_after.run_id == "day4"
    assert step.first_after.commit == f"{4:040x}"
    assert step.last_before.run_id == "day3"
    assert step.ratio == pytest.approx(1.4, rel=0.05)


def test_a_single_outlier_a_slow_noise_and_a_short_past_are_no_step(tmp_path: Path) -> None:
    for name, middles in (
        ("outlier", [10, 10, 20, 10, 10, 10]),
        ("wavering", [10, 10.1, 10.2, 10.1, 10, 10.1]),
        ("short", [10, 10, 20]),
    ):
        for day, middle in enumerate(middles):
            one_work(tmp_path / name, *drawn(middle, seed=day), day=day)
        (work,) = read_history(tmp_path / name)
        assert steps_in(work) == [], name


def test_a_change_within_the_noise_is_no_step(tmp_path: Path) -> None:
    for day, middle in enumerate([10, 10, 10, 10.1, 10.1, 10.1]):
        one_work(tmp_path, *[middle] * 9, day=day)
    (work,) = read_history(tmp_path)
    assert steps_in(work) == []
    louder = [msgspec.structs.replace(point, noise=0.001) for point in work.points]
    assert len(steps_in(msgspec.structs.replace(work, points=louder))) == 1


def test_runs_of_other_machines_are_not_part_of_the_history(tmp_path: Path) -> None:
    foreign = msgspec.structs.replace(head().machine, cpu_model="another")
    one_work(tmp_path, *drawn(1), machine=foreign)
    one_work(tmp_path, *drawn(1), day=1)
    (work,) = read_history(tmp_path)
    assert [point.run_id for point in work.points] == ["day1"]


def test_the_index_follows_the_runs(tmp_path: Path) -> None:
    def counts() -> tuple[int, int]:
        with run_index(tmp_path) as index:
            (runs,) = index.execute("SELECT count(*) FROM run").fetchone()
            (works,) = index.execute("SELECT count(*) FROM measurement").fetchone()
        return runs, works

    one_work(tmp_path, *drawn(1))
    two = one_work(tmp_path, *drawn(1), day=1)
    assert counts() == counts() == (2, 2)
    two.path.unlink()
    assert counts() == (1, 1)
    (tmp_path / "index.db").unlink()
    assert counts() == (1, 1)
    assert find_run(tmp_path, "day").head.run_id == "day0"
