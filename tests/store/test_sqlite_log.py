"""The log where SQLite holds it: what an older release kept, and what VACUUM does."""

from pathlib import Path
from uuid import uuid4

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_ledger import CHUNKS, TENANT, dataset, evidence, findings, links, older_ledger

from seawall.errors import StoreError
from seawall.provenance.log_leaf import LOG_TREES
from seawall.session.verify_log import verify_log
from seawall.store import Store, Transaction, open_store
from seawall.store.log_proofs import TreeProofs
from seawall.store.migrations import migrate, migrations_of
from seawall.store.sqlite_writer import SqliteWriter


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


def keep(tx: Transaction) -> None:
    tx.put_dataset(dataset(), CHUNKS)
    tx.put_evidence(TENANT, evidence(700))
    tx.put_findings(TENANT, findings(3))
    tx.put_links(TENANT, links(3))


def filled(path: Path) -> Store:
    store = open_store(path)
    store.submit(keep).result(timeout=30)
    return store


def test_what_an_older_release_kept_is_logged_when_it_is_opened(path: Path) -> None:
    older_ledger(path, 2, keep)
    with open_store(path) as store, filled(path.with_name("new.db")) as new:
        assert store.log_states() == new.log_states()
        assert store.log_tiles("evidence") == new.log_tiles("evidence")
        assert len(store.log_tiles("evidence")) == 2
        assert {row[1] for row in store.log_rows("link", 0, 9)} == {"l0", "l1", "l2"}


def test_a_migration_that_is_cut_off_before_the_rows_are_logged_is_made_good(path: Path) -> None:
    writer = SqliteWriter(str(path))
    migrate(writer, migrations_of("sqlite"), applied_at="2025")  # and no further
    writer._connection.execute("BEGIN")
    keep(writer._transaction)
    writer._connection.execute("COMMIT")
    writer.close()
    with open_store(path) as store:
        assert store.log_states()["evidence"].size == 700
        assert all(store.log_unlogged(tree) == 0 for tree in LOG_TREES)


def test_vacuum_moves_no_leaf(path: Path) -> None:
    with filled(path) as store:
        before = store.log_states()
        rows = store.log_rows("evidence", 0, 700)
    connection = apsw.Connection(str(path))
    connection.execute("VACUUM")
    copy = path.with_name("copy.db")
    connection.execute("VACUUM INTO ?", (str(copy),))
    connection.close()
    for file in (path, copy):
        with open_store(file) as store:
            assert store.log_states() == before
            assert store.log_rows("evidence", 0, 700) == rows


def test_two_processes_extend_one_log(path: Path) -> None:
    with filled(path) as first, open_store(path) as second:
        for number, store in enumerate((first, second, first)):
            rows = evidence(100, prefix=f"more{number}_")
            store.submit(lambda tx, rows=rows: tx.put_evidence(TENANT, rows)).result(timeout=30)
        assert second.log_states() == first.log_states()
        assert first.log_states()["evidence"].size == 1_000
        assert len(second.log_tiles("evidence")) == 3


def test_a_ledger_whose_order_is_broken_can_be_read_but_not_written(path: Path) -> None:
    filled(path).close()
    connection = apsw.Connection(str(path))
    connection.execute("DROP TRIGGER evidence_no_update")
    connection.execute("UPDATE evidence SET rowid = 900 WHERE rowid = 700")
    connection.close()
    with open_store(path) as store:
        assert store.evidence(TENANT, "e699").evidence_id == "e699"
        assert store.log_unlogged("evidence") == 1
        with pytest.raises(StoreError) as refusal:
            store.submit(lambda tx: tx.put_findings(TENANT, findings(9))).result(timeout=30)
    assert refusal.value.code == "store_corrupt"


@pytest.mark.parametrize("index", [1, 300])
def test_no_proof_is_made_from_a_tile_that_is_gone(path: Path, index: int) -> None:
    with filled(path) as store:
        assert TreeProofs(store, "evidence", 700).inclusion(index)
    connection = apsw.Connection(str(path))
    connection.execute("DROP TRIGGER log_tile_no_delete")
    connection.execute("DELETE FROM log_tile WHERE tile = 1")
    connection.close()
    with open_store(path) as store, pytest.raises(StoreError) as refusal:
        TreeProofs(store, "evidence", 700).inclusion(index)
    assert refusal.value.code == "store_corrupt"


@pytest.mark.parametrize("table", ["log_ledger", "log_tree", "log_tile", "log_head"])
def test_no_part_of_the_log_is_deleted(path: Path, table: str) -> None:
    filled(path).close()
    connection = apsw.Connection(str(path))
    connection.execute("INSERT INTO log_head VALUES (1, x'00', zeroblob(64), zeroblob(32))")
    with pytest.raises(apsw.ConstraintError):
        connection.execute(f"DELETE FROM {table}")
    with pytest.raises(apsw.ConstraintError):
        connection.execute(f"UPDATE {table} SET rowid = 9" if table == "log_head" else _SAME[table])
    connection.close()


_SAME = {
    "log_ledger": "UPDATE log_ledger SET ledger_id = 'x'",
    "log_tree": "UPDATE log_tree SET size = size",
    "log_tile": "UPDATE log_tile SET root = zeroblob(32)",
}


def test_rows_that_follow_a_commit_that_was_undone_are_the_ones_logged(path: Path) -> None:
    filled(path).close()
    writer = SqliteWriter(str(path))
    writer.begin_logging()
    for prefix, undone in (("a", False), ("b", True), ("c", False), ("d", False)):
        transaction = writer.begin()
        transaction.put_evidence(TENANT, evidence(200, prefix=prefix))
        if undone:
            assert writer._log is not None
            writer._log.extend()
            writer.rollback()
        else:
            writer.commit()
    writer.close()
    with open_store(path) as store:
        assert verify_log(store).problems == []
        assert len(store.log_tiles("evidence")) == 1_300 // 256


def test_any_commits_by_any_of_two_processes_are_logged_whole(tmp_path: Path) -> None:
    @given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 300)), max_size=8))
    @settings(max_examples=5, deadline=None)
    def held(commits: list[tuple[int, int]]) -> None:
        path = tmp_path / f"{uuid4()}.db"
        with filled(path) as first, open_store(path) as second:
            for number, (which, count) in enumerate(commits):
                rows = evidence(count, prefix=f"c{number}_")
                store = (first, second)[which]
                store.submit(lambda tx, rows=rows: tx.put_evidence(TENANT, rows)).result(timeout=30)
            size = first.log_states()["evidence"].size
            assert size == 700 + sum(count for _, count in commits)
            assert len(second.log_tiles("evidence")) == size // 256
            assert verify_log(second).problems == []

    held()
