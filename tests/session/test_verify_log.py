"""Every change behind the back of a ledger whose log was signed is found, without exception."""

import random
import shutil
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise, product
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest

from seawall.errors import Cancelled
from seawall.lab.postgres_server import PostgresServer
from seawall.native import RunControl
from seawall.provenance.log_leaf import LOG_TREES
from seawall.provenance.tree_head import SignedTreeHead
from seawall.session.tree_heads import find_head
from seawall.session.verify_log import LogVerification, verify_log
from seawall.store import Store, open_store
from seawall.store.types import Link

from .signed_ledger import (
    KEY,
    PUBLIC_KEYS,
    TENANT,
    Back,
    add_a_tile,
    behind_its_back,
    behind_the_server,
    changed_cells,
    make_ledger,
    sign,
)

LOG_COLUMNS = {
    "log_ledger": ("ledger_id",),
    "log_tree": ("tree", "size", "peaks"),
    "log_tile": ("tree", "level", "tile", "root", "hashes"),
    "log_head": ("number", "head", "signature", "public_key"),
}
COLUMNS = {**{tree: tuple(columns) for tree, columns in LOG_TREES.items()}, **LOG_COLUMNS}
BITS = (0x01, 0x80)  # of a text the second leaves none


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


@pytest.fixture(scope="module")
def served(postgres_server: PostgresServer) -> list[SignedTreeHead]:
    """The same in a database, which others are copied from."""
    with psycopg.connect(postgres_server.url(), autocommit=True) as administrator:
        administrator.execute("CREATE DATABASE signed_ledger TEMPLATE empty_ledger")
    return make_ledger(postgres_server.url("signed_ledger"))


class Tampered(NamedTuple):
    """A ledger that is open, and the way behind its back."""

    store: Store
    back: Back
    head: SignedTreeHead


@pytest.fixture(params=["sqlite", "postgres"])
def tampered(request: pytest.FixtureRequest) -> Iterator[Tampered]:
    if request.param == "postgres":
        head = request.getfixturevalue("served")[-1]
        url = request.getfixturevalue("new_database")("signed_ledger")
        with behind_the_server(url) as raw, open_store(url) as store:
            yield Tampered(store, Back(raw, "log_index"), head)
    else:
        path, heads = (request.getfixturevalue(name) for name in ("ledger", "heads"))
        with behind_its_back(path) as raw, open_store(path) as store:
            yield Tampered(store, Back(raw, "rowid"), heads[-1])


def flip_everything(tampered: Tampered, positions: Any, tables: Iterable[str], *rows: int) -> int:
    """Change each cell of some rows, or of all; each change must be found."""
    store, back, _ = tampered
    tried = 0
    assert verified(store).ok
    for table in tables:
        kept = back.rows(table, COLUMNS[table])
        for key, cells in [kept[row] for row in rows] if rows else kept:
            for column, value in zip(COLUMNS[table], cells, strict=True):
                for changed in changed_cells(value, positions):
                    now = back.write(table, key, column, changed)
                    assert not verified(store).ok, (table, key, column, changed)
                    assert back.write(table, now, column, value) == key
                    tried += 1
    assert verified(store).ok
    return tried


def chosen_bits(seed: int) -> Callable[[int], list[tuple[int, int]]]:
    """One place for each of the bits."""
    chosen = random.Random(seed)  # noqa: S311 (places to damage, no secret)
    return lambda size: [(chosen.randrange(size), bit) for bit in BITS] if size else []


def all_bits(size: int) -> Iterable[tuple[int, int]]:
    return product(range(size), BITS)


def some_bits(size: int) -> Iterable[tuple[int, int]]:
    return product(range(0, size, 16), BITS)


WITHOUT_TILES = [table for table in COLUMNS if table != "log_tile"]


def test_a_changed_byte_of_any_row_log_or_head_is_found(tampered: Tampered) -> None:
    # A server takes a while for each: of its tables only the last row.
    rows = (-1,) if tampered.back.place == "log_index" else ()
    assert flip_everything(tampered, chosen_bits(3), WITHOUT_TILES, *rows) > (150 if rows else 800)


