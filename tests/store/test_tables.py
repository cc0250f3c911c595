"""The declared tables of the ledger are those that every database has."""

from collections.abc import Callable
from pathlib import Path

import apsw
import psycopg
import pytest
from sample_ledger import TABLE_NAMES

from seawall.provenance.log_leaf import LOG_TREES
from seawall.store import open_store
from seawall.store.tables import LEDGER_TABLES, LINK, RUN_EVIDENCE, RUN_FINDING, LedgerTable

Schema = dict[str, tuple[set[str], list[str], set[str]]]
"""Of each table the columns, the primary key, and the tables that it refers to."""


@pytest.fixture
def sqlite(tmp_path: Path) -> Schema:
    path = tmp_path / "ledger.db"
    open_store(path).close()
    connection = apsw.Connection(str(path))
    schema: Schema = {}
    for table in LEDGER_TABLES:
        columns = connection.execute(f"SELECT name, pk FROM pragma_table_info('{table.name}')")
        keys = dict(columns)
        parents = connection.execute(
            f"SELECT \"table\" FROM pragma_foreign_key_list('{table.name}')"
        )
        in_key = sorted(filter(keys.get, keys), key=keys.__getitem__)
        schema[table.name] = set(keys), in_key, {parent for (parent,) in parents}
    connection.close()
    return schema


@pytest.mark.parametrize("table", LEDGER_TABLES, ids=lambda table: table.name)
def test_a_table_of_sqlite_is_as_declared(sqlite: Schema, table: LedgerTable) -> None:
    columns, primary_key, parents = sqlite[table.name]
    if table is LINK:  # found by the number of its finding
        assert columns == {*table.types, "finding_number"}
        assert primary_key == ["finding_number", "evidence_id"]
        assert parents == {parent.name for parent in table.refers_to}
        return
    assert columns == set(table.types)
    if table in (RUN_EVIDENCE, RUN_FINDING):  # views of one row a run
        return
    assert primary_key == list(table.primary_key)
    assert parents == {parent.name for parent in table.refers_to}


def test_the_tables_of_postgres_are_as_declared(new_database: Callable[..., str]) -> None:
    with psycopg.connect(new_database()) as connection:
        for table in LEDGER_TABLES:
            columns = connection.execute(
                "SELECT attname FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
                (table.name,),
            )
            kept = {name for (name,) in columns}
            assert kept - {"log_index"} == set(table.types)
            assert ("log_index" in kept) == (table.name in LOG_TREES)
            key = connection.execute(
                "SELECT attname FROM pg_index, unnest(indkey) WITH ORDINALITY AS key (number, nth)"
                " JOIN pg_attribute ON attnum = number"
                " WHERE indrelid = %s::regclass AND attrelid = indrelid AND indisprimary"
                " ORDER BY nth",
                (table.name,),
            )
            assert [name for (name,) in key] == list(table.primary_key)


def test_each_table_comes_after_those_that_it_refers_to() -> None:
    assert [table.name for table in LEDGER_TABLES] == TABLE_NAMES
    for place, table in enumerate(LEDGER_TABLES):
        assert set(table.refers_to) <= set(LEDGER_TABLES[:place])


def test_what_the_first_writer_fixes_comes_after_the_content() -> None:
    for table in LEDGER_TABLES:
        assert table.content == list(table.types)[: len(table.content)]


def test_every_tree_of_the_log_is_a_table_with_the_columns_of_its_leaves() -> None:
    tables = {table.name: table for table in LEDGER_TABLES}
    for tree, cells in LOG_TREES.items():
        assert list(cells) == list(tables[tree].types)
