"""Every change behind the back of a ledger whose log was signed is found, without exception."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from seawall.errors import Cancelled
from seawall.native import RunControl
from seawall.provenance.log_leaf import LOG_TREES
from seawall.provenance.tree_head import SignedTreeHead
from seawall.session.tree_heads import find_head
from seawall.session.verify_log import LogVerification, verify_log
from seawall.store import Store, open_store
from seawall.store.types import Evidence, Link

from .signed_ledger import KEY, PUBLIC_KEYS, TENANT, behind_its_back, make_ledger, sign

LOG_COLUMNS = {
    "log_ledger": ("ledger_id",),
    "log_tree": ("tree", "size", "peaks"),
    "log_head": ("number", "head", "signature", "public_key"),
}
COLUMNS = {**{tree: tuple(columns) for tree, columns in LOG_TREES.items()}, **LOG_COLUMNS}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[SignedTreeHead]]:
    path = tmp_path_factory.mktemp("log") / "ledger.db"
    return path, make_ledger(path)


@pytest.fixture
def ledger(written: tuple[Path, list[SignedTreeHead]], tmp_path: Path) -> Path:
    shutil.copy(written[0], tmp_path / "ledger.db")
    return tmp_path / "ledger.db"


@pytest.fixture
def heads(written: tuple[Path, list[SignedTreeHead]]) -> list[SignedTreeHead]:
    return written[1]


def verified(store: Store, known_head: SignedTreeHead | None = None) -> LogVerification:
    return verify_log(store, public_keys=PUBLIC_KEYS, known_head=known_head)


def rows(connection: apsw.Connection, table: str) -> list[tuple[Any, ...]]:
    key = "tree" if table == "log_tree" else "rowid"
    columns = ", ".join(COLUMNS[table])
    return connection.execute(f"SELECT {key}, {columns} FROM {table} ORDER BY 1").fetchall()


def write_cell(connection: apsw.Connection, table: str, key: Any, column: str, value: Any) -> None:
    name = "tree" if table == "log_tree" else "rowid"
    place = "CAST(? AS TEXT)" if isinstance(value, bytearray) else "?"
    connection.execute(f"UPDATE {table} SET {column} = {place} WHERE {name} = ?", (value, key))
    assert connection.changes() == 1


def changed_cells(value: Any, positions: Any) -> Iterator[Any]:
    """The same cell with one thing changed: a bit of a byte, or a number by one."""
    if isinstance(value, int):
        yield value + 1000
        return
    content = value.encode() if isinstance(value, str) else value
    for at in positions(len(content)):
        flipped = bytearray(content)
        flipped[at] ^= 1
        # A text stays one; the bytearray says so.
        yield flipped if isinstance(value, str) else bytes(flipped)
    for other in {content[:-1], content + b"0"} - {content}:
        yield bytearray(other) if isinstance(value, str) else other


def flip_everything(ledger: Path, positions: Any) -> int:
    tried = 0
    with behind_its_back(ledger) as raw, open_store(ledger) as store:
        assert verified(store).ok
        for table, columns in COLUMNS.items():
            for key, *cells in rows(raw, table):
                for column, value in zip(columns, cells, strict=True):
                    for changed in changed_cells(value, positions):
                        write_cell(raw, table, key, column, changed)
                        now = key
                        if column == "tree":
                            now = bytes(changed).decode()
                        elif column in ("sequence", "number"):
                            now = changed
                        assert not verified(store).ok, (table, key, column, changed)
                        write_cell(raw, table, now, column, value)
                        tried += 1
        assert verified(store).ok
    return tried


def test_a_changed_byte_of_any_row_log_or_head_is_found(ledger: Path) -> None:
    chosen = random.Random(3)  # noqa: S311

    def one(size: int) -> set[int]:
        return {chosen.randrange(size)} if size else set()

    assert flip_everything(ledger, one) > 500


@pytest.mark.faults
def test_each_changed_byte_of_every_row_log_and_head_is_found(ledger: Path) -> None:
    assert flip_everything(ledger, range) > 10_000


@pytest.mark.parametrize("table", COLUMNS)
def test_each_row_that_is_dropped_is_found(ledger: Path, heads: Any, table: str) -> None:
    with behind_its_back(ledger) as raw, open_store(ledger) as store:
        columns = COLUMNS[table]
        for key, *cells in rows(raw, table):
            name = "tree" if table == "log_tree" else "rowid"
            more = {"only_row": 1} if table == "log_ledger" else {}
            if table == "link":  # beside what is logged
                asked = "SELECT finding_number FROM link WHERE rowid = ?"
                more = {"finding_number": raw.execute(asked, (key,)).get}
            raw.execute(f"DELETE FROM {table} WHERE {name} = ?", (key,))
            assert not verified(store, known_head=heads[-1]).ok, (table, key)
            with_key = [("rowid", key)] if name == "rowid" else []
            put = dict([*with_key, *zip(columns, cells, strict=True)]) | more
            raw.execute(
                f"INSERT INTO {table} ({', '.join(put)}) VALUES ({', '.join('?' * len(put))})",
                tuple(put.values()),
            )
        assert verified(store, known_head=heads[-1]).ok


@pytest.mark.parametrize("tree", LOG_TREES)
def test_rows_that_change_places_are_found(ledger: Path, tree: str) -> None:
    with behind_its_back(ledger) as raw, open_store(ledger) as store:
        column = "sequence" if tree == "audit_entry" else "rowid"
        for first in range(1, len(rows(raw, tree))):
            for old, new in ((first, -1), (first + 1, first), (-1, first + 1)):
                raw.execute(f"UPDATE {tree} SET {column} = ? WHERE {column} = ?", (new, old))
            assert not verified(store).ok, (tree, first)
            for old, new in ((first, -1), (first + 1, first), (-1, first + 1)):
                raw.execute(f"UPDATE {tree} SET {column} = ? WHERE {column} = ?", (new, old))
        assert verified(store).ok


@pytest.mark.parametrize("rowid", [0, -1, 1_000])
def test_a_row_slipped_in_beside_the_log_is_found(ledger: Path, rowid: int) -> None:
    with behind_its_back(ledger) as raw, open_store(ledger) as store:
        raw.execute(
            "INSERT INTO evidence (rowid, tenant, evidence_id, dataset_version_id, engine, kind,"
            " payload) SELECT ?, tenant, 'new', dataset_version_id, engine, kind, payload"
            " FROM evidence LIMIT 1",
            (rowid,),
        )
        assert [p.tree for p in verified(store).problems] == ["evidence"]


def test_a_row_changed_before_any_head_is_signed_is_found_by_the_log_alone(ledger: Path) -> None:
    with behind_its_back(ledger) as raw, open_store(ledger) as store:
        raw.execute("DELETE FROM log_head")
        raw.execute("UPDATE run SET created_by = 'eve' WHERE rowid = 2")
        assert [p.message for p in verify_log(store).problems] == [
            "its rows are not those that were logged"
        ]


# --- histories


def forge(ledger: Path, sql: str) -> None:
    """Change the ledger, then make its whole log and no heads anew, as who has no key can."""
    with behind_its_back(ledger) as raw:
        raw.execute(sql)
        raw.execute("DELETE FROM log_head")
        raw.execute("DELETE FROM log_tile")
        raw.execute("UPDATE log_tree SET size = 0, peaks = x''")
    with open_store(ledger) as store:
        assert verify_log(store).ok  # from the ledger alone nothing can be told


def test_a_forged_history_does_not_continue_a_head_that_was_kept(ledger: Path, heads: Any) -> None:
    forge(ledger, "UPDATE run SET created_by = 'eve' WHERE rowid = 1")
    with open_store(ledger) as store:
        for head in heads:
            messages = {p.message for p in verified(store, known_head=head).problems}
            assert "run: the ledger does not continue the known head" in messages


def test_a_truncated_ledger_does_not_continue_a_head_that_was_kept(
    ledger: Path, heads: Any
) -> None:
    forge(ledger, "DELETE FROM audit_entry WHERE sequence = 2")
    with open_store(ledger) as store:
        messages = {p.message for p in verified(store, known_head=heads[1]).problems}
        assert "audit_entry: the ledger has fewer rows than the known head" in messages
        # What the first head was signed over is still there, but the head itself is not.
        assert {p.message for p in verified(store, known_head=heads[0]).problems} == {
            "the known head is missing"
        }


def test_a_ledger_rolled_back_to_an_old_copy_does_not_hold_the_last_head(
    tmp_path: Path, heads: Any
) -> None:
    path = tmp_path / "ledger.db"
    old = tmp_path / "old.db"
    (_, second) = make_ledger(path)
    shutil.copy(path, old)
    with open_store(path) as store:
        later = sign(store)
        assert verified(store, known_head=second).ok
    with open_store(old) as store:
        assert verified(store).ok
        assert verified(store, known_head=second).ok
        assert [p.message for p in verified(store, known_head=later).problems] == [
            "the known head is missing"
        ]


def test_two_copies_that_went_on_apart_each_refuse_the_head_of_the_other(
    ledger: Path, tmp_path: Path
) -> None:
    fork = tmp_path / "fork.db"
    shutil.copy(ledger, fork)
    signed = []
    for number, path in enumerate((ledger, fork)):
        with open_store(path) as store:
            finding = next(iter(store.all_findings(TENANT)))
            evidence = list(store.all_evidence(TENANT))[number]
            link = Link(f"ln_{number}", finding.finding_id, evidence.evidence_id)
            store.submit(lambda tx, link=link: tx.put_links(TENANT, [link])).result(timeout=30)
            signed.append(sign(store))
            assert verified(store).ok
    for path, other in ((ledger, signed[1]), (fork, signed[0])):
        with open_store(path) as store:
            messages = {p.message for p in verified(store, known_head=other).problems}
            assert "another head stands in the place of the known one" in messages


def test_a_head_of_another_ledger_is_not_continued(ledger: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    head = make_ledger(other)[0]
    with open_store(ledger) as store:
        assert [p.message for p in verified(store, known_head=head).problems] == [
            "the known head is of another ledger"
        ]


def test_a_head_by_a_key_that_is_not_trusted_is_told(ledger: Path) -> None:
    with open_store(ledger) as store:
        sign(store, key=bytes(reversed(KEY)))
        assert verify_log(store).ok
        assert [p.tree for p in verified(store).problems] == ["head 3"]


# --- tiles


def test_a_changed_or_missing_tile_is_found(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    make_ledger(path)
    with open_store(path) as store:
        finding = next(iter(store.all_findings(TENANT)))
        dataset = store.finding(TENANT, finding.finding_id).dataset_version_id
        many = [Evidence(f"ev_{i}", dataset, "debt", "k", b"{}") for i in range(600)]
        store.submit(lambda tx: tx.put_evidence(TENANT, many)).result(timeout=60)
        sign(store)
        assert verified(store).ok
    with behind_its_back(path) as raw, open_store(path) as store:
        for sql, mended in (
            ("root = zeroblob(32)", "root"),
            ("hashes = zeroblob(8192)", "hashes"),
        ):
            (kept,) = raw.execute(f"SELECT {mended} FROM log_tile WHERE tile = 1").fetchone()
            raw.execute(f"UPDATE log_tile SET {sql} WHERE tile = 1")
            assert [p.tree for p in verified(store).problems] == ["evidence"]
            raw.execute(f"UPDATE log_tile SET {mended} = ? WHERE tile = 1", (kept,))
        raw.execute("UPDATE log_tile SET tile = 7 WHERE tile = 1")
        assert len(verified(store).problems) == 2


# --- reading


def test_the_last_head_is_found_without_its_number(ledger: Path, heads: Any) -> None:
    with open_store(ledger) as store:
        assert find_head(store, None) == heads[1]
        assert find_head(store, 1) == heads[0]


def test_following_the_log_can_be_cancelled(ledger: Path) -> None:
    control = RunControl()
    control.cancel()
    with open_store(ledger) as store, pytest.raises(Cancelled):
        verify_log(store, control=control)
