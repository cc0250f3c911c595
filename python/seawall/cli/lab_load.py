"""``seawall lab load``: a load profile against a server, judged by its own objectives."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from seawall.cli.lab_running import interruptible, needs
from seawall.cli.options import Json
from seawall.cli.output import error, json_document, line, table
from seawall.errors import Cancelled, InvalidInput, SeawallError
from seawall.extras import require_extra
from seawall.native import RunControl

if TYPE_CHECKING:
    from seawall.lab.load_profile import LoadProfile
    from seawall.lab.load_record import LoadRecord
    from seawall.lab.load_samples import LoadFigures
    from seawall.lab.load_subject import LoadSubject
    from seawall.lab.objectives import Verdict

EXIT_NOT_MET, EXIT_UNKNOWN = 1, 2
DEFAULT_RESULTS = Path("results/load")
_MB = 2**20


def load(
    profile: Annotated[
        str | None,
        typer.Argument(
            help="A shipped profile, or a TOML or JSON file.",
            show_default="list those shipped",
        ),
    ] = None,
    url: Annotated[str, typer.Option(help="http://host:port of a running server.")] = "",
    api_key: Annotated[
        str, typer.Option(envvar="SEAWALL_API_KEY", help="Of that server.", show_default=False)
    ] = "",
    dataset: Annotated[
        str, typer.Option(help="Dataset version on that server, dv_…, that runs are of.")
    ] = "",
    self_host: Annotated[
        bool,
        typer.Option("--self-host", help="Start a server with a sample dataset, and end it."),
    ] = False,
    records: Annotated[int, typer.Option(min=1, help="Of the dataset of --self-host.")] = 1,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Of the client.")] = 1,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Load a server that is not this machine.")
    ] = False,
    results: Annotated[Path, typer.Option(help="Folder that keeps it.")] = DEFAULT_RESULTS,
    as_json: Json = False,
) -> None:
    """Run a load profile: exit 0 objectives met, 1 a critical one is not, 2 it cannot be told."""
    from seawall.lab.load_profiles import find_load_profile, shipped_names

    if profile is None:
        _show_profiles([find_load_profile(name) for name in shipped_names()], as_json=as_json)
        return
    try:
        found = find_load_profile(profile)
        if not found.objectives:
            raise InvalidInput("has no objectives: there is nothing to tell", where=profile)
        if bool(url) == self_host:
            raise InvalidInput("give one of the two", where="--url, --self-host")
        with interruptible("nothing is kept"):
            record, files = _run(
                found,
                (None if self_host else (url, dataset, api_key)),
                records=records,
                threads=threads,
                allow_remote=allow_remote,
                results=results,
                quiet=as_json,
            )
    except Cancelled:
        raise
    except (SeawallError, OSError) as problem:
        told = problem if isinstance(problem, SeawallError) else SeawallError(str(problem))
        error(told, as_json=as_json)
        raise typer.Exit(EXIT_UNKNOWN) from None
    if as_json:
        json_document({"record": str(files[0]), "samples": str(files[1]), "load": record})
    else:
        _show(record, files)
    if not record.ok:
        raise typer.Exit(EXIT_NOT_MET)


def _run(
    profile: "LoadProfile",
    given: tuple[str, str, str] | None,
    *,
    records: int,
    threads: int,
    allow_remote: bool,
    results: Path,
    quiet: bool,
) -> "tuple[LoadRecord, tuple[Path, Path]]":
    needs("psutil")
    require_extra("service")
    from seawall.lab.load_record import keep_load, run_profile
    from seawall.lab.load_subject import LoadSubject, self_hosted
    from seawall.service.open_files import allow_connections

    allow_connections(profile.most_connections)

    def run(subject: "LoadSubject") -> "tuple[LoadRecord, tuple[Path, Path]]":
        with _followed(profile, quiet=quiet) as control:
            done = run_profile(
                profile, subject, threads=threads, allow_remote=allow_remote, control=control
            )
        return done.record, keep_load(done, folder=results)

    if given is not None:
        return run(LoadSubject(*given))
    with self_hosted(records) as subject:
        return run(subject)


@contextmanager
def _followed(profile: "LoadProfile", *, quiet: bool) -> Iterator[RunControl]:
    """Show how much of the profile's time is over; a terminal only."""
    target = Console(stderr=True)
    if quiet or not target.is_terminal:
        yield RunControl()
        return
    bar = Progress(
        TextColumn("  [bold]{task.description}[/]"),
        BarColumn(),
        TextColumn(
            "{task.completed:,.0f} of {task.total:,.0f} s, {task.fields[requests]:,} requests"
        ),
        console=target,
        transient=True,
    )
    with bar:
        task = bar.add_task(profile.name, total=profile.duration_s, requests=0)
        began = time.monotonic()

        def show(requests: int) -> None:
            bar.update(task, completed=time.monotonic() - began, requests=requests)

        yield RunControl(show)


