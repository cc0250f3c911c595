"""Distances of a mean from its exact value, beside exact tails of counts and of Student's t."""

import math
from statistics import NormalDist

import pytest

from seawall.engines.debt.simulation.twin_distances import (
    distance_of_known_spread,
    distance_of_own_spread,
    distance_of_scrambles,
    twin_limit,
)

NORMAL = NormalDist()


def test_the_limit_leaves_a_right_run_one_chance_in_a_million_for_all_its_figures() -> None:
    for count in (1, 2, 5):
        assert 2 * count * NORMAL.cdf(-twin_limit(count)) == pytest.approx(1e-6)


def binomial(count: int, probability: float, found: range) -> float:
    """The probability that so many default."""
    terms = (
        math.exp(
            math.lgamma(count + 1)
            - math.lgamma(k + 1)
            - math.lgamma(count - k + 1)
            + k * math.log(probability)
            + (count - k) * math.log1p(-probability)
        )
        for k in found
    )
    return math.fsum(terms)


@pytest.mark.parametrize("expected", [0.01, 0.3, 1.0, 5.0, 60.0])
@pytest.mark.parametrize("count", [1000, 20_000])
def test_no_count_of_defaults_is_told_to_be_rarer_than_it_is(expected: float, count: int) -> None:
    probability = expected / count
    spread = probability * (1 - probability)
    end = int(expected + 12 * math.sqrt(expected)) + 20
    for found in range(end):
        miss = (found - expected) / count
        distance = distance_of_known_spread(
            abs(miss),
            variance=spread,
            room=1 - probability if miss > 0 else probability,
            width=1.0,
            count=count,
        )
        as_far = range(found, end + 200) if miss > 0 else range(found + 1)
        exact = binomial(count, probability, as_far)
        assert distance == 0 or 0.5 * math.erfc(distance / math.sqrt(2)) >= exact * (1 - 1e-9), (
            found
        )


def test_many_scenarios_are_measured_in_standard_errors() -> None:
    count = 10**12
    for distance in (0.5, 5.0):
        miss = distance * 0.3 / math.sqrt(count)
        found = distance_of_known_spread(miss, variance=0.09, room=1.0, width=1.0, count=count)
        assert found == pytest.approx(distance, rel=1e-4)
        own = distance_of_own_spread(miss, variance=0.09, width=1.0, count=count, limit=5.0)
        assert own == pytest.approx(distance, rel=3e-4)


def test_a_default_that_was_not_expected_at_all_is_beyond_any_limit() -> None:
    found = distance_of_known_spread(0.1, variance=0.0, room=1.0, width=0.0, count=10)
    assert found == math.inf
    assert distance_of_known_spread(0.0, variance=0.0, room=1.0, width=0.0, count=10) == 0


def test_a_run_without_a_spread_of_its_own_is_judged_by_its_length() -> None:
    def distance(count: int) -> float:
        return distance_of_own_spread(0.01, variance=0.0, width=1.0, count=count, limit=5.0)

    assert distance(1) == distance(1000) == 0  # ten defaults are missing: that may happen
    assert distance(10_000) == math.inf  # a hundred


def test_the_distance_of_32_means_is_that_of_students_t() -> None:
    density = math.exp(math.lgamma(16) - math.lgamma(15.5)) / math.sqrt(31 * math.pi)
    for score in (0.5, 2.0, 4.0, 6.5):
        steps = 20_000  # Simpson's rule of the density beyond the score, to where nothing is left
        width = 60.0 / steps
        values = [density * (1 + (score + i * width) ** 2 / 31) ** -16 for i in range(steps + 1)]
        tail = width / 3 * (values[0] + 4 * sum(values[1::2]) + 2 * sum(values[2:-1:2]))
        found = distance_of_scrambles(score, standard_error=1.0, count=32)
        assert found == pytest.approx(-NORMAL.inv_cdf(tail), rel=2e-3)
    assert distance_of_scrambles(0.1, standard_error=0.0, count=32) == math.inf
