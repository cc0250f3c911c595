"""``seawall lab flame``: where the time of a step goes."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from seawall.cli.lab_running import DEFAULT_RESULTS, Results, interruptible, needs
from seawall.cli.output import check_folder, line


def flame(
    step: Annotated[str, typer.Argument(help="Such as modeling, api_fresh or kept_1000.")],
    profile: Annotated[
        Literal["ci", "quick", "full"], typer.Option(help="Of which profile the step is.")
    ] = "quick",
    native: Annotated[
        bool, typer.Option("--native/--python", help="With the frames of the compiled core.")
    ] = True,
    results: Results = DEFAULT_RESULTS,
    output: Annotated[
        Path | None, typer.Option(help="The SVG to write.", show_default="beside the runs")
    ] = None,
    benchmarks: Annotated[
        Path | None,
        typer.Option(help="Folder of the benchmark commands.", show_default="that of the source"),
    ] = None,
) -> None:
    """Run one step under py-spy and draw where its time goes; nothing of it is kept as a figure."""
    needs("psutil")
    from seawall.lab.flame_graph import graph_path, record_flame_graph, step_named
    from seawall.lab.sections import find_benchmarks

    check_folder(output)
    found = step_named(step, profile)
    place = find_benchmarks(benchmarks, (found,))
    path = output or graph_path(results, found, profile)
    with interruptible("nothing is kept"):
        record_flame_graph(found, benchmarks=place, path=path, native=native)
    line("flame graph", str(path))
