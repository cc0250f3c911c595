"""A first profile for a tape that nobody has described yet."""

from pathlib import Path

from seawall.cli.output import json_document, line, table
from seawall.errors import Conflict
from seawall.ingest import suggest_profile


def suggest_profile_file(
    source: Path, *, format: str | None, output: Path | None, as_json: bool
) -> None:
    """Write a proposed profile with its evidence, for the user to edit.

    Raises
    ------
    Conflict
        When the file to write is there already: it may hold the user's work.
    """
