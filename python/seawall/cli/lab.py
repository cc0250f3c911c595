"""The laboratory on the command line: run it, read it, hold runs against each other."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from seawall.cli.exit_codes import EXIT_FAILED
from seawall.cli.lab_flame import flame
from seawall.cli.lab_load import load
from seawall.cli.lab_running import DEFAULT_RESULTS, Results, interruptible, needs
from seawall.cli.options import Json
from seawall.cli.output import check_folder, json_document, line, table
from seawall.errors import NotFound

app = typer.Typer(
    help="The laboratory: every table and graph of the performance report, and gates on them.",
    no_args_is_help=True,
)


@app.command()
def run(
    profile: Annotated[
        Literal["ci", "quick", "full"],
        typer.Option(help="How much: a minute, minutes, or an hour and more."),
    ] = "quick",
    only: Annotated[str, typer.Option(help="Sections, by commas.", show_default="all")] = "",
    results: Results = DEFAULT_RESULTS,
    benchmarks: Annotated[
        Path | None,
        typer.Option(help="Folder of the benchmark commands.", show_default="that of the source"),
    ] = None,
    new: Annotated[
        bool, typer.Option("--new", help="Do not go on with a run that was interrupted.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Run the benchmarks and keep every sample; exit 1 when a step or a promise failed.

    The table of the faults, where they were tried, is printed at the end.
    """
    needs("psutil")
    from seawall.lab.section_runner import StepProgress, run_sections
    from seawall.lab.sections import find_benchmarks, sections_named, steps_of

    sections = sections_named(only)
    place = find_benchmarks(benchmarks, steps_of(sections, profile))

    def show(step: StepProgress) -> None:
        name = f"{step.step.name} {step.repeat + 1}/{step.step.repeats}"
        if step.outcome is None:
            sys.stderr.write(f"  [{step.number}/{step.count}] {name} … ")
        elif step.outcome.error:
            sys.stderr.write(f"failed\n{step.outcome.error}\n")
        else:
            sys.stderr.write(f"{step.outcome.wall_s:.1f} s\n")
        sys.stderr.flush()

    with interruptible():
        found = run_sections(
            sections, profile, benchmarks=place, folder=results, anew=new, on_step=show
        )
    failures = found.failures()
    rows = [row for one in found.good("faults")[-1:] for row in one.answer["rows"]]
    broken = [row["fault"] for row in rows if not row["ok"]]
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
                "rows": rows,  # of the faults
                "ok": not failures and not broken,
            }
        )
    else:
        line("run", found.head.run_id)
        line("kept", str(found.path))
        if rows:
            _print_faults(rows)
        if broken:
            line("not ok", ", ".join(broken), style="red")
        if failures:
            line("failed", ", ".join(f"{one.step} {one.repeat + 1}" for one in failures))
            line("next", "the same command tries them again")
        else:
            line("next", "seawall lab report")
    if failures or broken:
        raise typer.Exit(EXIT_FAILED)


def _print_faults(rows: Sequence[object]) -> None:
    import msgspec

    from seawall.lab.faults.row import FaultRow
    from seawall.lab.faults.run import fault_table

    typer.echo(f"\n{fault_table(msgspec.convert(rows, list[FaultRow]))}\n")


@app.command()
def report(
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            help="A run: its file, the beginning of its name, or latest. Several that measured"
            " different steps of one commit are shown as one.",
            show_default="latest",
        ),
    ] = None,
    results: Results = DEFAULT_RESULTS,
    output: Annotated[
        Path | None, typer.Option(help="Folder to write.", show_default="report, beside the runs")
    ] = None,
    data: Annotated[
        bool, typer.Option("--data", help="Write the run itself beside it, packed.")
    ] = False,
) -> None:
    """Write a run as the performance report: one HTML page, and Markdown with its graphs."""
    needs("psutil", "altair", "jinja2", "vl_convert")
    from seawall.lab.publication import join_runs, write_data
    from seawall.lab.report.page import write_lab_report
    from seawall.lab.run_record import find_run

    found = join_runs([find_run(results, run) for run in runs or ["latest"]])
    folder = output or results / "report"
    page, text, *graphs = write_lab_report(found, folder)
    line("run", found.head.run_id)
    line("report", str(page))
    line("as text", f"{text}, {len(graphs)} graphs beside it")
    if data:
        line("data", str(write_data(found, folder)))


