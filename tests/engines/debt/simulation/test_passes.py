"""A run is counted pass by pass, and stops in any of them."""

from typing import Any

import msgspec
import pytest

from seawall.engines.debt.simulation.engine import DEBT_SIMULATION
from seawall.engines.debt.simulation.types import SimulationParameters
from seawall.errors import Cancelled
from seawall.native import RunControl
from seawall.session import Run, Session

from .tapes import ingest, loan

SCENARIOS = 4_096
LOANS = [loan(number) for number in range(20)]
ON_TOP = {
    "what_if": [{"what_if_id": "sold", "changes": [{"kind": "remove", "source_record_id": "L1"}]}],
    "sensitivities": [{"figure": "default_probability", "change": 0.1}],
    "reverse_losses": [2_000.0],
}
PASSES = 10 + 3  # of three levels and what is asked on top


def simulate(session: Session, control: RunControl, **asked: Any) -> Run:
    dataset = ingest(session, LOANS)
    return session.simulate(
        dataset, scenarios=asked.pop("scenarios", SCENARIOS), parameters=asked, control=control
    )


def units(**asked: Any) -> int:
    return DEBT_SIMULATION.count_units(msgspec.convert(asked, SimulationParameters), 1)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        ON_TOP,
        ON_TOP | {"scenarios": 64},
        {"sampling": "importance"},
        {"sampling": "sobol"},
        {"confidence_levels": [0.9]},
    ],
)
def test_progress_rises_to_its_total_and_reaches_it_at_the_end(
    session: Session, asked: dict[str, Any]
) -> None:
    scenarios = asked.get("scenarios", SCENARIOS)
    given = {name: value for name, value in asked.items() if name != "scenarios"}
    total = units(scenario_count=scenarios, **given)
    told: list[int] = []
    simulate(session, RunControl(told.append), **asked)
    assert told == sorted(told)
    assert told[-1] == total
    assert len({done for done in told if done <= total}) >= total // scenarios


@pytest.mark.parametrize("passes", range(1, PASSES))
def test_a_run_stops_after_each_of_its_passes(session: Session, passes: int) -> None:
    def stop(done: int) -> None:
        if done >= passes * SCENARIOS:
            control.cancel()

    control = RunControl(stop)
    with pytest.raises(Cancelled):
        simulate(session, control, **ON_TOP)
    assert passes * SCENARIOS <= control.completed_units < (passes + 1) * SCENARIOS
    assert session.runs() == []


def test_a_control_that_has_counted_before_counts_on(session: Session) -> None:
    control = RunControl()
    control.advance(7)
    simulate(session, control)
    assert control.completed_units == 7 + units(scenario_count=SCENARIOS)


def test_the_control_of_a_run_stops_no_later_question(session: Session) -> None:
    control = RunControl()
    tail = simulate(session, control).questions
    done = control.completed_units
    control.cancel()
    assert tail.reverse_stress(2_000).states
    assert sum(tail.replay(0.99).contribution_minor) > 0
    assert control.completed_units == done
