"""Tokens: signed by Ed25519, good for minutes, and read by one strict rule.

A token is a JWT (RFC 7519, with the advice of RFC 8725). Its header says ``alg`` EdDSA, ``kid`` and
perhaps ``typ``, and nothing else: what would have the reader fetch or trust a key (jwk, jku, x5u,
x5c), or change how it reads (crit, b64, zip), is refused and never looked at. A ``typ`` of another
kind of JWT is refused: what was signed to end a session, or to tell of an event, opens nothing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jwt.api_jws import PyJWS
from jwt.exceptions import InvalidTokenError
from jwt.utils import base64url_decode

from seawall.provenance import identifier
from seawall.service.access.issuers import ExternalIssuer
from seawall.service.access.principal import Principal
from seawall.service.access.public_keys import issuer_invalid
from seawall.service.access.server_secrets import key_name
from seawall.service.access.strict_json import strict_object

LIFETIME_S = 900
LEEWAY_S = 30  # clocks of two machines, for the beginning of a token; never for its end
MAX_TOKEN_BYTES = 4_096
T = TypeVar("T")

_ALGORITHM = "EdDSA"
_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
"""What ``typ`` may say, in letters of either case (RFC 7519, 5.1; RFC 9068, 4)."""
# Three parts of base64url without padding; an Ed25519 signature has 64 bytes.
_COMPACT = re.compile(rb"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]{86}")


class TokenRefused(Exception):
    """A token that lets nobody in, and why: for the audit, never for the caller."""

    def __init__(self, reason: str, *, said: Principal | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.said = said  # of a token whose signature and claims are right


class CheckedToken(msgspec.Struct, frozen=True, gc=False):
    """A token whose signature and claims are right, until it expires or is revoked."""

    principal: Principal
    token_id: str  # its jti
    revocation_id: str  # names it among the tokens of all tenants and issuers
    expires_at: float  # seconds since 1970
    rests_on_key: bool  # of this service: it is worth nothing without its API key


class ClaimedToken(msgspec.Struct, frozen=True, gc=False):
    """What a token says of itself, none of it proven."""

    kid: str
    holder: str  # its sub
    rests_on_key: bool


class _Header(msgspec.Struct, forbid_unknown_fields=True):
    alg: str
    kid: str
    typ: str = "JWT"


class _Claims(msgspec.Struct):
    iss: str
    aud: str | list[str]
    sub: str
    jti: str
    iat: int
    nbf: int
    exp: int


class _OwnClaims(_Claims, forbid_unknown_fields=True):
    tenant: str
    roles: list[str]


class _Trusted(msgspec.Struct, frozen=True):
    kid: str
    key: Ed25519PublicKey
    issuer: str
    external: ExternalIssuer | None  # None: this service


class Tokens:
    """Issues this service's tokens, and checks them and those of the issuers it trusts.

    Parameters
    ----------
    signing : sequence of Ed25519PrivateKey
        The first signs; the public half of each checks.
    issuer, audience : str
        The ``iss`` of own tokens; the ``aud`` of all.
    clock : callable
        Seconds since 1970.
    random : callable
        Returns so many random bytes.
    external : sequence of (ExternalIssuer, keys by kid)
        Other issuers.

    Raises
    ------
    InvalidInput
        ``issuer_invalid`` when two keys have one ``kid``, or two issuers one name.
    """

    def __init__(
        self,
        signing: Sequence[Ed25519PrivateKey],
        *,
        issuer: str,
        audience: str,
        clock: Callable[[], float],
        random: Callable[[int], bytes],
        external: Sequence[tuple[ExternalIssuer, Mapping[str, Ed25519PublicKey]]] = (),
    ) -> None:
        self._signing = signing[0]
        self._kid = key_name(signing[0].public_key())
        self.issuer = issuer
        self._audience = audience
        self._clock = clock
        self._random = random
        self._jws = PyJWS(algorithms=[_ALGORITHM])
        own = {key_name(key.public_key()): key.public_key() for key in signing}
        self._trusted = {kid: _Trusted(kid, key, issuer, None) for kid, key in own.items()}
        names = {issuer}
        for other, keys in external:
            where = f"issuers[{other.issuer}]"
            if other.issuer in names:
                raise issuer_invalid(where, "stands twice")
            names.add(other.issuer)
            for kid, key in keys.items():
                if kid in self._trusted:
                    raise issuer_invalid(where, f"has the kid of another: {kid!r}")
                self._trusted[kid] = _Trusted(kid, key, other.issuer, other)

    def issue(
        self, principal: Principal, *, expires_at: float = float("inf")
    ) -> tuple[str, CheckedToken]:
        """Sign a token for who holds an API key.

        Parameters
        ----------
        principal : Principal
            With the roles that the token shall have.
        expires_at : float
            When the key ends, which the token does not outlive.

        Returns
        -------
        tuple
            The token as it is sent, and what it says.

        Raises
        ------
        TokenRefused
            For a key that ends before a token could be good for a whole second.
        """
        clock = self._clock()
        now = int(clock)
        ends = int(min(now + LIFETIME_S, expires_at))
        if ends - clock < 1:
            raise TokenRefused("expired", said=principal)
        claims = _OwnClaims(
            iss=self.issuer,
            aud=self._audience,
            sub=principal.key_id,
            jti=self._random(16).hex(),
            iat=now,
            nbf=now,
            exp=ends,
            tenant=principal.tenant,
            roles=sorted(principal.roles),
        )
        sent = self._jws.encode(
            msgspec.json.encode(claims),
            self._signing,
            algorithm=_ALGORITHM,
            headers={"kid": self._kid},
        )
        return sent, self._checked(claims, principal, rests_on_key=True)

    def check(self, sent: bytes) -> CheckedToken:
        """Check form, header, signature and claims, in this order; not whether it was revoked.

        Raises
        ------
        TokenRefused
            For anything that is not exactly right.
        """
        trusted, _ = self._opened(sent)
        try:
            # The key is an Ed25519 public key and no text, so no other algorithm could use it.
            payload = self._jws.decode(sent, trusted.key, algorithms=[_ALGORITHM])
        except InvalidTokenError as error:
            raise TokenRefused("signature") from error
        return self._read(_object(payload), trusted)

    def claimed(self, sent: bytes) -> ClaimedToken:
        """Read whose a token says that it is, without its signature.

        Raises
        ------
        TokenRefused
            For the form and the header of no token that is trusted here.
        """
        trusted, payload = self._opened(sent)
        claims = _converted(_decoded(payload), _Claims)
        return ClaimedToken(trusted.kid, claims.sub, rests_on_key=trusted.external is None)

    def _opened(self, sent: bytes) -> tuple[_Trusted, bytes]:
        """Check form and header; return whose key signed, if the token is true, and what."""
        compact = _COMPACT.fullmatch(sent) if len(sent) <= MAX_TOKEN_BYTES else None
        if compact is None:
            raise TokenRefused("malformed")
        header = _converted(_decoded(compact[1]), _Header)
        if header.alg != _ALGORITHM:
            raise TokenRefused("algorithm")
        if header.typ.lower() not in _TYPES:
            raise TokenRefused("type")
        trusted = self._trusted.get(header.kid)
        if trusted is None:
            raise TokenRefused("key_unknown")
        return trusted, compact[2]

    def _read(self, document: dict[str, Any], trusted: _Trusted) -> CheckedToken:
        external = trusted.external
        claims = _converted(document, _Claims)
        if claims.iss != trusted.issuer:
            raise TokenRefused("issuer")
        if self._audience not in ([claims.aud] if isinstance(claims.aud, str) else claims.aud):
            raise TokenRefused("audience")
        self._check_times(claims, LIFETIME_S if external is None else external.max_lifetime_s)
        if not claims.jti or not claims.sub or not (claims.jti + claims.sub).isprintable():
            raise TokenRefused("claims")
        if external is None:
            own = _converted(document, _OwnClaims)
            principal = Principal(own.tenant, "", frozenset(own.roles), own.sub)
        else:
            principal = _foreign_principal(document, claims, external)
        return self._checked(claims, principal, rests_on_key=external is None)

    def _check_times(self, claims: _Claims, max_lifetime_s: int) -> None:
        now = self._clock()
        if claims.exp <= now:
            raise TokenRefused("expired")
        if max(claims.nbf, claims.iat) > now + LEEWAY_S:
            raise TokenRefused("not_yet_valid")
        if claims.exp - claims.iat > max_lifetime_s:
            raise TokenRefused("lifetime")

    def _checked(
        self, claims: _Claims, principal: Principal, *, rests_on_key: bool
    ) -> CheckedToken:
        return CheckedToken(
            principal=principal,
            token_id=claims.jti,
            revocation_id=revocation_id(principal.tenant, claims.iss, claims.jti),
            expires_at=float(claims.exp),
            rests_on_key=rests_on_key,
        )


def revocation_id(tenant: str, issuer: str, token_id: str) -> str:
    """Name a token among those of all tenants and issuers."""
    return identifier("tk", tenant, issuer, token_id)


def _foreign_principal(
    document: dict[str, Any], claims: _Claims, issuer: ExternalIssuer
) -> Principal:
    tenant = document.get(issuer.tenant_claim)
    if not isinstance(tenant, str) or tenant not in issuer.tenants:
        raise TokenRefused("tenant")
    roles = document.get(issuer.roles_claim)
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise TokenRefused("roles")
    if len(claims.sub) > 128:
        raise TokenRefused("claims")
    return Principal(
        tenant=tenant,
        actor=f"{claims.sub}@{issuer.issuer}",
        roles=frozenset(roles) & frozenset(issuer.roles),
        key_id=f"{issuer.issuer}#{claims.sub}",
    )


def _decoded(segment: bytes) -> dict[str, Any]:
    try:
        return strict_object(base64url_decode(segment))
    except ValueError as error:  # of base64 too
        raise TokenRefused("malformed") from error


def _object(text: bytes) -> dict[str, Any]:
    try:
        return strict_object(text)
    except ValueError as error:
        raise TokenRefused("malformed") from error


def _converted(document: dict[str, Any], kind: type[T]) -> T:
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        raise TokenRefused("claims") from error
