"""What the health of the store is while its database refuses to write."""

from collections.abc import Callable

import psycopg
import pytest

from seawall.service.store_health import store_monitor
from seawall.store import open_store

FAILING = """
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'for a test' USING ERRCODE = '{code}'; END $$;
CREATE TRIGGER fail BEFORE INSERT ON evidence EXECUTE FUNCTION fail();
"""


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("disk_full", "ok"),  # what is kept is read: nobody is to be taken out of use
        ("io_error", "store_unavailable"),
    ],
)
def test_a_full_disk_alone_is_no_failure_of_the_health(
    new_database: Callable[..., str], code: str, found: str
) -> None:
    url = new_database()
    with psycopg.connect(url, autocommit=True) as administrator:
        administrator.execute(FAILING.format(code=code).encode())
    with open_store(url) as store:
        monitor = store_monitor(store)
        monitor.try_once()
        assert monitor.checks() == {"database": "ok", "evidence_linking": found}
