"""What anyone needs to verify an answer of seawall without seawall's native core.

The bytes of everything here, with golden vectors, are in ``docs/reference/stored_bytes.md``.
"""

import math
import re
from base64 import b16decode
from collections.abc import Sequence
from functools import cache, lru_cache
from hashlib import sha256
from typing import Annotated, Any

import msgspec
import rfc8785

from seawall.errors import InvalidInput, LimitExceeded

MAX_JSON_DEPTH = 64
"""Containers inside each other that canonical JSON may have."""

_LARGEST_INTEGER = 2**53 - 1


def canonical_json(value: object) -> bytes:
    """Encode a value as RFC 8785 canonical JSON.

    Parameters
    ----------
    value : object
        JSON-like data or msgspec Structs; dates, UUIDs and the like become text as msgspec writes
        them, sets become sorted arrays.

    Returns
    -------
    bytes
        The only encoding of the value: UTF-8, sorted keys, no blanks.

    Raises
    ------
    InvalidInput
        With the place, for a number that is not finite, an integer beyond 2**53 - 1, a key or a
        type that JSON has not, text that is not Unicode, or (``LimitExceeded``) more than
        ``MAX_JSON_DEPTH`` containers inside each other.
    """
    try:
        _check_json(msgspec.to_builtins(value), "", 0)
        plain = msgspec.to_builtins(value, order="deterministic")  # only to sort sets
    except (TypeError, ValueError, msgspec.MsgspecError) as error:
        raise InvalidInput(str(error)) from error
    except RecursionError as error:
        raise LimitExceeded(f"more than {MAX_JSON_DEPTH} containers inside each other") from error
    return rfc8785.dumps(plain)


def _check_json(value: Any, where: str, depth: int) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        _check_text(value, where)
    elif isinstance(value, int):
        if abs(value) > _LARGEST_INTEGER:
            raise InvalidInput("the integer is beyond 2**53 - 1", where=where)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise InvalidInput("the number is not finite", where=where)
    elif depth == MAX_JSON_DEPTH:
        raise LimitExceeded(f"more than {depth} containers inside each other", where=where)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise InvalidInput(f"the key {key!r} is not text", where=where)
            _check_text(key, where)
            _check_json(item, f"{where}.{key}" if where else key, depth + 1)
    else:
        for index, item in enumerate(value):
            _check_json(item, f"{where}[{index}]", depth + 1)


def _check_text(text: str, where: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput("the text is not Unicode", where=where) from error


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


DigestHex = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
"""A SHA-256 as 64 lower-case hexadecimal digits."""


def leaf_hash(leaf: bytes) -> bytes:
    """Hash a leaf of the Merkle tree: SHA-256(0x00 || leaf), RFC 6962, section 2.1."""
    return sha256(b"\x00" + leaf).digest()


def merkle_root_from_path(
    leaf: bytes, *, leaf_index: int, leaf_count: int, path: Sequence[bytes]
) -> bytes:
    """Compute the root that a path leads to (RFC 9162, section 2.1.3.2).

    Parameters
    ----------
    leaf : bytes
        The leaf's hash, as of `leaf_hash`.
    leaf_index : int
        Counted from 0.
    leaf_count : int
        Of the whole tree.
    path : sequence of bytes
        The siblings' hashes, from the leaf up.

    Returns
    -------
    bytes
        The leaf is in the tree if this is the tree's root.

    Raises
    ------
    InvalidInput
        If no tree has that leaf, a hash has not 32 bytes, or the path is not as long as the tree
        is high.
    """
    if not 0 <= leaf_index < leaf_count:
        raise InvalidInput(f"a tree of {leaf_count} has no such leaf", where="leaf_index")
    if len(leaf) != 32 or any(len(sibling) != 32 for sibling in path):
        raise InvalidInput("a hash has 32 bytes", where="path")
    root, node, last = leaf, leaf_index, leaf_count - 1
    for sibling in path:
        if last == 0:
            raise InvalidInput("is longer than the tree is high", where="path")
        if node % 2 == 1 or node == last:
            root = sha256(b"\x01" + sibling + root).digest()
            while node % 2 == 0:  # a last node without a sibling rises until it has one
                node, last = node // 2, last // 2
        else:
            root = sha256(b"\x01" + root + sibling).digest()
        node, last = node // 2, last // 2
    if last > 0:
        raise InvalidInput("is shorter than the tree is high", where="path")
    return root


class InclusionProof(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    tag_field="schema",
    tag="seawall.inclusion_proof/1",
):
    """That a leaf is in a Merkle tree, for anyone who trusts the root."""

    leaf_index: Annotated[int, msgspec.Meta(ge=0)]  # counted from 0
    leaf_count: Annotated[int, msgspec.Meta(ge=1)]  # of the whole tree
    path: tuple[DigestHex, ...]  # the siblings' hashes, from the leaf up
    root: DigestHex

    def verify(self, leaf: bytes) -> bool:
        """Return whether this proves that the leaf's own bytes are in the tree of `root`."""
        try:
            found = merkle_root_from_path(
                leaf_hash(leaf),
                leaf_index=self.leaf_index,
                leaf_count=self.leaf_count,
                path=[b16decode(sibling, casefold=True) for sibling in self.path],
            )
        except (ValueError, InvalidInput):
            return False
        return found.hex() == self.root