# --- what is shown


def _show_profiles(profiles: "list[LoadProfile]", *, as_json: bool) -> None:
    if as_json:
        json_document(profiles)
        return
    table(
        [("profile", ""), ("seconds", "right"), ("at most", "right"), ("what it is", "")],
        [
            [one.name, f"{one.duration_s:,g}", _level(one), one.description.split(": ")[0]]
            for one in profiles
        ],
    )
    line("run one", "seawall lab load smoke --self-host")


def _level(profile: "LoadProfile") -> str:
    most = max(stage.level for stage in profile.stages)
    return f"{most:,g} a second" if profile.is_open else f"{most:,g} users"


def _show(record: "LoadRecord", files: tuple[Path, Path]) -> None:
    _show_figures("request", [(label or "all", one) for label, one in record.figures.items()])
    if len(record.stages) > 1:
        unit = "a second" if record.profile.is_open else "users"
        spans = (
            f"{end:,g} {unit}" if begin == end else f"{begin:,g} to {end:,g} {unit}"
            for _, begin, end in record.profile.stretches()
        )
        _show_figures("stage", list(zip(spans, record.stages, strict=True)))
    whole = record.figures[""]
    if whole.errors_by_kind:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in whole.errors_by_kind.items())
        line("errors", kinds, style="red")
    if record.refused_503.count:
        line("refused", f"{record.refused_503.count:,} with 503")
    late = _ms(whole.sent_late_p99_ms)
    line("client", f"99 % were sent within {late} ms of when they were due")
    if (server := record.server) is not None:
        memory = f"{server.first_rss_bytes / _MB:,.0f} to {server.last_rss_bytes / _MB:,.0f} MiB"
        files_open = f"{server.first_descriptors:,} to {server.last_descriptors:,}"
        line("server", f"CPU {server.cpu_pct:.0f} % of a core, {memory}, {files_open} open files")
    for verdict in record.verdicts:
        _show_verdict(verdict)
    line("kept", f"{files[0]}, every request in {files[1].name}")


def _show_figures(of: str, rows: "list[tuple[str, LoadFigures]]") -> None:
    table(
        [
            *((of, ""), ("requests", "right"), ("errors", "right"), ("rps", "right")),
            *(("p50 ms", "right"), ("p95 ms", "right"), ("p99 ms", "right"), ("max ms", "right")),
        ],
        [
            [
                *(label, f"{one.requests:,}", f"{one.errors:,}", f"{one.throughput_rps:,.1f}"),
                *(_ms(value) for value in (one.p50_ms, one.p95_ms, one.p99_ms, one.max_ms)),
            ]
            for label, one in rows
        ],
    )


def _show_verdict(verdict: "Verdict") -> None:
    one = verdict.objective
    asked = f"below {one.below:g}" if one.below is not None else f"above {one.above:g}"
    measured = "nothing" if verdict.measured is None else f"{verdict.measured:,.4g}"
    said = "met" if verdict.met else ("not met" if one.level == "critical" else "warning")
    of = f" of {one.request}" if one.request else ""
    line(
        said,
        f"{one.figure}{of} {asked}: {measured}",
        style="" if verdict.met else "red" if one.level == "critical" else "yellow",
    )


def _ms(value: float | None) -> str:
    return "—" if value is None else f"{value:,.2f}"
