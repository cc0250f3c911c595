"""The default simulation through the bindings: instruction sets, and what is refused."""

import numpy as np
import pytest

from seawall import native
from seawall.errors import InvalidInput


def simulation(count: int = 100, correlation: float = 0.0) -> native.DefaultSimulation:
    random = np.random.default_rng(3)
    return native.DefaultSimulation(
        {
            "slot": np.arange(count),
            "default_probability": random.uniform(0.001, 0.7, count),
            "factor_weight": random.uniform(-0.5, 0.5, (count, 2)),
        },
        {"obligor": np.arange(count), "loss_minor": random.integers(1, 10**6, count)},
        {"correlation": np.array([[1, correlation], [correlation, 1]])},
        degrees_of_freedom=float("inf"),
    )


def losses(instruction_set: str | None) -> bytes:
    return simulation().losses(
        seed=1, first_scenario=0, count=100, threads=1, instruction_set=instruction_set
    )


def test_an_instruction_set_of_the_callers_choice_gives_the_same_losses() -> None:
    wanted = losses(None)
    assert np.frombuffer(wanted, np.int64).any()
    assert losses("baseline") == wanted
    assert losses(native.simulation_instruction_set()) == wanted


@pytest.mark.parametrize("name", ["avx1024", "AVX2", ""])
def test_an_instruction_set_that_there_is_not_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        losses(name)
    assert refused.value.where == "instruction_set"


def test_a_change_of_losses_is_the_difference_of_two_runs() -> None:
    before, after = simulation(40), simulation(60)
    drawn = {"seed": 7, "first_scenario": 3, "count": 2000}
    change = np.frombuffer(native.loss_change(before, after, **drawn), np.int64)
    runs = [np.frombuffer(one.losses(**drawn), np.int64) for one in (before, after)]
    assert change.any()
    assert (change == runs[1] - runs[0]).all()


def test_a_change_to_other_factors_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        native.loss_change(
            simulation(), simulation(correlation=0.1), seed=1, first_scenario=0, count=10
        )
    assert refused.value.where == "after"
