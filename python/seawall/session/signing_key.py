"""The key that signs tree heads: one file that only its owner reads, never in the ledger."""

import os
import secrets
import stat
from pathlib import Path

from seawall.errors import Conflict, InvalidInput, SeawallError
from seawall.provenance.signature import (
    MAX_KEY_FILE_BYTES,
    key_id_of,
    private_key_pem,
    public_key_of,
    public_key_pem,
    read_private_key,
    read_public_key,
)


def make_key(path: Path) -> bytes:
    """Make a key: the private one in ``path``, readable by its owner only, the public one beside.

    Returns
    -------
    bytes
        The public key (32 bytes); it is also written, as PEM, to ``path`` with ``.pub`` added.

    Raises
    ------
    Conflict
        ``key_exists``: a key is never overwritten.
    SeawallError
        ``key_unwritable``.
    """
    private_key = secrets.token_bytes(32)
    public_key = public_key_of(private_key)
    public = public_path(path)
    for file, content, mode in (
        (path, private_key_pem(private_key), 0o600),
        (public, public_key_pem(public_key), 0o644),
    ):
        try:
            opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
            with os.fdopen(opened, "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
        except FileExistsError as error:
            raise Conflict("is there already", where=str(file), code="key_exists") from error
        except OSError as error:
            raise SeawallError(
                f"cannot be written: {error.strerror}", where=str(file), code="key_unwritable"
            ) from error
    return public_key


def public_path(path: Path) -> Path:
    """Return where the public key of a private one is written."""
    return path.with_name(f"{path.name}.pub")


def load_key(path: Path) -> bytes:
    """Read a private key (32 bytes).

    Raises
    ------
    InvalidInput
        ``key_exposed``: others may read or write the file; ``key_unreadable``.
    """
    try:
        # The rights are those of the file that is read, whatever happens to its name meanwhile.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            found = os.fstat(file.fileno())
            if found.st_mode & 0o077 or found.st_uid != os.geteuid():
                raise InvalidInput(
                    "others may read it: chmod 600, owned by who signs",
                    where=str(path),
                    code="key_exposed",
                )
            if not stat.S_ISREG(found.st_mode):
                raise InvalidInput("is no regular file", where=str(path), code="key_unreadable")
            pem = file.read(MAX_KEY_FILE_BYTES)
    except OSError as error:
        raise _unreadable(path, error) from error
    return read_private_key(pem, where=str(path))


def load_public_keys(paths: list[Path]) -> dict[str, bytes]:
    """Read public keys, by their key id; raises InvalidInput(key_unreadable)."""
    keys = {}
    for path in paths:
        try:
            with path.open("rb") as file:
                pem = file.read(MAX_KEY_FILE_BYTES)
        except OSError as error:
            raise _unreadable(path, error) from error
        key = read_public_key(pem, where=str(path))
        keys[key_id_of(key)] = key
    return keys


def _unreadable(path: Path, error: OSError) -> InvalidInput:
    return InvalidInput(f"cannot be read: {error.strerror}", where=str(path), code="key_unreadable")
