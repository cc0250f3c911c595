"""A table goes to every Arrow library and comes back; each column stands by itself."""

import gc
from datetime import date

import duckdb
import pandas
import polars
import pyarrow
import pytest

from seawall import native
from seawall.errors import InvalidInput
from seawall.table import Table

ARROW = pyarrow.table(
    {
        "number": pyarrow.array([1.5, None, -0.0]),
        "count": pyarrow.array([1, None, -(2**63)], pyarrow.int64()),
        "day": pyarrow.array([date(1970, 1, 2), None, date(1900, 1, 1)], pyarrow.date32()),
        "truth": pyarrow.array([True, None, False]),
        "text": pyarrow.array(["café", None, ""], pyarrow.string()),
    }
)
ROWS = ARROW.to_pylist()


@pytest.fixture
def table() -> Table:
    return Table(ARROW)


# --- out


def test_pyarrow_reads_every_type_and_absent_cell(table: Table) -> None:
    assert pyarrow.table(table).equals(ARROW)
    assert table.to_arrow().equals(ARROW)


def test_polars_reads_every_type_and_absent_cell(table: Table) -> None:
    assert polars.DataFrame(table).to_dicts() == ROWS
    assert table.to_polars().to_dicts() == ROWS


def test_pandas_reads_every_column(table: Table) -> None:
    frame = table.to_pandas()
    assert list(frame.columns) == table.column_names
    assert frame["number"][0] == 1.5
    assert frame["text"][0] == "café"
    assert frame.isna().sum().tolist() == [1, 1, 1, 1, 1]


def test_pandas_reads_the_arrow_stream_itself(table: Table) -> None:
    assert pandas.DataFrame.from_arrow(table)["text"].tolist()[0] == "café"


def test_duckdb_reads_every_type_and_absent_cell(table: Table) -> None:
    arrow = table.to_arrow()  # named in the query
    found = duckdb.sql("select * from arrow").to_arrow_table()
    assert arrow.num_rows == 3
    assert found.to_pylist() == ROWS


def test_numbers_go_to_pyarrow_without_a_copy(table: Table) -> None:
    first, second = (table.to_arrow()["number"].chunk(0).buffers()[1] for _ in range(2))
    assert first.address == second.address


def test_one_column_outlives_the_table() -> None:
    table = Table(ARROW)
    column = table["text"]
    del table
    gc.collect()
    Table(pyarrow.table({"other": pyarrow.array(["x" * 100] * 1000)}))  # would take freed memory
    assert column.to_pylist() == ["café", None, ""]


def test_a_capsule_outlives_the_table() -> None:
    table = Table(ARROW)
    capsule = table.__arrow_c_stream__()
    del table
    gc.collect()

    class Holder:
        def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
            return capsule

    assert pyarrow.table(Holder()).equals(ARROW)


def test_a_capsule_that_nobody_reads_is_released(table: Table) -> None:
    for _ in range(100):
        table.__arrow_c_stream__()
    assert len(table) == 3


# --- in


@pytest.mark.parametrize("rows", [0, 1, 8, 9, 1000])
def test_what_comes_in_goes_out(rows: int) -> None:
    arrow = pyarrow.concat_tables([ARROW] * (rows // 3 + 1)).slice(0, rows)
    assert Table(arrow).to_arrow().equals(arrow.combine_chunks())


def test_a_slice_of_a_table_comes_in(table: Table) -> None:
    assert list(Table(ARROW.slice(2, 1)).rows()) == ROWS[2:]


def test_an_import_of_its_own_table_is_the_same_table(table: Table) -> None:
    digests = [native.table_digest([t.native]) for t in (table, Table(table))]
    assert digests[0] == digests[1]


@pytest.mark.parametrize(
    "column",
    [
        pyarrow.array([1], pyarrow.int32()),
        pyarrow.array([1.0], pyarrow.float32()),
        pyarrow.array([[1]]),
        pyarrow.array([b"x"]),
        pyarrow.nulls(1),
    ],
    ids=lambda column: str(column.type),
)
def test_a_type_that_no_column_has_is_refused_by_name(column: pyarrow.Array) -> None:
    with pytest.raises(InvalidInput) as caught:
        Table(pyarrow.table({"odd": column}))
    assert caught.value.where == "odd"


def test_dictionary_indices_are_never_taken_for_values() -> None:
    indices = pyarrow.array([1, 0], pyarrow.int64())
    encoded = pyarrow.DictionaryArray.from_arrays(indices, pyarrow.array(["a", "b"]))
    with pytest.raises(InvalidInput) as caught:
        Table(pyarrow.table({"odd": encoded}))
    assert caught.value.where == "odd"


def test_a_lone_column_is_not_taken_for_a_table_without_columns() -> None:
    with pytest.raises(InvalidInput):
        Table(pyarrow.chunked_array([[1, 2]]))


@pytest.mark.parametrize(
    "frame",
    [polars.DataFrame({"a": ["x", None]}), pandas.DataFrame({"a": ["x", None]})],
    ids=["polars", "pandas"],
)
def test_texts_of_other_libraries_come_in(frame: object) -> None:
    # ArrowStream promises "a table of pyarrow, polars, pandas or seawall".
    assert list(Table(frame).rows()) == [{"a": "x"}, {"a": None}]


# --- shown


def test_rows_are_dictionaries(table: Table) -> None:
    assert list(table.rows()) == ROWS
    assert list(table.rows(1)) == ROWS[:1]


def test_a_column_that_is_not_there_is_a_key_error(table: Table) -> None:
    with pytest.raises(KeyError):
        table["nothing"]


def test_a_notebook_shows_markup_as_text() -> None:
    shown = Table(pyarrow.table({"<b>&": pyarrow.array(["<script>alert('1')</script>"])}))
    html = shown._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;" in html
    assert "<th>&lt;b&gt;&amp;</th>" in html


def test_a_notebook_shows_the_first_rows_and_says_so() -> None:
    html = Table(pyarrow.table({"n": pyarrow.array(range(1234), pyarrow.int64())}))._repr_html_()
    assert "1,234 rows, the first 10 shown" in html
    assert html.count("<tr>") == 11


def test_an_absent_cell_is_shown_as_a_dash(table: Table) -> None:
    assert table._repr_html_().count("<td>—</td>") == 5


def test_a_console_shows_five_rows_and_that_there_are_more() -> None:
    text = repr(Table(pyarrow.table({"n": pyarrow.array(range(6), pyarrow.int64())})))
    assert text.splitlines()[0] == "Table of 6 rows: n"
    assert text.splitlines()[-1] == "  …"
