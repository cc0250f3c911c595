from hashlib import blake2b

import pytest

from seawall.errors import InvalidInput
from seawall.service.access.keys import key_hash, key_id_of, new_key
from seawall.store.types import ApiKey

SECRET = bytes(range(32))


def make(name: str = "desk", roles: tuple[str, ...] = ("read",), **told: str) -> tuple[str, ApiKey]:
    given = {"created_at": "2026-01-01T00:00:00Z", "expires_at": None, **told}
    return new_key(
        "alpha",
        name,
        roles,
        secret=SECRET,
        created_by="test",
        random=lambda count: bytes(range(count)),
        **given,  # type: ignore[arg-type]
    )


def test_a_key_has_its_published_form() -> None:
    shown, key = make()
    digits = bytes(range(32)).hex()
    assert shown == f"seawall_live_0001020304050607_{digits}c9e873d2"
    assert key.key_id == "0001020304050607"


def test_the_hash_of_a_key_is_keyed_blake2b() -> None:
    shown, key = make()
    oracle = blake2b(shown.encode(), digest_size=32, key=SECRET, person=b"seawall.apikey/1")
    assert key.key_hash == oracle.digest()
    assert key_hash(shown.encode(), bytes(32)) != key.key_hash


def test_the_secret_of_a_key_is_random() -> None:
    first, second = (
        new_key(
            "alpha",
            "desk",
            ("read",),
            secret=SECRET,
            created_at="2026-01-01T00:00:00Z",
            created_by="test",
            expires_at=None,
        )[0]
        for _ in range(2)
    )
    assert first[13:29] != second[13:29]
    assert first[30:94] != second[30:94]


def test_what_is_kept_does_not_hold_what_is_shown() -> None:
    shown, key = make()
    assert shown[30:94] not in repr(key)
    assert bytes.fromhex(shown[30:94]) not in key.key_hash


def test_the_id_of_a_key_is_read_from_it() -> None:
    assert key_id_of(make()[0].encode()) == "0001020304050607"


@pytest.mark.parametrize("position", range(0, 102, 5))
def test_a_typing_error_makes_a_key_none(position: int) -> None:
    shown = make()[0]
    wrong = "1" if shown[position] != "1" else "2"
    assert key_id_of((shown[:position] + wrong + shown[position + 1 :]).encode()) is None


def test_roles_are_kept_sorted_and_once() -> None:
    assert make(roles=("read", "admin", "read"))[1].roles == ("admin", "read")


@pytest.mark.parametrize("roles", [(), ("root",), ("Admin",), ("read", "")])
def test_a_role_that_does_not_exist_is_refused(roles: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as caught:
        make(roles=roles)
    assert caught.value.where == "roles"


@pytest.mark.parametrize("name", ["", " a", "a\nb", "a#b", "é", "a" * 65, "<b>"])
def test_a_name_that_an_audit_could_misread_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        make(name=name)
    assert caught.value.where == "name"


@pytest.mark.parametrize("ends", ["2026-01-01T00:00:00Z", "2025-12-31T23:00:00-01:00"])
def test_a_key_that_ends_before_it_begins_is_refused(ends: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        make(expires_at=ends)
    assert caught.value.where == "expires_at"


@pytest.mark.parametrize("ends", ["soon", "2027-01-01", "2027-01-01T00:00:00", ""])
def test_an_end_without_a_zone_is_refused(ends: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        make(expires_at=ends)
    assert caught.value.code == "time_invalid"


def test_times_are_kept_in_utc() -> None:
    assert make(expires_at="2027-01-01T01:00:00+01:00")[1].expires_at == (
        "2027-01-01T00:00:00.000000Z"
    )
