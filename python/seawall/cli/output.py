"""What the terminal shows: tables, numbers, progress, errors."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table as RichTable
from rich.text import Text

from seawall.errors import InvalidInput, NotFound, SeawallError
from seawall.native import RunControl
from seawall.provenance import canonical_json
from seawall.store import shown_place
from seawall.table import ArrowStream

_LABEL_WIDTH = 11
_TABLE_WIDTH = 400


def console() -> Console:
    """The terminal, or whatever standard output is."""
    return Console(highlight=False, soft_wrap=True)


def line(label: str, text: str, *, style: str = "") -> None:
    """Print one step: what it is, and what came of it."""
    target = console()
    target.print(f"  {label:<{_LABEL_WIDTH}} ", style=f"bold {style}".strip(), end="")
    target.print(_printable(text), markup=False)


def table(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under (name, left|right) columns."""
    shown = RichTable(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name, side in columns:
        shown.add_column(name, justify="right" if side == "right" else "left", no_wrap=True)
    for row in rows:
        shown.add_row(*(Text(_printable(cell)) for cell in row))
    # As wide as it needs to be: an identifier that is cut off cannot be copied.
    target = Console(highlight=False, soft_wrap=True, width=_TABLE_WIDTH)
    target.print()
    target.print(Padding(shown, (0, 0, 0, 2), expand=False))
    target.print()


def rows_table(rows: Sequence[Mapping[str, object]], count: int) -> None:
    """Print the first rows of a table of ``count``, each column by what it holds."""
    names = list(rows[0]) if rows else []
    sides = {
        name: "left" if all(isinstance(row[name], str | None) for row in rows) else "right"
        for name in names
    }
    table(
        [(name.replace("_", " "), sides[name]) for name in names],
        [[_cell(value) for value in row.values()] for row in rows],
    )
    if count > len(rows):
        line("rows", f"{len(rows):,} of {count:,}; --limit shows more")


def _cell(value: object) -> str:
    if value is None:
        return "—"
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _printable(text: str) -> str:
    """Show what a tape holds without letting it steer the terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def json_document(document: object) -> None:
    """Print one JSON document for machines."""
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n")
    sys.stdout.flush()


def error(problem: SeawallError, *, as_json: bool) -> None:
    """Print one failure as one line: its place, its sentence, its code."""
    if "@" in problem.where:  # a ledger's URL, with its password, where a file belongs
        problem = SeawallError(problem.message, code=problem.code, where=shown_place(problem.where))
    if as_json:
        document = {"detail": problem.code, "message": problem.message, "where": problem.where}
        sys.stderr.write(msgspec.json.encode(document).decode() + "\n")
        return
    target = Console(stderr=True, highlight=False, soft_wrap=True)
    target.print("error", style="bold red", end="  ")
    target.print(_printable(str(problem)), markup=False, end=" ")
    target.print(f"[{problem.code}]", markup=False, style="dim")


def write_document(document: object, output: Path | None) -> None:
    """Write canonical JSON and a line feed, to a file that has its name once it is complete."""
    with written_whole(output) as out:
        out.write(canonical_json(document) + b"\n")


@contextmanager
def written_whole(output: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that has its name only once it is complete."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    draft = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with draft.open("xb") as out:
            yield out
        draft.replace(output)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def progress(label: str, *, total: int | None, unit: str, quiet: bool) -> Iterator[RunControl]:
    """Show work that can be followed and interrupted; a terminal only."""
    target = Console(stderr=True)
    if quiet or not target.is_terminal:
        yield RunControl()
        return
    bar = Progress(
        TextColumn(f"  [bold]{label:<{_LABEL_WIDTH}}[/]"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} " + unit),
        console=target,
        transient=True,
    )
    with bar:
        task = bar.add_task(label, total=total)
        yield RunControl(lambda done: bar.update(task, completed=done))


def check_folder(file: Path | None) -> None:
    """Refuse an output that cannot be written before any work is done."""
    if file is None:
        return
    if file.is_dir():
        raise InvalidInput("is a folder, not a file", where=str(file))
    if not file.absolute().parent.is_dir():
        raise NotFound("there is no such folder", where=str(file.absolute().parent))


def write_csv(rows: ArrowStream, path: Path) -> None:
    """Write rows with their names as the first line."""
    import pyarrow
    from pyarrow import csv

    csv.write_csv(pyarrow.table(rows), path)
