"""The cells of XML records, named by their paths; every element of a tape passes through here."""

from collections.abc import Callable
from typing import NamedTuple

from seawall.errors import LimitExceeded, SourceUnreadable

MAX_DEPTH = 64
"""Levels of elements around a record, and again from it down."""

MAX_COLUMNS = 4096
"""Different paths below the record element; also different names around it."""


class _Path(dict[str, "_Path"]):
    """A path below the record element, and the paths under it by their names as written.

    A name that is missing is made: two names that differ by their namespace are one path.
    """

    __slots__ = ("above", "column", "depth", "fresh", "last_row", "texts")

    def __init__(self, column: str, above: "_Path | None", fresh: Callable[["_Path"], None]):
        super().__init__()
        self.column = column
        self.above: _Path = self if above is None else above
        self.depth: int = 1 if above is None else above.depth + 1
        self.fresh = fresh  # told of every path that is made
        self.last_row = -1  # the last record of the batch that has it
        self.texts: list[str | None] = []  # of the batch's records; the last ones may lack
        fresh(self)

    def __missing__(self, name: str) -> "_Path":
        step = name.rpartition("}")[2]
        path = self.get(step)
        if path is None:
            column = step if self.above is self else f"{self.column}/{step}"
            path = self[step] = _Path(column, self, self.fresh)
        self[name] = path
        return path

    def put(self, text: str, row: int) -> None:
        if len(self.texts) < row:
            self.texts.extend([None] * (row - len(self.texts)))
        self.texts.append(text)


class RecordCells(NamedTuple):
    """What gathers cells: the parser's two handlers for a record, and the way to what they left."""

    enter: Callable[[list[str]], None]  # attributes of the record element
    start: Callable[[str, list[str]], None]
    end: Callable[[str], None]
    finished: Callable[[], int]  # how many records
    take: Callable[[], dict[str, list[str | None]]]  # their columns, each time new ones


def record_cells(
    pieces: list[str], *, leave: Callable[[], None], place: Callable[[], str]
) -> RecordCells:
    """Make the handlers of a document. Closures, not methods: they are a tenth faster.

    Parameters
    ----------
    pieces : list of str
        The text since the last tag, in pieces; the parser adds to it, the handlers empty it.
    leave : callable
        Called after the end of each record.
    place : callable
        Where in the source the parser is, for messages.
    """
    paths: list[_Path] = []

    def fresh(path: _Path) -> None:
        paths.append(path)
        if len(paths) > MAX_COLUMNS:
            message = f"records have more than {MAX_COLUMNS} different paths"
            raise LimitExceeded(message, where=place())
        if path.depth > MAX_DEPTH:
            message = f"elements lie more than {MAX_DEPTH} deep in a record"
            raise LimitExceeded(message, where=place())

    path = root = _Path(".", None, fresh)
    row = 0  # of the record in the batch
    is_leaf = True  # no element has ended or begun inside the open one
    siblings: dict[str, tuple[_Path, int]] = {}  # the last of a name, where there are several
    mixed: dict[str, str] = {}  # texts beside elements, by column
    pop, clear = pieces.pop, pieces.clear

    def enter(attributes: list[str]) -> None:
        nonlocal is_leaf
        is_leaf = True
        put_attributes(attributes)

    def start(name: str, attributes: list[str]) -> None:
        nonlocal path, is_leaf
        if pieces:
            text = pop()
            if pieces or not text.isspace():
                keep_mixed(text)
        path = path[name]
        if path.last_row == row:
            path = next_sibling(path)
        path.last_row = row
        is_leaf = True
        if attributes:
            put_attributes(attributes)

    def end(_name: str) -> None:
        nonlocal path, is_leaf
        if is_leaf:
            is_leaf = False
            if pieces:
                text = pop()
                if pieces:
                    text = "".join(pieces) + text
                    clear()
            else:
                text = ""
            texts = path.texts
            if len(texts) < row:
                texts.extend([None] * (row - len(texts)))
            texts.append(text)
        else:
            if pieces:
                text = pop()
                if pieces or not text.isspace():
                    keep_mixed(text)
            if path.column in mixed:
                path.put(mixed.pop(path.column), row)
        if path is root:
            end_record()
        path = path.above

    def put_attributes(attributes: list[str]) -> None:
        for name, text in zip(attributes[::2], attributes[1::2], strict=True):
            cell = path["@" + name.rpartition("}")[2]]
            if cell.last_row == row:
                message = f'two attributes are "{cell.column}" without their namespaces'
                raise SourceUnreadable(message, where=place())
            cell.last_row = row
            cell.put(text, row)

    def next_sibling(first: _Path) -> _Path:
        _, number = siblings.get(first.column, (first, 1))
        step = first.column.rpartition("/")[2]
        sibling = first.above[f"{step}[{number + 1}]"]
        siblings[first.column] = (sibling, number + 1)
        return sibling

    def keep_mixed(last_piece: str) -> None:
        text = "".join(pieces) + last_piece
        clear()
        if not text.isspace():
            mixed[path.column] = mixed.get(path.column, "") + text

    def end_record() -> None:
        nonlocal row
        row += 1
        siblings.clear()
        leave()

    def take() -> dict[str, list[str | None]]:
        nonlocal row
        columns = {}
        for column in paths:
            texts = column.texts[:row]
            column.texts = column.texts[row:]  # the record that is still open
            column.last_row -= row  # below 0 for the records that go
            if texts:
                columns[column.column] = texts + [None] * (row - len(texts))
        row = 0
        return columns

    return RecordCells(enter, start, end, lambda: row, take)
