"""What the URL of a database says to seawall, and what is left of it for libpq."""

import pytest

from seawall.errors import InvalidInput
from seawall.store.postgres_connection import Server
from seawall.store.postgres_url import read_url


@pytest.mark.parametrize(
    ("query", "parameters", "times"),
    [
        ("", {}, (15, 10)),
        ("?", {}, (15, 10)),
        ("?answer_s=2", {}, (2, 10)),
        ("?sslmode=require&resolve_s=0.5", {"sslmode": "require"}, (15, 0.5)),
        ("?answer%5Fs=3&connect_timeout=2&resolve_s=1", {"connect_timeout": "2"}, (3, 1)),
        ("?options=-c%20geqo%3Doff", {"options": "-c geqo=off"}, (15, 10)),
    ],
)
def test_times_are_seawalls_and_the_rest_is_libpqs(
    query: str, parameters: dict[str, str], times: tuple[float, float]
) -> None:
    found = read_url(f"postgresql://me@db/ledger{query}")
    assert found.parameters == {"user": "me", "host": "db", "dbname": "ledger", **parameters}
    assert (found.answer_s, found.resolve_s) == times


@pytest.mark.parametrize(
    "query", ["answer_s=0", "answer_s=x", "answer_s=", "resolve_s=inf", "resolve_s=nan", "no=1"]
)
def test_a_url_that_says_something_else_is_refused_without_its_password(query: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_url(f"postgresql://me:s3cret@db/ledger?{query}")
    assert "s3cret" not in str(refused.value)
    assert refused.value.where == "store"


def test_a_lock_is_waited_for_less_than_an_answer(new_database: object) -> None:
    assert callable(new_database)
    server = Server(new_database() + "?answer_s=3")
    try:
        with server.connect(writing=True) as session:
            assert session.execute("SHOW lock_timeout").fetchall() == [("2s",)]
    finally:
        server.close()
