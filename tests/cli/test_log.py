"""``seawall log``, ``export``, ``verify --bundle``: what one hands over, another checks."""

import json
import os
import shutil
import stat
from pathlib import Path

import apsw
import pytest

from seawall.cli.exit_codes import EXIT_CHANGED
from seawall.lab.books import bench_records
from seawall.provenance.signature import private_key_pem
from seawall.session import Session

from .typed import Command

TAPE = bench_records(4, seed=1, currencies=("EUR",))
TRUSTED = ("--public-key", "key.pem.pub")


@pytest.fixture(autouse=True)
def run_id(seawall: Command) -> str:
    """A ledger with a run, and a key."""
    with Session("seawall.db") as session:
        dataset = session.ingest(TAPE, format="json", profile="todiscope")
        found = session.stress(dataset, started_at="2025-01-01T00:00:00Z").run_id
    assert seawall("log", "key", "key.pem").exit_code == 0
    return found


def test_a_private_key_is_its_owners_and_never_overwritten(seawall: Command) -> None:
    assert stat.S_IMODE(os.stat("key.pem").st_mode) == 0o600
    assert "PRIVATE KEY" in Path("key.pem").read_text()
    assert "PUBLIC KEY" in Path("key.pem.pub").read_text()
    seawall("log", "key", "key.pem").refused("key_exists", "key.pem")
    assert seawall("log", "key", "another.pem", "--json").json()["key_id"].startswith("logkey_")


def test_a_key_that_others_may_read_does_not_sign(seawall: Command) -> None:
    Path("key.pem").chmod(0o640)
    seawall("log", "sign", "--key", "key.pem").refused("key_exposed", "chmod 600")


def test_what_is_no_key_is_refused_without_showing_it(seawall: Command) -> None:
    Path("key.pem").write_text("a secret")
    refused = seawall("log", "sign", "--key", "key.pem")
    refused.refused("key_unreadable")
    assert "a secret" not in refused.err
    seawall("log", "sign", "--key", "none.pem").refused("key_unreadable")
    Path("key.pem.pub").write_bytes(private_key_pem(bytes(32)))
    seawall("verify", *TRUSTED).refused("key_unreadable")


def test_before_a_head_is_signed_nothing_is_proved(seawall: Command, run_id: str) -> None:
    for words in (("log", "head"), ("log", "prove", run_id), ("export", run_id)):
        seawall(*words).refused("head_required", "seawall log sign")


def test_a_head_is_signed_shown_and_checked_elsewhere(seawall: Command) -> None:
    signed = seawall("log", "sign", "--key", "key.pem", "--output", "head.json", "--json").json()
    assert signed["head"]["number"] == 1
    assert seawall("log", "head", "--json").json() == signed
    assert seawall("log", "list", "--json").json() == [signed]
    assert json.loads(Path("head.json").read_bytes()) == signed
    assert "since then  0 rows" in seawall("log", "head").out
    assert signed["head"]["ledger"] in seawall("log", "sign", "--key", "key.pem").out
    assert "logkey_" in seawall("log", "list").out
    assert seawall("verify", "--bundle", "head.json", *TRUSTED).exit_code == 0
    assert seawall("verify", "--known-head", "head.json", *TRUSTED).exit_code == 0


def test_a_run_is_exported_and_checked_without_the_ledger(seawall: Command, run_id: str) -> None:
    seawall("log", "sign", "--key", "key.pem")
    told = seawall("export", run_id, "--output", "run.json", "--json").json()
    assert (told["findings"], told["links"]) == (4, 4)
    Path("seawall.db").unlink()
    found = seawall("verify", "--bundle", "run.json", *TRUSTED, "--json").json()
    assert found["ok"]
    assert found["verification"]["run_id"] == run_id
    assert "nothing of it is missing" in seawall("verify", "--bundle", "run.json", *TRUSTED).out


