"""Segments of a book and shocks of their own, against a slow twin on made-up books."""

import sys
from typing import Any

import numpy as np
import pyarrow
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from seawall import native
from seawall.errors import InvalidInput

from .contract import exposure, scale, segment_stressed, segmented_book
from .tables import list_table, records_table, rows_of

REL = 1e-12
KEYS = ("currency", "collateral_type", "collateral_region", "rate_type")
Shock = tuple[float, float, float, float, float]

amounts = st.one_of(st.just(0.0), st.floats(0.01, 1e9))
rates = st.one_of(st.just(0.0), st.floats(0.01, 60))
impacts = st.floats(-1, 2)
uniform_shocks = st.tuples(st.floats(-20, 20), impacts, impacts, st.floats(-1, 1))
segment_shocks = st.tuples(st.floats(-20, 20), impacts, impacts, st.floats(-1, 1), impacts)
codes = st.sampled_from([None, "office", "multifamily", "manufactured_housing"])
entries = st.fixed_dictionaries(
    {
        "debt": st.fixed_dictionaries(
            {"total_outstanding": amounts, "interest_rate_pct": rates, "collateral_value": amounts}
        ),
        "distressed": st.lists(
            st.fixed_dictionaries({"value": amounts, "recovery_rate_pct": rates}), max_size=2
        ),
        "codes": st.fixed_dictionaries({"collateral_type": codes, "rate_type": codes}),
    }
)
books = st.lists(entries, min_size=1, max_size=12)


def debt_of(total: float, collateral_type: str) -> dict[str, Any]:
    return {
        "debt": {"total_outstanding": total, "interest_rate_pct": 0.0, "collateral_value": 0.0},
        "distressed": [],
        "codes": {"collateral_type": collateral_type, "rate_type": None},
    }


def decode(book: list[dict[str, Any]]) -> native.DebtBook:
    return native.DebtBook(
        records_table([{**entry["debt"], **entry["codes"]} for entry in book]),
        None,
        list_table([entry["distressed"] for entry in book]),
    )


def bases_of(book: list[dict[str, Any]]) -> list[dict[str, float]]:
    return [
        exposure({"financial": {"debt": e["debt"]}, "distressed_assets": e["distressed"]})
        for e in book
    ]


