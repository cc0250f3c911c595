"""Ranges of scenarios that merge, checkpoints that are gone on from."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seawall.engine import Execution
from seawall.engines.debt.simulation import Tail
from seawall.engines.debt.simulation.checkpoint import Checkpoint
from seawall.engines.debt.simulation.losses import simulate_all
from seawall.engines.debt.simulation.parts import (
    ScenarioRange,
    SimulationInputs,
    SimulationPart,
    merge_parts,
    simulate_part,
)
from seawall.errors import Cancelled, Conflict, InvalidInput
from seawall.native import RunControl
from seawall.session import Session

from .tapes import ingest, loan

COUNT = 200_000  # more than three pieces of a checkpoint
LOANS = [loan(number) for number in range(20)]


@pytest.fixture
def tail(session: Session) -> Tail:
    found: Tail = session.simulate(ingest(session, LOANS), scenarios=COUNT).questions
    return found


@pytest.fixture
def inputs(tail: Tail) -> SimulationInputs:
    return tail.book.inputs


def part_of(inputs: SimulationInputs, first: int, count: int) -> SimulationPart:
    return simulate_part(inputs.simulation(), inputs, ScenarioRange(first, count))


def everything(inputs: SimulationInputs, **how: Any) -> Any:
    simulation = inputs.simulation()
    return simulate_all(simulation, inputs, scenario_count=COUNT, execution=Execution(**how))


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_parts_in_any_order_merge_into_the_whole(
    tail: Tail, inputs: SimulationInputs, order: tuple[int, ...]
) -> None:
    ranges = [(0, 1), (1, 70_001), (70_002, COUNT - 70_002)]
    parts = [part_of(inputs, *ranges[index]) for index in order]
    assert (merge_parts(parts).loss_minor == tail.loss_minor).all()


def test_merging_does_not_depend_on_the_grouping(inputs: SimulationInputs) -> None:
    a, b, c = (part_of(inputs, first, 10) for first in (5, 15, 25))
    left = merge_parts([merge_parts([a, b]), c])
    right = merge_parts([a, merge_parts([b, c])])
    assert left.first_scenario == right.first_scenario == 5
    assert (left.loss_minor == right.loss_minor).all()


@pytest.mark.parametrize(("second", "place"), [(11, "parts[1]"), (9, "parts[1]")])
def test_missing_and_doubled_scenarios_are_refused(
    inputs: SimulationInputs, second: int, place: str
) -> None:
    with pytest.raises(InvalidInput, match="10 was expected") as caught:
        merge_parts([part_of(inputs, 0, 10), part_of(inputs, second, 5)])
    assert caught.value.where == f"{place}.first_scenario"


def test_parts_of_another_book_or_seed_are_refused(
    session: Session, inputs: SimulationInputs
) -> None:
    other = session.simulate(ingest(session, LOANS), scenarios=10, seed=2).questions.book.inputs
    with pytest.raises(InvalidInput) as caught:
        merge_parts([part_of(inputs, 0, 10), part_of(other, 10, 10)])
    assert caught.value.where == "parts[1].inputs_sha256"
    with pytest.raises(InvalidInput):
        merge_parts([])


def test_a_checkpoint_is_gone_on_from(tmp_path: Path, tail: Tail, inputs: SimulationInputs) -> None:
    path = tmp_path / "losses.checkpoint"
    kept = Checkpoint(path, inputs.sha256)
    kept.append(part_of(inputs, 0, 1_000))
    kept.append(part_of(inputs, 150_000, 1_000))  # parts may be anywhere
    control = RunControl()
    found = everything(inputs, checkpoint=path, control=control)
    assert (found == tail.loss_minor).all()
    assert control.completed_units == COUNT
    ranges = [(part.first_scenario, len(part.loss_minor)) for part in kept.parts()]
    assert (1_000, 65_536) in ranges
    assert sum(count for _, count in ranges) == COUNT


def test_a_stopped_run_keeps_what_is_done(tmp_path: Path, inputs: SimulationInputs) -> None:
    path = tmp_path / "losses.checkpoint"
    control = RunControl()
    done = []

    def stop(completed: int) -> None:
        done.append(completed)
        control.cancel()

    control = RunControl(stop)
    Checkpoint(path, inputs.sha256).append(part_of(inputs, 0, 10))
    with pytest.raises(Cancelled):
        everything(inputs, checkpoint=path, control=control)
    assert done[0] == 10
    assert Checkpoint(path, inputs.sha256).parts()[0].end_scenario == 10


@pytest.mark.parametrize("cut", [1, 40, 8_000])
def test_a_part_that_was_cut_short_is_computed_again(
    tmp_path: Path, tail: Tail, inputs: SimulationInputs, cut: int
) -> None:
    path = tmp_path / "losses.checkpoint"
    everything(inputs, checkpoint=path)
    path.write_bytes(path.read_bytes()[:-cut])
    assert len(Checkpoint(path, inputs.sha256).parts()) == 3
    assert (everything(inputs, checkpoint=path) == tail.loss_minor).all()


def test_a_changed_byte_is_not_believed(tmp_path: Path, inputs: SimulationInputs) -> None:
    path = tmp_path / "losses.checkpoint"
    everything(inputs, checkpoint=path)
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)
    assert len(Checkpoint(path, inputs.sha256).parts()) == 3


def test_a_checkpoint_of_another_simulation_is_left_alone(
    tmp_path: Path, inputs: SimulationInputs
) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not yours")
    with pytest.raises(Conflict) as caught:
        everything(inputs, checkpoint=path)
    assert caught.value.code == "checkpoint_differs"
    assert path.read_text() == "not yours"


def test_a_session_takes_a_checkpoint(tmp_path: Path, session: Session, tail: Tail) -> None:
    path = tmp_path / "losses.checkpoint"
    book = ingest(session, LOANS)
    run = session.simulate(
        book, scenarios=COUNT, checkpoint=path, started_at="2026-01-01T00:00:00Z"
    )
    assert run.result.losses_sha256 == tail.losses_sha256
    assert np.frombuffer(path.read_bytes()[-8:], "<i8")[0] == tail.loss_minor[-1]
