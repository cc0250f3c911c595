from typing import Any

import numpy as np
import pytest

from seawall.errors import InvalidInput
from seawall.lab.trend import trend_of

TIMES = np.arange(0, 480, 0.5)


def steps(*, slope: float, seed: int = 1) -> Any:
    """Memory as it is seen: plateaus and a saw's teeth about a line, in bytes."""
    noise = np.random.default_rng(seed).normal(0, 100_000, len(TIMES))
    return 2e8 + slope * TIMES + 4e5 * (TIMES // 37 % 3) + noise


def test_a_straight_line_has_its_slope() -> None:
    trend = trend_of(TIMES, 3.0 + 0.25 * TIMES)
    assert (trend.low, trend.slope, trend.high) == pytest.approx((0.25, 0.25, 0.25))


@pytest.mark.parametrize("slope", [-20_000.0, 0.0, 20_000.0])
def test_the_interval_holds_the_slope_under_steps_and_noise(slope: float) -> None:
    trend = trend_of(TIMES, steps(slope=slope))
    assert trend.low < slope < trend.high
    assert trend.high - trend.low < 10_000


def test_what_lies_in_the_interval_ninety_nine_times_of_a_hundred() -> None:
    held = 0
    for seed in range(200):
        noise = np.random.default_rng(seed).normal(0, 1, len(TIMES))
        trend = trend_of(TIMES, noise)
        held += trend.low <= 0 <= trend.high
    assert held >= 193


def test_one_look_that_is_far_off_moves_nothing() -> None:
    values = steps(slope=0.0)
    values[-1] *= 100
    assert trend_of(TIMES, values).high < 10_000


@pytest.mark.parametrize(
    ("count", "options"), [(15, {}), (960, {"blocks": 5}), (960, {"confidence": 1.0})]
)
def test_too_little_to_judge_is_refused(count: int, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        trend_of(TIMES[:count], TIMES[:count], **options)
