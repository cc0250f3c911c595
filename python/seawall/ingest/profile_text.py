"""A profile's fields as the text of its TOML file, for a person to go on with."""

import json
from typing import Any

import msgspec

from seawall.ingest.profile import FieldRules


def field_text(field: FieldRules, *, commented: bool = False) -> str:
    """Write one ``[[fields]]`` section; what is left at its default is not written."""
    rules = msgspec.to_builtins(field)
    lines = ["[[fields]]", *(f"{name} = {toml_value(value)}" for name, value in rules.items())]
    return "".join(f"# {line}\n" if commented else f"{line}\n" for line in lines)


def toml_value(value: Any) -> str:
    """Write a text, a number, a truth, a list or a table on one line."""
    if isinstance(value, str):
        # A JSON text is a TOML text, but for DEL, which TOML wants escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, dict):
        pairs = (f"{toml_value(key)} = {toml_value(item)}" for key, item in value.items())
        return "{ " + ", ".join(pairs) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(toml_value(item) for item in value) + "]"
    return json.dumps(value)


def comment_text(line: str) -> str:
    """Write a line of a comment; what would end the line is escaped."""
    return "# " + json.dumps(line, ensure_ascii=False)[1:-1].replace('\\"', '"').replace(
        "\x7f", "\\u007f"
    )
