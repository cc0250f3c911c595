"""The leaves of the ledger's log: every row that is kept for good, as bytes."""

from collections.abc import Mapping, Sequence
from typing import Literal

from seawall.errors import InvalidInput

Cell = str | bytes | int
CellForm = Literal["text", "bytes", "digests", "integer"]
"""Text; bytes that are UTF-8, such as canonical JSON; hashes side by side; an integer."""

LOG_TREES: dict[str, dict[str, CellForm]] = {
    "audit_entry": {
        "sequence": "integer",
        "tenant": "text",
        "at": "text",
        "actor": "text",
        "action": "text",
        "outcome": "text",
        "subject": "text",
        "request_id": "text",
        "detail": "bytes",
        "previous_sha256": "digests",
        "entry_sha256": "digests",
    },
    "dataset_version": {
        "tenant": "text",
        "dataset_version_id": "text",
        "content_hash": "digests",
        "merkle_root": "digests",
        "profile_sha256": "digests",
        "profile": "bytes",
        "record_count": "integer",
        "chunk_roots": "digests",
        "source": "bytes",
        "source_sha256": "digests",
        "created_at": "text",
        "created_by": "text",
    },
    "derivation": {
        "tenant": "text",
        "dataset_version_id": "text",
        "digest": "digests",
        "summary": "bytes",
        "created_at": "text",
    },
    "evidence": {
        "tenant": "text",
        "evidence_id": "text",
        "dataset_version_id": "text",
        "engine": "text",
        "kind": "text",
        "payload": "bytes",
    },
    "finding": {
        "tenant": "text",
        "finding_id": "text",
        "dataset_version_id": "text",
        "payload": "bytes",
    },
    "link": {
        "tenant": "text",
        "link_id": "text",
        "finding_id": "text",
        "evidence_id": "text",
    },
    "run": {
        "tenant": "text",
        "run_id": "text",
        "dataset_version_id": "text",
        "engine": "text",
        "engine_version": "text",
        "parameters": "bytes",
        "started_at": "text",
        "result": "bytes",
        "manifest_sha256": "digests",
        "created_at": "text",
        "created_by": "text",
    },
}
"""The trees of the log, by name, with the columns of a row in the order of its leaf."""


def leaf_tag(tree: str) -> str:
    """Return the version tag that a leaf of this tree begins with."""
    return f"{tree}/1"


def leaf_bytes(tree: str, cells: Sequence[Cell]) -> bytes:
    """Write a row as the bytes of its leaf: netstrings of the tag and of each cell.

    Parameters
    ----------
    tree : str
        One of ``LOG_TREES``.
    cells : sequence of str, bytes or int
        In the order of ``LOG_TREES[tree]``; text counts as its UTF-8, an integer as its digits.
    """
    return b"".join(_netstring(cell) for cell in (leaf_tag(tree), *cells))


def _netstring(cell: Cell) -> bytes:
    content = cell if isinstance(cell, bytes) else str(cell).encode()
    return b"%d:%b," % (len(content), content)


def shown_cells(tree: str, cells: Sequence[Cell]) -> dict[str, str | int]:
    """Write a row as JSON: hashes in hexadecimal, other bytes as the text that they are.

    Raises
    ------
    InvalidInput
        With the column, when bytes are not UTF-8.
    """
    shown: dict[str, str | int] = {}
    for (column, form), cell in zip(LOG_TREES[tree].items(), cells, strict=True):
        if not isinstance(cell, bytes):
            shown[column] = cell
        elif form == "digests":
            shown[column] = cell.hex()
        else:
            try:
                shown[column] = cell.decode()
            except UnicodeDecodeError as error:
                raise InvalidInput("is not UTF-8", where=f"{tree}.{column}") from error
    return shown


def cells_of(tree: str, shown: Mapping[str, str | int]) -> list[Cell]:
    """Read a row that `shown_cells` wrote.

    Raises
    ------
    InvalidInput
        With the column, when it has other columns than the tree's, or a cell another form.
    """
    columns = LOG_TREES[tree]
    if shown.keys() != columns.keys():
        raise InvalidInput(f"has other columns than {', '.join(columns)}")
    return [_cell(shown[column], form, column) for column, form in columns.items()]


def _cell(value: str | int, form: CellForm, column: str) -> Cell:
    if form == "integer":
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    elif isinstance(value, str):
        if form == "digests":
            return _digests(value, column)
        return value if form == "text" else value.encode()
    raise InvalidInput(f"is not of the form {form}", where=column)


def _digests(text: str, column: str) -> bytes:
    try:
        digests = bytes.fromhex(text)
    except ValueError:
        digests = b""
    if digests.hex() != text:
        raise InvalidInput("is not lower-case hexadecimal", where=column)
    return digests
