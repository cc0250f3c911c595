from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from seawall.store import Store, open_store
from seawall.store.postgres_batch import Batch

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


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What became of each group that was sent whole to PostgreSQL."""
    ended: list[str] = []
    answer = Batch.answer

    def noted(batch: Batch) -> str:
        try:
            ended.append(answer(batch))
        except psycopg.Error as error:
            ended.append(type(error).__name__)
            raise
        return ended[-1]

    monkeypatch.setattr(Batch, "answer", noted)
    return ended
