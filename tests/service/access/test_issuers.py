"""Tokens of another service, as far as it was trusted and no further."""

import json
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from seawall.errors import InvalidInput
from seawall.service.access.doors import AccessOptions
from seawall.service.access.issuers import ExternalIssuer, load_issuer_keys
from service.access.entrance import NOON, Entrance, with_token

THEIRS = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def jwk(key: Ed25519PrivateKey = THEIRS, **told: Any) -> dict[str, Any]:
    x = b64(key.public_key().public_bytes_raw())
    return {"kty": "OKP", "crv": "Ed25519", "kid": "theirs-1", "use": "sig", "x": x, **told}


def issuer(folder: Path, *keys: dict[str, Any], **told: Any) -> ExternalIssuer:
    path = folder / f"keys-{len(list(folder.iterdir()))}.json"
    path.write_text(json.dumps({"keys": list(keys or (jwk(),))}))
    given = {
        "issuer": "https://login.example",
        "tenants": ("alpha",),
        "roles": ("read", "execute"),
        **told,
    }
    return ExternalIssuer(keys=str(path), **given)


def token(
    key: Ed25519PrivateKey = THEIRS, kid: str = "theirs-1", typ: str = "JWT", **told: Any
) -> str:
    claims: dict[str, Any] = {
        "iss": "https://login.example",
        "aud": ["seawall", "mail"],
        "sub": "ada",
        "jti": "1",
        "iat": int(NOON),
        "nbf": int(NOON),
        "exp": int(NOON) + 3_600,
        "tenant": "alpha",
        "roles": ["read"],
        "email": "ada@example.org",
        **told,
    }
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": kid, "typ": typ})


@pytest.fixture
def trusting(tmp_path: Path) -> Entrance:
    return Entrance(tmp_path, AccessOptions(issuers=(issuer(tmp_path),)))


def test_a_token_of_a_trusted_issuer_is_let_in(trusting: Entrance) -> None:
    assert trusting.knock(with_token(token()))[0] == 200
    assert trusting.reached[0].actor == "ada@https://login.example"
    assert trusting.reached[0].tenant == "alpha"


def test_an_issuer_that_nobody_trusts_is_refused(entrance: Entrance) -> None:
    assert entrance.knock(with_token(token()))[0] == 401


def test_an_issuer_needs_no_key_of_ours(trusting: Entrance) -> None:
    trusting.revoke_key("alpha", trusting.key_id)
    assert trusting.knock()[:2] == (401, "AUTH_REQUIRED")
    assert trusting.knock(with_token(token()))[0] == 200


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"tenant": "beta"}, "tenant"),
        ({"tenant": None}, "tenant"),
        ({"tenant": ["alpha"]}, "tenant"),
        ({"roles": "read"}, "roles"),
        ({"roles": [1]}, "roles"),
        ({"iss": "seawall"}, "issuer"),
        ({"aud": ["mail"]}, "audience"),
        ({"exp": int(NOON) + 3_601}, "lifetime"),
        ({"sub": "a" * 129}, "claims"),
        ({"sub": "ada\x1b[2J"}, "claims"),
    ],
)
def test_a_trusted_issuer_does_not_say_what_it_may_not(
    trusting: Entrance, told: dict[str, Any], reason: str
) -> None:
    assert trusting.knock(with_token(token(**told)))[:2] == (401, "AUTH_INVALID")
    assert trusting.reasons() == [reason]


def test_an_issuer_gives_no_role_that_it_may_not_give(trusting: Entrance) -> None:
    sent = with_token(token(roles=["admin", "read", "superuser"]))
    assert trusting.knock(sent, opt={"role": "admin"})[:2] == (403, "FORBIDDEN")
    assert trusting.knock(sent)[0] == 200
    assert trusting.reached[0].roles == {"read"}


def test_an_issuers_key_does_not_sign_for_this_service(trusting: Entrance) -> None:
    own = {"iss": "seawall", "aud": "seawall", "sub": trusting.key_id, "exp": int(NOON) + 900}
    for kid in ("theirs-1", trusting.access.tokens._kid):
        assert trusting.knock(with_token(token(kid=kid, **own)))[0] == 401
    assert trusting.reasons() == ["issuer", "signature"]


