"""Issuers of tokens other than this service: whose keys are believed, and for what."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from seawall.service.access.public_keys import ed25519_public_key, issuer_invalid
from seawall.service.access.roles import check_roles
from seawall.service.access.strict_json import strict_object

MAX_KEYS = 16
MAX_LIFETIME_S = 86_400
_MAX_KID = 256  # characters
_MAX_FILE_BYTES = 1 << 16


class ExternalIssuer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Tokens of another service that let somebody in here."""

    issuer: Annotated[str, msgspec.Meta(min_length=1, max_length=256)]  # their iss, to the letter
    keys: str  # a file: a JWK set (RFC 7517) of its Ed25519 public keys
    tenants: tuple[str, ...]  # the only ones that it speaks for
    roles: tuple[str, ...]  # the most that it may give
    tenant_claim: str = "tenant"
    roles_claim: str = "roles"
    max_lifetime_s: Annotated[int, msgspec.Meta(ge=1, le=MAX_LIFETIME_S)] = 3_600


def load_issuer_keys(issuer: ExternalIssuer) -> dict[str, Ed25519PublicKey]:
    """Read an issuer's public keys, by their ``kid``.

    Raises
    ------
    InvalidInput
        ``issuer_invalid`` with the file, for anything but 1 to 16 Ed25519 public keys that are fit
        to check tokens, with a ``kid`` each, for no tenant, or for a role that does not exist.
    """
    check_roles(issuer.roles, where=f"issuers[{issuer.issuer}].roles")
    if not issuer.tenants or not all(issuer.tenants):
        where = f"issuers[{issuer.issuer}].tenants"
        raise issuer_invalid(where, "names no tenant that it speaks for")
    path = Path(issuer.keys)
    try:
        with path.open("rb") as file:
            found = file.read(_MAX_FILE_BYTES)
        document = msgspec.convert(strict_object(found), _KeySet)
    except OSError as error:
        raise issuer_invalid(str(path), f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise issuer_invalid(str(path), f"is no JWK set: {error}") from error
    keys: dict[str, Ed25519PublicKey] = {}
    for index, jwk in enumerate(document.keys):
        where = f"{path}: keys[{index}]"
        kid = jwk.get("kid")
        if not isinstance(kid, str) or not kid or kid in keys:
            raise issuer_invalid(where, "needs a kid of its own")
        if len(kid) > _MAX_KID or not kid.isprintable():
            raise issuer_invalid(f"{where}.kid", f"must be at most {_MAX_KID} printable characters")
        keys[kid] = ed25519_public_key(jwk, where=where)
    return keys


class _KeySet(msgspec.Struct):
    keys: Annotated[list[dict[str, Any]], msgspec.Meta(min_length=1, max_length=MAX_KEYS)]
