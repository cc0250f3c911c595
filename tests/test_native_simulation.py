"""The default simulation through the bindings: instruction sets, and what is refused."""

import numpy as np
import pytest

from seawall import native
from seawall.errors import InvalidInput


def simulation() -> native.DefaultSimulation:
    random = np.random.default_rng(3)
    count = 100
    return native.DefaultSimulation(
        {
            "slot": np.arange(count),
            "default_probability": random.uniform(0.001, 0.7, count),
            "factor_weight": random.uniform(-0.5, 0.5, (count, 2)),
        },
        {"obligor": np.arange(count), "loss_minor": random.integers(1, 10**6, count)},
        {"correlation": np.eye(2)},
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
