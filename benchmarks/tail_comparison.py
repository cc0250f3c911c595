"""The tail that a rival estimates, beside the engine's, and what its standard error costs."""

import math
from collections.abc import Callable

import msgspec
import numpy as np

from monte_carlo_book import Floats, Losses
from seawall.lab.measure import compare_paired
from tail_book import TailBook

LEVEL = (999, 1000)
TARGET = 0.01  # standard error of expected shortfall, of it
PAIRS = 6
STANDARD_ERRORS = 4.0
LEAST_TAIL = 100  # scenarios beyond value at risk, or a tail is thin
RIVAL_PART = 8  # a rival's call has so much fewer scenarios


class Tail(msgspec.Struct, frozen=True):
    """Mean loss and expected shortfall of a run in minor units, with standard errors."""

    mean: float
    mean_error: float
    shortfall: float
    shortfall_error: float
    count: float  # scenarios in the tail, as many as they are worth with weights

    @property
    def work(self) -> float:
        """How much of the run has a standard error of TARGET."""
        return (self.shortfall_error / (TARGET * self.shortfall)) ** 2


class Comparison:
    """A rival and the engine timed in turns, and what they estimate held together."""

    def __init__(
        self, form: str, book: TailBook, run: Callable[[], Tail], own: Tail, scenarios: int
    ) -> None:
        from rivals.tail_numba import tail_rival

        rival = tail_rival(book, form)
        self.count = max(1, scenarios // RIVAL_PART)
        self.share = self.count / scenarios
        drawn: list[Losses] = []

        def run_engine() -> Tail | Losses:
            return run()

        def run_rival() -> Tail | Losses:
            losses = rival(self.count, len(drawn) + 1)
            tail_of(losses)
            return losses

        def check(answer: Tail | Losses) -> None:
            if isinstance(answer, Tail):
                assert answer == own
            else:
                drawn.append(answer)

        self.found = compare_paired(run_engine, run_rival, pairs=PAIRS, check=check)
        self.scenarios = self.count * len(drawn)
        self.tail = tail_of(np.concatenate(drawn))
        check_mean(self.tail, book)
        check_close(own.mean - self.tail.mean, own.mean_error, self.tail.mean_error)
        if min(own.count, self.tail.count) >= LEAST_TAIL:
            difference = own.shortfall - self.tail.shortfall
            check_close(difference, own.shortfall_error, self.tail.shortfall_error)

    def figures(self, engine_seconds: float) -> dict[str, float]:
        """Return what the rival needs, and how many times the engine's seconds that is."""
        a_scenario = self.found.b.median_ns / 1e9 / self.count
        seconds = a_scenario * self.scenarios * self.tail.work
        return {
            "scenarios": self.scenarios,
            "seconds_a_scenario": a_scenario,
            "standard_error_pct": 100 * self.tail.shortfall_error / self.tail.shortfall,
            "tail_scenarios": self.tail.count,
            "seconds_to_1_pct": seconds,
            "times_faster": seconds / engine_seconds,
            "times_faster_a_scenario": 1 / (self.found.ratio * self.share),
        }


def tail_of(losses: Losses) -> Tail:
    """Return the figures of a rival's losses, by numpy."""
    count, tail_share = len(losses), 1 - LEVEL[0] / LEVEL[1]
    rank = -(-LEVEL[0] * count // LEVEL[1]) - 1
    at_risk = np.partition(losses, rank)[rank]
    excess: Floats = np.maximum(losses - at_risk, 0).astype(np.float64)
    return Tail(
        mean=float(losses.mean()),
        mean_error=float(losses.std()) / math.sqrt(count),
        shortfall=float(at_risk + excess.sum() / (tail_share * count)),
        shortfall_error=float(excess.std()) / (tail_share * math.sqrt(count)),
        count=float(np.count_nonzero(losses >= at_risk)),
    )


def check_mean(tail: Tail, book: TailBook) -> None:
    if book.expected_loss is not None:
        check_close(tail.mean - book.expected_loss, tail.mean_error)


def check_close(difference: float, *errors: float) -> None:
    assert abs(difference) <= STANDARD_ERRORS * math.hypot(*errors), (difference, errors)