def test_one_issuer_does_not_speak_for_another(tmp_path: Path) -> None:
    second = Ed25519PrivateKey.from_private_bytes(bytes(32))
    other = issuer(
        tmp_path, jwk(second, kid="theirs-2"), issuer="https://other.example", tenants=("beta",)
    )
    both = Entrance(tmp_path, AccessOptions(issuers=(issuer(tmp_path), other)))
    assert both.knock(with_token(token(second, "theirs-2")))[0] == 401
    assert both.reasons() == ["issuer"]
    mine = {"iss": "https://other.example", "tenant": "beta"}
    assert both.knock(with_token(token(second, "theirs-2", **mine)))[0] == 200


def test_claims_may_have_other_names(tmp_path: Path) -> None:
    named = issuer(tmp_path, tenant_claim="org", roles_claim="groups")
    door = Entrance(tmp_path, AccessOptions(issuers=(named,)))
    assert door.knock(with_token(token(tenant="x", org="alpha", groups=["read"])))[0] == 200


def test_an_issuers_token_is_revoked_by_its_id(trusting: Entrance) -> None:
    from seawall.service.access.times import utc_text
    from seawall.service.access.tokens import revocation_id
    from seawall.store.types import RevokedToken

    assert trusting.knock(with_token(token()))[0] == 200
    name = revocation_id("alpha", "https://login.example", "1")
    trusting.store.revoke_token(RevokedToken(name, utc_text(NOON + 3_600)))
    trusting.access.directory.refresh()
    assert trusting.knock(with_token(token()))[0] == 401
    assert trusting.knock(with_token(token(jti="2")))[0] == 200


def bad(**told: Any) -> dict[str, Any]:
    return {k: v for k, v in jwk(**told).items() if v is not None}


@pytest.mark.parametrize(
    "keys",
    [
        [bad(kid=None)],
        [bad(kid="")],
        [jwk(), jwk()],
        [bad(x="AA")],
        [bad(x=None)],
        [bad(crv="Ed448")],
        [bad(crv="Ed448", x=b64(Ed448PrivateKey.generate().public_key().public_bytes_raw()))],
        [bad(crv="X25519")],
        [bad(d=b64(THEIRS.private_bytes_raw()))],
        [{"kty": "oct", "k": "c2VjcmV0", "kid": "a", "alg": "HS256"}],
        [{"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "a"}],
    ],
)
def test_keys_that_are_not_public_ed25519_keys_are_refused(
    tmp_path: Path, keys: list[dict[str, Any]]
) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_issuer_keys(issuer(tmp_path, *keys))
    assert caught.value.code == "issuer_invalid"


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("use", "enc"),
        ("use", None),
        ("key_ops", ["sign"]),
        ("key_ops", ["sign", "verify"]),
        ("key_ops", "verify"),
        ("alg", "HS256"),
        ("alg", "none"),
        ("alg", "Ed25519"),  # a token says EdDSA here
        ("kid", "a\nb"),
        ("kid", "a" * 257),
        ("crv", "Ed448"),
        ("x", jwk()["x"] + "="),
        ("x", 5),
    ],
)
def test_a_key_for_another_purpose_is_refused_by_the_member_that_says_so(
    tmp_path: Path, member: str, value: Any
) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_issuer_keys(issuer(tmp_path, jwk(**{member: value})))
    assert caught.value.code == "issuer_invalid"
    assert caught.value.where.endswith(f"keys[0].{member}")


def test_a_key_may_say_that_it_checks_tokens_and_nothing_else(tmp_path: Path) -> None:
    told = jwk(use="sig", key_ops=["verify"], alg="EdDSA", x5t="of no interest")
    assert list(load_issuer_keys(issuer(tmp_path, told))) == ["theirs-1"]
    bare = {name: told[name] for name in ("kty", "crv", "kid", "x")}
    assert list(load_issuer_keys(issuer(tmp_path, bare))) == ["theirs-1"]


def test_a_kid_that_stands_twice_in_a_key_is_refused(tmp_path: Path) -> None:
    given = issuer(tmp_path)
    text = Path(given.keys).read_text()
    Path(given.keys).write_text(text.replace('"kid":', '"kid": "other", "kid":'))
    with pytest.raises(InvalidInput, match="twice") as caught:
        load_issuer_keys(given)
    assert (caught.value.code, caught.value.where) == ("issuer_invalid", given.keys)


