"""What every reader of a table yields: a run of rows, each cell as the text that it is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pyarrow


class TextRows(NamedTuple):
    """A run of rows of a source, every cell as text.

    Attributes
    ----------
    columns : pyarrow.RecordBatch
        Texts under names that are unique in the batch. Null: the row has no such cell.
    first_row : int
        The number in the source of its first row. Of CSV the header is 1, so 2; of XML and
        Parquet 1.
    ragged : sequence of (int, str)
        CSV only: number and text of each row that has not as many cells as the header. Such rows
        are not in `columns`, but count in the numbering.
    """

    columns: "pyarrow.RecordBatch"
    first_row: int
    ragged: Sequence[tuple[int, str]] = ()
