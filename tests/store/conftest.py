from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from seawall.store import Store, open_store

# A driver joins the conformance suite by one line: its name, and a fresh database in a folder.
DRIVERS: dict[str, Callable[[Path], str]] = {
    "sqlite": lambda folder: f"sqlite:///{folder}/ledger.db",
}


@pytest.fixture(params=DRIVERS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return DRIVERS[request.param](tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with open_store(url) as opened:
        yield opened
