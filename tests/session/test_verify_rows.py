"""What no tree holds row by row is fixed by rows of the trees: verify finds each change of it."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from seawall.session import Problem, Session
from seawall.store.tables import DERIVED_TABLE, RAW_CHUNK, RUN_EVIDENCE, RUN_FINDING

from .signed_ledger import (
    TENANT,
    Back,
    behind_its_back,
    behind_the_server,
    changed_cells,
    make_ledger,
)

PACKED = "payload"  # of which some bits say nothing
COLUMNS = {
    table.name: tuple(column for column in table.types if column != PACKED)
    for table in (RAW_CHUNK, DERIVED_TABLE, RUN_EVIDENCE, RUN_FINDING)
}
IN_A_FILE = {
    **{name: COLUMNS[name] for name in ("raw_chunk", "derived_table")},
    "run_members": ("run_number", "evidence_ids", "finding_ids"),
}


@pytest.fixture(params=["sqlite", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Session, Back]]:
    """A ledger that is open, and the way behind its back."""
    if request.param == "postgres":
        url = request.getfixturevalue("new_database")()
        make_ledger(url)
        with behind_the_server(url) as raw, Session(url, tenant=TENANT, threads=1) as session:
            yield session, Back(raw, "log_index")
    else:
        path = tmp_path / "ledger.db"
        make_ledger(path)
        with behind_its_back(path) as raw, Session(path, tenant=TENANT, threads=1) as session:
            yield session, Back(raw, "rowid")


def test_each_column_that_is_changed_is_found(opened: tuple[Session, Back]) -> None:
    session, back = opened
    draw = random.Random(11)  # noqa: S311 (places to damage, no secret)

    def bits(size: int) -> list[tuple[int, int]]:
        return [(draw.randrange(size), bit) for bit in (0x01, 0x80)]

    assert session.verify().ok
    for table, columns in (COLUMNS if back.place == "log_index" else IN_A_FILE).items():
        key, cells = back.rows(table, columns)[-1]
        for column, value in zip(columns, cells, strict=True):
            for changed in changed_cells(value, bits):
                now = back.write(table, key, column, changed)
                assert not session.verify().ok, (table, column, changed)
                back.write(table, now, column, value)
    assert session.verify().ok


@pytest.mark.parametrize("table", ["raw_chunk", "derived_table"])
def test_each_row_that_is_dropped_is_found(opened: tuple[Session, Back], table: str) -> None:
    session, back = opened
    for key, _ in back.rows(table, ()):
        condition = " AND ".join(f"{name} = ?" for name in back.key_of(table))
        back.execute(
            f"CREATE TEMPORARY TABLE kept AS SELECT * FROM {table} WHERE {condition}", *key
        )
        back.execute(f"DELETE FROM {table} WHERE {condition}", *key)
        assert not session.verify().ok, key
        back.execute(f"INSERT INTO {table} SELECT * FROM kept")
        back.execute("DROP TABLE kept")
    assert session.verify().ok


def problems(session: Session, what: str) -> list[Problem]:
    return [problem for problem in session.verify().problems if problem.what == what]


def test_a_run_that_cannot_be_read_is_named_and_the_other_is_looked_at(
    opened: tuple[Session, Back],
) -> None:
    session, back = opened
    (_, (first,)), (place, (other,)) = back.rows("run", ("run_id",))
    back.write("run", place, "created_by", bytearray(b"\xf3"))
    assert [(p.identifier, p.message) for p in problems(session, "run")] == [
        (other, "A kept text is not UTF-8.")
    ]
    found = session.verify()
    assert (found.runs, found.findings > 0, found.audit_entries) == (1, True, 2)
    back.execute("UPDATE run SET engine_version = 'eve' WHERE run_id = ?", first)
    assert {p.identifier for p in problems(session, "run")} == {first, other}