@app.command()
def compare(
    first: Annotated[str, typer.Argument(help="The older run: file, beginning of its name.")],
    second: Annotated[str, typer.Argument(help="The newer run.")] = "latest",
    results: Results = DEFAULT_RESULTS,
    as_json: Json = False,
) -> None:
    """Compare two runs of one machine, work by work; exit 1 when something became slower."""
    needs("psutil")
    from seawall.lab.comparison import compare_runs
    from seawall.lab.run_record import find_run

    found = compare_runs(find_run(results, first), find_run(results, second))
    if as_json:
        json_document({"ok": not found.regressions, "comparison": found})
    else:
        table(
            [
                *(("step", ""), ("work", ""), ("ratio", "right"), ("from", "right")),
                *(("to", "right"), ("samples", "right"), ("", "")),
            ],
            [
                [
                    *(one.step, f"{one.benchmark} {one.workload}", f"{one.ratio:.3f}"),
                    *(f"{end:.3f}" if end is not None else "—" for end in (one.low, one.high)),
                    *(f"{one.first_samples}, {one.second_samples}", one.verdict),
                ]
                for one in found.works
            ],
        )
        line("ratio", f"{found.second} by {found.first}: above 1 it needs more; 99 % intervals")
        line("noise", f"{found.noise:.1%}: a ratio nearer to 1 is no difference")
        for one in found.regressions:
            line("slower", f"{one.benchmark} {one.workload}: {one.ratio:.2f} times", style="red")
    if found.regressions:
        raise typer.Exit(EXIT_FAILED)


@app.command()
def history(results: Results = DEFAULT_RESULTS, as_json: Json = False) -> None:
    """Find where over the commits a figure took a step."""
    from seawall.lab.history import read_history, steps_in

    if not results.is_dir():
        raise NotFound("there are no runs; seawall lab run", where=str(results))
    works = read_history(results)
    steps = [step for work in works for step in steps_in(work)]
    if as_json:
        json_document({"works": works, "steps": steps})
        return
    runs = {point.run_id for work in works for point in work.points}
    line("history", f"{len(works)} works in {len(runs)} runs of this machine")
    if not steps:
        line("steps", "none")
        return
    table(
        [
            *(("work", ""), ("before", "right"), ("after", "right"), ("unit", "")),
            *(("ratio", "right"), ("since commit", ""), ("run", "")),
        ],
        [
            [
                f"{one.benchmark} {one.workload}",
                *(f"{one.before:,.4g}", f"{one.after:,.4g}", one.unit, f"{one.ratio:.2f}"),
                *((one.first_after.commit or "not known")[:12], one.first_after.run_id),
            ]
            for one in steps
        ],
    )


@app.command()
def check(
    source: Annotated[
        Path,
        typer.Argument(help="A run, a kept load, or the file of Locust, k6, pytest-benchmark."),
    ],
    slo: Annotated[Path | None, typer.Option(help="Service levels, TOML or JSON.")] = None,
    threshold: Annotated[
        list[str] | None, typer.Option(help="Such as 'p99<200'; may be repeated.")
    ] = None,
    junit: Annotated[Path | None, typer.Option(help="Write a JUnit file.")] = None,
    summary: Annotated[Path | None, typer.Option(help="Add Markdown to this file.")] = None,
) -> None:
    """Hold figures against thresholds: exit 0 met, 1 a critical one is not, 2 it cannot be told."""
    from seawall.lab.check_thresholds import main

    words = [str(source), *(word for text in threshold or [] for word in ("--threshold", text))]
    for name, path in (("--slo", slo), ("--junit", junit), ("--summary", summary)):
        words += [name, str(path)] if path else []
    raise typer.Exit(main(words))


@app.command()
def export(
    profile: Annotated[
        str, typer.Argument(help="A load profile: one that is shipped, or a TOML or JSON file.")
    ],
    to: Annotated[Literal["locust", "k6"], typer.Option(help="For which tool.")] = "locust",
    dataset: Annotated[
        str, typer.Option(help="Dataset version that requests are of, dv_…, where they name one.")
    ] = "",
    output: Annotated[
        Path | None, typer.Option(help="The file to write.", show_default="standard output")
    ] = None,
) -> None:
    """Write a load profile as a Locust file or a k6 script."""
    from seawall.lab.export import export_profile
    from seawall.lab.load_profiles import find_load_profile
    from seawall.lab.load_subject import LoadSubject, aimed, fresh_sequence

    check_folder(output)
    aimed_profile = aimed(find_load_profile(profile), LoadSubject("", dataset))
    text = export_profile(aimed_profile, tool=to, first_sequence=fresh_sequence())
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, encoding="utf-8")
        line(to, str(output))


app.command()(flame)
app.command()(load)
