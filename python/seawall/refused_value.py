"""What msgspec refused, in words that also say what would have been taken."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import inspect

_STEP = re.compile(r"\.(\w+)|\[")
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)


def refused_value(error: msgspec.ValidationError, asked: Any) -> tuple[str, str]:
    """Return the message and the place of an error.

    A text of a choice comes with the choices, and the place of an unknown field is its own.

    Parameters
    ----------
    asked : type
        What was to be read.
    """
    message, _, place = str(error).partition(" - at `$")
    place = place.rstrip("`")
    if message.startswith("Invalid enum value"):
        held = [inspect.type_info(asked)]
        for step in _STEP.finditer(place):
            held = [inner for outer in held for inner in _inside(outer, step[1])]
        choices = [value for kind in held for value in _choices(kind)]
        if choices:
            message += ": it is one of " + ", ".join(map(str, choices))
    elif unknown := _UNKNOWN.fullmatch(message):
        place += f".{unknown[1]}"
    return message, place


def _inside(outer: inspect.Type, name: str | None) -> Iterator[inspect.Type]:
    """Types of a field, or without a name of the entries."""
    if isinstance(outer, inspect.UnionType):
        for one in outer.types:
            yield from _inside(one, name)
    elif isinstance(outer, inspect.Metadata):
        yield from _inside(outer.type, name)
    elif isinstance(outer, inspect.StructType):
        yield from (field.type for field in outer.fields if field.encode_name == name)
    elif name is None and isinstance(outer, inspect.ListType | inspect.VarTupleType):
        yield outer.item_type
    elif name is None and isinstance(outer, inspect.DictType):
        yield outer.value_type


def _choices(kind: inspect.Type) -> Iterator[Any]:
    if isinstance(kind, inspect.UnionType):
        for one in kind.types:
            yield from _choices(one)
    elif isinstance(kind, inspect.Metadata):
        yield from _choices(kind.type)
    elif isinstance(kind, inspect.LiteralType):
        yield from kind.values