# The curve of Ed25519 (RFC 8032, 5.1), said slowly.
P = 2**255 - 19
D = -121_665 * pow(121_666, -1, P) % P
Point = tuple[int, int]


def added(a: Point, b: Point) -> Point:
    (x, y), (u, v) = a, b
    k = D * x * u * y * v % P
    return ((x * v + u * y) * pow(1 + k, -1, P) % P, (y * v + x * u) * pow(1 - k, -1, P) % P)


def of_y(y: int) -> Point:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    assert x * x % P == square
    return x, y % P


SMALL = [
    0,
    1,
    P - 1,
    P,
    P + 1,
    int.from_bytes(
        bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
    ),
    int.from_bytes(
        bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"
    ),
]
"""Second coordinates of the eight points that eight times make nothing, in all their spellings."""


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("y", SMALL)
def test_a_point_of_small_order_is_no_key(tmp_path: Path, y: int, sign: int) -> None:
    point = of_y(y)
    for _ in range(3):
        point = added(point, point)
    assert point == (0, 1)
    x = b64((y | sign << 255).to_bytes(32, "little"))
    with pytest.raises(InvalidInput) as caught:
        load_issuer_keys(issuer(tmp_path, jwk(x=x)))
    assert caught.value.code == "issuer_invalid"
    assert caught.value.where.endswith("keys[0].x")


@pytest.mark.parametrize("y", [2, P + 3, 2**255 - 1])
def test_what_is_no_point_or_not_spelt_as_one_is_no_key(tmp_path: Path, y: int) -> None:
    with pytest.raises(InvalidInput):
        load_issuer_keys(issuer(tmp_path, jwk(x=b64(y.to_bytes(32, "little")))))


def test_every_honest_key_is_taken(tmp_path: Path) -> None:
    honest = [Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in range(16)]
    given = issuer(tmp_path, *(jwk(key, kid=str(n)) for n, key in enumerate(honest)))
    found = load_issuer_keys(given)
    assert [found[str(n)] == key.public_key() for n, key in enumerate(honest)] == [True] * 16


def test_an_issuers_token_of_another_kind_opens_nothing(trusting: Entrance) -> None:
    assert trusting.knock(with_token(token(typ="at+jwt")))[0] == 200
    for typ in ("logout+jwt", "secevent+jwt"):
        assert trusting.knock(with_token(token(typ=typ)))[:2] == (401, "AUTH_INVALID")
    assert trusting.reasons() == ["type", "type"]


@pytest.mark.parametrize("told", [{"tenants": ()}, {"tenants": ("",)}, {"roles": ("root",)}])
def test_an_issuer_must_say_for_whom_and_what(tmp_path: Path, told: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        load_issuer_keys(issuer(tmp_path, **told))


def test_a_file_that_is_no_key_set_is_refused(tmp_path: Path) -> None:
    given = issuer(tmp_path)
    for content in ("", "[]", '{"keys":[]}', '{"keys":[{}]', "\udcff"):
        Path(given.keys).write_bytes(content.encode("utf-8", "surrogateescape"))
        with pytest.raises(InvalidInput) as caught:
            load_issuer_keys(given)
        assert caught.value.code == "issuer_invalid"


def test_two_issuers_with_one_kid_or_one_name_are_refused(tmp_path: Path) -> None:
    for told in ({"issuer": "https://other.example"}, {}):
        kid = {} if told else {"kid": "theirs-2"}
        both = (issuer(tmp_path), issuer(tmp_path, jwk(**kid), **told))
        with pytest.raises(InvalidInput) as caught:
            Entrance(tmp_path, AccessOptions(issuers=both))
        assert caught.value.code == "issuer_invalid"


def test_an_issuer_with_this_services_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        Entrance(tmp_path, AccessOptions(issuers=(issuer(tmp_path, issuer="seawall"),)))


def test_a_private_key_among_the_public_ones_is_called_that(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="private key"):
        load_issuer_keys(issuer(tmp_path, jwk(d=b64(THEIRS.private_bytes_raw()))))