def test_a_changed_bundle_ends_with_3_and_the_place(seawall: Command, run_id: str) -> None:
    seawall("log", "sign", "--key", "key.pem")
    assert "seawall verify" in seawall("export", run_id, "--output", "run.json").out
    bundle = Path("run.json").read_text()
    Path("run.json").write_text(bundle.replace("debt_exposure", "debt_exposurf", 1))
    found = seawall("verify", "--bundle", "run.json", *TRUSTED)
    assert found.exit_code == EXIT_CHANGED
    assert "evidence[" in found.err
    told = seawall("verify", "--bundle", "run.json", *TRUSTED, "--json")
    assert json.loads(told.err)["where"].startswith("evidence[")


def test_a_bundle_without_a_key_is_wrong_usage(seawall: Command) -> None:
    assert seawall("verify", "--bundle", "run.json").exit_code == 2
    seawall("verify", "--bundle", "run.json", *TRUSTED).refused("not_found", "run.json")


def test_a_row_is_proved_alone(seawall: Command, run_id: str) -> None:
    seawall("log", "sign", "--key", "key.pem")
    assert seawall("log", "prove", run_id, "--output", "row.json").exit_code == 0
    assert "1 rows" in seawall("verify", "--bundle", "row.json", *TRUSTED).out
    printed = seawall("log", "prove", run_id).out
    assert printed == Path("row.json").read_text()
    seawall("log", "prove", "ev_none").refused("not_found")


def test_a_later_head_continues_an_earlier_one(seawall: Command, run_id: str) -> None:
    seawall("log", "sign", "--key", "key.pem", "--output", "old.json")
    with Session("seawall.db") as session:
        session.stress(session.datasets()[0], started_at="2025-01-02T00:00:00Z")
    seawall("log", "head", "9").refused("not_found")
    seawall("log", "sign", "--key", "key.pem")
    for old in ("1", "old.json"):
        assert seawall("log", "consistency", old, "--output", "both.json").exit_code == 0
        assert seawall("verify", "--bundle", "both.json", *TRUSTED).exit_code == 0
    seawall("log", "consistency", "2", "1").refused("proof_invalid")
    seawall("log", "consistency", "none.json").refused("not_found")
    Path("both.json").rename("old.json")
    seawall("log", "consistency", "old.json").refused("document_unreadable")


def test_a_rolled_back_ledger_does_not_hold_the_known_head(seawall: Command) -> None:
    seawall("log", "sign", "--key", "key.pem")
    shutil.copy("seawall.db", "old.db")
    seawall("log", "sign", "--key", "key.pem", "--output", "known.json")
    shutil.copy("old.db", "seawall.db")
    found = seawall("verify", "--known-head", "known.json", *TRUSTED)
    assert found.exit_code == EXIT_CHANGED
    assert "the known head is missing" in found.out


def test_a_changed_row_is_found_by_the_log_alone(seawall: Command) -> None:
    connection = apsw.Connection("seawall.db")
    connection.execute("DROP TRIGGER run_no_update")
    connection.execute("UPDATE run SET created_by = 'eve'")
    connection.close()
    found = seawall("verify")
    assert found.exit_code == EXIT_CHANGED
    assert "log run: its rows are not those that were logged" in found.out


def test_a_restored_backup_has_the_roots_of_a_head(seawall: Command, run_id: str) -> None:
    seawall("log", "sign", "--key", "key.pem", "--output", "known.json")
    seawall("store", "backup", "seawall.db", "backup.db")
    with Session("seawall.db") as session:
        session.stress(session.datasets()[0], started_at="2025-01-02T00:00:00Z")
    seawall("log", "sign", "--key", "key.pem", "--output", "later.json")
    restored = ("--store", "backup.db", *TRUSTED)
    found = seawall("log", "check", "known.json", *restored)
    assert found.exit_code == 0
    assert "since then  0 rows" in found.out
    assert seawall("log", "check", "1", *restored, "--json").json()["rows_since"] == 0
    assert seawall("log", "check", "known.json", *TRUSTED, "--json").json()["rows_since"] > 0
    later = seawall("log", "check", "later.json", *restored)
    assert later.exit_code == EXIT_CHANGED
    assert "1 of its rows are missing" in later.out


def test_a_head_of_another_key_is_not_compared(seawall: Command) -> None:
    seawall("log", "sign", "--key", "key.pem")
    seawall("log", "key", "other.pem")
    seawall("log", "check", "--public-key", "other.pem.pub").refused("key_unknown")
