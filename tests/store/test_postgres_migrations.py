"""Schema changes of PostgreSQL: whole or not at all, whenever the process is killed."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sample_ledger import fill

from seawall.errors import StoreError
from seawall.store import open_store
from seawall.store.migrations import Migration, migrate, migrations_of
from seawall.store.postgres_connection import Server
from seawall.store.postgres_migrator import Migrator

FIRST = Migration(1, "first", "CREATE TABLE one (x int); CREATE TABLE two (x int)")
SECOND = Migration(2, "second", "CREATE TABLE three (x int)")
BROKEN = Migration(2, "broken", "CREATE TABLE three (x int); CREATE TABLE one (x int)")


@pytest.fixture
def url(new_database: Callable[..., str]) -> str:
    return new_database("template0")


@pytest.fixture
def server(url: str) -> Iterator[Server]:
    opened = Server(url)
    yield opened
    opened.close()


@pytest.fixture
def migrator(server: Server) -> Iterator[Migrator]:
    with Migrator(server) as opened:
        yield opened


def rows(url: str, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(sql.encode()).fetchall()


def tables(url: str) -> set[object]:
    found = rows(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {name for (name,) in found}


def test_a_fresh_database_gets_every_migration_once(migrator: Migrator, url: str) -> None:
    assert migrate(migrator, [FIRST, SECOND], applied_at="2025") == [1, 2]
    assert migrate(migrator, [FIRST, SECOND], applied_at="2026") == []
    assert rows(url, "SELECT * FROM schema_migration ORDER BY version") == [
        (1, "first", FIRST.sha256, "2025"),
        (2, "second", SECOND.sha256, "2025"),
    ]


def test_a_failing_migration_leaves_nothing(migrator: Migrator, url: str) -> None:
    migrate(migrator, [FIRST], applied_at="2025")
    with pytest.raises(StoreError):
        migrate(migrator, [FIRST, BROKEN], applied_at="2025")
    assert tables(url) == {"one", "two", "schema_migration"}
    assert migrate(migrator, [FIRST, SECOND], applied_at="2025") == [2]


def test_processes_that_open_a_new_database_at_once_make_one_ledger(url: str) -> None:
    with ThreadPoolExecutor(8) as threads:
        for store in threads.map(lambda _: open_store(url), range(8)):
            store.close()
    versions = [migration.version for migration in migrations_of("postgres")]
    assert rows(url, "SELECT version FROM schema_migration ORDER BY 1") == [(v,) for v in versions]


def test_a_migration_has_the_same_number_and_name_in_both_databases() -> None:
    here, there = (
        {migration.version: migration.name for migration in migrations_of(dialect)}
        for dialect in ("postgres", "sqlite")
    )
    assert here.items() <= there.items()


# Sends a migration statement by statement and is killed before the one that is named.
KILLED_PROCESS = """
import os, re, signal, sys
from seawall.store.migrations import migrate, migrations_of
from seawall.store.postgres_connection import Server
from seawall.store.postgres_migrator import Migrator

left = int(sys.argv[2])

class Killed(Migrator):
    def _execute(self, sql):
        global left
        for statement in re.split(r"(?<=;)\\n(?=\\n|CREATE |ALTER |INSERT )", sql):
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1
            super()._execute(statement)

with Killed(Server(sys.argv[1])) as migrator:
    migrate(migrator, migrations_of("postgres"), applied_at="2025")
print("not killed", left)
"""


def killed(url: str, step: int) -> bool:
    process = subprocess.run(
        [sys.executable, "-c", KILLED_PROCESS, url, str(step)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    return process.returncode == -signal.SIGKILL


def steps() -> int:
    texts = [migration.text for migration in migrations_of("postgres")]
    return sum(len(re.split(r"(?<=;)\n(?=\n|CREATE |ALTER |INSERT )", text)) + 5 for text in texts)


def survives(new_database: Callable[..., str], step: int) -> None:
    url = new_database("template0")
    assert killed(url, step)
    whole = {migration.version for migration in migrations_of("postgres")}
    before = tables(url)
    applied = (
        {version for (version,) in rows(url, "SELECT version FROM schema_migration")}
        if ("schema_migration" in before)
        else set()
    )
    assert ("dataset_version" in before) == (1 in applied)
    assert ("audit_entry" in before) == (2 in applied)
    with open_store(url) as store:
        fill(store)
        assert store.integrity_problems() == []
    found = rows(url, "SELECT version FROM schema_migration ORDER BY 1")
    assert found == [(version,) for version in sorted(whole)]


# Before and after BEGIN, between two tables, before COMMIT, and inside the second migration.
@pytest.mark.parametrize("step", [0, 1, 4, 12, 40, 58, 66, 80])
def test_a_process_killed_between_two_statements_leaves_a_whole_schema(
    new_database: Callable[..., str], step: int
) -> None:
    survives(new_database, step)


@pytest.mark.faults
def test_a_process_killed_before_any_statement_leaves_a_whole_schema(
    new_database: Callable[..., str],
) -> None:
    for step in range(steps()):
        survives(new_database, step)
