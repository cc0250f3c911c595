"""Runs of one commit are shown as one, and are published small without another figure."""

from pathlib import Path

import msgspec
import pytest

from seawall.errors import Conflict
from seawall.lab.comparison import compare_runs
from seawall.lab.publication import KEPT, condensed, join_runs, write_data
from seawall.lab.report.tables import report_tables
from seawall.lab.run_record import LabRun, find_run, read_run

from .made_runs import QUIET, full_run, ingestion, kept, modeling, outcome, samples, write_run

COMMIT = "c" * 40


def made(tmp_path: Path, day: int, *steps: str, **changes: object) -> LabRun:
    answers = {"ingestion": ingestion(), "modeling": modeling(), "kept_100": kept(100)}
    outcomes = [outcome(step, answers[step]) for step in steps]
    return read_run(
        write_run(tmp_path, *outcomes, day=day, **({"commit": COMMIT} | changes))  # type: ignore[arg-type]
    )


def test_two_runs_of_a_commit_are_one_with_all_steps_and_the_worst_noise(tmp_path: Path) -> None:
    noisy = msgspec.structs.replace(QUIET, ratio_high=1.5)
    later = made(tmp_path, 1, "kept_100", sections=("linking",), noise=noisy)
    first = made(tmp_path, 0, "ingestion", "modeling", sections=("ingestion", "modeling"))
    whole = join_runs([later, first])
    assert whole.head.run_id == "day0 + day1"
    assert whole.head.sections == ("ingestion", "modeling", "linking")
    assert [step.name for step in whole.head.steps] == ["ingestion", "modeling", "kept_100"]
    assert whole.head.noise == noisy
    assert whole.end is not None
    assert later.end is not None
    assert whole.end.ended_at == later.end.ended_at
    filled = {table.number for table in report_tables(whole) if table.rows}
    assert filled == {"4", "5", "7", "8"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"commit": "d" * 40}, "the runs differ in commit"),
        ({"packages_sha256": "cd" * 32}, "the runs differ in packages_sha256"),
        ({"file_system": "xfs"}, "the runs differ in file_system"),
        ({"profile": "full"}, "the runs differ in profile"),
    ],
)
def test_runs_of_other_code_places_or_profiles_are_not_joined(
    tmp_path: Path, changes: dict[str, object], says: str
) -> None:
    runs = [made(tmp_path, 0, "ingestion"), made(tmp_path, 1, "modeling", **changes)]
    with pytest.raises(Conflict, match=says) as refusal:
        join_runs(runs)
    assert refusal.value.code == "runs_not_joinable"


def test_runs_of_changed_source_and_of_the_same_step_are_not_joined(tmp_path: Path) -> None:
    dirty = {"commit": f"{COMMIT}-dirty"}
    changed = [
        made(tmp_path, day, step, **dirty) for day, step in enumerate(("ingestion", "modeling"))
    ]
    with pytest.raises(Conflict, match="changed source"):
        join_runs(changed)
    same = [made(tmp_path, day, "ingestion") for day in (2, 3)]
    with pytest.raises(Conflict, match="the step ingestion is in two runs"):
        join_runs(same)


def test_what_is_published_gives_the_same_tables_and_the_same_bytes(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path, *full_run()))
    path = write_data(run, tmp_path / "published")
    again = find_run(tmp_path, str(path))
    assert report_tables(again) == report_tables(run)
    assert again.head == run.head
    assert path.read_bytes() == write_data(again, tmp_path / "again").read_bytes()


def test_a_long_series_keeps_its_order_statistics(tmp_path: Path) -> None:
    series = samples(tuple(float(value) for value in reversed(range(100_001))))
    short = condensed(series)
    assert short.condensed == 100_001
    assert len(short.values) == KEPT
    assert short.values[0] == 0
    assert short.values[KEPT // 2] == 50_000
    assert short.values[-1] == 100_000
    assert condensed(short) == short
    few = samples((3.0, 1.0, 2.0))
    assert condensed(few) == few


def test_a_condensed_series_is_not_compared(tmp_path: Path) -> None:
    long, few = samples(tuple(map(float, range(9_000)))), samples((1.0,) * 9, benchmark="other")
    run = read_run(write_run(tmp_path, outcome("one", None, long, few)))
    published = read_run(write_data(run, tmp_path / "published"))
    found = compare_runs(run, published)
    assert [work.benchmark for work in found.works] == ["other"]
    assert len(found.only_first) == 1
