"""The server's own secrets: one file that only its owner reads.

The first of each list makes, all of them check, so that a new one is put in front and an old one
removed when nothing rests on it any more.
"""

import os
import secrets
import stat
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from seawall.errors import InvalidInput, NotFound, SeawallError

_SCHEMA = "seawall.server_secrets/1"
_Hex32 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
_AtLeastOne = Annotated[tuple[_Hex32, ...], msgspec.Meta(min_length=1, max_length=8)]


class ServerSecrets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the keys are hashed with and the tokens are signed with; 32 bytes each, in hex."""

    key_hash_secrets: _AtLeastOne
    token_signing_seeds: _AtLeastOne  # Ed25519 private keys (RFC 8032, 5.1.5)
    schema: str = _SCHEMA

    def __repr__(self) -> str:
        """Keep the secrets out of logs and tracebacks."""
        return "ServerSecrets(…)"

    def hashing(self) -> tuple[bytes, ...]:
        """Return what the keys are hashed with, the present one first."""
        return tuple(bytes.fromhex(text) for text in self.key_hash_secrets)

    def signing(self) -> tuple[Ed25519PrivateKey, ...]:
        """Return what tokens are signed with, the present one first."""
        seeds = map(bytes.fromhex, self.token_signing_seeds)
        return tuple(Ed25519PrivateKey.from_private_bytes(seed) for seed in seeds)


def key_name(key: Ed25519PublicKey) -> str:
    """Return the ``kid`` of a key: the beginning of its SHA-256."""
    return sha256(key.public_bytes_raw()).hexdigest()[:16]


def new_secrets(random: Callable[[int], bytes] = secrets.token_bytes) -> ServerSecrets:
    """Make one of each."""
    return ServerSecrets((random(32).hex(),), (random(32).hex(),))


def load_secrets(path: Path, *, may_create: bool) -> ServerSecrets:
    """Read the file of the server's secrets, or make it at the first start.

    Parameters
    ----------
    path : Path
        Beside the store unless settings say otherwise.
    may_create : bool
        Whether a new file may be made: only while no key is kept, because keys are worth nothing
        without the secret that they were hashed with.

    Raises
    ------
    NotFound
        ``secrets_missing``: there is no file, and keys rest on the one that was there.
    InvalidInput
        ``secrets_exposed``: others may read or write the file; ``secrets_unreadable``.
    """
    if not os.path.lexists(path):
        if not may_create:
            raise NotFound(
                "keys rest on this file: bring it back", where=str(path), code="secrets_missing"
            )
        _create(path)
    data = _read_private(path)
    try:
        found = msgspec.json.decode(data, type=ServerSecrets)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Without its cause, whose text may hold a piece of the file.
        raise _unreadable(path, "is not a file of server secrets") from None
    if found.schema != _SCHEMA:
        raise _unreadable(path, f"its schema is not {_SCHEMA}")
    return found


def _create(path: Path) -> None:
    """Write the file whole under another name, then link it: two first starts agree on one."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise SeawallError(
            f"cannot be written: {error.strerror}", where=str(path), code="secrets_unwritable"
        ) from error
    try:
        with os.fdopen(file, "wb") as out:
            out.write(msgspec.json.format(msgspec.json.encode(new_secrets())) + b"\n")
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return  # another process was first: its file counts
    finally:
        os.unlink(draft)


def _read_private(path: Path) -> bytes:
    try:
        # The rights are those of the file that is read, whatever happens to its name meanwhile.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise _unreadable(path, "is no regular file")
            if found.st_mode & 0o077 or found.st_uid != os.geteuid():
                raise InvalidInput(
                    "others may read it: chmod 600, owned by who serves",
                    where=str(path),
                    code="secrets_exposed",
                )
            return file.read(1 << 16)
    except OSError as error:
        raise _unreadable(path, f"cannot be read: {error.strerror}") from error


def _unreadable(path: Path, message: str) -> InvalidInput:
    return InvalidInput(message, where=str(path), code="secrets_unreadable")
