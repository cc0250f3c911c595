"""What is particular to the PostgreSQL driver."""

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import psycopg
import pytest
from psycopg import errors
from sample_ledger import (
    CHUNKS,
    TABLE_NAMES,
    TENANT,
    dataset,
    draft,
    evidence,
    fill,
    findings,
    submit,
)

from seawall.errors import Conflict, InvalidInput, NotFound, StoreError
from seawall.store import Store, Transaction, open_store
from seawall.store.audit_chain import chain_problems
from seawall.store.postgres import PostgresStore
from seawall.store.postgres_connection import Server, translated
from seawall.store.postgres_deadlines import Session
from seawall.store.postgres_readers import Readers
from seawall.store.types import Link

LOG_TABLES = ("log_ledger", "log_tree", "log_tile", "log_head")


@pytest.fixture
def url(new_database: Callable[..., str]) -> str:
    return new_database()


@pytest.fixture
def server(url: str) -> Iterator[Server]:
    opened = Server(url)
    yield opened
    opened.close()


@pytest.fixture
def raw(url: str) -> Iterator[Session]:
    """A filled ledger, opened past the store."""
    with open_store(url) as store:
        fill(store)
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def everything(connection: Session) -> list[list[tuple[object, ...]]]:
    return [connection.execute(f"SELECT * FROM {name}").fetchall() for name in TABLE_NAMES]


@pytest.mark.parametrize("table", TABLE_NAMES)
def test_rows_cannot_be_updated_or_deleted(raw: Session, table: str) -> None:
    before = everything(raw)
    for change in (
        "UPDATE {table} SET tenant = tenant",
        "DELETE FROM {table}",
        "TRUNCATE {table} CASCADE",
        "INSERT INTO {table} SELECT * FROM {table}"
        " ON CONFLICT ON CONSTRAINT {table}_pkey DO UPDATE SET tenant = excluded.tenant",
    ):
        with pytest.raises(Conflict) as refusal, translated():
            raw.execute(change.format(table=table))
        assert refusal.value.code.startswith("immutable_")
    assert refusal.value.code == f"immutable_{table}"
    assert everything(raw) == before


def test_no_table_of_the_ledger_is_forgotten(raw: Session) -> None:
    rows = raw.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    changing = {"api_key", "revoked_token", "engine_switch", "job", "access_version"}
    assert {name for (name,) in rows} == {
        *TABLE_NAMES,
        *changing,
        *LOG_TABLES,
        "schema_migration",
        "writer_mark",
    }


def test_texts_are_ordered_by_their_bytes(raw: Session) -> None:
    other = raw.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE data_type = 'text'"
        " AND table_schema = 'public' AND table_name <> 'schema_migration'"
        " AND collation_name IS DISTINCT FROM 'C'"
    )
    assert other.fetchall() == []


def test_a_writer_waits_for_the_disk_whatever_the_database_says(url: str, server: Server) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        connection.execute(
            f"ALTER DATABASE {name} SET default_transaction_isolation = serializable"
        )
    with server.connect(writing=True) as session:
        shown = [
            session.execute(f"SHOW {setting}").fetchall()[0][0]
            for setting in ("synchronous_commit", "default_transaction_isolation")
        ]
    assert shown == ["on", "read committed"]


def test_a_reader_cannot_write(server: Server) -> None:
    readers = Readers(server)
    with pytest.raises(StoreError) as refusal:
        readers.rows("CREATE TABLE x (y int)", {})
    readers.close()
    assert refusal.value.code == "store_unavailable"


def test_readers_that_are_all_out_are_waited_for_no_longer_than_stated(server: Server) -> None:
    readers = Readers(server, most=1, wait_s=0.05)
    with readers.turn(), pytest.raises(StoreError) as refusal:
        readers.rows("SELECT 1", {})
    assert refusal.value.code == "store_busy"
    assert readers.rows("SELECT 1", {}) == [(1,)]
    readers.close()


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (errors.DiskFull, "store_full"),
        (errors.LockNotAvailable, "store_busy"),
        (errors.QueryCanceled, "store_busy"),
        (errors.DeadlockDetected, "store_busy"),
        (errors.TooManyConnections, "store_busy"),
        (errors.DataCorrupted, "store_corrupt"),
        (errors.IndexCorrupted, "store_corrupt"),
        (errors.AdminShutdown, "store_unavailable"),
        (errors.ReadOnlySqlTransaction, "store_unavailable"),
        (errors.UndefinedTable, "store_unavailable"),
        (psycopg.OperationalError, "store_unavailable"),
    ],
)
def test_a_failure_of_postgresql_becomes_a_code_without_its_text(
    failure: type[psycopg.Error], code: str
) -> None:
    with pytest.raises(StoreError) as refusal, translated():
        raise failure("SELECT secret")
    assert refusal.value.code == code
    assert "secret" not in str(refusal.value)


def test_a_text_that_postgresql_cannot_hold_is_refused(url: str) -> None:
    with open_store(url) as store:
        fill(store)
        with pytest.raises(InvalidInput):
            submit(store, lambda t: t.put_evidence(TENANT, evidence(1, prefix="\0")))


