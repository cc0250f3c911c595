"""Canonical JSON and identifiers by the compiled core: the bytes of `seawall.provenance`, sooner.

What is written often comes from here; `seawall.provenance` makes the same bytes without the core,
so that anyone can check them.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from seawall import native, provenance

_plain = partial(msgspec.to_builtins, order="deterministic")  # which sorts sets


def canonical_json(value: object) -> bytes:
    """Encode a value as RFC 8785 canonical JSON; as `seawall.provenance.canonical_json`."""
    try:
        return native.canonical_json(value, _plain)
    except (TypeError, ValueError, msgspec.MsgspecError, RecursionError):
        return provenance.canonical_json(value)  # which says what is wrong, and where


def identified(
    prefix: str, tenant: str, documents: Sequence[Mapping[str, Any]]
) -> list[tuple[str, bytes]]:
    """Return each document's identifier of a tenant, and the canonical JSON it is derived from."""
    try:
        return native.identified_documents(prefix, tenant, list(documents), _plain)
    except (TypeError, ValueError, msgspec.MsgspecError, RecursionError):
        made = [provenance.canonical_json(document) for document in documents]  # says what is wrong
        return [(provenance.identifier(prefix, tenant, json), json) for json in made]


def identifier(prefix: str, *parts: bytes | str) -> str:
    """Derive an identifier from what it identifies; as `seawall.provenance.identifier`."""
    return native.identifier(prefix, parts)
