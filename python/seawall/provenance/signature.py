"""Ed25519 (RFC 8032) over the bytes of a tree head, by the library ``cryptography``."""

from seawall.errors import InvalidInput
from seawall.provenance.identifiers import identifier

MAX_KEY_FILE_BYTES = 1 << 14


def key_id_of(public_key: bytes) -> str:
    """Identify a public key (32 bytes): ``identifier("logkey", …)``."""
    return identifier("logkey", public_key)


def is_signed(message: bytes, signature: bytes, *, public_key: bytes) -> bool:
    """Return whether the holder of the private key signed these bytes."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def sign(message: bytes, *, private_key: bytes) -> bytes:
    """Return the signature (64 bytes) of these bytes."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(private_key).sign(message)


def public_key_of(private_key: bytes) -> bytes:
    """Return the public key (32 bytes) of a private one."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def private_key_pem(private_key: bytes) -> bytes:
    """Write a private key (32 bytes) as PEM (PKCS #8, RFC 8410), not encrypted."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(private_key).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def public_key_pem(public_key: bytes) -> bytes:
    """Write a public key (32 bytes) as PEM (SubjectPublicKeyInfo, RFC 8410)."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(public_key).public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def read_private_key(pem: bytes, *, where: str) -> bytes:
    """Read a private key from PEM.

    Raises
    ------
    InvalidInput
        ``key_unreadable`` for anything but an Ed25519 private key without a password.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        key = None  # whose message may hold a piece of the file
    if not isinstance(key, Ed25519PrivateKey):
        raise _unreadable("Ed25519 private key without a password", where)
    return key.private_bytes_raw()


def read_public_key(pem: bytes, *, where: str) -> bytes:
    """Read a public key from PEM.

    Raises
    ------
    InvalidInput
        ``key_unreadable`` for anything but an Ed25519 public key.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise _unreadable("Ed25519 public key", where)
    return key.public_bytes_raw()


def _unreadable(wanted: str, where: str) -> InvalidInput:
    return InvalidInput(f"is no {wanted} in PEM", where=where, code="key_unreadable")
