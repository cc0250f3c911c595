"""After a restore: whether a ledger has the roots of a head that was signed before."""

import shutil
from pathlib import Path

import pytest

from seawall.errors import Cancelled
from seawall.native import RunControl
from seawall.provenance.log_leaf import LOG_TREES
from seawall.provenance.tree_head import SignedTreeHead
from seawall.session.head_check import HeadCheck, check_against
from seawall.store import open_store
from seawall.store.copying import copy_store
from seawall.store.sqlite_backup import back_up

from .signed_ledger import behind_its_back, make_ledger


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


def checked(ledger: Path, head: SignedTreeHead) -> HeadCheck:
    with open_store(ledger) as store:
        return check_against(store, head)


def problems(found: HeadCheck) -> dict[str, str]:
    return {tree.tree: tree.problem for tree in found.trees if tree.problem}


def test_a_ledger_has_the_roots_of_its_last_head_and_nothing_since(
    ledger: Path, heads: list[SignedTreeHead]
) -> None:
    found = checked(ledger, heads[-1])
    assert found.ok
    assert found.rows_since == 0
    assert not found.is_copy
    assert [tree.tree for tree in found.trees] == sorted(LOG_TREES)


def test_what_came_after_a_head_is_counted(ledger: Path, heads: list[SignedTreeHead]) -> None:
    found = checked(ledger, heads[0])
    assert found.ok
    signed = [sum(tree.size for tree in one.head.trees.values()) for one in heads]
    assert found.rows_since == signed[1] - signed[0]


def test_a_backup_has_the_roots_of_the_ledger(
    ledger: Path, heads: list[SignedTreeHead], tmp_path: Path
) -> None:
    back_up(ledger, tmp_path / "backup.db")
    found = checked(tmp_path / "backup.db", heads[-1])
    assert (found.ok, found.rows_since) == (True, 0)


def test_a_copy_has_the_roots_and_another_name(
    ledger: Path, heads: list[SignedTreeHead], tmp_path: Path
) -> None:
    with open_store(ledger) as source, open_store(tmp_path / "copy.db") as target:
        copy_store(source, target)
    found = checked(tmp_path / "copy.db", heads[-1])
    assert (found.ok, found.rows_since, found.is_copy) == (True, 0, True)


def test_rows_that_a_head_has_and_the_ledger_has_not_are_counted(
    heads: list[SignedTreeHead], tmp_path: Path
) -> None:
    found = checked(tmp_path / "empty.db", heads[0])
    assert not found.ok
    assert problems(found)["dataset_version"] == "1 of its rows are missing"
    assert problems(found)["audit_entry"] == "1 of its rows are missing"


@pytest.mark.parametrize("tree", LOG_TREES)
def test_a_changed_row_gives_another_root(
    ledger: Path, heads: list[SignedTreeHead], tree: str
) -> None:
    with behind_its_back(ledger) as connection:
        connection.execute(f"UPDATE {tree} SET tenant = 'other' WHERE rowid = 1")
    for head in heads:
        assert problems(checked(ledger, head)) == {
            tree: "its rows are not those that were signed over"
        }


def test_a_row_that_is_gone_is_told(ledger: Path, heads: list[SignedTreeHead]) -> None:
    with behind_its_back(ledger) as connection:
        connection.execute("DELETE FROM finding WHERE rowid = 1")
    (problem,) = problems(checked(ledger, heads[0])).values()
    assert "rows are there" in problem


def test_a_row_changed_after_a_head_is_no_matter_of_that_head(
    ledger: Path, heads: list[SignedTreeHead]
) -> None:
    with behind_its_back(ledger) as connection:
        connection.execute("UPDATE run SET created_by = 'eve' WHERE rowid = 2")
    assert checked(ledger, heads[0]).ok
    assert not checked(ledger, heads[1]).ok


def test_checking_can_be_cancelled(ledger: Path, heads: list[SignedTreeHead]) -> None:
    control = RunControl()
    control.cancel()
    with open_store(ledger) as store, pytest.raises(Cancelled):
        check_against(store, heads[0], control=control)
