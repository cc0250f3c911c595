"""Where the time of a step goes, as a flame graph: py-spy looks at its processes from outside.

Being looked at costs time, with native frames a good deal of it. So it is a run of its own, and no
figure is taken from it.
"""

import os
import re
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from seawall.errors import InvalidInput, SeawallError
from seawall.lab.section_runner import run_watched, step_command
from seawall.lab.sections import ProfileName, Step, sections_named, steps_of

RATE_HZ = 100
_REFUSED = re.compile("Permission Denied: Try running|Operation not permitted")


def step_named(name: str, profile: ProfileName) -> Step:
    """Find a step of a profile.

    Raises
    ------
    InvalidInput
        For a name that none has.
    """
    known = {step.name: step for step in steps_of(sections_named(""), profile)}
    if name not in known:
        raise InvalidInput(f"there is no step {name}; there are {', '.join(known)}", where="step")
    return known[name]


def graph_path(folder: Path, step: Step, profile: ProfileName) -> Path:
    """Name the graph of a step that is recorded now, as runs are named."""
    return folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{profile}-{step.name}.svg"


def record_flame_graph(step: Step, *, benchmarks: Path, path: Path, native: bool = True) -> None:
    """Run a step once and draw the stacks of all its processes, a hundred looks a second.

    Parameters
    ----------
    step : Step
        Its answer is checked by itself, and not kept.
    benchmarks : Path
        As of `seawall.lab.sections.find_benchmarks`.
    path : Path
        Of the SVG; one that was there is replaced, by a whole one or not at all.
    native : bool
        Whether frames of compiled code stand between those of Python.

    Raises
    ------
    SeawallError
        Of code ``library_missing`` without py-spy, ``profiling_refused`` where it may not look at
        processes, ``process_failed`` where it or the step failed.
    """
    py_spy = _py_spy()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".flame-") as place:
        drawn, answer = Path(place) / "graph.svg", Path(place) / "answer.json"
        command = [py_spy, "record", "--format", "flamegraph", "--function", "--subprocesses"]
        command += ["--rate", str(RATE_HZ), "--output", str(drawn)]
        if native:
            command.append("--native")
        command += ["--", *step_command(step, benchmarks=benchmarks, output=answer)]
        error, _ = run_watched(command, timeout_s=step.timeout_s)
        if _REFUSED.search(error):
            raise SeawallError(
                "py-spy may not look at other processes here: it needs CAP_SYS_PTRACE, in a"
                " container --cap-add SYS_PTRACE",
                code="profiling_refused",
                where=step.name,
            )
        if error or not answer.is_file() or not drawn.is_file():
            raise SeawallError(
                error or "ended without an answer", code="process_failed", where=step.name
            )
        drawn.write_text(_legible(drawn.read_text(encoding="utf-8"), step.name), encoding="utf-8")
        drawn.replace(path)


def _legible(graph: str, title: str) -> str:
    """Name the step where py-spy names its own command, and cut names at their ends."""
    graph = re.sub(r'(id="title"[^>]*>)[^<]*', rf"\g<1>{escape(title)}", graph, count=1)
    return graph.replace("truncate_text_right = false", "truncate_text_right = true")


def _py_spy() -> str:
    beside = str(Path(sys.executable).parent)  # also where no environment is activated
    found = shutil.which("py-spy", path=os.pathsep.join([beside, os.environ.get("PATH", "")]))
    if found is None:
        raise SeawallError(
            "a flame graph needs this library: pip install 'seawall[lab]'",
            code="library_missing",
            where="py-spy",
        )
    return found
