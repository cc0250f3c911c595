"""What a tape's first bytes say about how it is laid out, where no profile says it."""

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from xml.parsers import expat

import msgspec

from seawall.errors import SourceUnreadable
from seawall.ingest.profile import TapeProfile

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
        For an XML document in which no element repeats.
    """
    if format == "csv":
        return msgspec.structs.replace(profile, delimiter=_delimiter(head))
    if format == "xml":
        return msgspec.structs.replace(profile, record_element=_record_element(head, where))
    return profile


def _delimiter(head: bytes) -> str:
    lines = head[:PEEKED_BYTES].decode(errors="replace").splitlines()[:50]
    counts = {mark: [len(row) for row in csv.reader(lines, delimiter=mark)] for mark in _DELIMITERS}
    return max(_DELIMITERS, key=lambda mark: _agreement(counts[mark]))


def _agreement(widths: list[int]) -> int:
    """How many rows have the header's number of cells, where that is more than one."""
    return sum(width == widths[0] > 1 for width in widths)


def _record_element(head: bytes, where: str) -> str:
    """Name the outermost repeated element that most others lie in."""
    counts: Counter[tuple[str, ...]] = Counter()
    inside: Counter[tuple[str, ...]] = Counter()
    for path in _paths(head):
        counts[path] += 1
        for depth in range(1, len(path)):
            inside[path[:depth]] += 1
    total = sum(counts.values())
    repeated = [p for p, count in counts.items() if count > 1 and inside[p] >= _LEAST_SHARE * total]
    if not repeated:
        raise SourceUnreadable("no element repeats: which one is a record?", where=where)
    return min(repeated, key=len)[-1]


def _paths(head: bytes) -> Iterator[tuple[str, ...]]:
    """Yield the path of each element, by local names."""
    found: list[tuple[str, ...]] = []
    open_elements: list[str] = []

    def start(name: str, _: dict[str, str]) -> None:
        open_elements.append(name.rpartition(":")[2])
        found.append(tuple(open_elements))

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: open_elements.pop()
    with suppress(expat.ExpatError):  # the reader says it with its place
        parser.Parse(head[:PEEKED_BYTES], False)
    yield from found
