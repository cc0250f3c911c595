"""Whoever changes keys or switches behind the back of any database is found out by verify."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from seawall.canonical import canonical_json
from seawall.session import Session
from seawall.store import Transaction, open_store
from seawall.store.types import ApiKey, AuditDraft, EngineSwitch

from .signed_ledger import TENANT, Back, behind_its_back, behind_the_server

AT = "2025-01-01T00:00:00.000000Z"
LATER = "2025-01-02T00:00:00.000000Z"
DEBT, OTHER = "debt", "other"


def key(name: str) -> ApiKey:
    roles = ("read", "write")
    return ApiKey(f"key_{name}", TENANT, name, roles, name.encode() * 32, AT, "ada", None, None)


def draft(action: str, subject: str, at: str = AT, **detail: Any) -> AuditDraft:
    return AuditDraft(TENANT, at, "ada", action, "done", subject, "", canonical_json(detail))


def keep(transaction: Transaction) -> None:
    """Two keys, of which one is revoked; two engines, of which one was switched on again."""
    for name in "ab":
        transaction.put_api_key(key(name))
        transaction.append_audit(draft("api_key.create", f"key_{name}", **key(name).told()))
    transaction.revoke_api_key(TENANT, "key_b", LATER)
    transaction.append_audit(draft("api_key.revoke", "key_b", LATER))
    for engine, enabled, at in ((DEBT, False, AT), (OTHER, False, AT), (OTHER, True, LATER)):
        transaction.set_engine_switch(EngineSwitch(engine, enabled, "why", at, "ada"))
        action = "engine.enable" if enabled else "engine.disable"
        transaction.append_audit(draft(action, engine, at, reason="why"))


Opened = tuple[str, Callable[[], AbstractContextManager[Any]], str]


@pytest.fixture(params=["sqlite", "postgres"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    if request.param == "postgres":
        url = request.getfixturevalue("new_database")()
        opened: Opened = (url, lambda: behind_the_server(url), "log_index")
    else:
        path = tmp_path / "ledger.db"
        opened = (str(path), lambda: behind_its_back(path), "rowid")
    with open_store(opened[0]) as store:
        store.submit(keep).result(timeout=30)
    return opened


@pytest.fixture
def back(ledger: Opened) -> Iterator[Back]:
    _, behind, place = ledger
    with behind() as raw:
        yield Back(raw, place)


def found(ledger: Opened) -> list[tuple[str, str, str]]:
    with Session(ledger[0], tenant="another") as session:  # keys of all tenants are looked at
        return [(p.what, p.identifier, p.message) for p in session.verify().problems]


def test_keys_and_switches_as_they_were_left_are_no_problem(ledger: Opened) -> None:
    assert found(ledger) == []


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        (
            "UPDATE api_key SET revoked_at = NULL WHERE key_id = 'key_b'",
            ("key", "key_b", "it was revoked, and is good again"),
        ),
        (
            f"UPDATE api_key SET revoked_at = '{LATER}' WHERE key_id = 'key_a'",
            ("key", "key_a", "the audit does not tell that it was revoked"),
        ),
        (
            """UPDATE api_key SET roles = '["admin"]' WHERE key_id = 'key_a'""",
            ("key", "key_a", "its roles were changed"),
        ),
        (
            "UPDATE api_key SET name = 'eve' WHERE key_id = 'key_a'",
            ("key", "key_a", "its name was changed"),
        ),
        (
            f"UPDATE api_key SET expires_at = '{LATER}' WHERE key_id = 'key_a'",
            ("key", "key_a", "its end was changed"),
        ),
        (
            "UPDATE api_key SET key_hash = CAST('eve' AS {bytes}) WHERE key_id = 'key_a'",
            ("key", "key_a", "its hash was changed: another secret opens it"),
        ),
        (
            "DELETE FROM api_key WHERE key_id = 'key_a'",
            ("key", "key_a", "the audit tells of it, and it is not there"),
        ),
        (
            "UPDATE api_key SET roles = '[' WHERE key_id = 'key_a'",
            ("key", "", "api_key[key_a]: A kept list is not JSON."),
        ),
        (
            "UPDATE engine_switch SET reason = 'none' WHERE engine = 'other'",
            ("switch", OTHER, "what it says of its last change was changed"),
        ),
        (
            "DELETE FROM engine_switch WHERE engine = 'debt'",
            ("switch", DEBT, "the audit tells of it, and it is not there"),
        ),
    ],
)
def test_a_change_is_found(
    ledger: Opened, back: Back, sql: str, problem: tuple[str, str, str]
) -> None:
    back.execute(sql.replace("{bytes}", "BYTEA" if back.place == "log_index" else "BLOB"))
    assert found(ledger) == [problem]


@pytest.mark.parametrize(("engine", "state"), [(DEBT, "off"), (OTHER, "on")])
def test_a_switch_turned_over_is_found(ledger: Opened, back: Back, engine: str, state: str) -> None:
    back.execute("UPDATE engine_switch SET enabled = NOT enabled WHERE engine = ?", engine)
    assert found(ledger) == [("switch", engine, f"it was switched {state} last")]


def test_a_key_and_a_switch_that_were_slipped_in_are_found(ledger: Opened) -> None:
    with open_store(ledger[0]) as store:
        switch = EngineSwitch("third", False, "", AT, "eve")
        store.submit(lambda t: t.put_api_key(key("c"))).result(timeout=30)
        store.submit(lambda t: t.set_engine_switch(switch)).result(timeout=30)
    assert found(ledger) == [
        ("key", "key_c", "the audit does not tell that it was made"),
        ("switch", "third", "the audit does not tell of it"),
    ]


def test_a_key_of_a_release_that_told_less_of_it_is_no_problem(ledger: Opened) -> None:
    with open_store(ledger[0]) as store:
        told = draft("api_key.create", "key_c", name="c", roles=["read", "write"])
        store.submit(lambda t: t.put_api_key(key("c"))).result(timeout=30)
        store.submit(lambda t: t.append_audit(told)).result(timeout=30)
    assert found(ledger) == []


def test_a_refused_entry_tells_of_nothing(ledger: Opened) -> None:
    refused = AuditDraft(TENANT, AT, "eve", "api_key.revoke", "refused", "key_a", "")
    with open_store(ledger[0]) as store:
        store.submit(lambda t: t.append_audit(refused)).result(timeout=30)
    assert found(ledger) == []


def test_a_text_that_cannot_be_read_is_a_problem(ledger: Opened, back: Back) -> None:
    back.execute("UPDATE api_key SET name = CAST(? AS TEXT)", bytearray(b"\xf3"))
    assert found(ledger) == [("key", "", "A kept text is not UTF-8.")]
