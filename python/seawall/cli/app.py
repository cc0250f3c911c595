"""The commands, and the one place where a failure becomes a line and an exit code."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from seawall import __version__
from seawall.cli import audit as audit_commands
from seawall.cli import keys as keys_commands
from seawall.cli import lab as lab_commands
from seawall.cli import log as log_commands
from seawall.cli import show
from seawall.cli import store as store_commands
from seawall.cli import supervisory as supervisory_commands
from seawall.cli.demo import DemoChoice, run_demo
from seawall.cli.exit_codes import EXIT_FAILED, EXIT_INTERRUPTED
from seawall.cli.horizon import add_views
from seawall.cli.options import Json, Store, Tenant, Threads, open_session
from seawall.cli.output import (
    check_folder,
    error,
    json_document,
    line,
    progress,
    table,
    write_csv,
)
from seawall.cli.serve import serve
from seawall.cli.simulation import simulate
from seawall.cli.simulation_questions import add_questions
from seawall.cli.stress import stress
from seawall.cli.suggest import suggest_profile_file
from seawall.cli.verify import export, verify
from seawall.errors import Cancelled, InvalidInput, SeawallError
from seawall.ingest import IngestedTape
from seawall.report import write_report
from seawall.session.writing import summarise

app = typer.Typer(
    name="seawall",
    help="Stress a book of debt, and keep evidence for every figure.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

app.add_typer(supervisory_commands.app, name="supervisory")
app.add_typer(keys_commands.app, name="keys")
app.add_typer(audit_commands.app, name="audit")
app.add_typer(lab_commands.app, name="lab")
app.add_typer(store_commands.app, name="store")
app.add_typer(log_commands.app, name="log")
app.command()(stress)
app.command()(serve)
add_views(app)
app.command()(simulate)
add_questions(app)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"seawall {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of a failure.")
    ] = False,
) -> None:
    pass


@app.command()
def demo(
    tape: Annotated[
        Path | None, typer.Option(help="Your own tape instead of a generated book.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="Its profile.", show_default="generic")
    ] = None,
    currency: Annotated[
        str | None, typer.Option(help="The book's.", show_default="the one of most records")
    ] = None,
    rates: Annotated[
        Path | None, typer.Option(help="ECB-style rates.", show_default="built-in month ends")
    ] = None,
    rates_date: Annotated[
        str | None, typer.Option(help="Their day.", show_default="the tape's reporting date")
    ] = None,
    folder: Annotated[Path, typer.Option(help="Where the ledger goes.")] = Path("results/demo"),
    instruments: Annotated[int, typer.Option(min=1, help="Of the generated book.")] = 100_000,
    obligors: Annotated[int, typer.Option(min=1, help="Of the generated book.")] = 5_000,
) -> None:
    """Take a book from bytes to stressed, traced, verified, printed figures."""
    run_demo(
        folder,
        DemoChoice(
            tape=tape,
            profile=profile or "generic",
            currency=currency,
            rates=rates,
            rates_date=rates_date,
            instruments=instruments,
            obligors=obligors,
        ),
    )


@app.command()
def ingest(
    source: Annotated[
        Path, typer.Argument(help="A .json, .ndjson, .csv, .xml or .parquet file; also .gz, .zip.")
    ],
    profile: Annotated[
        str, typer.Option(help="Built-in name, or path of a .toml file.")
    ] = "generic",
    format: Annotated[
        str | None,
        typer.Option(help="json, ndjson, csv, xml or parquet; by the name otherwise."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse all when anything is refused.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and report, write nothing.")
    ] = False,
    rejects: Annotated[
        Path | None, typer.Option(help="Write the refusals to this CSV file.")
    ] = None,
    normalise: Annotated[bool, typer.Option(help="Read the columns now.")] = True,
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Propose a profile for this file; write nothing else.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(help="Where --suggest writes the profile.", show_default="NAME.toml"),
    ] = None,
    currency: Annotated[
        str | None, typer.Option(help="Of all money, for --suggest where no column names it.")
    ] = None,
    store: Store = None,
    tenant: Tenant = None,
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """Read a tape and write it as an immutable dataset version, whole or not at all."""
    if suggest:
        check_folder(output)
        suggest_profile_file(
            source, format=format, currency=currency, output=output, as_json=as_json
        )
        return
    if output is not None or currency is not None:
        raise typer.BadParameter("--output and --currency belong to --suggest")
    if not normalise and (strict or rejects is not None or dry_run):
        raise typer.BadParameter("--no-normalise reads no columns: there is nothing to refuse")
    check_folder(rejects)
    with (
        open_session(store, tenant, threads, new=True) as session,
        progress("ingest", total=None, unit="records", quiet=as_json) as control,
    ):
        if dry_run:
            tape = session.read(source, profile=profile, format=format, control=control)
            _show_dry_run(tape, rejects, strict=strict, as_json=as_json)
            return
        dataset = session.ingest(
            source,
            profile=profile,
            format=format,
            strict=strict,
            normalise=normalise,
            control=control,
        )
        if rejects is not None:
            write_csv(dataset.rejects, rejects)
        if as_json:
            json_document(show.dataset_json(dataset))
        else:
            show.dataset_lines(dataset)


def _show_dry_run(tape: IngestedTape, rejects: Path | None, *, strict: bool, as_json: bool) -> None:
    summary = summarise(tape)
    if rejects is not None:
        write_csv(tape.rejects, rejects)
    if as_json:
        json_document({"written": False, "merkle_root": tape.merkle_root.hex(), "summary": summary})
    else:
        show.summary_lines(summary)
        if summary.refusal_count:
            show.rejects_lines(tape.rejects, count=20)
        line("written", "nothing (dry run)")
    if len(tape.rejects) and (summary.kept_count == 0 or (strict and summary.refusal_count)):
        raise typer.Exit(EXIT_FAILED)


@app.command()
def datasets(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")] = 20,
    store: Store = None,
    tenant: Tenant = None,
    as_json: Json = False,
) -> None:
    """List the dataset versions of the ledger."""
    with open_session(store, tenant) as session:
        found = session.datasets(limit=limit)
        if as_json:
            json_document([show.dataset_json(dataset) for dataset in found])
            return
        table(
            [
                ("dataset version", ""),
                ("source", ""),
                ("profile", ""),
                ("records", "right"),
                ("written", ""),
            ],
            [
                [
                    dataset.dataset_version_id,
                    str(dataset.source["name"]),
                    dataset.profile_name,
                    f"{dataset.record_count:,}",
                    dataset.created_at[:19],
                ]
                for dataset in found
            ],
        )


@app.command()
def profiles(
    name: Annotated[str | None, typer.Argument(help="One profile, in full.")] = None,
    as_json: Json = False,
) -> None:
    """List the tape profiles, or show one as a start for your own."""
    import importlib.resources

    import msgspec

    from seawall.ingest import built_in_profiles
    from seawall.registry import PROFILE_PACKAGES

    known = built_in_profiles(PROFILE_PACKAGES)
    if name is None:
        if as_json:
            json_document(known)
            return
        table(
            [("profile", ""), ("fields", "right"), ("what it reads", "")],
            [[p.name, str(len(p.fields)), p.description.split(". ")[0]] for p in known.values()],
        )
        line("your own", "seawall profiles generic > mine.toml, edit it, then --profile mine.toml")
        return
    if name not in known:
        raise InvalidInput(f"there are {', '.join(known)}", where=name, code="not_found")
    if as_json:
        json_document(msgspec.to_builtins(known[name]))
        return
    for package in PROFILE_PACKAGES:
        file = importlib.resources.files(package) / f"{name}.toml"
        if file.is_file():
            sys.stdout.write(file.read_text())


@app.command()
def runs(
    dataset: Annotated[
        str | None, typer.Argument(help="Only those of one dataset version.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")] = 20,
    store: Store = None,
    tenant: Tenant = None,
    as_json: Json = False,
) -> None:
    """List the runs of the ledger with their findings."""
    with open_session(store, tenant) as session:
        found = session.runs(dataset=dataset, limit=limit)
        if as_json:
            json_document([show.run_json(run) for run in found])
            return
        table(
            [
                ("run", ""),
                ("asked", ""),
                ("finding", ""),
                ("title", ""),
                ("value", "right"),
                ("", ""),
            ],
            [
                [
                    run.run_id,
                    run.started_at[:19],
                    f.finding_id,
                    f.title,
                    f"{f.body['value']:,.2f}",
                    "material" if f.is_material else "",
                ]
                for run in found
                for f in run.findings
            ],
        )


@app.command()
def report(
    run: Annotated[str, typer.Argument(help="A run, run_….")],
    output: Annotated[Path, typer.Option(help="The HTML file to write.")] = Path("report.html"),
    store: Store = None,
    tenant: Tenant = None,
    threads: Threads = None,
) -> None:
    """Write a run as one printable HTML file that needs no network."""
    check_folder(output)
    with open_session(store, tenant, threads) as session:
        line("report", str(write_report(session, run, output)))


@app.command()
def trace(
    finding: Annotated[str, typer.Argument(help="A finding, fi_….")],
    record: Annotated[
        int | None, typer.Option(help="Another record than the one that contributes most.")
    ] = None,
    store: Store = None,
    tenant: Tenant = None,
    as_json: Json = False,
) -> None:
    """Walk back from a finding to its source row, with the proof."""
    with open_session(store, tenant) as session:
        found = session.trace(finding, record=record)
        if as_json:
            json_document(found)
        else:
            show.trace_lines(found)


app.command()(export)
app.command()(verify)


def main() -> None:
    """Run the command; every failure on purpose is one line."""
    debug = "--debug" in sys.argv[1:]
    arguments = [word for word in sys.argv[1:] if word != "--debug"]
    as_json = "--json" in arguments
    try:
        app(args=arguments, prog_name="seawall")
    except (KeyboardInterrupt, Cancelled):
        sys.stderr.write("interrupted\n")
        sys.exit(EXIT_INTERRUPTED)
    except SeawallError as problem:
        if debug:
            raise
        error(problem, as_json=as_json)
        sys.exit(EXIT_FAILED)
    except OSError as problem:  # a file that cannot be read or written
        if debug:
            raise
        where = str(problem.filename or "")
        error(SeawallError(problem.strerror or str(problem), where=where), as_json=as_json)
        sys.exit(EXIT_FAILED)
