"""XML as records: each leaf below a record element is a cell, named by its path.

Expat parses a window of the file at a time and finished records leave at once, so memory does not
grow with the file. A DOCTYPE is refused, and with it every entity but XML's own five.
"""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, NoReturn, Protocol
from xml.parsers import expat

from seawall.errors import LimitExceeded, SourceUnreadable
from seawall.ingest.text_rows import TextRows
from seawall.ingest.xml_cells import MAX_COLUMNS, MAX_DEPTH, record_cells

if TYPE_CHECKING:
    import pyarrow

MAX_RECORD_BYTES = 16 << 20
"""What one record, text or tag may take of the file."""

_WINDOW_BYTES = 1 << 20
_BATCH_BYTES = 8 << 20  # of the file
_BATCH_RECORDS = 8192
_NAMED_ELEMENTS = 5


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
    document = _Document(layout, name=name or "xml")
    first_row = 1
    while window := stream.read(window_bytes):
        document.parse(window)
        if document.is_batch_full():
            batch = document.take()
            yield TextRows(batch, first_row)
            first_row += batch.num_rows
    document.finish()
    if document.record_count > 0:
        yield TextRows(document.take(), first_row)


class _Document:
    """A document on its way through the parser; this part reads what is around the records."""

    def __init__(self, layout: XmlLayout, *, name: str) -> None:
        self._layout = layout
        self._name = name
        self._parser = parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.ordered_attributes = True
        self._texts: list[str] = []  # pieces of the text since the last tag
        parser.CharacterDataHandler = self._texts.append
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._record_start = -1  # where in the file the record began; -1 outside of one
        self._batch_start = 0
        self._names: Counter[str] = Counter()
        self._with_children: Counter[str] = Counter()
        self._open: list[tuple[str, Counter[str]]] = [("", Counter())]  # path, names under it
        self._context: dict[str, str] = {}
        self._has_records = False
        self._fed_bytes = 0
        self._records = record_cells(self._texts, leave=self._leave_record, place=self._place)
        self._listen_around()

    @property
    def record_count(self) -> int:
        """Finished records that were not taken yet."""
        return self._records.finished()

    # --- the file

    def parse(self, window: bytes, *, is_final: bool = False) -> None:
        parser = self._parser
        try:
            parser.Parse(window, is_final)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code)
            cut = "; is the file cut off?" if is_final else ""
            raise SourceUnreadable(f"no XML: {reason}{cut}", where=self._place()) from error
        except (LookupError, ValueError) as error:
            if self._names:
                raise
            # Of the declared encoding, which the parser asks Python for.
            raise SourceUnreadable(f"no XML: {error}", where=self._place()) from error
        self._fed_bytes += len(window)
        begun = parser.CurrentByteIndex if self._record_start < 0 else self._record_start
        outside = sum(map(len, self._texts)) if self._record_start < 0 else 0
        self._check_size(max(self._fed_bytes - begun, outside))

    def finish(self) -> None:
        if self._fed_bytes == 0:
            raise SourceUnreadable("the file is empty", where=self._name)
        self.parse(b"", is_final=True)
        if not self._has_records:
            raise SourceUnreadable(
                f'there is no element "{self._layout.record_element}": is the record element of '
                f"the profile right? the document repeats: {self._repeated()}",
                where=self._place(),
            )

    def is_batch_full(self) -> bool:
        size = self._fed_bytes - self._batch_start
        count = self.record_count
        return count >= _BATCH_RECORDS or (count > 0 and size >= _BATCH_BYTES)

    def take(self) -> "pyarrow.RecordBatch":
        """Return the finished records that were not taken yet."""
        import pyarrow

        self._batch_start = self._fed_bytes
        count = self.record_count
        columns = self._records.take()
        for path, text in self._context.items():
            columns[path] = [text] * count
        return pyarrow.RecordBatch.from_pydict(
            {name: pyarrow.array(texts, pyarrow.string()) for name, texts in columns.items()}
        )

    def _check_size(self, size: int) -> None:
        if size > MAX_RECORD_BYTES:
            raise LimitExceeded(
                f"a record, text or tag takes more than {MAX_RECORD_BYTES >> 20} MiB",
                where=self._place(),
            )

    def _place(self) -> str:
        return f"{self._name}: line {self._parser.CurrentLineNumber}"

    def _fail(self, message: str) -> NoReturn:
        raise LimitExceeded(message, where=self._place())

    def _refuse_doctype(self, *_: object) -> None:
        raise SourceUnreadable("a DOCTYPE is not accepted", where=self._place())

    # --- around the records

    def _listen_around(self) -> None:
        self._parser.StartElementHandler = self._start_around
        self._parser.EndElementHandler = self._end_around

    def _start_around(self, name: str, attributes: list[str]) -> None:
        self._texts.clear()
        local_name = name.rpartition("}")[2]
        above, names = self._open[-1]
        names[local_name] += 1
        if local_name == self._layout.record_element:
            self._enter_record(attributes)
            return
        self._names[local_name] += 1
        if len(self._names) > MAX_COLUMNS:
            self._fail(f"there are more than {MAX_COLUMNS} different elements")
        if len(self._open) > MAX_DEPTH:
            self._fail(f"elements lie more than {MAX_DEPTH} deep")
        nth = f"[{names[local_name]}]" if names[local_name] > 1 else ""
        self._open.append((f"{above}/{local_name}{nth}", Counter()))

    def _end_around(self, name: str) -> None:
        path, names = self._open.pop()
        if names:
            self._with_children[name.rpartition("}")[2]] += 1
        elif not self._has_records and path in self._layout.context:
            self._context[path] = "".join(self._texts)
        self._texts.clear()

    def _repeated(self) -> str:
        for counted in (self._with_children, self._names):
            found = [(name, count) for name, count in counted.most_common() if count > 1]
            if found:
                return ", ".join(f"{name} ({count})" for name, count in found[:_NAMED_ELEMENTS])
        return "nothing"

    def _enter_record(self, attributes: list[str]) -> None:
        if not self._has_records:
            self._has_records = True
            for path in self._layout.context:
                if path not in self._context:
                    raise SourceUnreadable(
                        f'there is no element "{path}" before the first record, or it has others '
                        "in it",
                        where=self._place(),
                    )
        self._record_start = self._parser.CurrentByteIndex
        self._parser.StartElementHandler = self._records.start
        self._parser.EndElementHandler = self._records.end
        self._records.enter(attributes)

    def _leave_record(self) -> None:
        self._check_size(self._parser.CurrentByteIndex - self._record_start)
        self._record_start = -1
        self._listen_around()
