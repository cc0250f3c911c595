"""What other processes change takes effect within a second, and no answer means no."""

import time
from pathlib import Path

import pytest

from seawall.errors import StoreError
from seawall.service.access import directory
from seawall.service.access.directory import STALE_S, KeyDirectory, KeyRefused
from seawall.service.access.doors import Access, AccessOptions, open_access
from seawall.service.access.keys import new_key
from seawall.service.access.times import utc_text
from seawall.store import open_store
from seawall.store.types import RevokedToken
from service.access.entrance import Entrance, with_key, with_token


def refused_before(access: Access, shown: str, end: float) -> str:
    while time.monotonic() < end:
        try:
            access.directory.check(shown.encode())
        except KeyRefused as refused:
            return refused.reason
        time.sleep(0.01)
    return "let in"


def test_another_process_revokes_a_key_within_a_second(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with open_store(str(path)) as here, open_store(str(path)) as there:
        access = open_access(here, AccessOptions(), beside=path)
        shown, key = new_key(
            "alpha",
            "desk",
            ["read"],
            secret=access.hash_secret,
            created_at=utc_text(time.time()),
            created_by="test",
            expires_at=None,
        )
        here.submit(lambda transaction: transaction.put_api_key(key)).result()
        access.start()
        try:
            assert access.directory.check(shown.encode()).tenant == "alpha"
            there.submit(
                lambda transaction: transaction.revoke_api_key(
                    "alpha", key.key_id, utc_text(time.time())
                )
            ).result()
            answered = time.monotonic()
            assert refused_before(access, shown, answered + 1) == "revoked"
        finally:
            access.close()


def test_another_process_revokes_a_token(entrance: Entrance) -> None:
    token = entrance.token()
    assert entrance.knock(with_token(token))[0] == 200
    checked = entrance.access.tokens.check(token.encode())
    ends = utc_text(checked.expires_at)
    entrance.store.revoke_token(RevokedToken(checked.revocation_id, ends))
    entrance.access.directory.refresh()
    assert entrance.knock(with_token(token))[:2] == (401, "AUTH_INVALID")
    assert entrance.reasons() == ["revoked"]


def test_a_revocation_says_nothing_about_the_same_token_id_elsewhere(entrance: Entrance) -> None:
    from seawall.service.access.tokens import revocation_id

    names = {
        revocation_id(tenant, issuer, "1") for tenant in ("a", "b") for issuer in ("a", "b", "")
    }
    assert len(names) == 6
    assert entrance.access.directory.is_revoked(names.pop()) is False


def test_nothing_is_read_again_while_nothing_changes(entrance: Entrance) -> None:
    entrance.access.directory.refresh()
    before = entrance.access.directory._snapshot
    entrance.access.directory.refresh()
    assert entrance.access.directory._snapshot is before


def test_of_keys_that_ended_only_the_last_ones_are_known(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "MOST_ENDED", 3)
    for number in range(8):
        shown, key_id = entrance.add_key("alpha", f"round {number}", ["read"])
        entrance.time.now += 1
        entrance.revoke_key("alpha", key_id)
    assert len(entrance.access.directory._snapshot.keys) == 3 + 1
    assert entrance.knock(with_key(shown))[0] == 401
    assert entrance.reasons() == ["revoked"]
    assert entrance.knock(with_key(entrance.key))[0] == 200


def test_who_knows_no_revocations_lets_nobody_in(entrance: Entrance) -> None:
    entrance.store.away = True
    entrance.time.monotonic += STALE_S
    assert entrance.knock(with_key(entrance.key))[0] == 200
    entrance.time.monotonic += 0.1
    status, code, headers = entrance.knock(with_key(entrance.key))
    assert (status, code) == (503, "ACCESS_UNKNOWN")
    assert headers[b"retry-after"] == b"1"


def test_a_store_that_answers_again_opens_the_doors_again(entrance: Entrance) -> None:
    entrance.store.away = True
    entrance.time.monotonic += STALE_S + 1
    with pytest.raises(StoreError):
        entrance.access.directory.refresh()
    assert entrance.knock(with_key(entrance.key))[0] == 503
    entrance.store.away = False
    entrance.access.directory.refresh()
    assert entrance.knock(with_key(entrance.key))[0] == 200


def test_a_directory_that_was_never_read_is_stale(entrance: Entrance) -> None:
    never = KeyDirectory(
        entrance.store, secrets=[bytes(32)], clock=time.time, monotonic=time.monotonic
    )
    assert never.is_stale()


def test_without_any_key_the_service_is_closed(entrance: Entrance) -> None:
    entrance.revoke_key("alpha", entrance.key_id)
    status, code, headers = entrance.knock()
    assert (status, code) == (503, "ACCESS_CLOSED")
    assert b"retry-after" in headers
    assert entrance.reasons() == ["no_key_exists"]


def test_a_key_hashed_with_the_former_secret_is_good_until_that_is_removed(
    entrance: Entrance,
) -> None:
    former = entrance.access.hash_secret
    for secrets, admitted in (((bytes(32), former), True), ((bytes(32),), False)):
        directory = KeyDirectory(
            entrance.store, secrets=secrets, clock=time.time, monotonic=time.monotonic
        )
        directory.refresh()
        if admitted:
            assert directory.check(entrance.key.encode()).tenant == "alpha"
        else:
            with pytest.raises(KeyRefused):
                directory.check(entrance.key.encode())
