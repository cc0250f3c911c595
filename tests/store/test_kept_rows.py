"""What is known to be kept: exactly what was added, of not too many rows and of no large one."""

from seawall.store.kept_rows import LARGEST_BYTES, MOST_ROWS, KeptRows


def row(number: int, payload: bytes = b"{}") -> tuple[object, ...]:
    return ("tenant", f"ev_{number}", payload)


def test_only_the_very_row_of_the_very_table_is_known() -> None:
    kept = KeptRows()
    kept.add("evidence", [row(1)])
    assert kept.has("evidence", row(1))
    assert not kept.has("evidence", row(1, b"[]"))
    assert not kept.has("finding", row(1))


def test_what_was_asked_for_least_lately_is_forgotten() -> None:
    kept = KeptRows()
    kept.add("evidence", [row(number) for number in range(MOST_ROWS)])
    assert kept.has("evidence", row(0))
    kept.add("evidence", [row(MOST_ROWS)])
    assert kept.has("evidence", row(0))
    assert not kept.has("evidence", row(1))


def test_a_large_row_is_not_held_in_memory() -> None:
    kept = KeptRows()
    kept.add("evidence", [row(1, b" " * LARGEST_BYTES)])
    assert not kept.has("evidence", row(1, b" " * LARGEST_BYTES))


def test_what_is_undone_is_known_no_more() -> None:
    kept = KeptRows()
    kept.add("evidence", [row(1)])
    kept.forget()
    assert not kept.has("evidence", row(1))


def test_of_very_many_rows_nothing_is_known() -> None:
    kept = KeptRows()
    many = [row(number) for number in range(MOST_ROWS + 1)]
    kept.add("evidence", many)
    assert not kept.has("evidence", row(0))
    kept.add("evidence", many[:2])
    assert kept.unknown("evidence", many[:3]) == many[2:3]
    assert kept.unknown("evidence", many) == many
