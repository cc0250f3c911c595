"""Tokens that are not exactly right let nobody in, and each for its own reason."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from seawall.service.access.tokens import LEEWAY_S, LIFETIME_S, MAX_TOKEN_BYTES
from service.access.entrance import NOON, Entrance, with_token

STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


class Forge:
    """Makes tokens by hand, with the server's own key, so that only the forgery is wrong."""

    def __init__(self, entrance: Entrance) -> None:
        self.entrance = entrance
        self.tokens = entrance.access.tokens
        self.key: Ed25519PrivateKey = self.tokens._signing
        self.header: dict[str, Any] = {"alg": "EdDSA", "kid": self.tokens._kid, "typ": "JWT"}
        self.claims: dict[str, Any] = {
            "iss": "seawall",
            "aud": "seawall",
            "sub": entrance.key_id,
            "jti": "0123456789abcdef",
            "iat": int(NOON),
            "nbf": int(NOON),
            "exp": int(NOON) + LIFETIME_S,
            "tenant": "alpha",
            "roles": ["read"],
        }

    def sign(self, header: str, payload: str, key: Any = None) -> str:
        text = f"{b64(header.encode())}.{b64(payload.encode('utf-8', 'surrogateescape'))}"
        return f"{text}.{b64((key or self.key).sign(text.encode()))}"

    def make(self, *, drop: str = "", key: Any = None, head: Any = None, **claims: Any) -> str:
        told = {k: v for k, v in {**self.claims, **claims}.items() if k != drop}
        return self.sign(json.dumps({**self.header, **(head or {})}), json.dumps(told), key)

    def hs256(self, secret: bytes) -> str:
        text = f"{b64(json.dumps({**self.header, 'alg': 'HS256'}).encode())}." + b64(
            json.dumps(self.claims).encode()
        )
        return f"{text}.{b64(hmac.digest(secret, text.encode(), hashlib.sha256))}"

    def public(self, encoding: Encoding, form: PublicFormat) -> bytes:
        return self.key.public_key().public_bytes(encoding, form)


def tampered(f: Forge) -> str:
    head, _, signature = f.make().split(".")
    return (
        f"{head}.{b64(json.dumps({**f.claims, 'roles': ['admin', 'read']}).encode())}.{signature}"
    )


