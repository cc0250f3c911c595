"""Canonical JSON (RFC 8785), and nothing that it cannot say."""

import math
from typing import Any

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
