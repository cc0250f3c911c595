"""API keys: how one is made, what of it is kept, and how its text is read.

``seawall_live_<16 hex: key id>_<64 hex: secret><8 hex: CRC-32 of all before>``. The prefix is of
no other product, so that a scanner of leaked secrets knows whose it is; the checksum tells a typing
error, or the scanner's false find, from a key. The secret is 256 random bits, so one keyed hash
is enough: there is nothing to guess that slow hashing would protect.
"""

import re
import secrets
from binascii import crc32
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Literal

from seawall.errors import InvalidInput
from seawall.service.access.roles import check_roles
from seawall.service.access.times import in_utc, utc_seconds
from seawall.store.types import ApiKey

SECRET_BYTES = 32
MAX_SHOWN = 128  # characters; whatever is longer is no key

KEY_NAME = r"^[A-Za-z0-9][A-Za-z0-9 ._@/-]{0,63}$"
"""What a key may be called."""

_SHOWN = re.compile(rb"seawall_(?:live|dev)_([0-9a-f]{16})_[0-9a-f]{64}([0-9a-f]{8})")
_PURPOSE = b"seawall.apikey/1"  # no other hash under this secret is mistaken for a key's


def new_key(
    tenant: str,
    name: str,
    roles: Iterable[str],
    *,
    secret: bytes,
    created_at: str,
    created_by: str,
    expires_at: str | None,
    kind: Literal["live", "dev"] = "live",
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> tuple[str, ApiKey]:
    """Make a key.

    Parameters
    ----------
    tenant, name : str
        Whose it is; the name is for people and for the audit, and need not be unique.
    roles : iterable of str
        All that it may do.
    secret : bytes
        The server's, 32 bytes, which the key is hashed with.
    created_at, expires_at : str
        ISO 8601 times with their zone; ``None`` never expires.

    Returns
    -------
    tuple
        The key as it is shown, once, and the row that is kept.

    Raises
    ------
    InvalidInput
        For a name with other characters than letters, digits and `` ._@/-``, a role that does not
        exist, or an end that is not after the beginning.
    """
    if not re.fullmatch(KEY_NAME, name):
        raise InvalidInput("must be 1 to 64 letters, digits, spaces or ._@/-", where="name")
    begins = utc_seconds(created_at, where="created_at")
    if expires_at is not None:
        if utc_seconds(expires_at, where="expires_at") <= begins:
            raise InvalidInput("must lie in the future", where="expires_at")
        expires_at = in_utc(expires_at, where="expires_at")
    key_id = random(8).hex()
    text = f"seawall_{kind}_{key_id}_{random(SECRET_BYTES).hex()}"
    shown = f"{text}{crc32(text.encode()):08x}"
    return shown, ApiKey(
        key_id=key_id,
        tenant=tenant,
        name=name,
        roles=check_roles(roles),
        key_hash=key_hash(shown.encode(), secret),
        created_at=in_utc(created_at, where="created_at"),
        created_by=created_by,
        expires_at=expires_at,
        revoked_at=None,
    )


def key_hash(shown: bytes, secret: bytes) -> bytes:
    """Hash a key as it was shown with the server's secret: 32 bytes."""
    return blake2b(shown, key=secret, digest_size=32, person=_PURPOSE).digest()


def key_id_of(shown: bytes) -> str | None:
    """Return the key id of what is written as a key, and None for anything else."""
    found = _SHOWN.fullmatch(shown)
    if found is None or int(found[2], 16) != crc32(shown[:-8]):
        return None
    return found[1].decode()