def not_canonical(f: Forge) -> str:
    """The same signature bytes, spelt with other bits that base64 throws away."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    token = f.make()
    return token[:-1] + letters[letters.index(token[-1]) ^ 1]


def malleated(f: Forge) -> str:
    """S + L in place of S: an Ed25519 signature that a lax verifier takes too (RFC 8032, 5.1.7)."""
    order = 2**252 + 27742317777372353535851937790883648493
    head, payload, _ = f.make().split(".")
    signature = f.key.sign(f"{head}.{payload}".encode())
    scalar = int.from_bytes(signature[32:], "little") + order
    return f"{head}.{payload}.{b64(signature[:32] + scalar.to_bytes(32, 'little'))}"


def twice(f: Forge, name: str, value: Any) -> str:
    payload = json.dumps(f.claims)[:-1] + f", {json.dumps(name)}: {json.dumps(value)}}}"
    return f.sign(json.dumps(f.header), payload)


def raw(f: Forge, payload: str) -> str:
    return f.sign(json.dumps(f.header), payload)


# name → (the token, why it is refused)
TOKENS: dict[str, tuple[Callable[[Forge], str], str]] = {
    # the algorithm
    "alg none without a signature": (
        lambda f: f.make(head={"alg": "none"}).rsplit(".", 1)[0] + ".",
        "malformed",
    ),
    "alg none with a signature": (lambda f: f.make(head={"alg": "none"}), "algorithm"),
    "alg None": (lambda f: f.make(head={"alg": "None"}), "algorithm"),
    "alg eddsa in lower case": (lambda f: f.make(head={"alg": "eddsa"}), "algorithm"),
    "alg null": (lambda f: f.make(head={"alg": None}), "claims"),
    "alg empty": (lambda f: f.make(head={"alg": ""}), "algorithm"),
    "alg a list": (lambda f: f.make(head={"alg": ["EdDSA"]}), "claims"),
    "alg RS256 over an Ed25519 signature": (
        lambda f: f.make(head={"alg": "RS256"}),
        "algorithm",
    ),
    "HS256 with the raw public key as secret": (
        lambda f: f.hs256(f.public(Encoding.Raw, PublicFormat.Raw)),
        "malformed",  # its signature has another length
    ),
    "HS256 with the PEM of the public key as secret": (
        lambda f: f.hs256(f.public(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)),
        "malformed",
    ),
    "HS512, whose signature has the same length": (
        lambda f: (
            (text := f.make(head={"alg": "HS512"}).rsplit(".", 1)[0])
            + "."
            + b64(
                hmac.digest(f.public(Encoding.Raw, PublicFormat.Raw), text.encode(), hashlib.sha512)
            )
        ),
        "algorithm",
    ),
    "ES256, whose signature has the same length": (
        lambda f: f.make(head={"alg": "ES256"}, key=_Signs(lambda _: bytes(range(64)))),
        "algorithm",
    ),
    "Ed448 under the same name": (
        lambda f: f.make(key=_Signs(Ed448PrivateKey.generate().sign)),
        "malformed",
    ),
    # which key
    "the signature of another key": (lambda f: f.make(key=STRANGER), "signature"),
    "no kid": (
        lambda f: f.sign('{"alg":"EdDSA","typ":"JWT"}', json.dumps(f.claims)),
        "claims",
    ),
    "a kid that is a path": (lambda f: f.make(head={"kid": "../../etc/passwd"}), "key_unknown"),
    "a kid that is SQL": (lambda f: f.make(head={"kid": "' UNION SELECT 'x"}), "key_unknown"),
    "a kid that is a command": (lambda f: f.make(head={"kid": "| touch /tmp/x"}), "key_unknown"),
    "a kid with NUL": (
        lambda f: f.make(head={"kid": f.header["kid"] + "\0"}),
        "key_unknown",
    ),
    "a kid in upper case": (
        lambda f: f.make(head={"kid": "A" + f.header["kid"].upper()}),
        "key_unknown",
    ),
    "a kid that is a number": (lambda f: f.make(head={"kid": 1}), "claims"),
    "its own key in the header (jwk)": (
        lambda f: f.make(
            key=STRANGER,
            head={"jwk": {"kty": "OKP", "crv": "Ed25519", "x": b64(bytes(32))}},
        ),
        "claims",
    ),
    "a place to fetch a key from (jku)": (
        lambda f: f.make(head={"jku": "https://attacker.example/jwks"}),
        "claims",
    ),
    "a certificate to fetch (x5u)": (
        lambda f: f.make(head={"x5u": "file:///etc/passwd"}),
        "claims",
    ),
    "a certificate (x5c)": (lambda f: f.make(head={"x5c": ["MIIB"]}), "claims"),
    # what kind of JWT it is
    "a token that ends a session": (lambda f: f.make(head={"typ": "logout+jwt"}), "type"),
    "a token that tells of an event": (lambda f: f.make(head={"typ": "secevent+jwt"}), "type"),
    "an empty typ": (lambda f: f.make(head={"typ": ""}), "type"),
    "a typ that is null": (lambda f: f.make(head={"typ": None}), "claims"),
    # how it is read
    "a critical extension": (lambda f: f.make(head={"crit": ["exp"]}), "claims"),
    "an empty crit": (lambda f: f.make(head={"crit": []}), "claims"),
    "a payload that is not encoded (b64)": (
        lambda f: f.make(head={"b64": False, "crit": ["b64"]}),
        "claims",
    ),
    "a compressed payload (zip)": (lambda f: f.make(head={"zip": "DEF"}), "claims"),
    "alg twice in the header": (
        lambda f: f.sign(
            '{"alg":"none",' + json.dumps(f.header)[1:],
            json.dumps(f.claims),
        ),
        "malformed",
    ),
    "roles twice in the claims": (lambda f: twice(f, "roles", ["admin"]), "malformed"),
    "tenant twice in the claims": (lambda f: twice(f, "tenant", "alpha"), "malformed"),
    "a key twice deep inside": (
        lambda f: raw(f, json.dumps(f.claims)[:-1] + ', "x": {"a": 1, "a": 2}}'),
        "malformed",
    ),
    "a tampered payload": (tampered, "signature"),
    "a signature cut off": (lambda f: f.make().rsplit(".", 1)[0] + ".", "malformed"),
    "no signature part": (lambda f: f.make().rsplit(".", 1)[0], "malformed"),
    "an extra part": (lambda f: f.make() + ".e30", "malformed"),
    "an encrypted token's five parts": (lambda f: f.make() + ".e30.e30", "malformed"),
    "padding of base64": (lambda f: f.make() + "==", "malformed"),
    "base64 that is not canonical": (not_canonical, "signature"),
    "base64 of the other alphabet": (
        lambda f: f.make().rsplit(".", 1)[0] + "." + "+" * 86,
        "malformed",
    ),
    "a signature that was malleated": (malleated, "signature"),
    "a signature of zeros": (
        lambda f: f.make().rsplit(".", 1)[0] + "." + b64(bytes(64)),
        "signature",
    ),
    "a letter of another script": (lambda f: "е" + f.make()[1:], "malformed"),
    "a blank inside": (lambda f: f.make().replace(".", ". ", 1), "malformed"),
    "a line break after": (lambda f: f.make() + "\n", "malformed"),
    "a second header injected": (lambda f: f.make() + "\r\nX-API-Key: x", "malformed"),
    "two tokens in one header": (lambda f: f"{f.make()}, {f.make()}", "malformed"),
    "an oversized token": (lambda f: f.make(jti="a" * MAX_TOKEN_BYTES), "malformed"),
    "an array as claims": (lambda f: raw(f, "[]"), "malformed"),
    "a text as claims": (lambda f: raw(f, '"admin"'), "malformed"),
    "deeply nested claims": (lambda f: raw(f, "[" * 2_500), "malformed"),
    "bytes that are not UTF-8": (
        lambda f: raw(f, json.dumps(f.claims).replace("alpha", "alph\udcff")),
        "malformed",
    ),
    # what it says
    "another audience": (lambda f: f.make(aud="other"), "audience"),
    "a list of other audiences": (lambda f: f.make(aud=["other", "seawall.example"]), "audience"),
    "an audience that is a number": (lambda f: f.make(aud=1), "claims"),
    "another issuer": (lambda f: f.make(iss="https://attacker.example"), "issuer"),
    "an issuer with a blank": (lambda f: f.make(iss="seawall "), "issuer"),
    "expired this moment": (lambda f: f.make(exp=int(NOON)), "expired"),
    "expired before it began": (lambda f: f.make(exp=int(NOON) - 1, iat=0, nbf=0), "expired"),
    "not yet valid": (lambda f: f.make(nbf=int(NOON) + LEEWAY_S + 1), "not_yet_valid"),
    "issued in the future": (lambda f: f.make(iat=int(NOON) + LEEWAY_S + 1), "not_yet_valid"),
    "a longer life than we give": (lambda f: f.make(exp=int(NOON) + LIFETIME_S + 1), "lifetime"),
    "exp as a text": (lambda f: f.make(exp="9999999999"), "claims"),
    "exp as a fraction": (lambda f: f.make(exp=NOON + 60.5), "claims"),
    "exp true": (lambda f: f.make(exp=True), "claims"),
    "exp infinite": (
        lambda f: raw(f, json.dumps(f.claims).replace(str(f.claims["exp"]), "Infinity")),
        "malformed",
    ),
    "exp of a hundred digits": (lambda f: f.make(exp=10**100), "lifetime"),
    "an empty jti": (lambda f: f.make(jti=""), "claims"),
    "a jti with a line break": (lambda f: f.make(jti="a\nb"), "claims"),
    "a claim that we do not know": (lambda f: f.make(admin=True), "claims"),
    "roles as a text": (lambda f: f.make(roles="admin"), "claims"),
    "another tenant than its key's": (lambda f: f.make(tenant="beta"), "its_key_is_gone"),
    "a key that nobody has": (lambda f: f.make(sub="f" * 16), "its_key_is_gone"),
}
for _claim in ("iss", "aud", "sub", "jti", "iat", "nbf", "exp", "tenant", "roles"):
    TOKENS[f"no {_claim}"] = (lambda f, claim=_claim: f.make(drop=claim), "claims")  # type: ignore[misc]


class _Signs:
    """A key of another kind."""

    def __init__(self, sign: Callable[[bytes], bytes]) -> None:
        self.sign = sign


def test_the_token_that_every_attack_starts_from_is_let_in(entrance: Entrance) -> None:
    assert entrance.knock(with_token(Forge(entrance).make()))[0] == 200
    assert entrance.reached[0].tenant == "alpha"


@pytest.mark.parametrize("typ", ["JWT", "jwt", "at+jwt", "application/at+jwt"])
def test_a_token_may_say_that_it_opens_something(entrance: Entrance, typ: str) -> None:
    assert entrance.knock(with_token(Forge(entrance).make(head={"typ": typ})))[0] == 200


def test_a_token_need_not_say_what_it_is(entrance: Entrance) -> None:
    forge = Forge(entrance)
    del forge.header["typ"]
    assert entrance.knock(with_token(forge.make()))[0] == 200


@pytest.mark.parametrize("name", TOKENS)
def test_a_forged_token_is_refused(entrance: Entrance, name: str) -> None:
    attack, reason = TOKENS[name]
    status, code, _ = entrance.knock(with_token(attack(Forge(entrance))))
    assert (status, code) == (401, "AUTH_INVALID")
    assert entrance.reached == []
    assert entrance.reasons() == [reason]


def test_roles_that_the_key_does_not_have_are_not_given(entrance: Entrance) -> None:
    token = Forge(entrance).make(roles=["admin", "execute", "read"])
    assert entrance.knock(with_token(token), opt={"role": "admin"})[:2] == (403, "FORBIDDEN")
    assert entrance.knock(with_token(token))[0] == 200


def test_only_roles_that_token_and_key_both_have_are_given(entrance: Entrance) -> None:
    key, key_id = entrance.add_key("alpha", "both", ["ingest", "read"])
    assert entrance.knock(with_token(entrance.token(key)))[0] == 200
    token = Forge(entrance).make(sub=key_id, roles=["admin", "read"])
    assert entrance.knock(with_token(token))[0] == 200
    assert [holder.roles for holder in entrance.reached] == [{"ingest", "read"}, {"read"}]


@pytest.mark.parametrize("scheme", [b"Bearer", b"Bearer  ", b"Bearer\t", b"Token ", b"Basic ", b""])
def test_another_scheme_than_bearer_is_refused(entrance: Entrance, scheme: bytes) -> None:
    token = Forge(entrance).make().encode()
    assert entrance.knock((b"authorization", scheme + token))[:2] == (401, "AUTH_INVALID")


def test_the_scheme_may_be_written_in_any_case(entrance: Entrance) -> None:
    token = Forge(entrance).make().encode()
    assert entrance.knock((b"authorization", b"bEARER " + token))[0] == 200


def test_a_token_sent_as_a_key_is_refused(entrance: Entrance) -> None:
    token = Forge(entrance).make().encode()
    assert entrance.knock((b"x-api-key", token))[:2] == (401, "AUTH_INVALID")


def test_a_token_in_the_address_is_no_credential(entrance: Entrance) -> None:
    query = b"access_token=" + Forge(entrance).make().encode()
    assert entrance.knock(query_string=query)[:2] == (401, "AUTH_REQUIRED")


def test_a_token_that_was_good_before_expires_all_the_same(entrance: Entrance) -> None:
    token = entrance.token()
    assert entrance.knock(with_token(token))[0] == 200
    entrance.pass_time(LIFETIME_S - 1)
    assert entrance.knock(with_token(token))[0] == 200
    entrance.pass_time(1)
    assert entrance.knock(with_token(token))[:2] == (401, "AUTH_INVALID")
    assert entrance.reasons() == ["expired"]


def test_a_token_dies_with_its_key(entrance: Entrance) -> None:
    token = entrance.token()
    assert entrance.knock(with_token(token))[0] == 200
    entrance.revoke_key("alpha", entrance.key_id)
    assert entrance.knock(with_token(token))[:2] == (401, "AUTH_INVALID")
    assert entrance.reasons() == ["its_key_is_gone"]


def test_a_token_of_another_server_is_refused(entrance: Entrance, tmp_path: Any) -> None:
    (tmp_path / "other").mkdir()
    other = Entrance(tmp_path / "other")
    assert entrance.knock(with_token(other.token()))[:2] == (401, "AUTH_INVALID")
    assert entrance.reasons() == ["key_unknown"]
