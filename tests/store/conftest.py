from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from seawall.store import Store, open_store

# A driver joins the conformance suite by one line: its name, and a fresh database for a test.
DRIVERS: dict[str, Callable[[pytest.FixtureRequest], str]] = {
    "sqlite": lambda request: f"sqlite:///{_folder(request)}/ledger.db",
    "postgres": lambda request: request.getfixturevalue("new_database")(),
}


def _folder(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue("tmp_path")
    return folder


@pytest.fixture(params=DRIVERS)
def url(request: pytest.FixtureRequest) -> str:
    return DRIVERS[request.param](request)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with open_store(url) as opened:
        yield opened
