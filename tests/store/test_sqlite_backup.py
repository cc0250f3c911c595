"""A ledger copied page by page while it is in use."""

from pathlib import Path

import pytest
from sample_ledger import fill, submit

from seawall.errors import Conflict, NotFound, StoreError
from seawall.store import open_store
from seawall.store.digests import table_digests
from seawall.store.sqlite_backup import back_up


def test_a_backup_of_an_open_ledger_holds_the_same(tmp_path: Path) -> None:
    with open_store(tmp_path / "ledger.db") as store:
        fill(store)
        back_up(tmp_path / "ledger.db", tmp_path / "backup.db")
        wanted = table_digests(store)
    with open_store(tmp_path / "backup.db") as backup:
        assert table_digests(backup) == wanted
        assert backup.integrity_problems() == []


def test_a_writer_is_not_kept_waiting_by_a_backup_nor_in_it(tmp_path: Path) -> None:
    with open_store(tmp_path / "ledger.db") as store:
        fill(store)
        back_up(tmp_path / "ledger.db", tmp_path / "backup.db")
        fill(store, tenant="later")
    with open_store(tmp_path / "backup.db") as backup:
        assert backup.tenants() == ["harbour"]


def test_a_restored_ledger_is_written_to(tmp_path: Path) -> None:
    with open_store(tmp_path / "ledger.db") as store:
        fill(store)
    back_up(tmp_path / "ledger.db", tmp_path / "backup.db")
    (tmp_path / "ledger.db").unlink()
    back_up(tmp_path / "backup.db", tmp_path / "ledger.db")
    with open_store(tmp_path / "ledger.db") as store:
        fill(store, tenant="later")
        submit(store, lambda _: None)
        assert store.tenants() == ["harbour", "later"]


def test_a_backup_replaces_nothing(tmp_path: Path) -> None:
    open_store(tmp_path / "ledger.db").close()
    (tmp_path / "backup.db").write_bytes(b"precious")
    with pytest.raises(Conflict):
        back_up(tmp_path / "ledger.db", tmp_path / "backup.db")
    assert (tmp_path / "backup.db").read_bytes() == b"precious"


@pytest.mark.parametrize(("source", "target"), [("none.db", "b.db"), ("ledger.db", "none/b.db")])
def test_what_is_not_there_is_not_backed_up(tmp_path: Path, source: str, target: str) -> None:
    open_store(tmp_path / "ledger.db").close()
    with pytest.raises(NotFound):
        back_up(tmp_path / source, tmp_path / target)


def test_a_backup_that_fails_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"no database" * 1_000)
    with pytest.raises(StoreError) as refusal:
        back_up(tmp_path / "ledger.db", tmp_path / "backup.db")
    assert refusal.value.code == "store_corrupt"
    assert [entry.name for entry in tmp_path.iterdir()] == ["ledger.db"]
