"""Tokens of another service, as far as it was trusted and no further."""

import json
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.service.access.entrance import NOON, Entrance, with_token

from seawall.errors import InvalidInput
from seawall.service.access.doors import AccessOptions
from seawall.service.access.issuers import ExternalIssuer, load_issuer_keys

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


def token(key: Ed25519PrivateKey = THEIRS, kid: str = "theirs-1", **told: Any) -> str:
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
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": kid})


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
