"""The compiled core writes the bytes that seawall.provenance writes without it."""

import enum
import sys
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall import canonical, provenance
from seawall.errors import InvalidInput, LimitExceeded, SeawallError

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(1 - 2**53, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=16,
)


class Shade(enum.StrEnum):
    DARK = "dark"


class Point(msgspec.Struct, frozen=True, tag_field="schema", tag="point/1"):
    x: float
    label: str | msgspec.UnsetType = msgspec.UNSET


@given(json_values)
def test_values_are_encoded_alike(value: Any) -> None:
    assert canonical.canonical_json(value) == provenance.canonical_json(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_written_alike(number: float) -> None:
    assert canonical.canonical_json(number) == provenance.canonical_json(number)


@given(st.dictionaries(st.text("aé\ud7ff\ue000\uffff\U00010000\U0010ffff", max_size=3), st.none()))
def test_keys_are_sorted_alike(value: dict[str, None]) -> None:
    assert canonical.canonical_json(value) == provenance.canonical_json(value)


@pytest.mark.parametrize(
    "value",
    [
        {"inside": [Point(1.0, "é"), {"deeper": Point(0.5)}]},
        {"set": {3, 1, 2}, "frozen": frozenset("tidal")},
        (datetime(2026, 1, 2, tzinfo=UTC), b"bytes", Shade.DARK),
    ],
)
def test_what_json_has_not_is_written_as_msgspec_does(value: Any) -> None:
    assert canonical.canonical_json(value) == provenance.canonical_json(value)


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        {"a": [1, {"b": float("nan")}]},
        [float("-inf")],
        {"a": 2**53},
        {"a": -(2**70)},
        {"a": {1: 2, "b": 3}},
        {"a": ["\ud800"]},
        {"a": {"\ud800": 1}},
        {"a": 1j},
        {"a": {1, "x"}},
        nested(64),
    ],
)
def test_what_is_refused_is_refused_alike(value: Any) -> None:
    refusals = []
    for encode in (canonical.canonical_json, provenance.canonical_json):
        with pytest.raises(SeawallError) as caught:
            encode(value)
        refusals.append((type(caught.value), caught.value.message, caught.value.where))
    assert refusals[0] == refusals[1]


def test_any_depth_is_refused() -> None:
    with pytest.raises(LimitExceeded):
        canonical.canonical_json(nested(10 * sys.getrecursionlimit()))


@given(st.from_regex(r"[a-z][a-z0-9_]{0,31}", fullmatch=True), st.lists(st.text() | st.binary()))
def test_identifiers_are_derived_alike(prefix: str, parts: list[str | bytes]) -> None:
    assert canonical.identifier(prefix, *parts) == provenance.identifier(prefix, *parts)


@given(st.lists(st.dictionaries(st.text(), json_values, max_size=3), max_size=3))
def test_documents_are_identified_by_their_canonical_json(documents: list[Any]) -> None:
    made = [provenance.canonical_json(document) for document in documents]
    identified = [(provenance.identifier("ev", "größe", json), json) for json in made]
    assert canonical.identified("ev", "größe", documents) == identified


@pytest.mark.parametrize("bad", [float("nan"), 1j, {1: 2}, nested(64)])
def test_a_document_that_is_refused_is_refused_as_its_json_is(bad: Any) -> None:
    with pytest.raises(SeawallError) as alone:
        canonical.canonical_json({"a": bad})
    with pytest.raises(SeawallError) as among:
        canonical.identified("ev", "tenant", [{}, {"a": bad}])
    assert (among.value.message, among.value.where) == (alone.value.message, alone.value.where)


@pytest.mark.parametrize("prefix", ["", "Run", "1", "a" * 33, "é"])
def test_an_identifier_needs_a_name_for_its_prefix(prefix: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        canonical.identifier(prefix, "x")
    assert caught.value.where == "prefix"


def test_an_identifier_is_not_made_of_broken_text() -> None:
    with pytest.raises(InvalidInput) as caught:
        canonical.identifier("run", "\ud800")
    assert caught.value.where == "parts"
