import pytest

from seawall.errors import InvalidInput
from seawall.lab.table import markdown_table, text_table


def test_text_stands_left_and_numbers_right() -> None:
    table = text_table(
        ["engine", "loans", "seconds", "note"],
        rows=[["debt", 1_000_000, 0.123456, None], ["payments", 20, 12345.6, None]],
    )
    assert table.splitlines() == [
        "engine        loans  seconds  note",
        "--------  ---------  -------  ----",
        "debt      1,000,000   0.1235",
        "payments         20   12,346",
    ]


def test_a_table_without_rows_is_its_header() -> None:
    assert text_table(["a", "bc"], rows=[]) == "a  bc\n-  --"


def test_a_table_in_markdown_has_the_same_cells() -> None:
    table = markdown_table(["work", "rps"], rows=[["a|b", 12345.6], ["c", None]])
    assert table.splitlines() == [
        "| work | rps |",
        "| --- | ---: |",
        "| a\\|b | 12,346 |",
        "| c |  |",
    ]
    with pytest.raises(InvalidInput):
        markdown_table(["a"], rows=[[1, 2]])


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        text_table(["a", "b"], rows=[[1, 2], [1]])
    assert caught.value.where == "rows[1]"