@pytest.mark.faults
def test_each_changed_byte_of_every_row_log_and_head_is_found(tampered: Tampered) -> None:
    if tampered.back.place == "log_index":  # a server takes a while for each
        assert flip_everything(tampered, some_bits, WITHOUT_TILES, -1) > 2_000
    else:
        assert flip_everything(tampered, all_bits, WITHOUT_TILES) > 50_000


@pytest.mark.parametrize("table", WITHOUT_TILES)
def test_each_row_that_is_dropped_is_found(tampered: Tampered, table: str) -> None:
    store, back, head = tampered
    # Beside what is logged, a link has the number of its finding, and a row of a server its place.
    is_numbered = back.place == "log_index" and table in LOG_TREES
    more = ("finding_number",) if table == "link" and back.place == "rowid" else ()
    more += ("log_index",) if is_numbered and table == "audit_entry" else ()
    columns = (*COLUMNS[table], *more)
    for key, cells in back.rows(table, columns):
        names = back.key_of(table)
        condition = " AND ".join(f"{name} = ?" for name in names)
        back.execute(f"DELETE FROM {table} WHERE {condition}", *key)
        assert not verified(store, known_head=head).ok, (table, key)
        put = dict(zip(names, key, strict=True)) | dict(zip(columns, cells, strict=True))
        marks = ", ".join("?" * len(put))
        back.execute(f"INSERT INTO {table} ({', '.join(put)}) VALUES ({marks})", *put.values())
    assert verified(store, known_head=head).ok


@pytest.mark.parametrize("tree", LOG_TREES)
def test_rows_that_change_places_are_found(tampered: Tampered, tree: str) -> None:
    store, back, _ = tampered
    column = "sequence" if tree == "audit_entry" else back.place
    places = [place for (place,), _ in back.rows(tree, ())]
    for first, second in pairwise(places):
        turn = ((first, -1), (second, first), (-1, second))
        for old, new in turn:
            back.execute(f"UPDATE {tree} SET {column} = ? WHERE {column} = ?", new, old)
        assert not verified(store).ok, (tree, first)
        for old, new in turn:
            back.execute(f"UPDATE {tree} SET {column} = ? WHERE {column} = ?", new, old)
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


@pytest.fixture(params=["sqlite", "postgres"])
def tiled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Tampered]:
    """A ledger whose evidence has a tile."""
    if request.param == "postgres":
        head = request.getfixturevalue("served")[-1]
        url = request.getfixturevalue("new_database")("signed_ledger")
        add_a_tile(url)
        with behind_the_server(url) as raw, open_store(url) as store:
            yield Tampered(store, Back(raw, "log_index"), head)
    else:
        path, heads = (request.getfixturevalue(name) for name in ("ledger", "heads"))
        add_a_tile(path)
        with behind_its_back(path) as raw, open_store(path) as store:
            yield Tampered(store, Back(raw, "rowid"), heads[-1])


def test_a_changed_byte_of_a_tile_is_found(tiled: Tampered) -> None:
    assert flip_everything(tiled, chosen_bits(4), ["log_tile"]) >= 10


@pytest.mark.faults
def test_each_changed_byte_of_a_tile_is_found(tiled: Tampered) -> None:
    bits, least = (some_bits, 1_000) if tiled.back.place == "log_index" else (all_bits, 16_000)
    assert flip_everything(tiled, bits, ["log_tile"]) > least


def test_a_missing_and_a_moved_tile_are_found(tiled: Tampered) -> None:
    store, back, _ = tiled
    back.execute("UPDATE log_tile SET tile = 7")
    assert [p.tree for p in verified(store).problems] == ["evidence"] * 2
    back.execute("DELETE FROM log_tile")
    assert [p.message for p in verified(store).problems] == [
        "the tile of level 0 from leaf 0 is missing"
    ]


# --- what cannot be read


def test_a_row_that_cannot_be_read_is_named_by_its_leaf(tampered: Tampered) -> None:
    store, back, _ = tampered
    (place, _), *_ = reversed(back.rows("finding", ()))
    back.write("finding", place, "tenant", bytearray(b"\xf3"))
    last = store.log_states()["finding"].size - 1
    assert [(p.tree, p.message) for p in verified(store).problems] == [
        ("finding", f"leaf {last}: A kept text is not UTF-8.")
    ]


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
