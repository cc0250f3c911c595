"""Two simulations side by side."""

import json
from typing import Any

import pytest

from seawall.engines.debt.simulation import compare
from seawall.errors import NotFound
from seawall.session import Dataset, Session

from .tapes import ingest, loan

LOANS = [loan(number) for number in range(30)]


@pytest.fixture
def book(session: Session) -> Dataset:
    return ingest(session, LOANS)


def tail_of(session: Session, dataset: Dataset, **parameters: Any) -> Any:
    return session.simulate(
        dataset, scenarios=10_000, levels=[0.99], parameters=parameters
    ).questions


def test_a_run_compared_with_itself_has_no_difference(session: Session, book: Dataset) -> None:
    tail = tail_of(session, book)
    found = compare(tail, tail)
    assert found.same_draws
    assert (found.parameters, len(found.positions)) == ([], 0)
    assert (found.tails[0].change, found.tails[0].standard_error) == (0, 0)


def test_parameters_that_differ_are_named(session: Session, book: Dataset) -> None:
    before = tail_of(session, book, factors={"asset_correlation": 0.1})
    after = tail_of(session, book, factors={"asset_correlation": 0.3})
    found = compare(before, after)
    (change,) = found.parameters
    assert (change.path, change.before, change.after) == ("factors.asset_correlation", 0.1, 0.3)
    assert found.tails[0].change > 0
    assert found.expected_loss_change_standard_error > 0


def test_loans_that_differ_are_listed_before_and_after(session: Session, book: Dataset) -> None:
    changed = [loan(30), {**LOANS[0], "outstanding": 7}, *LOANS[2:]]
    found = compare(tail_of(session, book), tail_of(session, ingest(session, changed)))
    rows = {row["source_record_id"]: row for row in found.positions.rows()}
    assert set(rows) == {"L0", "L1", "L30"}
    assert (rows["L0"]["exposure_before"], rows["L0"]["exposure_after"]) == (1000, 7)
    assert rows["L1"]["exposure_after"] is None
    assert rows["L30"]["loss_given_default_pct_before"] is None


def test_slots_of_an_earlier_dataset_keep_its_draws(session: Session, book: Dataset) -> None:
    later = ingest(session, [loan(99, obligor_id="A-first"), *LOANS])
    before = tail_of(session, book)
    assert not compare(before, tail_of(session, later)).same_draws
    kept = tail_of(session, later, slots_from=[book.dataset_version_id])
    found = compare(before, kept)
    assert found.same_draws
    assert (kept.loss_minor >= before.loss_minor).all()


def test_an_earlier_dataset_must_be_there(session: Session, book: Dataset) -> None:
    with pytest.raises(NotFound):
        tail_of(session, book, slots_from=["dv_nowhere"])


def records_of(session: Session, *records: tuple[str, float]) -> Dataset:
    """Records that name no obligor, all with the identifier 1, each of a source system."""
    rows = [
        {
            "source_system": system,
            "source_record_id": "1",
            "financial": {"currency": "EUR", "debt": {"total_outstanding": outstanding}},
        }
        for system, outstanding in records
    ]
    return session.ingest(json.dumps(rows).encode(), profile="todiscope", format="json")


ASSUMED = {"default_probability": {"assumed_pct": 5}, "loss_given_default": {"assumed_pct": 40}}


def test_loans_of_two_systems_with_one_identifier_are_not_mixed_up(session: Session) -> None:
    before = records_of(session, ("ledger", 100), ("bonds", 200))
    after = records_of(session, ("ledger", 100), ("bonds", 300))
    found = compare(*(tail_of(session, dataset, **ASSUMED) for dataset in (before, after)))
    assert found.same_draws
    (row,) = found.positions.rows()
    assert (row["source_system"], row["source_record_id"]) == ("bonds", "1")
    assert (row["exposure_before"], row["exposure_after"]) == (200, 300)


def test_obligors_of_two_systems_with_one_name_are_two(session: Session) -> None:
    before, after = (records_of(session, (system, 100)) for system in ("bonds", "ledger"))
    found = compare(*(tail_of(session, dataset, **ASSUMED) for dataset in (before, after)))
    assert not found.same_draws  # no obligor is in both, though both have slot 0
    assert len(found.positions) == 2
