"""Plain tables for a terminal or a log."""

from collections.abc import Sequence

from seawall.errors import InvalidInput

Cell = str | int | float | None


def text_table(header: Sequence[str], *, rows: Sequence[Sequence[Cell]]) -> str:
    """Lay out rows in aligned columns.

    Parameters
    ----------
    header : sequence of str, shape (column_count,)
        The columns' names.
    rows : sequence of sequences, each of shape (column_count,)
        Whole numbers get thousands separators, others four significant digits at least, None stays
        empty. A column without text is aligned to the right.

    Returns
    -------
    str
        Lines without a last newline or trailing blanks.

    Raises
    ------
    InvalidInput
        On a row of another length.
    """
    _check(header, rows)
    columns = [_aligned(name, [row[index] for row in rows]) for index, name in enumerate(header)]
    return "\n".join("  ".join(cells).rstrip() for cells in zip(*columns, strict=True))


def markdown_table(header: Sequence[str], *, rows: Sequence[Sequence[Cell]]) -> str:
    """Lay out rows as a table in Markdown; parameters, cells and errors as of `text_table`."""
    _check(header, rows)
    text = [any(isinstance(row[index], str) for row in rows) for index in range(len(header))]
    lines = [header, ["---" if is_text else "---:" for is_text in text]]
    lines += [[_text(cell).replace("|", "\\|") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _check(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    for index, row in enumerate(rows):
        if len(row) != len(header):
            raise InvalidInput(f"has {len(row)} cells, not {len(header)}", where=f"rows[{index}]")


def _aligned(name: str, cells: Sequence[Cell]) -> list[str]:
    texts = [_text(cell) for cell in cells]
    width = max(len(text) for text in (name, *texts))
    is_text = any(isinstance(cell, str) for cell in cells)
    lines = [name, "-" * width, *texts]
    return [line.ljust(width) if is_text else line.rjust(width) for line in lines]


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str | bool):
        return str(cell)
    if isinstance(cell, int):
        return f"{cell:,}"
    return f"{cell:,.4g}" if abs(cell) < 1000 else f"{cell:,.0f}"