def test_a_reference_to_a_missing_row_is_found(raw: Session, url: str) -> None:
    raw.execute("SET session_replication_role = replica")
    raw.execute("INSERT INTO finding VALUES ('harbour', 'lost', 'nowhere', '', 3)")
    with open_store(url) as store:
        assert store.integrity_problems() == ["finding refers to a missing dataset_version"]


def test_a_finding_whose_evidence_is_gone_is_refused(raw: Session, url: str) -> None:
    raw.execute("SET session_replication_role = replica")
    raw.execute("INSERT INTO link VALUES ('harbour', 'x', 'f0', 'gone', 3)")
    with open_store(url) as store, pytest.raises(NotFound) as refusal:
        store.finding_with_evidence(TENANT, "f0")
    assert refusal.value.where == "evidence[gone]"


def test_one_thing_is_read_by_an_index_also_where_its_table_is_small(
    raw: Session, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw.execute("ANALYZE")
    with open_store(url) as store:
        assert isinstance(store, PostgresStore)
        asked: list[tuple[str, Mapping[str, Any]]] = []
        rows = store._rows

        def noted(sql: str, values: Mapping[str, Any]) -> list[Any]:
            asked.append((sql, values))
            return rows(sql, values)

        monkeypatch.setattr(store, "_rows", noted)
        store.dataset(TENANT, "dv")
        store.raw_chunk(TENANT, "dv", 1)
        store.evidence(TENANT, "e1")
        store.finding_with_evidence(TENANT, "f1")
        store.run_members(TENANT, "r")
        store.log_row("link", {"tenant": TENANT, "finding_id": "f1"})
        assert len(asked) == 8
        for sql, values in asked:
            plan = "\n".join(line for (line,) in rows(f"EXPLAIN {sql}", values))
            assert "Index" in plan
            assert "Seq Scan" not in plan


def test_pages_of_a_ledger_that_was_never_counted_walk_an_index_in_its_order(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, Any]] = []
    with open_store(url) as store:
        fill(store)
        rows = store._rows  # type: ignore[attr-defined]
        explained: list[str] = []

        def noted(sql: str, values: Any) -> Any:
            asked.append((sql, values))
            explained.extend(line for (line,) in rows(f"EXPLAIN {sql}", values))
            return rows(sql, values)

        monkeypatch.setattr(store, "_rows", noted)
        list(store.all_links(TENANT))
        list(store.all_findings(TENANT))
        store.evidence_page(TENANT, limit=2)
        store.runs(TENANT, dataset_version_id="dv", limit=2)
        list(store.all_audit())
        store.log_rows("finding", 0, 2)
        assert len(asked) >= 6
        for forbidden in ("Sort", "Bitmap", "Seq Scan"):
            assert not [line for line in explained if forbidden in line]


