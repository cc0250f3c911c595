"""Answers are packed for who takes them packed (RFC 9110, 12.5.3), and for nobody else."""

import pytest

from seawall.service.content_codings import takes_gzip
from service.conftest import Client

TAKEN = [
    "gzip",
    "GZIP",
    "x-gzip",
    "deflate, gzip;q=1.0, *;q=0.5",
    "gzip;q=0.001",
    "gzip ; q=0.5",
    "*",
    "br;q=1.0, *;q=0.1",
    "identity;q=0, *",
    "identity;q=0.5, gzip",
    "gzip, *;q=0",
]
REFUSED = [
    "",
    "identity",
    "deflate, br",
    "gzip;q=0",
    "gzip;q=0.000",
    "gzip;q=0, *",
    "*;q=0",
    "identity, *;q=0",
    "identity;q=1.0, gzip;q=0.5",  # taken, and less gladly
    "gzip;q=0.5, *",  # the same
    "gzipped",
    "gzip;q=2",  # malformed: no weight goes beyond 1
    "gzip;q=much",
    "gzip;level=9",
]


@pytest.mark.parametrize(
    ("said", "is_packed"), [*((one, True) for one in TAKEN), *((one, False) for one in REFUSED)]
)
def test_an_answer_is_packed_where_the_request_takes_it(
    client: Client, said: str, is_packed: bool
) -> None:
    found = client.get("/openapi.json", headers={"Accept-Encoding": said})
    assert (found.headers.get("Content-Encoding") == "gzip") is is_packed
    assert found.json()["openapi"] == "3.1.0"


def test_a_header_of_several_lines_is_one_list() -> None:
    lines = [(b"accept-encoding", b"br"), (b"accept", b"*/*"), (b"accept-encoding", b"gzip")]
    assert takes_gzip(lines)
    assert not takes_gzip([*lines, (b"accept-encoding", b"gzip;q=0")])
    assert not takes_gzip([])
