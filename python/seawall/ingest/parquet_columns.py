"""Parquet as columns of texts: pyarrow reads it, and each cell is written so that it reads back."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO

from seawall.errors import LimitExceeded, SourceUnreadable
from seawall.ingest.container import MAX_EXPANDED_BYTES, check_expansion
from seawall.ingest.text_rows import TextRows

if TYPE_CHECKING:
    import pyarrow
    from pyarrow import parquet

MAX_COLUMNS = 4096
"""Columns of a file, those inside structs counted and the structs not."""

MAX_CELLS = 1 << 33
"""Rows times columns that a file may declare."""

_BATCH_BYTES = 4 << 20
_BATCH_ROWS = 1 << 16
_CELL_BYTES = 16  # a number's text, about
# pyarrow reads at once. What a row expands to is known only then, so it begins with one row; and
# rows may get longer without a warning, so it never becomes many.
_MOST_ROWS_READ = 1 << 10
_SPOOL_BYTES = 1 << 20
_COLUMN_READ_BYTES = 1 << 16  # held for each column


def read_parquet(stream: BinaryIO, _profile: object, *, name: str) -> Iterator[TextRows]:
    """Read every cell as text.

    Numbers are exact (a binary fraction by the fewest digits that read back as itself), booleans
    ``true`` and ``false``, dates ISO 8601. A column of timestamps that are all midnight is one of
    dates; others are ISO 8601 with their offset, if they have one. The fields of a struct are
    columns of their own, ``struct/field``.

    Parameters
    ----------
    stream : BinaryIO
        The file. One that cannot seek is first written to a temporary file.
    name : str
        The source's name, for messages.

    Raises
    ------
    SourceUnreadable
        When it is no Parquet, is damaged, or has a column that is no table's: a list, a map, bytes.
    LimitExceeded
        Past `MAX_COLUMNS`, `MAX_CELLS` or `MAX_EXPANDED_BYTES` as the file declares them, or when
        its cells expand further than a packed file may.
    """
    import pyarrow

    where = name or "parquet"
    with tempfile.TemporaryFile() as spooled:
        if not stream.seekable():
            shutil.copyfileobj(stream, spooled, _SPOOL_BYTES)
            stream = spooled
        try:
            yield from _read(stream, where)
        except (pyarrow.ArrowException, OSError, ValueError) as error:
            raise SourceUnreadable(f"no readable Parquet: {error}", where=where) from error


def _read(stream: BinaryIO, where: str) -> Iterator[TextRows]:
    import pyarrow

    size_bytes = stream.seek(0, os.SEEK_END)
    file = _open(stream)
    _check_limits(file.metadata, where)
    fields = [leaf for field in file.schema_arrow for leaf in _leaf_types(field.name, field.type)]
    _check_fields(fields, where)
    midnight = _midnight_columns(file, size_bytes, where)
    first_row = 1
    for batch in _batches(_reads(_open(stream), None, size_bytes, where)):
        texts = {path: _text(array, path in midnight) for path, array in _columns(batch)}
        columns = pyarrow.RecordBatch.from_pydict(texts)
        columns.validate(full=True)  # pyarrow reads texts without looking at their bytes
        yield TextRows(columns, first_row)
        first_row += columns.num_rows
    if first_row - 1 != file.metadata.num_rows:
        message = f"{file.metadata.num_rows} rows are declared and {first_row - 1} were found"
        raise SourceUnreadable(message, where=where)


def _open(stream: BinaryIO) -> "parquet.ParquetFile":
    from pyarrow import parquet

    stream.seek(0)
    return parquet.ParquetFile(
        stream,
        buffer_size=_COLUMN_READ_BYTES,
        pre_buffer=False,  # or a whole row group is held
        page_checksum_verification=True,  # of the pages that have one
    )


def _check_limits(metadata: "parquet.FileMetaData", where: str) -> None:
    rows, columns = metadata.num_rows, metadata.num_columns
    if columns > MAX_COLUMNS:
        raise LimitExceeded(f"{columns} columns are more than {MAX_COLUMNS}", where=where)
    if rows * columns > MAX_CELLS:
        message = f"{rows} rows of {columns} columns are more than {MAX_CELLS} cells"
        raise LimitExceeded(message, where=where)
    size = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    if size > MAX_EXPANDED_BYTES:
        message = f"expands to {size} bytes, more than {MAX_EXPANDED_BYTES >> 30} GiB"
        raise LimitExceeded(message, where=where)


# --- what the columns are


def _leaf_types(path: str, type_: "pyarrow.DataType") -> Iterator[tuple[str, "pyarrow.DataType"]]:
    from pyarrow import types

    if types.is_struct(type_) and type_.num_fields:
        for field in type_:
            yield from _leaf_types(f"{path}/{field.name}", field.type)
    else:
        yield path, type_


def _check_fields(fields: list[tuple[str, "pyarrow.DataType"]], where: str) -> None:
    from pyarrow import types

    readable = (
        *(types.is_string, types.is_large_string, types.is_string_view, types.is_boolean),
        *(types.is_integer, types.is_floating, types.is_decimal, types.is_null),
        *(types.is_date, types.is_time, types.is_timestamp),
    )
    for path, type_ in fields:
        plain = type_.value_type if types.is_dictionary(type_) else type_
        if not any(is_such(plain) for is_such in readable):
            message = f'the column "{path}" is {type_}, which is no cell of a table'
            raise SourceUnreadable(message, where=where)
    for path, following in pairwise(sorted(path for path, _ in fields)):
        if path == following:
            raise SourceUnreadable(f'two columns are named "{path}"', where=where)


def _midnight_columns(file: "parquet.ParquetFile", size_bytes: int, where: str) -> set[str]:
    """Find the timestamps that are dates: as the whole file has them, not one batch."""
    from pyarrow import types

    paths: set[str] = set()
    names: list[str] = []
    for field in file.schema_arrow:
        found = [p for p, t in _leaf_types(field.name, field.type) if types.is_timestamp(t)]
        paths.update(found)
        names += [field.name] if found else []
    if not paths:
        return paths
    for batch in _reads(file, names, size_bytes, where):
        for path, array in _columns(batch):
            if path in paths and not _is_midnight(array):
                paths.remove(path)
    return paths


def _is_midnight(array: "pyarrow.Array") -> bool:
    from pyarrow import compute

    wall = compute.local_timestamp(array) if array.type.tz else array
    found = compute.all(compute.equal(compute.floor_temporal(wall, unit="day"), wall)).as_py()
    return found is not False  # None: there is no timestamp


# --- batches


def _reads(
    file: "parquet.ParquetFile", names: list[str] | None, size_bytes: int, where: str
) -> Iterator["pyarrow.RecordBatch"]:
    """Read few rows at a time, as many as their like take `_BATCH_BYTES`; structs are flat."""
    import pyarrow

    expanded_bytes = 0
    rows = 1
    for read in file.iter_batches(batch_size=rows, columns=names, use_threads=False):
        leaves = [leaf for name, array in _columns(read) for leaf in _leaves(name, array)]
        batch = pyarrow.RecordBatch.from_pydict(dict(leaves))
        text_bytes = _text_bytes(batch)
        expanded_bytes += text_bytes
        check_expansion(expanded_bytes, packed_bytes=size_bytes, name=where)
        yield batch
        fitting = _BATCH_BYTES * batch.num_rows // max(text_bytes, 1)
        rows = max(min(2 * rows, fitting, _MOST_ROWS_READ), 1)
        file.reader.set_batch_size(rows)  # from the next read on


def _batches(reads: Iterator["pyarrow.RecordBatch"]) -> Iterator["pyarrow.RecordBatch"]:
    import pyarrow

    waiting: list[pyarrow.RecordBatch] = []
    text_bytes = rows = 0
    for read in reads:
        waiting.append(read)
        text_bytes += _text_bytes(read)
        rows += read.num_rows
        if text_bytes >= _BATCH_BYTES or rows >= _BATCH_ROWS:
            yield from _pieces(pyarrow.concat_batches(waiting))
            waiting = []
            text_bytes = rows = 0
    if waiting:
        yield from _pieces(pyarrow.concat_batches(waiting))


def _pieces(batch: "pyarrow.RecordBatch") -> Iterator["pyarrow.RecordBatch"]:
    if batch.num_rows <= 1 or _text_bytes(batch) <= 2 * _BATCH_BYTES:
        yield batch
        return
    half = batch.num_rows // 2
    yield from _pieces(batch.slice(0, half))
    yield from _pieces(batch.slice(half))


def _text_bytes(batch: "pyarrow.RecordBatch") -> int:
    """Bytes of the cells as texts, about; an absent cell has none."""
    return sum(map(_column_bytes, batch.columns))


def _column_bytes(column: "pyarrow.Array") -> int:
    import pyarrow
    from pyarrow import compute, types

    if types.is_string_view(column.type):
        column = column.cast(pyarrow.large_string())
    if types.is_string(column.type) or types.is_large_string(column.type):
        return int(compute.sum(compute.binary_length(column)).as_py() or 0)
    return _CELL_BYTES * int(len(column) - column.null_count)


def _columns(batch: "pyarrow.RecordBatch") -> Iterator[tuple[str, "pyarrow.Array"]]:
    return zip(batch.schema.names, batch.columns, strict=True)


def _leaves(path: str, array: "pyarrow.Array") -> Iterator[tuple[str, "pyarrow.Array"]]:
    from pyarrow import types

    if types.is_struct(array.type):
        # flatten() makes the fields of an absent struct absent.
        for field, child in zip(array.type, array.flatten(), strict=True):
            yield from _leaves(f"{path}/{field.name}", child)
    elif types.is_dictionary(array.type):
        yield path, array.dictionary_decode()
    else:
        yield path, array


# --- cells


def _text(array: "pyarrow.Array", is_midnight: bool) -> "pyarrow.Array":
    import pyarrow
    from pyarrow import compute, types

    if types.is_timestamp(array.type) and is_midnight:
        wall = compute.local_timestamp(array) if array.type.tz else array
        array = wall.cast(pyarrow.date32())
    texts = array.cast(pyarrow.string())
    if types.is_timestamp(array.type):
        texts = compute.replace_substring(texts, " ", "T", max_replacements=1)
        return compute.replace_substring_regex(texts, r"([+-]\d\d)(\d\d)$", r"\1:\2")
    if types.is_decimal(array.type):
        return _without_exponents(texts, array)
    return texts


def _without_exponents(texts: "pyarrow.Array", decimals: "pyarrow.Array") -> "pyarrow.Array":
    """Write out the decimals that Arrow shortens, such as a zero of ten places to 0E-10."""
    import pyarrow
    from pyarrow import compute

    shortened = compute.fill_null(compute.match_substring(texts, "E"), False)
    written = [format(number, "f") for number in decimals.filter(shortened).to_pylist()]
    return compute.replace_with_mask(texts, shortened, pyarrow.array(written, texts.type))
