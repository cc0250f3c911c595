"""Running the steps of sections, and going on where an earlier run was interrupted."""

import contextlib
import hashlib
import importlib.metadata
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import psutil

from seawall.errors import InvalidInput, SeawallError
from seawall.lab.disk import disk_folder, file_system
from seawall.lab.machine import machine_record, source_commit
from seawall.lab.noise import measure_noise
from seawall.lab.process_sampling import ProcessSampling
from seawall.lab.results import read_result
from seawall.lab.run_record import (
    SUFFIX,
    LabRun,
    RunEnd,
    RunHead,
    Samples,
    StepCost,
    StepOutcome,
    append_line,
    read_run,
    runs_in,
)
from seawall.lab.sections import ProfileName, Section, Step, steps_of

SAMPLING_S = 0.1
END_TIMEOUT_S = 20.0


class StepProgress(msgspec.Struct, frozen=True):
    """That a step begins, or, with an outcome, that it ended."""

    step: Step
    repeat: int
    number: int  # of `count`, from 1
    count: int
    outcome: StepOutcome | None


def run_sections(
    sections: tuple[Section, ...],
    profile: ProfileName,
    *,
    benchmarks: Path,
    folder: Path,
    anew: bool = False,
    on_step: Callable[[StepProgress], None] | None = None,
) -> LabRun:
    """Run what has no answer yet, a step after the other, and keep each as it ends.

    Parameters
    ----------
    sections : tuple of Section
        What is asked.
    profile : str
        ``quick`` or ``full``.
    benchmarks : Path
        As of `seawall.lab.sections.find_benchmarks`.
    folder : Path
        Of the results. The latest run in it is gone on with if it is not finished and asks the same
        of the same commit, build, libraries and machine; of changed files nobody knows what was
        the same.
    anew : bool
        Begin a new run in any case.
    on_step : callable, optional
        Called before and after each step.

    Returns
    -------
    LabRun
        With an end once all steps were tried; one that failed has its error, and is tried again
        when the run is gone on with.

    Raises
    ------
    SeawallError
        Of code ``not_a_release_build``, or ``no_disk``.
    """
    with disk_folder() as disk:
        head = _head(sections, profile, benchmarks=benchmarks, disk=disk)
        run = None if anew else _unfinished(folder, head)
        if run is None:
            path = folder / f"{head.run_id}{SUFFIX}"
            append_line(path, head)
            run = read_run(path)
        wanted = run.missing()
        for number, (step, repeat) in enumerate(wanted, start=1):
            begun = StepProgress(step, repeat, number, len(wanted), None)
            if on_step:
                on_step(begun)
            outcome = run_step(step, repeat, benchmarks=benchmarks)
            append_line(run.path, outcome)
            if on_step:
                on_step(msgspec.structs.replace(begun, outcome=outcome))
        run = read_run(run.path)
        if not run.missing():
            append_line(run.path, RunEnd(ended_at=datetime.now(UTC), noise=measure_noise(disk)))
    return read_run(run.path)


def run_step(step: Step, repeat: int, *, benchmarks: Path) -> StepOutcome:
    """Run a step in a process of its own, which is ended when this one is interrupted."""
    started_at, load, before = datetime.now(UTC), os.getloadavg()[0], time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        output, record = Path(place) / "answer.json", Path(place) / "samples"
        command = step_command(step, benchmarks=benchmarks, output=output)
        if step.records:
            command += ["--record", str(record)]
        error, cost = run_watched(command, timeout_s=step.timeout_s)
        answer: Any = None
        samples: tuple[Samples, ...] = ()
        if not error:
            answer = json.loads(output.read_bytes())
            for name in step.left_out:
                answer.pop(name, None)
            samples = tuple(_samples(path) for path in sorted(record.glob("*.json")))
    return StepOutcome(
        step=step.name,
        repeat=repeat,
        started_at=started_at,
        wall_s=time.monotonic() - before,
        load=load,
        cost=cost,
        answer=answer,
        samples=samples,
        error=error,
    )


