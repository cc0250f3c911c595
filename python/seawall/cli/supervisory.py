"""Supervisory paths on the command line: which there are, and how to bring one's own."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from seawall.cli.options import Json
from seawall.cli.output import json_document, line, table
from seawall.supervisory import (
    SupervisoryPath,
    built_in_paths,
    load_path,
    parse_path,
    read_fed_scenario,
)

app = typer.Typer(
    help="Published stress paths: show the built-in ones, import a publisher's files.",
    no_args_is_help=True,
)


def read_path(name: str) -> str | SupervisoryPath:
    """Leave a built-in path its name; a file is read and becomes part of the question."""
    return load_path(name) if name.endswith(".json") else name


@app.command("list")
def list_paths(as_json: Json = False) -> None:
    """List the built-in paths."""
    known = built_in_paths()
    if as_json:
        json_document(known)
        return
    table(
        [("path", ""), ("quarters", "right"), ("title", "")],
        [[p.path_id, str(len(p.quarters)), p.title] for p in known.values()],
    )


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A built-in path, or a .json file.")],
    as_json: Json = False,
) -> None:
    """Show a path quarter by quarter."""
    path = load_path(name)
    if as_json:
        json_document(path)
        return
    line("path", f"{path.path_id}: {path.title}")
    source = path.source
    line("source", f"{source.publisher}, {source.document}, {source.year}")
    line("jump-off", path.jump_off.quarter)
    table(
        [
            ("variable", ""),
            (path.jump_off.quarter, "right"),
            *((q, "right") for q in path.quarters),
        ],
        [
            [name, _figure(path.jump_off.values.get(name)), *map(_figure, values)]
            for name, values in path.variables.items()
        ],
    )


def _figure(value: float | None) -> str:
    return "—" if value is None else f"{value:g}"


@app.command("import")
def import_path(
    domestic: Annotated[Path, typer.Argument(help="The scenario's domestic CSV as published.")],
    history: Annotated[Path, typer.Option(help="The historical domestic CSV (jump-off quarter).")],
    path_id: Annotated[str, typer.Option(help="What the path is to be called.")],
    year: Annotated[int, typer.Option(help="Of the publication.")],
    output: Annotated[Path, typer.Option(help="The .json file to write.")],
    title: Annotated[
        str | None, typer.Option(help="For people.", show_default="the path's id")
    ] = None,
    document: Annotated[
        str, typer.Option(help="What was published, as the evidence is to cite it.")
    ] = "supervisory scenarios",
    international: Annotated[
        Path | None, typer.Option(help="The scenario's international CSV.")
    ] = None,
    history_international: Annotated[
        Path | None, typer.Option(help="The historical international CSV.")
    ] = None,
) -> None:
    """Turn the Federal Reserve's scenario files into a path that `stress --supervisory` takes."""
    path = read_fed_scenario(
        domestic,
        international,
        history_domestic=history,
        history_international=history_international,
        path_id=path_id,
        title=title or path_id,
        document=document,
        year=year,
        obtained=f"imported from {domestic.name}",
    )
    text = msgspec.json.format(msgspec.json.encode(path), indent=2) + b"\n"
    parse_path(text, where=output.name)  # what is written must be readable
    output.write_bytes(text)
    line("path", f"{path.path_id}: {path.quarters[0]} to {path.quarters[-1]}, {output}")
