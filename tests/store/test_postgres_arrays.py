"""Arrays made of whole columns: the bytes that psycopg makes of them, in every encoding."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.adapt import PyFormat, Transformer

from seawall import native
from seawall.store.postgres_arrays import TYPES, array_of, register_arrays
from seawall.store.postgres_connection import Server

_TEXTS = st.text(st.characters(codec="utf-8"), max_size=9)
_COLUMNS = st.one_of(
    st.lists(_TEXTS, min_size=1),
    st.lists(st.binary(max_size=9), min_size=1),
    st.lists(st.binary(min_size=4, max_size=4), min_size=1),
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1),
)


class _Unconnected:
    adapters = psycopg.adapt.AdaptersMap(psycopg.adapters)
    connection = None


register_arrays(_Unconnected.adapters)


def sent(value: object) -> tuple[list[Any], tuple[int, ...] | None]:
    transformer = Transformer(_Unconnected())
    return list(transformer.dump_sequence([value], [PyFormat.BINARY])), transformer.types


@given(_COLUMNS)
def test_a_column_is_sent_as_psycopg_sends_its_list(column: list[Any]) -> None:
    assert sent(array_of(column)) == sent(column)


@pytest.mark.parametrize("column", [["a", None], [b"a", None], ["a", b"b"], [], [1, 2]])
def test_other_columns_are_left_to_psycopg(column: list[Any]) -> None:
    assert array_of(column) == column


@pytest.mark.parametrize("encoding", ["UTF8", "LATIN1"])
def test_texts_arrive_in_any_encoding(new_database: Callable[..., str], encoding: str) -> None:
    server = Server(f"{new_database()}?client_encoding={encoding}")
    with server.connect(writing=False) as session:
        asked = session.execute("SELECT %b::text[]", (array_of(["é", "", "zwölf"]),))
        assert asked.fetchall() == [(["é", "", "zwölf"],)]
    server.close()


def test_columns_of_rows_are_those_of_each_column() -> None:
    rows = [("é", b"1", "x", 7), ("", b"", "yy", 8)]
    kinds = [TYPES["text"], TYPES["bytea"], TYPES["text"]]
    columns = [array_of([row[place] for row in rows]) for place in range(3)]
    assert native.binary_columns(rows, kinds) == [sent(column)[0][0] for column in columns]


@pytest.mark.parametrize("row", [(b"bytes",), (None,), (7,), (), "a"])
def test_a_cell_that_is_no_text_is_not_written_as_one(row: Any) -> None:
    with pytest.raises(TypeError):
        native.binary_columns([("a",), row], [TYPES["text"]])
    with pytest.raises(TypeError):
        native.binary_columns([("a",)], [TYPES["bytea"]])


def test_a_text_that_is_no_unicode_is_not_written() -> None:
    with pytest.raises(UnicodeEncodeError):
        native.binary_columns([("\ud800",)], [TYPES["text"]])