def keys_of(book: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    return [tuple({"currency": "EUR", **e["codes"]}.get(key) or "" for key in KEYS) for e in book]


def array(shocks: list[Shock]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array(shocks, dtype=np.float64).reshape(-1, 5)


@settings(max_examples=100)
@given(book=books, data=st.data())
def test_every_figure_of_a_segmented_scenario_is_the_slow_twin_s(
    book: list[dict[str, Any]], data: st.DataObject
) -> None:
    decoded = decode(book)
    order = [tuple(segment[key] for key in KEYS) for segment in decoded.segments]
    shocks = [data.draw(segment_shocks) for _ in order]
    run = native.run_debt_stress(decoded, [("own", array(shocks))], threads=1)
    (found,) = run.scenarios
    bases = bases_of(book)
    own = [shocks[order.index(key)] for key in keys_of(book)]
    size = sum(scale(base) for base in bases) * 9  # what impacts and currencies can make of it
    expected = segmented_book(bases, own)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        tolerance = 100 * REL if name == "impact_score" else REL * max(size, abs(value))
        if name == "interest_rate_pct":  # of a book whose currencies have lost all but nothing
            worth = sum(
                (1 + s[4]) * b["total_outstanding"] for s, b in zip(own, bases, strict=True)
            )
            tolerance = REL * 100 * max(1.0, size / worth) if worth > 0 else 0.0
        assert abs(found[name] - value) <= tolerance, (name, found[name], value)
    losses = [row["loss:own"] for row in rows_of(run.records())]
    for loss, base, shock in zip(losses, bases, own, strict=True):
        twin = segment_stressed(base, shock)["loss_estimate"]
        assert abs(loss - twin) <= REL * 9 * scale(base)


@settings(max_examples=100)
@given(book=books, shock=uniform_shocks)
@example(book=[debt_of(0.4, "office"), debt_of(0.4, "multifamily")], shock=(0.0, 0.0, 0.0, 5e-324))
def test_equal_shocks_for_all_segments_are_a_uniform_scenario(
    book: list[dict[str, Any]], shock: tuple[float, float, float, float]
) -> None:
    decoded = decode(book)
    shocks = array([(*shock, 0.0)] * len(decoded.segments))
    run = native.run_debt_stress(decoded, [("uniform", shock), ("segmented", shocks)], threads=1)
    uniform, segmented = run.scenarios
    assume(run.exposure["total_outstanding"] > 0)
    rate = run.exposure["interest_rate_pct"] + abs(shock[0])
    cancelling = {  # differences: as exact as what they are made of
        "interest_rate_pct": rate,
        "interest_payment": rate * run.exposure["total_outstanding"],
        "collateral_loss": 3 * run.exposure["collateral_value"],
        "distressed_asset_loss": 3 * run.exposure["distressed_asset_value"],
    }
    for name, figure in uniform.items():
        size = max(abs(figure), cancelling.get(name, 0.0))
        # Below the smallest normal number a double has fewer digits than a relative bound asks for.
        tolerance = max(REL * size, sys.float_info.min)
        assert abs(segmented[name] - figure) <= tolerance, name
    for row in rows_of(run.positions()):
        assert row["loss:uniform"] == row["loss:segmented"]


def large_book(count: int = 5000) -> tuple[native.DebtBook, list[tuple[str, Any]]]:
    rng = np.random.default_rng(7)
    names = np.array(["office", "retail", "lodging", "land"])
    records = [
        {"total_outstanding": t, "collateral_value": c, "collateral_type": str(k)}
        for t, c, k in zip(
            rng.uniform(1, 1e6, count),
            rng.uniform(1, 1e6, count),
            names[rng.integers(0, 4, count)],
            strict=True,
        )
    ]
    principals = [
        [{"principal": p} for p in rng.uniform(1, 1e6, k)] for k in rng.integers(0, 3, count)
    ]
    book = native.DebtBook(records_table(records), list_table(principals))
    return book, [
        (f"s{i}", rng.uniform((-1, -0.6, -0.6, -0.1, -0.3), (3, 0.1, 0.1, 0.2, 0.3), (4, 5)))
        for i in range(6)
    ]


@pytest.mark.parametrize("threads", [2, 7])
def test_thread_count_does_not_change_a_single_bit(threads: int) -> None:
    book, scenarios = large_book()
    one, many = (native.run_debt_stress(book, scenarios, threads=n) for n in (1, threads))
    assert many.scenarios == one.scenarios
    for name in ("records", "positions", "obligors", "segment_losses"):
        tables = [getattr(run, name)() for run in (one, many)]
        assert native.table_digest([tables[0]]) == native.table_digest([tables[1]])


def test_losses_that_were_not_kept_are_the_same_when_asked_for() -> None:
    book, scenarios = large_book()
    kept = native.run_debt_stress(book, scenarios, threads=1)
    lean = native.run_debt_stress(book, scenarios, threads=1, keep_losses=False)
    assert lean.scenarios == kept.scenarios
    assert [lean.largest(i, 9) for i in range(-1, 6)] == [kept.largest(i, 9) for i in range(-1, 6)]
    for name in ("records", "positions", "obligors", "segment_losses"):
        tables = [getattr(run, name)() for run in (kept, lean)]
        assert native.table_digest([tables[0]]) == native.table_digest([tables[1]])


def test_losses_by_segment_add_up_to_the_book_s() -> None:
    book, scenarios = large_book()
    run = native.run_debt_stress(book, scenarios, threads=1)
    rows = rows_of(run.segment_losses())
    assert len(rows) == len(scenarios) * len(book.segments)
    for index, (scenario_id, _) in enumerate(scenarios):
        own = [row for row in rows if row["scenario_id"] == scenario_id]
        assert [row["segment"] for row in own] == list(range(len(book.segments)))
        loss = run.scenarios[index]["loss_estimate"]
        assert sum(row["loss"] for row in own) == pytest.approx(loss, rel=REL)
        for row, segment in zip(own, book.segments, strict=True):
            assert {name: row[name] for name in segment} == segment


def test_a_table_shows_the_losses_that_are_asked_for_in_their_order() -> None:
    book, scenarios = large_book(10)
    run = native.run_debt_stress(book, scenarios)
    for name in ("records", "positions", "obligors"):
        columns = getattr(run, name)(["s3", "s1"]).column_names
        assert [c for c in columns if c.startswith("loss:")] == ["loss:s3", "loss:s1"]
        assert not [c for c in getattr(run, name)([]).column_names if c.startswith("loss:")]
    assert {row["scenario_id"] for row in rows_of(run.segment_losses(["s2"]))} == {"s2"}


def test_a_row_of_a_segment_s_losses_says_which_segment_it_is() -> None:
    office = {"collateral_type": "office", "collateral_region": "US-NY", "rate_type": "fixed"}
    loans = [{"total_outstanding": 1.0, **office}, {"total_outstanding": 2.0}]
    book = native.DebtBook(records_table([*loans, loans[0]]))
    rows = rows_of(native.run_debt_stress(book, [("a", (0, 0, 0, 0.5))]).segment_losses())
    names = ("segment", *KEYS, "record_count", "loss")
    assert [tuple(row[name] for name in names) for row in rows] == [
        (0, "EUR", "office", "US-NY", "fixed", 2, 1.0),
        (1, "EUR", "", "", "", 1, 1.0),
    ]


def test_an_id_of_a_scenario_that_stands_twice_is_refused_at_its_place() -> None:
    book, scenarios = large_book(10)
    with pytest.raises(InvalidInput, match="s0 stands twice") as caught:
        native.run_debt_stress(book, [*scenarios[:2], ("s0", (0, 0, 0, 0))])
    assert caught.value.where == "scenarios[2]"


def test_a_table_of_an_unknown_scenario_is_refused_at_its_place() -> None:
    book, scenarios = large_book(10)
    with pytest.raises(InvalidInput) as caught:
        native.run_debt_stress(book, scenarios).records(["s0", "s9"])
    assert caught.value.where == "scenarios[1]"


def test_a_segment_says_what_its_records_have_in_common() -> None:
    office = {"collateral_type": "office", "collateral_region": "US-NY", "rate_type": "fixed"}
    book = native.DebtBook(
        records_table(
            [
                {"total_outstanding": 5.0, "collateral_value": 3.0, **office},
                {"total_outstanding": 7.0, "collateral_type": "land"},
                {"total_outstanding": 2.0, "collateral_value": 4.0, **office},
            ]
        )
    )
    assert book.segments == [
        {
            "currency": "EUR",
            **office,
            "record_count": 2,
            "total_outstanding": 7.0,
            "collateral_value": 7.0,
        },
        {
            "currency": "EUR",
            "collateral_type": "land",
            "collateral_region": "",
            "rate_type": "",
            "record_count": 1,
            "total_outstanding": 7.0,
            "collateral_value": 0.0,
        },
    ]


TWO = records_table(
    [{"total_outstanding": 1.0}, {"total_outstanding": 1.0, "rate_type": "floating"}]
)


@pytest.mark.parametrize(
    "shocks",
    [
        np.zeros((3, 5)),
        np.zeros((2, 4)),
        np.zeros((0, 5)),
        np.zeros((2, 5), dtype=np.float32),
        np.zeros((2, 5), order="F"),
        np.zeros((4, 5))[::2],
        np.zeros(10),
    ],
    ids=["rows", "columns", "empty", "float32", "order", "strides", "dimensions"],
)
def test_an_array_of_another_shape_is_refused_at_its_place(shocks: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        native.run_debt_stress(native.DebtBook(TWO), [("a", (0, 0, 0, 0)), ("b", shocks)])
    assert caught.value.where == "scenarios[1].shocks"


def test_a_shock_of_no_meaning_is_refused_at_its_segment() -> None:
    shocks = np.zeros((2, 5))
    shocks[1, 4] = -1.5
    with pytest.raises(InvalidInput) as caught:
        native.run_debt_stress(native.DebtBook(TWO), [("a", shocks)])
    assert caught.value.where == "scenarios[0].shocks[1].currency_change"


def test_a_code_column_of_numbers_is_refused_by_name() -> None:
    rows = {"record": [0], "total_outstanding": [1.0], "rate_type": [1.0]}
    texts = {"source_record_id": ["a"], "currency": ["EUR"]}
    with pytest.raises(InvalidInput) as caught:
        native.DebtBook(native.import_table(pyarrow.table({**rows, **texts})))
    assert caught.value.where == "rate_type"
