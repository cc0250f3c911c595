"""Columns as users meet them: shown in a notebook, read by every Arrow library without a copy."""

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any, Protocol

from seawall.errors import InvalidInput
from seawall.native import NativeTable, import_table

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

_SHOWN_ROWS = 10


class ArrowStream(Protocol):
    """Anything that hands out an Arrow C stream: a table of pyarrow, polars, pandas or seawall."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class Table:
    """Named columns of one length; `None` where a cell is absent.

    Any Arrow library takes it as it is: ``polars.DataFrame(table)``, ``pyarrow.table(table)``,
    ``duckdb.sql("select * from table")`` after `to_arrow`.

    Parameters
    ----------
    source : ArrowStream
        A native table, or any object with ``__arrow_c_stream__`` (copied once).
    """

    def __init__(self, source: ArrowStream) -> None:
        self._native = source if isinstance(source, NativeTable) else _imported(source)

    @property
    def native(self) -> NativeTable:
        """The compiled core's side of the table."""
        return self._native

    @property
    def column_names(self) -> list[str]:
        """Names, in order."""
        return self._native.column_names

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._native.__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        return len(self._native)

    def __getitem__(self, name: str) -> "pyarrow.ChunkedArray":
        """One column, as Arrow; raises ``KeyError`` for an unknown name."""
        return self.to_arrow()[name]

    def to_arrow(self) -> "pyarrow.Table":
        """The same memory as a pyarrow table."""
        import pyarrow

        return pyarrow.table(self._native)

    def to_pandas(self) -> "pandas.DataFrame":
        """As a pandas frame; needs pandas."""
        return self.to_arrow().to_pandas()

    def to_polars(self) -> "polars.DataFrame":
        """As a polars frame; needs polars."""
        import polars

        return polars.DataFrame(self._native)

    def rows(self, count: int | None = None) -> Iterator[dict[str, Any]]:
        """Yield the first rows (all by default) as dictionaries."""
        arrow = self.to_arrow()
        yield from (arrow if count is None else arrow.slice(0, count)).to_pylist()

    def __repr__(self) -> str:
        lines = [f"Table of {len(self):,} rows: {', '.join(self.column_names)}"]
        lines += ["  " + "  ".join(_text(cell) for cell in row.values()) for row in self.rows(5)]
        if len(self) > 5:
            lines.append("  …")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in self.column_names)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_text(cell))}</td>" for cell in row.values()) + "</tr>"
            for row in self.rows(_SHOWN_ROWS)
        )
        caption = f"{len(self):,} rows" + (
            f", the first {_SHOWN_ROWS} shown" if len(self) > _SHOWN_ROWS else ""
        )
        return (
            f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table>"
        )


def _imported(source: ArrowStream) -> NativeTable:
    import pyarrow

    try:
        table = pyarrow.table(source)
    except (pyarrow.ArrowInvalid, TypeError) as error:
        raise InvalidInput(f"this is no table of columns: {error}") from error
    for index, field in enumerate(table.schema):
        if field.type in (pyarrow.large_string(), pyarrow.string_view()):
            text = table.column(index).cast(pyarrow.string())
            table = table.set_column(index, field.name, text)
    return import_table(table)


def _text(cell: object) -> str:
    if cell is None:
        return "—"
    return f"{cell:,.4f}".rstrip("0").rstrip(".") if isinstance(cell, float) else str(cell)
