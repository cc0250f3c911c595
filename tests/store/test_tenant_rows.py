"""Rows as a database takes them: made in slices, in the order of their identifiers."""

import random

import pytest

from seawall import native
from seawall.errors import InvalidInput
from seawall.store.tenant_rows import TenantRows
from seawall.store.types import Finding, Link


def test_a_row_is_the_tenant_and_its_fields() -> None:
    rows = TenantRows("t", [Finding(f"f{number}", "dv", b"x" * number) for number in range(40)])
    expected = [("t", f"f{number}", "dv", b"x" * number) for number in range(40)]
    assert list(rows) == expected
    assert rows[3:17] == expected[3:17]
    assert rows[39] == expected[39]
    assert (len(rows), rows[40:]) == (40, [])


def test_no_row_makes_nothing() -> None:
    assert list(TenantRows("t", [])) == []


def test_rows_are_ordered_as_python_orders_texts_and_equal_ones_stay() -> None:
    drawn = random.Random(1)  # noqa: S311
    texts = ["".join(drawn.choices("aé€😀\0", k=drawn.randrange(20))) for _ in range(3_000)]
    rows = [Link(str(place), text, "e") for place, text in enumerate(texts)]
    ordered = sorted(rows, key=lambda row: row.finding_id)
    assert native.in_order_of(rows, texts) == ordered


def test_a_row_without_a_text_and_a_text_that_is_none_are_refused() -> None:
    with pytest.raises(InvalidInput):
        native.in_order_of([1, 2], ["a"])
    with pytest.raises(InvalidInput):
        native.in_order_of([1], ["\ud800"])


def test_cells_of_rows_are_joined_in_their_order_each_row_before_its_number() -> None:
    rows = [("t", b"1", 2), (), ("u",)]
    assert native.joined_cells(rows, [7, 8, 9]) == ("t", b"1", 2, 7, 8, "u", 9)
    assert native.joined_cells(rows, []) == ("t", b"1", 2, "u")
    assert native.joined_cells([], []) == ()
    with pytest.raises(TypeError):
        native.joined_cells([["t"]], [])  # type: ignore[list-item]
    with pytest.raises(InvalidInput):
        native.joined_cells(rows, [7])


def test_texts_are_known_by_their_numbers_and_what_is_no_text_is_refused() -> None:
    known, others = native.TextNumbers(), native.TextNumbers()
    known.add(["a", "é"], 3)
    others.add(["é", "z"], 8)
    known.update(others)
    assert len(known) == 3
    assert known.numbers(["z", "b", "é", "a", ""]) == [9, 0, 4, 3, 0]
    assert known.without_number(["z", "b", "a", "b"]) == ["b", "b"]
    with pytest.raises(InvalidInput):
        known.numbers(["\ud800"])
    with pytest.raises(InvalidInput):
        known.add(["b"], 0)
