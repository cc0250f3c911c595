"""CSV as a table of texts. pyarrow reads it; nothing is converted and no row number is lost."""

from typing import TYPE_CHECKING

from seawall.errors import InvalidProfile, SourceUnreadable
from seawall.ingest.profile import TapeProfile
from seawall.ingest.source import Source

if TYPE_CHECKING:
    import pyarrow

_LARGEST_ROW_BYTES = 16 << 20


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

    delimiter = "\t" if source.name.lower().endswith(".tsv") else profile.delimiter
    dialect = csv.ParseOptions(
        delimiter=delimiter,
        quote_char=profile.quote,
        newlines_in_values=True,
        ignore_empty_lines=False,
        invalid_row_handler=keep_aside,
    )
    # One thread: with more, pyarrow does not number the rows.
    options = csv.ReadOptions(
        use_threads=False, encoding=profile.encoding, block_size=_LARGEST_ROW_BYTES
    )
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
    except (pyarrow.ArrowInvalid, UnicodeError) as error:
        message = str(error)
        if "straddling" in message:
            message = "a row is longer than 16 MiB: is a quote not closed?"
        raise SourceUnreadable(message, where=source.name or "csv") from error
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        raise SourceUnreadable(
            f"the header is one column: is the delimiter of the profile ({delimiter!r}) right?",
            where=source.name or "csv",
        )
    return _without_empty_columns(table), ragged


def _without_empty_columns(table: "pyarrow.Table") -> "pyarrow.Table":
    """Drop columns without a name and without a cell: what trailing delimiters leave behind."""
    for index in reversed(range(table.num_columns)):
        if table.column_names[index] == "" and not any(table.column(index).to_pylist()):
            table = table.remove_column(index)
    return table


def _check_dialect(profile: TapeProfile) -> None:
    for name in ("delimiter", "quote"):
        mark = getattr(profile, name)
        if not mark.isascii() or mark in "\r\n":
            raise InvalidProfile("must be one ASCII character", where=f"{profile.name}: {name}")
    try:
        "".encode(profile.encoding)  # refuses also codecs that make no text, such as hex
    except (LookupError, UnicodeError) as error:
        where = f"{profile.name}: encoding"
        raise InvalidProfile(f'"{profile.encoding}" is no text encoding', where=where) from error
