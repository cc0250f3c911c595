"""What a tape's first bytes say about how it is laid out, where no profile says it."""

import csv
from contextlib import suppress
from xml.parsers import expat

import msgspec

from seawall.errors import LimitExceeded, SourceUnreadable
from seawall.ingest.profile import TapeProfile
from seawall.ingest.xml_records import MAX_DEPTH

PEEKED_BYTES = 1 << 20
"""What is looked at."""

_DELIMITERS = ",;\t|"
_LEAST_SHARE = 0.5  # of a document's elements that lie in its records


def peeked_profile(profile: TapeProfile, head: bytes, *, format: str, where: str) -> TapeProfile:
    """Complete a profile by what its reader needs: a delimiter, or the element of a record.

    Parameters
    ----------
    profile : TapeProfile
        Anything but the layout.
    head : bytes
        The beginning of the tape.
    format : str
        ``csv``, ``xml`` or another, which needs nothing.
    where : str
        The tape, for messages.

    Raises
    ------
    SourceUnreadable
        For an XML document in which no element repeats, or that has a DOCTYPE.
    LimitExceeded
        For an XML document whose elements lie more than `MAX_DEPTH` deep.
    """
    if format == "csv":
        return msgspec.structs.replace(profile, delimiter=_delimiter(head))
    if format == "xml":
        return msgspec.structs.replace(profile, record_element=_record_element(head, where))
    return profile


def _delimiter(head: bytes) -> str:
    lines = head[:PEEKED_BYTES].decode(errors="replace").splitlines()[:50]
    return max(_DELIMITERS, key=lambda mark: _agreement(lines, mark))


def _agreement(lines: list[str], delimiter: str) -> int:
    """How many rows have the header's number of cells, where that is more than one."""
    widths: list[int] = []
    with suppress(csv.Error):  # a cell of more than 128 KiB; the rows before it count
        widths.extend(map(len, csv.reader(lines, delimiter=delimiter)))
    return sum(width == widths[0] > 1 for width in widths)


class _Element:
    """All elements of one path, by local names."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0
        self.children: dict[str, _Element] = {}

    def child(self, name: str) -> "_Element":
        return self.children.setdefault(name, _Element(name))


def _record_element(head: bytes, where: str) -> str:
    """Name the outermost repeated element that most others lie in."""
    level = list(_elements(head, where).children.values())
    total = sum(map(_size, level))
    while level:
        for element in level:
            if element.count > 1 and _size(element) - element.count >= _LEAST_SHARE * total:
                return element.name
        level = [child for element in level for child in element.children.values()]
    raise SourceUnreadable("no element repeats: which one is a record?", where=where)


def _size(element: _Element) -> int:
    return element.count + sum(map(_size, element.children.values()))


def _elements(head: bytes, where: str) -> _Element:
    """Count the elements of a document's beginning; they lie in what is returned."""
    document = _Element("")
    above = [document]

    def start(name: str, _: dict[str, str]) -> None:
        if len(above) > MAX_DEPTH:
            raise LimitExceeded(f"elements lie more than {MAX_DEPTH} deep", where=where)
        above.append(above[-1].child(name.rpartition(":")[2]))
        above[-1].count += 1

    def refuse_doctype(*_: object) -> None:
        raise SourceUnreadable("a DOCTYPE is not accepted", where=where)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: above.pop()
    parser.StartDoctypeDeclHandler = refuse_doctype
    try:
        with suppress(expat.ExpatError):  # the reader says it with its place
            parser.Parse(head[:PEEKED_BYTES], False)
    except (LookupError, ValueError) as error:  # of the encoding that it declares
        raise SourceUnreadable(f"no XML: {error}", where=where) from error
    return document
