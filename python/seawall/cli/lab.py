"""The laboratory on the command line: run it, read it, hold runs against each other."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

import typer

from seawall.cli.exit_codes import EXIT_FAILED
from seawall.cli.options import Json
from seawall.cli.output import json_document, line
from seawall.errors import SeawallError

app = typer.Typer(
    help="The laboratory: every table and graph of the performance report, and gates on them.",
    no_args_is_help=True,
)

Results = Annotated[Path, typer.Option(help="Folder of the runs.")]
DEFAULT_RESULTS = Path("results/lab")


@app.command()
def run(
    profile: Annotated[
        Literal["quick", "full"], typer.Option(help="How much: minutes, or hours.")
    ] = "quick",
    only: Annotated[
        str, typer.Option(help="Sections, by commas.  [default: all]", show_default=False)
    ] = "",
    results: Results = DEFAULT_RESULTS,
    benchmarks: Annotated[
        Path | None,
        typer.Option(help="Folder of the benchmark commands.  [default: that of the source]"),
    ] = None,
    new: Annotated[
        bool, typer.Option("--new", help="Do not go on with a run that was interrupted.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Run the benchmarks and keep every sample; exit 1 when a step failed."""
    _needs("psutil")
    from seawall.lab.section_runner import StepProgress, run_sections
    from seawall.lab.sections import find_benchmarks, sections_named

    sections = sections_named(only)
    place = find_benchmarks(benchmarks)

    def show(step: StepProgress) -> None:
        name = f"{step.step.name} {step.repeat + 1}/{step.step.repeats}"
        if step.outcome is None:
            sys.stderr.write(f"  [{step.number}/{step.count}] {name} … ")
        elif step.outcome.error:
            sys.stderr.write(f"failed\n{step.outcome.error}\n")
        else:
            sys.stderr.write(f"{step.outcome.wall_s:.1f} s\n")
        sys.stderr.flush()

    with _interruptible():
        found = run_sections(
            sections, profile, benchmarks=place, folder=results, anew=new, on_step=show
        )
    failures = found.failures()
    if as_json:
        json_document(
            {
                "run_id": found.head.run_id,
                "file": str(found.path),
                "steps": [
                    {"step": one.step, "repeat": one.repeat, "error": one.error}
                    | {"wall_s": one.wall_s, "answer": one.answer}
                    for one in found.outcomes
                ],
                "ok": not failures,
            }
        )
    else:
        line("run", found.head.run_id)
        line("kept", str(found.path))
        if failures:
            line("failed", ", ".join(f"{one.step} {one.repeat + 1}" for one in failures))
            line("next", "the same command tries them again")
        else:
            line("next", "seawall lab report")
    if failures:
        raise typer.Exit(EXIT_FAILED)


@app.command()
def report(
    run: Annotated[
        str, typer.Argument(help="A run: its file, the beginning of its name, or latest.")
    ] = "latest",
    results: Results = DEFAULT_RESULTS,
    output: Annotated[
        Path | None, typer.Option(help="Folder to write.  [default: report, beside the runs]")
    ] = None,
) -> None:
    """Write a run as the performance report: one HTML page, and Markdown with its graphs."""
    _needs("psutil", "altair", "jinja2", "vl_convert")
    from seawall.lab.report.page import write_lab_report
    from seawall.lab.run_record import find_run

    found = find_run(results, run)
    page, text, *graphs = write_lab_report(found, output or results / "report")
    line("run", found.head.run_id)
    line("report", str(page))
    line("as text", f"{text}, {len(graphs)} graphs beside it")


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let SIGTERM end the benchmark too, and SIGINT also where a shell had it ignored."""
    before = {kind: signal.getsignal(kind) for kind in (signal.SIGINT, signal.SIGTERM)}
    try:
        for kind in before:
            signal.signal(kind, signal.default_int_handler)
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def _needs(*libraries: str) -> None:
    for library in libraries:
        if find_spec(library) is None:
            raise SeawallError(
                "the laboratory needs this library: pip install 'seawall[lab,report]'",
                code="library_missing",
                where=library,
            )
