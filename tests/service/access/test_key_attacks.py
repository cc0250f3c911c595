"""Keys that are none let nobody in, and each for its own reason."""

from binascii import crc32
from collections.abc import Callable

import msgspec
import pytest

from service.access.entrance import Entrance, Header, with_key, with_token


def sealed(text: str) -> str:
    """Give a key that was tampered with its right checksum, as an attacker would."""
    return f"{text}{crc32(text.encode()):08x}"


def other_secret(entrance: Entrance) -> str:
    return sealed(f"seawall_live_{entrance.key_id}_{'0' * 64}")


def flipped(entrance: Entrance) -> str:
    body = entrance.key[:-8]
    return sealed(body[:-1] + ("0" if body[-1] != "0" else "1"))


def swapped(entrance: Entrance) -> str:
    """The secret of one key under the id of another."""
    other, _ = entrance.add_key("beta", "other", ["read"])
    return sealed(other[: len("seawall_live_")] + entrance.key_id + other[29:-8])


# name → (what is sent as X-API-Key, why it is refused)
KEYS: dict[str, tuple[Callable[[Entrance], str], str]] = {
    "nothing": (lambda _: "", "malformed"),
    "its prefix alone": (lambda e: e.key[:30], "malformed"),
    "its id alone": (lambda e: e.key_id, "malformed"),
    "the last character missing": (lambda e: e.key[:-1], "malformed"),
    "one character more": (lambda e: e.key + "0", "malformed"),
    "upper case": (lambda e: e.key.upper(), "malformed"),
    "an upper-case secret": (lambda e: e.key[:30] + e.key[30:].upper(), "malformed"),
    "a blank before": (lambda e: " " + e.key, "malformed"),
    "a blank after": (lambda e: e.key + " ", "malformed"),
    "a line break after": (lambda e: e.key + "\n", "malformed"),
    "a NUL after": (lambda e: e.key + "\0", "malformed"),
    "a wide digit": (lambda e: e.key[:-1] + "０", "malformed"),
    "two keys in one header": (lambda e: f"{e.key},{e.key}", "malformed"),
    "in quotes": (lambda e: f'"{e.key}"', "malformed"),
    "as Bearer": (lambda e: f"Bearer {e.key}", "malformed"),
    "a megabyte": (lambda e: e.key * 10_000, "malformed"),
    "a wrong checksum": (lambda e: e.key[:-8] + "00000000", "malformed"),
    "a secret that was guessed": (other_secret, "secret_differs"),
    "one digit changed": (flipped, "secret_differs"),
    "the secret of another key": (swapped, "secret_differs"),
    "live turned into dev": (
        lambda e: sealed(e.key[:-8].replace("live", "dev")),
        "secret_differs",
    ),
    "an id that nobody has": (
        lambda e: sealed(f"seawall_live_{'f' * 16}_{e.key[30:94]}"),
        "unknown",
    ),
    "SQL as an id": (lambda e: f"seawall_live_' OR 1=1 --_{e.key[30:]}", "malformed"),
}


def test_the_key_itself_is_let_in(entrance: Entrance) -> None:
    assert entrance.knock(with_key(entrance.key))[0] == 200
    assert entrance.reached[0].tenant == "alpha"
    assert entrance.reached[0].actor == f"desk#{entrance.key_id}"


@pytest.mark.parametrize("name", KEYS)
def test_what_is_almost_a_key_is_refused(entrance: Entrance, name: str) -> None:
    attack, reason = KEYS[name]
    status, code, headers = entrance.knock(with_key(attack(entrance)))
    assert (status, code) == (401, "AUTH_INVALID")
    assert headers[b"www-authenticate"] == b'Bearer realm="seawall"'
    assert entrance.reached == []
    assert entrance.reasons() == [reason]


# name → all credentials of a request; each is good alone
SEVERAL: dict[str, Callable[[Entrance], list[Header]]] = {
    "the same key twice": lambda e: [with_key(e.key)] * 2,
    "two keys": lambda e: [with_key(e.key), with_key(e.add_key("beta", "b", ["read"])[0])],
    "the same token twice": lambda e: [with_token(e.token())] * 2,
    "a key and its token": lambda e: [with_key(e.key), with_token(e.token())],
    "a token and another's key": lambda e: [
        with_token(e.token()),
        with_key(e.add_key("beta", "b", ["read"])[0]),
    ],
    "a key and an empty Authorization": lambda e: [with_key(e.key), (b"authorization", b"")],
}


