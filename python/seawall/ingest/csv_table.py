"""CSV as rows of texts. pyarrow reads it; nothing is converted and no row number is lost."""

import weakref
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Iterator
from io import RawIOBase
from threading import Event
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, BinaryIO

from seawall.errors import InvalidProfile, LimitExceeded, SourceUnreadable
from seawall.ingest.profile import TapeProfile
from seawall.ingest.text_rows import TextRows

if TYPE_CHECKING:
    import pyarrow

MAX_COLUMNS = 4_096
# What pyarrow takes at a time, and no row may be longer. It reads ahead by 32 of these.
_LARGEST_ROW_BYTES = 1 << 20
_LAST_READ_S = 0.2


def read_csv(stream: BinaryIO, profile: TapeProfile, *, name: str) -> Iterator[TextRows]:
    """Read every cell as text; a file's header is its row 1.

    Parameters
    ----------
    stream : BinaryIO
        The file from its beginning.
    profile : TapeProfile
        Its dialect and encoding.
    name : str
        Of the file; a name that ends in ``.tsv`` stands for tabs.

    Yields
    ------
    TextRows
        Some thousand rows; a row that has not as many cells as the header is ``ragged``.

    Raises
    ------
    SourceUnreadable
        When the bytes are no CSV in the profile's dialect and encoding.
    LimitExceeded
        When there are more than 4,096 columns.
    InvalidProfile
        When there is no such dialect or encoding.
    """
    import pyarrow
    from pyarrow import csv

    _check_dialect(profile)
    where = name or "csv"
    delimiter = "\t" if name.lower().endswith(".tsv") else profile.delimiter
    ragged: deque[tuple[int, str]] = deque()
    header: _Header | None = None
    next_row = 2
    stop = Event()
    checked: _CheckedText | None = _CheckedText(stream, profile.encoding, where, stop)
    let_go = weakref.ref(checked)
    batches: csv.CSVStreamingReader | None = None
    try:
        batches = csv.open_csv(checked, **_options(profile, delimiter, ragged))
        for batch in batches:
            if header is None:
                header = _Header(batch, delimiter, where=where)
                batch = batch.slice(1)
            first_row = next_row
            next_row += batch.num_rows
            own: list[tuple[int, str]] = []
            while ragged and ragged[0][0] <= next_row:
                own.append(ragged.popleft())
                next_row += 1
            yield TextRows(header.named(batch), first_row, own)
    except pyarrow.ArrowInvalid as error:
        message = str(error)
        if "straddling" in message:
            message = "a row is longer than 1 MiB: is a quote not closed?"
        raise SourceUnreadable(message, where=where) from error
    finally:
        # A thread of pyarrow reads ahead. Were it to read on when the interpreter ends, the
        # process would abort.
        stop.set()
        batches = checked = None
        _wait_until_gone(let_go)


def _wait_until_gone(stream: "weakref.ref[Any]") -> None:
    end = monotonic() + _LAST_READ_S
    while stream() is not None and monotonic() < end:
        sleep(0.001)


def _options(
    profile: TapeProfile, delimiter: str, ragged: deque[tuple[int, str]]
) -> dict[str, Any]:
    import pyarrow
    from pyarrow import csv

    def keep_aside(row: csv.InvalidRow) -> str:
        ragged.append((row.number, row.text))
        return "skip"

    return {
        # One thread: with more, pyarrow does not number the rows. The header is read as a row,
        # since a column can be made text only by its name.
        "read_options": csv.ReadOptions(
            use_threads=False,
            encoding=profile.encoding,
            block_size=_LARGEST_ROW_BYTES,
            autogenerate_column_names=True,
        ),
        "parse_options": csv.ParseOptions(
            delimiter=delimiter,
            quote_char=profile.quote,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=keep_aside,
        ),
        "convert_options": csv.ConvertOptions(
            column_types={f"f{index}": pyarrow.string() for index in range(MAX_COLUMNS)},
            strings_can_be_null=False,
        ),
    }


class _Header:
    """The columns' names, from the first row."""

    def __init__(self, batch: "pyarrow.RecordBatch", delimiter: str, *, where: str) -> None:
        if batch.num_columns > MAX_COLUMNS:
            raise LimitExceeded(
                f"{batch.num_columns:,} columns; {MAX_COLUMNS:,} are the most", where=where
            )
        self._names = [column[0].as_py() for column in batch.columns]
        self._filled_without_name: set[int] = set()
        if not any(self._names):
            raise SourceUnreadable("the first row names no column", where=where)
        seen: set[str] = set()
        for place, name in enumerate(self._names):
            if name in seen and name != "":
                raise SourceUnreadable(
                    f'"{name}" is the same column as "{name}"', where=f"header[{place}]"
                )
            seen.add(name)
        if len(self._names) == 1 and any(mark in self._names[0] for mark in ";\t|"):
            raise SourceUnreadable(
                f"the header is one column: is the delimiter of the profile ({delimiter!r}) right?",
                where=where,
            )

    def named(self, batch: "pyarrow.RecordBatch") -> "pyarrow.RecordBatch":
        """Name the columns. A cell without a name and a text is none: trailing delimiters."""
        import pyarrow
        from pyarrow import compute

        columns, names = [], []
        for index, (column, name) in enumerate(zip(batch.columns, self._names, strict=True)):
            if name == "":
                column = compute.if_else(compute.equal(column, ""), None, column)
                if column.null_count == len(column):
                    continue
                self._filled_without_name.add(index)
            columns.append(column)
            names.append(name)
        if len(self._filled_without_name) > 1:
            place = sorted(self._filled_without_name)[1]
            raise SourceUnreadable("is the second column without a name", where=f"header[{place}]")
        return pyarrow.RecordBatch.from_arrays(columns, names=names)


class _CheckedText(RawIOBase):
    """Tells where a stream is not the text that it should be; has no more when it is to stop."""

    def __init__(self, stream: BinaryIO, encoding: str, where: str, stop: Event) -> None:
        self._stream = stream
        self._encoding = encoding
        self._where = where
        self._decoder = getincrementaldecoder(encoding)()
        self._checked_bytes = 0
        self._stop = stop

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self._stop.is_set():
            return b""
        piece = self._stream.read(size)
        waiting = len(self._decoder.getstate()[0])
        try:
            text = self._decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            raise SourceUnreadable(
                f"byte {self._checked_bytes - waiting + error.start} is no {self._encoding} text: "
                "does the profile name the right encoding?",
                where=self._where,
            ) from error
        if "\0" in text:
            raise SourceUnreadable(
                f"a NUL stands after byte {self._checked_bytes}: is the file damaged, or does the "
                "profile name the wrong encoding?",
                where=self._where,
            )
        self._checked_bytes += len(piece)
        return piece


def _check_dialect(profile: TapeProfile) -> None:
    for name in ("delimiter", "quote"):
        mark = getattr(profile, name)
        if not mark.isascii() or mark in "\r\n":
            raise InvalidProfile("must be one ASCII character", where=f"{profile.name}: {name}")
    try:
        "".encode(profile.encoding)  # refuses also codecs that make no text, such as hex
    except (LookupError, ValueError) as error:  # ValueError: a NUL in its name
        where = f"{profile.name}: encoding"
        raise InvalidProfile(f'"{profile.encoding}" is no text encoding', where=where) from error
