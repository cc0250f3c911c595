"""Steps run once each, what ended is kept, and an interruption costs the step that it met."""

import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import msgspec
import pytest

from seawall.errors import InvalidInput, NotFound
from seawall.lab import section_runner
from seawall.lab.machine import machine_record
from seawall.lab.noise import NoiseFloor
from seawall.lab.run_record import LabRun, append_line, find_run, joined, read_run
from seawall.lab.section_runner import StepProgress, run_sections, run_step
from seawall.lab.sections import (
    SECTIONS,
    find_benchmarks,
    sections_named,
    steps_of,
)

from .stub_benchmarks import stub_section, stub_step, write_stub

NOISE = NoiseFloor(0.98, 1.03, 0.05, 1.0, 0.1, 0.0)


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(section_runner, "measure_noise", lambda _: NOISE)


def run(
    tmp_path: Path, *sections: object, anew: bool = False, seen: list[StepProgress] | None = None
) -> LabRun:
    return run_sections(
        sections,  # type: ignore[arg-type]
        "quick",
        benchmarks=write_stub(tmp_path / "benchmarks"),
        folder=tmp_path / "results",
        anew=anew,
        on_step=(seen if seen is not None else []).append,
    )


def test_a_step_of_two_sections_runs_once_and_keeps_its_samples(tmp_path: Path) -> None:
    step = stub_step("one", "--values", "4,5", repeats=2)
    found = run(tmp_path, stub_section(step), stub_section(step, name="others"))
    assert found.end is not None
    assert [(one.step, one.repeat, one.error) for one in found.outcomes] == [
        ("one", 0, ""),
        ("one", 1, ""),
    ]
    assert found.outcomes[0].answer == {"values": [4.0, 5.0]}
    (samples,) = joined(found.good("one"))
    assert samples.values == (4.0, 5.0, 4.0, 5.0)
    assert found.head.sections == ("stubs", "others")
    assert found.head.packages["msgspec"] == msgspec.__version__
    assert found.head.machine == machine_record()
    assert find_run(tmp_path / "results").path == found.path


def test_a_step_that_failed_is_kept_with_its_words_and_tried_again(tmp_path: Path) -> None:
    cause = tmp_path / "cause"
    cause.touch()
    steps = (stub_step("bad", "--fail-if", str(cause)), stub_step("good"))
    first = run(tmp_path, stub_section(*steps))
    assert [one.step for one in first.failures()] == ["bad"]
    assert "told to fail" in first.failures()[0].error
    assert first.end is None
    cause.unlink()
    seen: list[StepProgress] = []
    again = run(tmp_path, stub_section(*steps), seen=seen)
    assert again.path == first.path
    assert {(one.step.name, one.count) for one in seen} == {("bad", 1)}
    assert not again.failures()
    assert again.end is not None


def test_a_finished_run_and_another_question_begin_anew(tmp_path: Path) -> None:
    one, other = stub_section(stub_step("one")), stub_section(stub_step("other"))
    paths = {run(tmp_path, one).path, run(tmp_path, one).path, run(tmp_path, other).path}
    assert len(paths) == 3


def test_a_torn_last_line_is_not_read_and_is_cut_off(tmp_path: Path) -> None:
    found = run(tmp_path, stub_section(stub_step("one")))
    whole = found.path.read_bytes()
    found.path.write_bytes(whole + b'{"schema":"seawall.lab.st')
    assert read_run(found.path) == found
    append_line(found.path, found.outcomes[0])
    lines = found.path.read_bytes().splitlines()
    assert lines[:-1] == whole.splitlines()
    assert len(read_run(found.path).outcomes) == 2


def test_a_line_of_another_schema_is_refused_with_its_place(tmp_path: Path) -> None:
    path = run(tmp_path, stub_section(stub_step("one"))).path
    path.write_bytes(path.read_bytes() + b'{"schema":"seawall.lab.step/2"}\n')
    with pytest.raises(InvalidInput) as refusal:
        read_run(path)
    assert refusal.value.where == f"{path.name}:4"


def test_a_step_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    step = stub_step("slow", "--sleep", "60", timeout_s=2)
    outcome = run_step(step, 0, benchmarks=write_stub(tmp_path))
    assert outcome.error == "did not end within 2 s"
    assert outcome.answer is None


def test_an_interrupted_run_keeps_what_ended_and_leaves_no_process(tmp_path: Path) -> None:
    write_stub(tmp_path / "benchmarks")
    code = f"""
import signal
from pathlib import Path
import tests.lab.test_section_runner as t
from tests.lab.stub_benchmarks import stub_section, stub_step
signal.signal(signal.SIGINT, signal.default_int_handler)  # it may be ignored in the background
t.section_runner.measure_noise = lambda _: t.NOISE
t.run(Path({str(tmp_path)!r}), stub_section(stub_step("one"), stub_step("slow", "--sleep", "99")))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    results = tmp_path / "results"
    while time.monotonic() < deadline:
        files = list(results.glob("*.jsonl"))
        if files and len(read_run(files[0]).outcomes) == 1:
            break
        time.sleep(0.05)
    time.sleep(1.0)  # into the slow step
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) != 0
    kept = find_run(results)
    assert [one.step for one in kept.outcomes] == ["one"]
    assert kept.end is None
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert f"{tmp_path}/benchmarks/stub.py" not in listed.stdout
    quick = stub_section(stub_step("one"), stub_step("slow", "--sleep", "99"))
    # The same question goes on in the same file.
    head = kept.head
    assert head.steps == steps_of((quick,), "quick")
    assert kept.missing() == [(head.steps[1], 0)]


def test_the_declared_sections_name_commands_that_are_there() -> None:
    for profile in ("quick", "full"):
        steps = steps_of(SECTIONS, profile)
        folder = find_benchmarks(None, steps)
        assert len({step.name for step in steps}) == len(steps)
        assert all((folder / step.script).is_file() or find_spec(step.script) for step in steps)


def test_sections_are_chosen_by_name() -> None:
    assert [one.name for one in sections_named("load, api")] == ["api", "load"]
    assert sections_named("") == SECTIONS
    with pytest.raises(InvalidInput, match="no section apis; there are ingestion, modeling"):
        sections_named("apis")


def test_without_the_source_the_benchmarks_are_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as refusal:
        find_benchmarks(tmp_path, steps_of(SECTIONS, "quick"))
    assert refusal.value.code == "benchmarks_missing"


def test_the_noise_of_this_machine_is_measured(tmp_path: Path) -> None:
    from seawall.lab.noise import measure_noise

    found = measure_noise(tmp_path, pairs=6)
    assert found.ratio_low <= 1.5
    assert found.floor >= 0
    assert found.sync_ms > 0
    assert not os.listdir(tmp_path)
