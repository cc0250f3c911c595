"""``seawall keys``: a key is shown once, works at the service's door, and is revoked for good."""

import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from seawall.service.access.directory import KeyDirectory, KeyRefused
from seawall.service.access.server_secrets import load_secrets
from seawall.store import open_store

from .typed import Command

SECRETS = Path("seawall.db.secrets")


def created(seawall: Command, *words: str) -> Any:
    return seawall("keys", "create", "night ingest", "--role", "read", *words, "--json").json()


def listed(seawall: Command, *words: str) -> Any:
    return seawall("keys", "list", *words, "--json").json()


def at_the_door(shown: str, *, now: float = 0.0, secrets: Path = SECRETS) -> str:
    """Return the tenant and roles that a server lets in, or why it does not."""
    with open_store("seawall.db") as store:
        directory = KeyDirectory(
            store,
            secrets=load_secrets(secrets, may_create=False).hashing(),
            clock=lambda: now,
            monotonic=lambda: 0.0,
        )
        directory.refresh()
        try:
            principal = directory.check(shown.encode())
        except KeyRefused as refusal:
            return refusal.reason
        return f"{principal.tenant}: {', '.join(sorted(principal.roles))}"


def test_a_key_opens_the_door_of_its_tenant(seawall: Command) -> None:
    key = created(seawall, "--tenant", "harbour", "--role", "ingest")["key"]
    assert at_the_door(key) == "harbour: ingest, read"


def test_the_first_key_makes_ledger_and_secrets_that_only_their_owner_reads(
    seawall: Command,
) -> None:
    created(seawall)
    assert sorted(path.name for path in Path().iterdir()) == ["seawall.db", "seawall.db.secrets"]
    assert stat.S_IMODE(SECRETS.stat().st_mode) == 0o600


def test_nothing_kept_or_listed_shows_the_key(seawall: Command) -> None:
    key = created(seawall)["key"]
    secret = key.split("_")[-1]
    assert secret not in str(listed(seawall))
    assert secret.encode() not in Path("seawall.db").read_bytes()
    assert secret not in seawall("audit", "list", "--json").out


def test_a_key_is_shown_with_all_that_it_may_do(seawall: Command) -> None:
    outcome = seawall(
        "keys", "create", "night", "--role", "ingest", "--role", "read", "--days", "9"
    )
    assert "seawall_live_" in outcome.out
    assert "(ingest, read), tenant default" in outcome.out


def test_a_key_ends_after_its_days(seawall: Command) -> None:
    key = created(seawall, "--days", "90")
    ends = (key["created_at"], key["expires_at"])
    assert at_the_door(key["key"], now=4e9) == "expired"
    assert ends[0] < ends[1]
    assert ends[1].endswith("Z")


def test_a_key_ends_when_it_is_said_to(seawall: Command) -> None:
    key = created(seawall, "--expires-at", "2999-01-01T01:00:00+01:00")
    assert key["expires_at"] == "2999-01-01T00:00:00.000000Z"


def test_a_key_may_end_with_the_last_moment_that_can_be_written(seawall: Command) -> None:
    last = "9999-12-31T23:59:59.999999Z"
    assert created(seawall, "--expires-at", last)["expires_at"] == last


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--expires-at", "2020-01-01T00:00:00Z"), "invalid_input"),
        (("--expires-at", "tomorrow"), "time_invalid"),
        (("--expires-at", "9999-12-31T23:59:59-14:00"), "time_invalid"),
        (("--role", "owner"), "invalid_input"),
    ],
)
def test_a_key_that_cannot_be_is_refused_and_leaves_none(
    seawall: Command, words: tuple[str, ...], code: str
) -> None:
    seawall("keys", "create", "night", "--role", "read", *words).refused(code)
    assert listed(seawall) == []
    assert seawall("audit", "list", "--json").json() == []


@pytest.mark.parametrize("words", [(), ("--role", "read", "--days", "1", "--expires-at", "2999")])
def test_a_key_needs_a_role_and_has_one_end(seawall: Command, words: tuple[str, ...]) -> None:
    assert seawall("keys", "create", "night", *words).exit_code == 2


def test_keys_are_listed_of_a_tenant_or_of_all(seawall: Command) -> None:
    ids = [created(seawall, "--tenant", tenant)["key_id"] for tenant in ("default", "other")]
    assert [key["key_id"] for key in listed(seawall)] == ids[:1]
    assert [key["key_id"] for key in listed(seawall, "--all-tenants")] == ids
    assert ids[0] in seawall("keys", "list").out


def test_a_revoked_key_is_refused_for_good(seawall: Command) -> None:
    key = created(seawall)
    assert seawall("keys", "revoke", key["key_id"]).exit_code == 0
    first = listed(seawall)[0]["revoked_at"]
    assert at_the_door(key["key"]) == "revoked"
    assert "was revoked before" in seawall("keys", "revoke", key["key_id"]).out
    assert listed(seawall)[0]["revoked_at"] == first
    assert "revoked 2" in seawall("keys", "list").out


def test_a_key_of_another_tenant_is_not_revoked(seawall: Command) -> None:
    key = created(seawall, "--tenant", "harbour")
    seawall("keys", "revoke", key["key_id"]).refused("not_found")
    assert at_the_door(key["key"]) == "harbour: read"


def test_making_and_revoking_a_key_is_audited_once_each(seawall: Command) -> None:
    key = created(seawall)
    for _ in range(2):
        seawall("keys", "revoke", key["key_id"])
    entries = seawall("audit", "list", "--json").json()
    assert [(entry["action"], entry["subject"]) for entry in entries] == [
        ("api_key.revoke", key["key_id"]),
        ("api_key.create", key["key_id"]),
    ]
    told = entries[1]["detail"]
    assert (told["name"], told["roles"], told["expires_at"]) == ("night ingest", ["read"], None)
    assert len(told["hash_sha256"]) == 64


def test_keys_whose_secrets_are_lost_are_not_joined_by_others(seawall: Command) -> None:
    created(seawall)
    SECRETS.unlink()
    outcome = seawall("keys", "create", "second", "--role", "read")
    outcome.refused("secrets_missing", "seawall.db.secrets")


def test_the_server_s_secrets_may_lie_elsewhere(seawall: Command) -> None:
    key = created(seawall, "--secrets-file", "elsewhere.json")["key"]
    assert not SECRETS.exists()
    assert at_the_door(key, secrets=Path("elsewhere.json")) == "default: read"


def test_without_the_service_s_libraries_a_key_says_what_to_install(
    seawall: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jwt", None)
    seawall("keys", "create", "night", "--role", "read").refused("library_missing", "[service]")
    assert not Path("seawall.db").exists()
