"""CSV as a table of texts. pyarrow reads it; nothing is converted and no row number is lost."""

import codecs
from typing import TYPE_CHECKING

from seawall.errors import InvalidProfile, SourceUnreadable
from seawall.ingest.profile import TapeProfile
from seawall.ingest.source import Source

if TYPE_CHECKING:
    import pyarrow


def read_csv(source: Source, profile: TapeProfile) -> tuple["pyarrow.Table", list[tuple[int, str]]]:
    """Read every cell as text.

    Returns
    -------
    table : pyarrow.Table
        Columns of texts, as the header names them.
    ragged_rows : list of (int, str)
        Row number (the header is 1) and text of each row that has not as many cells as the header.

    Raises
    ------
    SourceUnreadable
        When the bytes are no CSV in the profile's dialect and encoding.
    InvalidProfile
        When there is no such dialect or encoding.
    """
    import pyarrow
    from pyarrow import csv

    _check_dialect(profile)
    ragged: list[tuple[int, str]] = []

    def keep_aside(row: csv.InvalidRow) -> str:
        ragged.append((row.number, row.text))
        return "skip"

    dialect = csv.ParseOptions(
        delimiter="\t" if source.name.endswith(".tsv") else profile.delimiter,
        quote_char=profile.quote,
        newlines_in_values=True,
        ignore_empty_lines=False,
        invalid_row_handler=keep_aside,
    )
    # One thread: with more, pyarrow does not number the rows.
    options = csv.ReadOptions(use_threads=False, encoding=profile.encoding)
    data = pyarrow.py_buffer(source.data)
    try:
        names = csv.open_csv(
            pyarrow.BufferReader(data), read_options=options, parse_options=dialect
        ).schema.names
        ragged.clear()
        table = csv.read_csv(
            pyarrow.BufferReader(data),
            read_options=options,
            parse_options=dialect,
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pyarrow.string()), strings_can_be_null=False
            ),
        )
    except (pyarrow.ArrowInvalid, UnicodeDecodeError) as error:
        raise SourceUnreadable(str(error), where=source.name or "csv") from error
    return table, ragged


def _check_dialect(profile: TapeProfile) -> None:
    for name in ("delimiter", "quote"):
        mark = getattr(profile, name)
        if not mark.isascii() or mark in "\r\n":
            raise InvalidProfile("must be one ASCII character", where=f"{profile.name}: {name}")
    try:
        codecs.lookup(profile.encoding)
    except LookupError as error:
        where = f"{profile.name}: encoding"
        raise InvalidProfile(f'"{profile.encoding}" is not known', where=where) from error
