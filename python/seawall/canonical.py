"""Canonical JSON and identifiers by the compiled core: the bytes of `seawall.provenance`, sooner.

What is written often comes from here; `seawall.provenance` makes the same bytes without the core,
so that anyone can check them.
"""

from functools import partial

import msgspec

from seawall import native, provenance

_plain = partial(msgspec.to_builtins, order="deterministic")  # which sorts sets


def canonical_json(value: object) -> bytes:
    """Encode a value as RFC 8785 canonical JSON; as `seawall.provenance.canonical_json`."""
    try:
        return native.canonical_json(value, _plain)
    except (TypeError, ValueError, msgspec.MsgspecError, RecursionError):
        return provenance.canonical_json(value)  # which says what is wrong, and where


def identifier(prefix: str, *parts: bytes | str) -> str:
    """Derive an identifier from what it identifies; as `seawall.provenance.identifier`."""
    return native.identifier(prefix, parts)
