"""The log where PostgreSQL holds it: numbered without a gap, whoever writes and whatever fails."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise
from uuid import uuid4

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_ledger import CHUNKS, TENANT, dataset, draft, evidence, findings, links, run, submit

from seawall.errors import Conflict, SeawallError, StoreError
from seawall.session.verify_log import verify_log
from seawall.store import Store, Transaction, open_store
from seawall.store.migrations import migrate, migrations_of
from seawall.store.postgres_connection import Server
from seawall.store.postgres_log import GROWN
from seawall.store.postgres_migrator import Migrator
from seawall.store.postgres_writer import PostgresWriter


@pytest.fixture
def url(new_database: Callable[..., str]) -> str:
    return new_database()


def keep(tx: Transaction) -> None:
    tx.put_dataset(dataset(), CHUNKS)
    tx.put_evidence(TENANT, evidence(700))
    tx.put_findings(TENANT, findings(3))
    tx.put_links(TENANT, links(3))


def filled(url: str) -> Store:
    store = open_store(url)
    submit(store, keep)
    return store


def execute(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def indices(url: str, tree: str) -> list[int]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(f"SELECT log_index FROM {tree} ORDER BY 1".encode()).fetchall()
    return [index for (index,) in rows]


def assert_whole(url: str, store: Store) -> None:
    for tree, state in store.log_states().items():
        assert indices(url, tree) == list(range(state.size)), tree
    assert verify_log(store).problems == []


OLD_ROWS = (
    "INSERT INTO dataset_version"
    " SELECT 'harbour', 'dv', h, h, h, '{}', '{}', h, 6, h, '2024', 'ada'"
    " FROM (VALUES (decode(repeat('00', 32), 'hex'))) AS hashes (h)",
    "INSERT INTO evidence SELECT 'harbour', 'e' || n, 'dv', 'debt', 'exposure', '{}'"
    " FROM generate_series(0, 699) AS n",
    "INSERT INTO finding SELECT 'harbour', 'f' || n, 'dv', '{}' FROM generate_series(0, 2) AS n",
    "INSERT INTO link SELECT 'harbour', 'l' || n, 'f' || n, 'e' || n"
    " FROM generate_series(0, 2) AS n",
)


@pytest.fixture
def older(new_database: Callable[..., str]) -> str:
    """A ledger that a release without a log has left."""
    url = new_database("template0")
    server = Server(url)
    with Migrator(server) as migrator:
        migrate(migrator, migrations_of("postgres")[:2], applied_at="2024")
    server.close()
    execute(url, *OLD_ROWS)
    return url


def test_what_an_older_release_kept_is_logged_when_it_is_opened(older: str) -> None:
    with open_store(older) as store:
        sizes = {tree: state.size for tree, state in store.log_states().items() if state.size}
        assert sizes == {"dataset_version": 1, "evidence": 700, "finding": 3, "link": 3}
        assert [row[1] for row in store.log_rows("link", 0, 9)] == ["l0", "l1", "l2"]
        submit(store, lambda tx: tx.put_evidence(TENANT, evidence(800)))
        assert_whole(older, store)


def test_a_migration_that_is_cut_off_before_the_rows_are_logged_is_made_good(older: str) -> None:
    server = Server(older)
    with Migrator(server) as migrator:
        migrate(migrator, migrations_of("postgres"), applied_at="2025")  # and no further
    server.close()
    with open_store(older) as store:
        assert store.log_states()["evidence"].size == 700
        assert_whole(older, store)


def test_rows_of_an_older_release_cannot_be_numbered_anew(older: str) -> None:
    open_store(older).close()
    with pytest.raises(psycopg.errors.RestrictViolation):
        execute(older, "UPDATE evidence SET log_index = log_index + 1000")


def test_replicas_that_append_at_once_make_one_log(url: str) -> None:
    def append(store: Store, name: str) -> None:
        for number in range(15):

            def work(tx: Transaction, number: int = number) -> None:
                tx.put_evidence(TENANT, evidence(3, prefix=f"same{number}_"))
                tx.put_run(run(f"{name}{number}"), [], [])
                tx.put_evidence(TENANT, evidence(40, prefix=f"{name}{number}_"))
                tx.append_audit(draft(name))

            submit(store, work)

    with filled(url) as first, open_store(url) as second, ThreadPoolExecutor(2) as threads:
        list(threads.map(append, (first, second), ("a", "b")))
        assert first.log_states() == second.log_states()
        assert first.log_states()["evidence"].size == 700 + 15 * 3 + 2 * 15 * 40
        assert_whole(url, second)


def test_bulk_rows_of_which_some_are_kept_leave_no_gap(url: str) -> None:
    with filled(url) as store:
        rows = evidence(2_600)
        submit(store, lambda tx: tx.put_evidence(TENANT, [*rows, *rows[:5]]))
        submit(store, lambda tx: tx.put_evidence(TENANT, evidence(1_500, prefix="new")))
        assert [row[1] for row in store.log_rows("evidence", 699, 3)] == ["e99", "e1000", "e1001"]
        assert store.log_states()["evidence"].size == 4_100
        assert_whole(url, store)


def test_a_bulk_of_rows_makes_tiles_of_two_levels(url: str) -> None:
    with filled(url) as store:
        submit(store, lambda tx: tx.put_evidence(TENANT, evidence(66_000, prefix="x")))
        assert [level for level, _, _ in store.log_tiles("evidence")].count(1) == 1
        assert len(store.log_tiles("evidence")) == 66_700 // 256 + 1
        assert verify_log(store).problems == []


def test_of_two_rows_with_one_identifier_the_first_is_the_one_logged(url: str) -> None:
    with filled(url) as store:
        rows = [run("r1"), run("r2"), run("r1", created_at="2026")]
        for row in rows:
            submit(store, lambda tx, row=row: tx.put_run(row, [], []))
        same = [*evidence(2, prefix="x"), *evidence(3, prefix="x")]
        submit(store, lambda tx: tx.put_evidence(TENANT, same))
        assert [row[1] for row in store.log_rows("evidence", 700, 9)] == ["x0", "x1", "x2"]
        assert [row[-2] for row in store.log_rows("run", 0, 9)] == ["2025", "2025"]


def test_a_neighbour_whose_request_fails_leaves_no_gap(url: str) -> None:
    with filled(url) as store:

        def works(name: str, payload: bytes) -> Callable[[Transaction], None]:
            def work(tx: Transaction) -> None:
                tx.put_evidence(TENANT, evidence(20, prefix=name))
                tx.put_evidence(TENANT, evidence(1, payload=payload))

            return work

        names = ("a", "b", "c", "d")
        futures = store.submit_all([works(n, b"[]" if n == "b" else b"{}") for n in names])
        refusals = [future.exception(30) for future in futures]
        assert [type(refusal) for refusal in refusals] == [type(None), Conflict, *[type(None)] * 2]
        assert store.log_states()["evidence"].size == 760
        assert_whole(url, store)


def test_rows_that_follow_a_commit_that_was_undone_are_the_ones_logged(url: str) -> None:
    filled(url).close()
    server = Server(url)
    writer = PostgresWriter(server)
    for prefix, undone in (("a", False), ("b", True), ("c", False), ("d", False)):
        transaction = writer.begin()
        transaction.put_evidence(TENANT, evidence(200, prefix=prefix))
        if undone:
            group = writer._running()
            writer._log.extend_in(group, *group.send(GROWN))
            writer.rollback()
        else:
            writer.commit()
    writer.close()
    server.close()
    with open_store(url) as store:
        assert store.log_states()["evidence"].size == 1_300
        assert len(store.log_tiles("evidence")) == 1_300 // 256
        assert_whole(url, store)


def test_sessions_that_are_cut_leave_no_gap_and_no_row_twice(url: str) -> None:
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name LIKE 'seawall writer%'"
    )
    ended = threading.Event()

    def keep_cutting() -> None:
        while not ended.wait(0.03):
            execute(url, cut)

    with filled(url) as store:
        cutter = threading.Thread(target=keep_cutting)
        cutter.start()
        acknowledged = 0
        for number in range(60):
            rows = evidence(30, prefix=f"c{number}_")
            with suppress(SeawallError):
                submit(store, lambda tx, rows=rows: tx.put_evidence(TENANT, rows))
                acknowledged += 30
        ended.set()
        cutter.join()
        submit(store, lambda tx: tx.append_audit(draft()))
        assert acknowledged > 0
        assert store.log_states()["evidence"].size >= 700 + acknowledged
        assert_whole(url, store)


KILLED_PROCESS = """
import sys
from sample_ledger import TENANT, draft, evidence, submit
from seawall.store import open_store

