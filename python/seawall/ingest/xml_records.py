"""XML as records: each leaf below a record element is a cell, named by its path.

The core reads a window of the file at a time with the expat of Python's own ``pyexpat``, and
finished records leave at once, so memory does not grow with the file. A DOCTYPE is refused, and
with it every entity but XML's own five.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, Protocol

from seawall.errors import SourceUnreadable
from seawall.ingest.text_rows import TextRows
from seawall.native import NativeTable, XmlRecords

if TYPE_CHECKING:
    import pyarrow

MAX_DEPTH = XmlRecords.MAX_DEPTH
"""Levels of elements around a record, and again from it down."""

MAX_COLUMNS = XmlRecords.MAX_COLUMNS
"""Different paths below the record element; also different names around it."""

MAX_RECORD_BYTES = XmlRecords.MAX_RECORD_BYTES
"""What one record, text or tag may take, in UTF-8."""

_WINDOW_BYTES = 1 << 16
_BATCH_BYTES = 8 << 20  # of the file
_BATCH_RECORDS = 8192
_BATCH_CELLS = 1 << 22  # a few records may have thousands of columns that all others lack


class XmlLayout(Protocol):
    """The part of a profile that says where an XML document's records are."""

    @property
    def record_element(self) -> str:
        """Local name of the element that is one record; the outermost counts."""

    @property
    def context(self) -> list[str]:
        """Absolute paths of leaves before the first record; each is a column of every record."""


def read_xml(
    stream: BinaryIO, layout: XmlLayout, *, name: str, window_bytes: int = _WINDOW_BYTES
) -> Iterator[TextRows]:
    """Read the records of an XML document.

    A cell's column is its path below the record element, of names without namespaces:
    ``property/propertyCity``, of the second sibling of that name ``property[2]/propertyCity``, of
    an attribute ``currencyConditional/@curCd``, and the record element's own text ``.``. Text is
    kept as written; blanks between elements are no cell.

    Parameters
    ----------
    stream : BinaryIO
        The document, from its beginning.
    layout : XmlLayout
        Such as a tape profile.
    name : str
        The source's name, for messages.
    window_bytes : int
        How much is parsed at a time; the cells do not depend on it.

    Raises
    ------
    SourceUnreadable
        With the line, when the bytes are no XML, have a DOCTYPE, no record element, or no context.
    LimitExceeded
        Past `MAX_DEPTH`, `MAX_COLUMNS` or `MAX_RECORD_BYTES`.
    """
    name = name or "xml"
    context = list(dict.fromkeys(layout.context))
    records = XmlRecords(layout.record_element, context, name=name)
    first_row = 1
    fed_bytes = batch_bytes = 0
    while window := stream.read(window_bytes):
        records.feed(window)
        fed_bytes += len(window)
        batch_bytes += len(window)
        if _is_full(records, batch_bytes) and (table := records.take()):
            yield TextRows(_batch(table), first_row)
            first_row += len(table)
            batch_bytes = 0
    if fed_bytes == 0:
        raise SourceUnreadable("the file is empty", where=name)
    records.feed(b"", is_final=True)
    if table := records.take():
        yield TextRows(_batch(table), first_row)


def _is_full(records: XmlRecords, batch_bytes: int) -> bool:
    return (
        batch_bytes >= _BATCH_BYTES
        or records.record_count >= _BATCH_RECORDS
        or records.cell_count >= _BATCH_CELLS
    )


def _batch(table: NativeTable) -> "pyarrow.RecordBatch":
    import pyarrow

    return pyarrow.RecordBatchReader.from_stream(table).read_next_batch()