def test_one_thing_is_found_by_its_identifier_in_a_ledger_that_was_empty_at_first(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    explained: list[str] = []
    with open_store(url) as store:
        rows = store._rows  # type: ignore[attr-defined]

        def noted(sql: str, values: Any) -> Any:
            explained.append("\n".join(line for (line,) in rows(f"EXPLAIN {sql}", values)))
            return rows(sql, values)

        monkeypatch.setattr(store, "_rows", noted)
        for read in (store.run, store.dataset, store.job, store.evidence):
            with pytest.raises(NotFound):
                read(TENANT, "x")
        store.kept_runs(TENANT, ["x", "y"])
    tables = ("run", "dataset_version", "job", "evidence", "run")
    for table, plan in zip(tables, explained, strict=True):
        assert f"using {table}_pkey" in plan


def test_what_is_read_twice_is_planned_once(url: str) -> None:
    with open_store(url) as store:
        fill(store)
        kept = "SELECT statement, generic_plans, custom_plans FROM pg_prepared_statements"
        for _ in range(4):
            store.finding_with_evidence(TENANT, "f1")
        plans = [row for row in store._rows(kept, {}) if "LEFT JOIN link" in row[0]]  # type: ignore[attr-defined]
        assert [row[1:] for row in plans] == [(3, 0)]


def test_many_rows_are_kept_as_few_are(url: str) -> None:
    rows = evidence(2_500, prefix="x")
    with open_store(url) as store:
        fill(store)
        submit(store, lambda t: t.put_evidence(TENANT, rows))
        submit(store, lambda t: t.put_evidence(TENANT, [*rows, *evidence(1_000, prefix="y")]))
        assert len(list(store.all_evidence(TENANT))) == 3 + 3_500
        with pytest.raises(Conflict) as refusal:
            submit(
                store,
                lambda t: t.put_evidence(
                    TENANT, [*rows[:2_400], *evidence(2_500, prefix="x", payload=b"[]")[2_400:]]
                ),
            )
        assert refusal.value.where == "evidence[x2400]"
        links = [Link(f"n{i}", "f0", f"x{i}") for i in range(2_000)]
        with pytest.raises(NotFound):
            submit(store, lambda t: t.put_links(TENANT, [*links, Link("n", "f0", "nowhere")]))
        assert len(store.links_of_finding(TENANT, "f0")) == 1


def test_rows_of_one_group_find_each_other(url: str) -> None:
    def work(number: int) -> Callable[[Transaction], None]:
        def put(transaction: Transaction) -> None:
            transaction.put_evidence(TENANT, evidence(1, prefix=f"n{number}-"))
            transaction.put_findings(TENANT, findings(3))
            transaction.put_links(TENANT, [Link(f"n{number}", "f0", f"n{number}-0")])

        return put

    with open_store(url) as store:
        submit(store, lambda t: t.put_dataset(dataset(), CHUNKS))
        for done in [store.submit(work(number)) for number in range(50)]:
            done.result(30)
        assert len(store.links_of_finding(TENANT, "f0")) == 50


def _caught(transaction: Transaction) -> list[str]:
    codes = []
    for put in (
        lambda: transaction.put_links(TENANT, [Link("n", "f0", "nowhere")]),
        lambda: transaction.put_evidence(TENANT, evidence(1, payload=b"[]")),
    ):
        try:
            put()
        except (NotFound, Conflict) as refusal:
            codes.append(refusal.code)
    transaction.put_evidence(TENANT, evidence(1, prefix="kept"))
    return codes


def test_a_request_may_go_on_after_a_refusal(store_of_url: Store) -> None:
    fill(store_of_url)
    assert submit(store_of_url, _caught) == ["not_found", "conflict"]
    assert store_of_url.evidence(TENANT, "kept0")


@pytest.fixture
def store_of_url(url: str) -> Iterator[Store]:
    with open_store(url) as opened:
        yield opened


@pytest.mark.parametrize(
    "url",
    ["postgresql://ada:hunter2@127.0.0.1:1/x?bogus=1", "postgresql://ada:hunter2@[::1/x"],
)
def test_a_url_that_cannot_be_read_is_not_repeated(url: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        open_store(url)
    assert "hunter2" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(StoreError) as refusal:
        open_store("postgresql://ada:hunter2@127.0.0.1:1/ledger")
    assert refusal.value.code == "store_unavailable"
    assert "hunter2" not in f"{refusal.value} {refusal.value.__cause__}"


def test_a_role_without_rights_learns_no_more_than_that(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as administrator:
        administrator.execute("CREATE ROLE guest LOGIN")
    with pytest.raises(StoreError) as refusal:
        open_store(url.replace("seawall@", "guest:hunter2@"))
    assert refusal.value.code == "store_unavailable"
    assert "hunter2" not in f"{refusal.value} {refusal.value.__cause__}"


def test_only_the_request_at_fault_is_run_carefully(
    store_of_url: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store_of_url)
    careful: list[tuple[int, bool]] = []

    def work(number: int) -> Callable[[Transaction], None]:
        def put(transaction: Transaction) -> None:
            careful.append((number, transaction._group.careful))  # type: ignore[attr-defined]
            transaction.append_audit(draft(str(number)))
            if number == 2:
                raise KeyError

        return put

    holding = threading.Event()
    first = store_of_url.submit(lambda _: holding.wait(30))
    futures = [store_of_url.submit(work(number)) for number in range(5)]
    holding.set()
    assert first.result(30)
    assert [type(future.exception(30)) for future in futures].count(KeyError) == 1
    assert careful[-5:] == [(0, False), (1, False), (2, True), (3, False), (4, False)]
    assert [e.subject for e in store_of_url.all_audit()] == ["s", "0", "1", "3", "4"]
    assert list(chain_problems(store_of_url.all_audit())) == []


def test_groups_with_several_faults_keep_the_rest(store_of_url: Store) -> None:
    fill(store_of_url)

    def work(number: int) -> Callable[[Transaction], None]:
        def put(transaction: Transaction) -> None:
            transaction.append_audit(draft(str(number)))
            transaction.put_evidence(TENANT, evidence(1, prefix=f"n{number}-"))
            if number % 3 == 0:
                transaction.put_links(TENANT, [Link("n", "f0", "nowhere")])
            if number % 5 == 0:
                raise KeyError

        return put

    futures = [store_of_url.submit(work(number)) for number in range(30)]
    kept = [n for n, future in enumerate(futures) if future.exception(30) is None]
    assert kept == [n for n in range(30) if n % 3 and n % 5]
    assert [e.subject for e in store_of_url.all_audit()] == ["s", *map(str, kept)]
    assert list(chain_problems(store_of_url.all_audit())) == []
    assert len(list(store_of_url.all_evidence(TENANT))) == 3 + len(kept)


@pytest.mark.parametrize(("said", "version"), [(140_023, "14"), (90_624, "9")])
def test_an_older_server_is_refused_before_it_is_asked_anything(
    new_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch, said: int, version: str
) -> None:
    url = new_database("template0")
    with monkeypatch.context() as patched:
        patched.setattr(psycopg.ConnectionInfo, "server_version", said)
        with pytest.raises(StoreError, match=f"is PostgreSQL {version}; 15 or later") as refusal:
            open_store(url)
    assert refusal.value.code == "server_too_old"
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT FROM pg_tables WHERE schemaname = 'public'")
        assert tables.fetchall() == []
    open_store(url).close()