with open_store(sys.argv[1]) as store:
    for number in range(10_000):
        def work(t):
            t.put_evidence(TENANT, evidence(300, prefix=f"{sys.argv[2]}-{number}-"))
            t.append_audit(draft(sys.argv[2]))
        submit(store, work)
        print(number, flush=True)
"""


def test_a_process_that_is_killed_leaves_no_gap(url: str) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with filled(url) as store:
        acknowledged = 0
        for name in ("one", "two", "three"):
            with subprocess.Popen(
                [sys.executable, "-c", KILLED_PROCESS, url, name],
                env=environment,
                stdout=subprocess.PIPE,
            ) as process:
                assert process.stdout is not None
                for _ in range(4):
                    process.stdout.readline()
                process.kill()
                acknowledged += 4 + len(process.stdout.readlines())
            submit(store, lambda tx, name=name: tx.put_evidence(TENANT, evidence(5, prefix=name)))
        kept = store.log_states()["evidence"].size - 700 - 15
        assert kept % 300 == 0
        assert acknowledged <= kept // 300 <= acknowledged + 3
        assert_whole(url, store)


def test_a_ledger_whose_order_is_broken_can_be_read_but_not_written(url: str) -> None:
    filled(url).close()
    execute(
        url,
        "SET session_replication_role = replica;"
        " UPDATE evidence SET log_index = 900 WHERE log_index = 699",
    )
    with open_store(url) as store:
        assert store.evidence(TENANT, "e699").evidence_id == "e699"
        assert store.log_unlogged("evidence") == 1
        with pytest.raises(StoreError) as refusal:
            submit(store, lambda tx: tx.put_findings(TENANT, findings(9)))
    assert refusal.value.code == "store_corrupt"


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("log_ledger", "ledger_id = 'x'"),
        ("log_tree", "size = size"),
        ("log_tile", "root = hashes"),
        ("log_head", "head = ''"),
    ],
)
def test_no_part_of_the_log_is_changed_or_removed(url: str, table: str, change: str) -> None:
    filled(url).close()
    hashes = "decode(repeat('00', 64), 'hex'), decode(repeat('00', 32), 'hex')"
    execute(url, f"INSERT INTO log_head VALUES (1, '', {hashes})")
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {change}", f"TRUNCATE {table}"):
        with pytest.raises(psycopg.errors.RestrictViolation, match=f"IMMUTABLE_{table.upper()}"):
            execute(url, statement)


def test_any_commits_by_any_of_two_replicas_are_logged_whole(url: str) -> None:
    with filled(url) as first, open_store(url) as second:

        @given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1_200)), max_size=6))
        @settings(max_examples=5, deadline=None)
        def held(commits: list[tuple[int, int]]) -> None:
            sizes = [first.log_states()["evidence"].size]
            for which, count in commits:
                rows = evidence(count, prefix=f"{uuid4()}_")
                submit((first, second)[which], lambda tx, rows=rows: tx.put_evidence(TENANT, rows))
                sizes.append(second.log_states()["evidence"].size)
            added = [new - old for old, new in pairwise(sizes)]
            assert added == [count for _, count in commits]
            assert len(second.log_tiles("evidence")) == sizes[-1] // 256
            assert verify_log(second).problems == []

        held()


def test_a_store_whose_server_is_away_when_it_is_opened_says_so() -> None:
    writer = PostgresWriter(server := Server("postgresql://127.0.0.1:1/none"))
    with pytest.raises(StoreError) as refusal:
        writer.begin_logging()
    server.close()
    assert refusal.value.code == "store_unavailable"
