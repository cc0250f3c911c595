"""The ledger as a whole on the command line: backed up while in use, copied, restored."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from seawall.cli.options import Json
from seawall.cli.output import json_document, line, table
from seawall.errors import InvalidInput, NotFound
from seawall.store import open_store, shown_place
from seawall.store.copying import copy_store
from seawall.store.sqlite_backup import back_up

app = typer.Typer(
    help="The ledger as a whole: backed up while it is in use, copied, restored.",
    no_args_is_help=True,
)

_SQLITE = "sqlite:///"


@app.command()
def backup(
    source: Annotated[str, typer.Argument(help="A ledger's file; others may use it meanwhile.")],
    target: Annotated[str, typer.Argument(help="A file that is not there yet.")],
    as_json: Json = False,
) -> None:
    """Write the ledger as it is now into one file; to restore, back the backup up."""
    file = _file(target)
    size = back_up(_file(source), file)
    if as_json:
        json_document({"file": str(file), "size_bytes": size})
    else:
        line("backup", f"{file}, {size:,} bytes")
        line("next", f"seawall verify --store {file}")


@app.command()
def copy(
    source: Annotated[str, typer.Argument(help="A ledger; nobody may write to it meanwhile.")],
    target: Annotated[str, typer.Argument(help="A new ledger, or a copy that was interrupted.")],
    as_json: Json = False,
) -> None:
    """Put every row of every tenant into another ledger, and prove that both hold the same."""
    if "://" not in source.removeprefix(_SQLITE) and not _file(source).is_file():
        raise NotFound("there is no ledger", where=shown_place(source))
    if source == target:
        raise InvalidInput("is the ledger itself", where=shown_place(target))
    now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    with open_store(source, opened_at=now) as old, open_store(target, opened_at=now) as new:
        digests = copy_store(old, new)
    if as_json:
        json_document({"tables": digests})
        return
    table(
        [("table", "left"), ("rows", "right"), ("hash of both", "left")],
        [[name, f"{found.rows:,}", found.sha256] for name, found in digests.items()],
    )
    line("copied", "both ledgers hold the same", style="green")


def _file(store: str) -> Path:
    path = store.removeprefix(_SQLITE)
    if "://" in path:
        raise InvalidInput(
            "is no SQLite file; its database has a backup of its own", where=shown_place(store)
        )
    return Path(path)
