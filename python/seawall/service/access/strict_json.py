"""JSON that can be read in one way only: no key of an object twice, no number that JSON has not."""

import json
from typing import Any, NoReturn


def strict_object(text: bytes) -> dict[str, Any]:
    """Decode an object in UTF-8.

    Raises
    ------
    ValueError
        For anything else.
    """
    try:
        found = json.loads(text.decode(), object_pairs_hook=_unique, parse_constant=_refused)
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error
    if not isinstance(found, dict):
        raise ValueError("is no object")
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("has a member twice")
    return found


def _refused(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
