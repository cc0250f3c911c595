"""What all tests share: hypothesis without a clock, and sessions whose time and ids are made up."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from seawall.lab.postgres_server import PostgresServer
from seawall.session import Session
from seawall.store import open_store

# The gate tries the same examples each time; whoever works on a property tries others at each run.
settings.register_profile(
    "seawall",
    deadline=None,
    derandomize="SEAWALL_NO_SKIPS" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("seawall")

_DATABASES = count()

OpenSession = Callable[..., Session]

CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A server for all tests of this process, with an empty ledger to copy from."""
    # Nobody cuts its power: what a crash leaves is tried on servers of their own.
    with PostgresServer(
        options={"fsync": "off", "autovacuum": "off", "max_connections": "200"}
    ) as server:
        with psycopg.connect(server.url(), autocommit=True) as administrator:
            administrator.execute("CREATE DATABASE empty_ledger")
        open_store(server.url("empty_ledger"), opened_at="2025").close()
        yield server


@pytest.fixture
def new_database(postgres_server: PostgresServer) -> Callable[..., str]:
    """Make databases of the test's own, with an empty ledger or with nothing; return the URL."""

    def make(template: str = "empty_ledger") -> str:
        name = f"ledger_{next(_DATABASES)}"
        with psycopg.connect(postgres_server.url(), autocommit=True) as administrator:
            administrator.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return postgres_server.url(name)

    return make


@pytest.fixture
def open_session(tmp_path: Path) -> Iterator[OpenSession]:
    """Open sessions on files of one folder; each tick of their common clock is a second."""
    opened: list[Session] = []
    ticks = count()

    def clock() -> datetime:
        return datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=next(ticks))

    def open_one(name: str = "ledger.db", **options: object) -> Session:
        opened.append(Session(tmp_path / name, **{"clock": clock, **options}))
        return opened[-1]

    yield open_one
    for session in opened:
        session.close()


@pytest.fixture
def session(open_session: OpenSession) -> Session:
    return open_session()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        message = "no chromium on the path: the page was not looked at"
        if os.environ.get("SEAWALL_NO_SKIPS") == "1":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files: none of them is left for one worker at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Under CI nothing may be skipped: a check that did not run proves nothing."""
    skipped = terminalreporter.stats.get("skipped", [])
    if os.environ.get("SEAWALL_NO_SKIPS") and skipped:
        terminalreporter.write_line(f"{len(skipped)} skipped, which CI does not allow", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a CI run in which a test was skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("SEAWALL_NO_SKIPS") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
