"""Public keys of other issuers: a JWK (RFC 7517, RFC 8037) that is fit to check signatures."""

import re
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwt.utils import base64url_decode

from seawall.errors import InvalidInput

_X = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 bytes in base64url

_ALLOWED: Mapping[str, tuple[Any, ...]] = {
    "kty": ("OKP",),
    "crv": ("Ed25519",),
    "use": (None, "sig"),
    "key_ops": (None, ["verify"]),
    "alg": (None, "EdDSA"),
}
"""What a member may say; None: it may be left out."""

# The curve x² (d y² + 1) = y² - 1 over the integers modulo p (RFC 8032, 5.1).
_P = 2**255 - 19
_D = -121_665 * pow(121_666, -1, _P) % _P
_Y_OF_ORDER_EIGHT = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_Y_OF_SMALL_ORDER = frozenset({0, 1, _P - 1, _Y_OF_ORDER_EIGHT, _P - _Y_OF_ORDER_EIGHT})
"""Of the eight points whose order divides the cofactor 8: they sign what nobody has signed."""


def ed25519_public_key(jwk: Mapping[str, Any], *, where: str) -> Ed25519PublicKey:
    """Return the key that a JWK states.

    Raises
    ------
    InvalidInput
        ``issuer_invalid`` with the member, for a private key, one for another purpose, and a point
        that no honest key has.
    """
    if "d" in jwk:
        raise issuer_invalid(where, "is a private key: give away the public one only")
    for name, allowed in _ALLOWED.items():
        if name not in jwk:
            if None not in allowed:
                raise issuer_invalid(where, "is no Ed25519 public key")
        elif jwk[name] is None or jwk[name] not in allowed:
            raise issuer_invalid(
                f"{where}.{name}", f"must be {allowed[-1]!r} for a key that checks tokens"
            )
    x = jwk.get("x")
    if not isinstance(x, str) or not _X.fullmatch(x):
        raise issuer_invalid(f"{where}.x", "is no Ed25519 public key")
    point = base64url_decode(x)
    if not _is_point_of_a_key(point):
        raise issuer_invalid(f"{where}.x", "is no point that belongs to a private key")
    return Ed25519PublicKey.from_public_bytes(point)


def _is_point_of_a_key(encoded: bytes) -> bool:
    """Tell whether 32 bytes are a point of the curve, in its one spelling, not of small order."""
    y = int.from_bytes(encoded, "little") & (2**255 - 1)  # without the sign of x
    if y >= _P or y in _Y_OF_SMALL_ORDER:
        return False
    square = (y * y - 1) * (_D * y * y + 1)  # x² times a square
    return pow(square, (_P - 1) // 2, _P) == 1


def issuer_invalid(where: str, message: str) -> InvalidInput:
    """Refuse what is said of an issuer."""
    return InvalidInput(message, where=where, code="issuer_invalid")
