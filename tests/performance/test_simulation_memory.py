"""What a simulation costs in memory: its book and its losses, whatever the number of scenarios."""

import sys

import numpy as np
import pytest

from seawall import native
from seawall.lab.isolated import run_function

BYTES_A_LOSS = 8
SLACK_KB = 8_192  # pages that an allocator keeps, and stacks
MOST_KB = 1_000_000
FACTORS = 4


def simulate(obligors: int, scenarios: int) -> int:
    """Simulate a book of unlike obligors on all cores; in a process of its own."""
    random = np.random.default_rng(1)
    simulation = native.DefaultSimulation(
        {
            "slot": np.arange(obligors),
            "default_probability": random.uniform(0.001, 0.1, obligors),
            "factor_weight": random.uniform(0.0, 0.4, (obligors, FACTORS)),
        },
        {
            "obligor": np.arange(obligors),
            "loss_minor": random.integers(1, 10**6, obligors),
        },
        {"correlation": np.eye(FACTORS)},
        degrees_of_freedom=float("inf"),
    )
    losses = simulation.losses(seed=1, first_scenario=0, count=scenarios)
    return len(losses)


def peak_kb(obligors: int, scenarios: int) -> int:
    arguments = {"obligors": obligors, "scenarios": scenarios}
    run = run_function(simulate, timeout_s=7200, arguments=arguments)
    assert run.answer == BYTES_A_LOSS * scenarios
    seconds = run.wall_ns / 1e9
    sys.stdout.write(f"{obligors:,} x {scenarios:,}: {run.max_rss_kb:,} KiB, {seconds:.1f} s\n")
    return run.max_rss_kb


def test_memory_grows_by_nothing_but_the_losses() -> None:
    few, many = 4_096, 65_536
    grown = peak_kb(100_000, many) - peak_kb(100_000, few)
    assert grown <= BYTES_A_LOSS * (many - few) // 1024 + SLACK_KB


@pytest.mark.performance
def test_a_million_obligors_stay_below_a_gigabyte() -> None:
    assert peak_kb(1_000_000, 65_536) < MOST_KB


@pytest.mark.soak
def test_a_million_obligors_in_a_million_scenarios_stay_below_a_gigabyte() -> None:
    assert peak_kb(1_000_000, 1_000_000) < MOST_KB
