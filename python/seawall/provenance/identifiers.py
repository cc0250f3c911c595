"""Identifiers that are derived from what they identify."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from hashlib import sha256

from seawall.errors import InvalidInput

_IDENTIFIER_TAG = b"seawall.identifier/1"
_IDENTIFIER_PREFIX = re.compile(r"[a-z][a-z0-9_]{0,31}")
_DIGIT_COUNT = 26


def identifier(prefix: str, *parts: bytes | str) -> str:
    """Derive an identifier from what it identifies.

    Parameters
    ----------
    prefix : str
        The kind of thing, such as ``run``: lower-case letters, digits and underscores. It is hashed
        too, so that equal parts of two kinds share no digits.
    *parts : bytes or str
        What makes the thing the one it is, in order; text counts as its UTF-8.

    Returns
    -------
    str
        The prefix, an underscore and 26 digits of Crockford's base 32, lower case: the first 130
        bits of a SHA-256.

    Raises
    ------
    InvalidInput
        On another prefix, or on text that is not Unicode.
    """
    digest = sha256(_head(prefix) + _framed(parts)).digest()
    return f"{prefix}_{_base32_digits(digest)[-_DIGIT_COUNT:]}"


def identifiers(
    prefix: str, *, domain: Sequence[bytes | str], payloads: Sequence[bytes | str]
) -> list[str]:
    """Derive many identifiers that differ only in their last part.

    Parameters
    ----------
    prefix : str
        As of `identifier`.
    domain : sequence of bytes or str
        The parts that all have in common.
    payloads : sequence of bytes or str
        The last part of each.

    Returns
    -------
    list of str
        ``[identifier(prefix, *domain, payload) for payload in payloads]``, several times as fast.

    Raises
    ------
    InvalidInput
        As of `identifier`.
    """
    start = _head(prefix) + _framed(domain)
    label = f"{prefix}_"
    result: list[str] = []
    for first in range(0, len(payloads), _BLOCK_SIZE):
        block = _encoded(payloads[first : first + _BLOCK_SIZE])
        digests = [sha256(start + len(part).to_bytes(8, "big") + part).digest() for part in block]
        digits = _base32_digits(b"".join(digests))
        result += [
            label + digits[end - _DIGIT_COUNT : end] for end in range(32, len(digits) + 1, 32)
        ]
    return result


@lru_cache(64)
def _head(prefix: str) -> bytes:
    if not _IDENTIFIER_PREFIX.fullmatch(prefix):
        raise InvalidInput(f"{prefix!r} is not a name in lower case", where="prefix")
    return _framed([_IDENTIFIER_TAG, prefix])


def _encoded(parts: Sequence[bytes | str]) -> list[bytes]:
    try:
        return [part.encode() if isinstance(part, str) else part for part in parts]
    except UnicodeEncodeError as error:
        raise InvalidInput("the text is not Unicode", where="parts") from error


def _framed(parts: Sequence[bytes | str]) -> bytes:
    # Lengths keep ("ab", "c") and ("a", "bc") apart.
    return b"".join([len(part).to_bytes(8, "big") + part for part in _encoded(parts)])


# Python has no base 32 in Crockford's alphabet, and a loop over digits would cost more than the
# hash. So the digests of a block become one big integer, a 256-bit slot each, whose 5-bit digits
# five shifts spread to a byte each: 32 digits a slot, of which the last 26 are the identifier.
_BLOCK_SIZE = 256
_ALPHABET = bytes.maketrans(bytes(range(32)), b"0123456789abcdefghjkmnpqrstvwxyz")


@cache
def _spreading() -> tuple[int, list[tuple[int, int, int]]]:
    """Return the mask of 130 bits a slot, and of each step the two halves and the shift."""

    def in_all_slots(mask: int, width: int) -> int:
        count = _BLOCK_SIZE * 256 // width
        return mask * (((1 << width * count) - 1) // ((1 << width) - 1))

    steps = []
    for digit_count in (16, 8, 4, 2, 1):
        low = (1 << 5 * digit_count) - 1
        width = 16 * digit_count
        steps.append(
            (
                in_all_slots(low, width),
                in_all_slots(low << 5 * digit_count, width),
                3 * digit_count,
            )
        )
    return in_all_slots((1 << 130) - 1, 256), steps


def _base32_digits(digests: bytes) -> str:
    kept, steps = _spreading()
    bits = (int.from_bytes(digests, "big") >> (256 - 130)) & kept
    for low, high, shift in steps:
        bits = (bits & low) | ((bits & high) << shift)
    return bits.to_bytes(len(digests), "big").translate(_ALPHABET).decode("ascii")
