"""``seawall audit``: the list, the check and the copy."""

import json
from pathlib import Path

import apsw
import pytest

from seawall.cli.exit_codes import EXIT_CHANGED, EXIT_FAILED
from seawall.store import open_store
from seawall.store.types import AuditDraft

from .typed import Command


@pytest.fixture(autouse=True)
def ledger(seawall: Command) -> Path:
    """Four entries: of the default tenant, of another, of nobody, and again of the first."""
    path = Path("seawall.db")
    with open_store(path) as store:
        for subject, tenant in enumerate(["default", "other", "", "default"]):
            draft = AuditDraft(
                tenant=tenant,
                at="2026-01-01T00:00:00.000000Z",
                actor="ada",
                action="run.create",
                outcome="done",
                subject=f"run_{subject}",
                request_id="",
                detail=b'{"to":"\x1b[2J"}'.replace(b"\x1b", b"\\u001b"),
            )
            store.submit(lambda t, draft=draft: t.append_audit(draft)).result(timeout=30)
    return path


def tampered(ledger: Path, sql: str) -> None:
    connection = apsw.Connection(str(ledger))
    connection.execute("DROP TRIGGER audit_entry_no_update; DROP TRIGGER audit_entry_no_delete")
    connection.execute(sql)
    connection.close()


def subjects(listed: list[dict[str, str]]) -> list[str]:
    return [entry["subject"] for entry in listed]


def test_the_list_is_of_one_tenant_newest_first(seawall: Command) -> None:
    assert subjects(seawall("audit", "list", "--json").json()) == ["run_3", "run_0"]
    found = seawall("audit", "list", "--tenant", "other", "--json").json()
    assert subjects(found) == ["run_1"]


def test_the_list_of_all_tenants_continues(seawall: Command) -> None:
    words = ("audit", "list", "--all-tenants", "--json", "--limit", "2")
    assert subjects(seawall(*words).json()) == ["run_3", "run_2"]
    assert subjects(seawall(*words, "--after", "3").json()) == ["run_1", "run_0"]


def test_the_table_has_a_row_an_entry_and_does_not_steer_the_terminal(seawall: Command) -> None:
    shown = seawall("audit", "list").out
    (row,) = [line for line in shown.splitlines() if "run_3" in line]
    assert row.split()[:6] == ["4", "2026-01-01T00:00:00", "default", "ada", "run.create", "done"]
    assert "\x1b" not in shown


def test_a_whole_chain_is_told_with_its_head(seawall: Command) -> None:
    found = seawall("audit", "verify", "--json").json()
    head = seawall("audit", "list", "--json").json()[0]["entry_sha256"]
    assert found == {
        "ok": True,
        "verification": {"entries": 4, "head_sha256": head, "problems": []},
    }


def test_a_changed_entry_has_an_exit_code_of_its_own(seawall: Command, ledger: Path) -> None:
    tampered(ledger, "UPDATE audit_entry SET actor = 'bob' WHERE sequence = 2")
    for command in (("audit", "verify"), ("verify",)):
        outcome = seawall(*command)
        assert outcome.exit_code == EXIT_CHANGED
        assert "2: its content was changed" in outcome.out


def test_a_shortened_chain_is_found_by_the_log_and_by_a_head_that_was_kept(
    seawall: Command, ledger: Path
) -> None:
    head = seawall("audit", "verify", "--json").json()["verification"]["head_sha256"]
    assert seawall("audit", "verify", "--known-head", head).exit_code == 0
    tampered(ledger, "DELETE FROM audit_entry WHERE sequence = 4")
    outcome = seawall("audit", "verify")
    assert outcome.exit_code == EXIT_CHANGED
    assert "the log has 4 entries" in outcome.out
    outcome = seawall("audit", "verify", "--known-head", head)
    assert outcome.exit_code == EXIT_CHANGED
    assert "the known head is the hash of no entry" in outcome.out


def test_a_head_that_was_kept_stays_known_when_the_chain_grows(seawall: Command) -> None:
    old = seawall("audit", "list", "--all-tenants", "--json").json()[-1]["entry_sha256"]
    assert seawall("audit", "verify", "--known-head", old).exit_code == 0
    assert seawall("audit", "verify", "--known-head", "0" * 64).exit_code == 0  # of an empty chain


def test_a_head_is_64_digits(seawall: Command) -> None:
    assert seawall("audit", "verify", "--known-head", "abc").exit_code == 2


def test_an_export_has_a_line_an_entry_oldest_first(seawall: Command) -> None:
    assert seawall("audit", "export", "--output", "audit.ndjson").exit_code == 0
    lines = Path("audit.ndjson").read_bytes().splitlines()
    assert subjects([json.loads(line) for line in lines]) == ["run_0", "run_3"]
    assert sorted(path.name for path in Path().iterdir()) == ["audit.ndjson", "seawall.db"]


def test_an_export_goes_to_standard_output(seawall: Command) -> None:
    lines = seawall("audit", "export", "--all-tenants").out.splitlines()
    assert subjects([json.loads(line) for line in lines]) == [f"run_{i}" for i in range(4)]


def test_a_changed_entry_ends_the_export_and_leaves_no_file(seawall: Command, ledger: Path) -> None:
    tampered(ledger, "UPDATE audit_entry SET subject = 'run_9' WHERE sequence = 4")
    outcome = seawall("audit", "export", "--output", "audit.ndjson")
    outcome.refused("store_corrupt", "audit_entry[4]")
    assert [path.name for path in Path().iterdir()] == ["seawall.db"]


def test_without_a_ledger_there_is_no_audit(seawall: Command, ledger: Path) -> None:
    ledger.unlink()
    for command in ("list", "verify", "export"):
        assert seawall("audit", command).exit_code == EXIT_FAILED
    assert not ledger.exists()