@pytest.mark.parametrize("name", SEVERAL)
def test_several_credentials_are_refused_though_each_is_good(entrance: Entrance, name: str) -> None:
    headers = SEVERAL[name](entrance)
    assert entrance.knock(*headers)[:2] == (401, "AUTH_INVALID")
    assert entrance.reached == []
    assert entrance.reasons() == ["several_credentials"]


def test_a_key_in_the_address_is_no_credential(entrance: Entrance) -> None:
    query = f"api_key={entrance.key}&X-API-Key={entrance.key}".encode()
    assert entrance.knock(query_string=query)[:2] == (401, "AUTH_REQUIRED")


def test_a_key_in_a_cookie_is_no_credential(entrance: Entrance) -> None:
    cookie = (b"cookie", b"x-api-key=" + entrance.key.encode())
    assert entrance.knock(cookie)[:2] == (401, "AUTH_REQUIRED")


def test_a_key_as_bearer_or_basic_is_no_token(entrance: Entrance) -> None:
    for scheme in (b"Bearer ", b"Basic ", b"ApiKey "):
        header = (b"authorization", scheme + entrance.key.encode())
        assert entrance.knock(header)[:2] == (401, "AUTH_INVALID")
    assert entrance.reasons() == ["malformed", "scheme", "scheme"]


def test_an_expired_key_is_refused_from_its_very_moment(entrance: Entrance) -> None:
    key, _ = entrance.add_key("alpha", "brief", ["read"], expires_at=entrance.time.now + 10)
    entrance.pass_time(9.999)
    assert entrance.knock(with_key(key))[0] == 200
    entrance.pass_time(0.001)
    assert entrance.knock(with_key(key))[:2] == (401, "AUTH_INVALID")
    assert entrance.reasons() == ["expired"]


def test_a_revoked_key_is_refused(entrance: Entrance) -> None:
    entrance.revoke_key("alpha", entrance.key_id)
    assert entrance.knock(with_key(entrance.key))[:2] == (401, "AUTH_INVALID")
    assert entrance.reasons() == ["revoked"]


def test_no_role_implies_another(entrance: Entrance) -> None:
    admin, _ = entrance.add_key("alpha", "chief", ["admin"])
    assert entrance.knock(with_key(admin))[:2] == (403, "FORBIDDEN")
    assert entrance.knock(with_key(admin), opt={"role": "admin"})[0] == 200


def test_a_route_that_states_nothing_is_shut(entrance: Entrance) -> None:
    for opt in ({"described": 1}, {"public": "yes"}, {"role": "root"}, {"credential": "cookie"}):
        assert entrance.knock(with_key(entrance.key), opt=opt)[:2] == (403, "FORBIDDEN")
        assert entrance.knock(opt=opt)[:2] == (401, "AUTH_REQUIRED")


def test_a_refusal_does_not_tell_why(entrance: Entrance) -> None:
    entrance.revoke_key("alpha", entrance.key_id)
    answers = {
        entrance.knock(with_key(key))[:2]
        for key in (entrance.key, other_secret(entrance), "x", sealed("seawall_live_" + "0" * 81))
    }
    assert answers == {(401, "AUTH_INVALID")}


def test_a_principal_that_a_caller_brings_is_not_believed(entrance: Entrance) -> None:
    for name in (b"x-principal", b"x-tenant", b"x-forwarded-user", b"x-remote-user", b"x-roles"):
        assert entrance.knock((name, b"admin"))[:2] == (401, "AUTH_REQUIRED")
        entrance.knock(with_key(entrance.key), (name, b"beta"))
    assert {principal.tenant for principal in entrance.reached} == {"alpha"}


def test_what_was_sent_as_a_key_is_in_no_audit_entry(entrance: Entrance) -> None:
    for name in KEYS:
        entrance.knock(with_key(KEYS[name][0](entrance)))
    written = msgspec.json.encode(entrance.store.audit).decode()
    assert entrance.key[30:60] not in written
    assert "0" * 64 not in written