def step_command(step: Step, *, benchmarks: Path, output: Path) -> list[str]:
    """Return the command of a step, its answer to be written to a file."""
    program = ["-m", step.script] if step.is_module else [str(benchmarks / step.script)]
    return [sys.executable, *program, *step.arguments, "--output", str(output)]


def run_watched(command: list[str], *, timeout_s: float) -> tuple[str, StepCost | None]:
    """Run a command to its end, or end it with all that it started.

    Returns
    -------
    tuple of str and StepCost
        Why it failed, or "", and what it cost.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603  (our own benchmarks, without a shell)
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
        )
        cost = None
        try:
            with ProcessSampling([process.pid], interval_s=SAMPLING_S) as sampling:
                status = process.wait(timeout=timeout_s)
            with contextlib.suppress(InvalidInput):  # too short to be looked at twice
                use = sampling.use(process.pid)
                cost = StepCost(
                    cpu_pct=use.cpu_pct,
                    peak_rss_bytes=use.peak_rss_bytes,
                    peak_threads=use.peak_threads,
                    read_bytes=use.read_bytes,
                    written_bytes=use.written_bytes,
                    voluntary_switches=use.voluntary_switches,
                    involuntary_switches=use.involuntary_switches,
                )
        except subprocess.TimeoutExpired:
            return f"did not end within {timeout_s:g} s", None
        finally:
            _end(process)
        said.seek(0)
        text = said.read().decode(errors="replace").strip()[-2000:]
    return (f"exit status {status}: {text}" if status else ""), cost


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask a benchmark to end, so that it ends the server that it started; then kill both."""
    if process.poll() is not None:
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        family = [*psutil.Process(process.pid).children(recursive=True)]
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=END_TIMEOUT_S)
        for one in (*family, psutil.Process(process.pid) if process.poll() is None else None):
            with contextlib.suppress(psutil.NoSuchProcess):
                if one is not None:
                    one.kill()
    process.wait()


def _samples(path: Path) -> Samples:
    result = read_result(path)
    return Samples(
        benchmark=result.benchmark,
        kind=result.kind,
        workload=result.workload,
        seed=result.seed,
        unit=result.unit,
        values=result.samples,
    )


def _head(
    sections: tuple[Section, ...], profile: ProfileName, *, benchmarks: Path, disk: Path
) -> RunHead:
    machine = machine_record()
    build_type = machine.build["build_type"]
    if build_type != "Release":
        raise SeawallError(
            f"only a Release build is measured, this is {build_type}",
            code="not_a_release_build",
            where="machine.build.build_type",
        )
    now = datetime.now(UTC)
    packages = _packages()
    lines = "".join(f"{name}=={version}\n" for name, version in packages.items())
    return RunHead(
        run_id=f"{now:%Y%m%dT%H%M%S}-{profile}-{secrets.token_hex(3)}",
        profile=profile,
        sections=tuple(section.name for section in sections),
        steps=steps_of(sections, profile),
        created_at=now,
        commit=source_commit(benchmarks),
        machine=machine,
        packages=packages,
        packages_sha256=hashlib.sha256(lines.encode()).hexdigest(),
        file_system=file_system(disk),
        noise=measure_noise(disk),
    )


def _packages() -> dict[str, str]:
    found = {
        distribution.name.lower(): distribution.version
        for distribution in importlib.metadata.distributions()
        if distribution.name
    }
    return dict(sorted(found.items()))


def _unfinished(folder: Path, head: RunHead) -> LabRun | None:
    runs = list(runs_in(folder)) if folder.is_dir() else []
    if head.commit is not None and head.commit.endswith("-dirty"):
        return None
    if runs and runs[-1].end is None and runs[-1].head.is_as(head):
        return runs[-1]
    return None
