"""Messages about values that a type does not take."""

from typing import Any, Literal

import msgspec
import pytest

from seawall.refused_value import refused_value


class Leaf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: Literal["fixed", "random"] = "fixed"
    share: float | Literal["by_formula"] = 0.0


class Book(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    leaf: Leaf | None = None
    leaves: list[Leaf] = []
    named: dict[str, Leaf] = {}


@pytest.mark.parametrize(
    ("asked", "message", "place"),
    [
        (
            {"leaf": {"kind": "x"}},
            "Invalid enum value 'x': it is one of fixed, random",
            ".leaf.kind",
        ),
        (
            {"leaves": [{}, {"kind": "x"}]},
            "Invalid enum value 'x': it is one of fixed, random",
            ".leaves[1].kind",
        ),
        (
            {"named": {"a": {"kind": "x"}}},
            "Invalid enum value 'x': it is one of fixed, random",
            ".named[...].kind",
        ),
        (
            {"leaf": {"share": "x"}},
            "Invalid enum value 'x': it is one of by_formula",
            ".leaf.share",
        ),
        ({"leaf": {"kind": 3}}, "Expected `str`, got `int`", ".leaf.kind"),
        ({"a`b": 1}, "Object contains unknown field `a`b`", ".a`b"),
        (
            {"leaves": [{"more": 1}]},
            "Object contains unknown field `more`",
            ".leaves[0].more",
        ),
        ([], "Expected `object`, got `array`", ""),
    ],
)
def test_a_text_that_is_no_choice_is_refused_with_the_choices(
    asked: Any, message: str, place: str
) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(asked, Book)
    assert refused_value(caught.value, Book) == (message, place)
