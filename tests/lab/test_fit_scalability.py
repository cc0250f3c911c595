"""The scalability law is found again in figures that follow it."""

import math

import pytest

from seawall.errors import InvalidInput
from seawall.lab.fit_scalability import fit_scalability, knee

from .made_runs import CONNECTIONS, throughput


def test_the_law_is_found_again() -> None:
    fit = fit_scalability(CONNECTIONS, throughput=[throughput(n) for n in CONNECTIONS])
    assert (fit.rate, fit.contention, fit.coherency) == pytest.approx((1_000, 0.2, 0.0001))
    assert fit.worst < 1e-9
    assert fit.peak == pytest.approx(math.sqrt(0.8 / 0.0001))
    assert fit.half == pytest.approx(5)
    peak = fit.throughput(fit.peak)
    assert peak > max(fit.throughput(fit.peak * 0.99), fit.throughput(fit.peak * 1.01))


def test_what_grows_in_proportion_has_no_peak() -> None:
    fit = fit_scalability([1, 2, 4, 8], throughput=[10, 20, 40, 80])
    assert (fit.contention, fit.coherency) == (0, 0)
    assert math.isinf(fit.peak)
    assert math.isinf(fit.half)


def test_what_grows_more_than_in_proportion_is_told_by_the_misfit() -> None:
    fit = fit_scalability([1, 2, 4], throughput=[10, 30, 90])
    assert fit.contention >= 0
    assert fit.coherency >= 0
    assert fit.worst > 0.25


@pytest.mark.parametrize(
    ("concurrency", "rates", "where"),
    [
        ([1, 2], [1, 2], "concurrency"),
        ([1, 1, 2], [1, 1, 2], "concurrency"),
        ([0, 1, 2], [1, 1, 2], "concurrency"),
        ([1, 2, 3], [1, 2], "throughput"),
        ([1, 2, 3], [1, 0, 2], "throughput"),
        ([1, 2, 3], [1, math.nan, 2], "throughput"),
    ],
)
def test_other_figures_are_refused(
    concurrency: list[float], rates: list[float], where: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        fit_scalability(concurrency, throughput=rates)
    assert refusal.value.where == where


def test_a_knee_is_the_least_concurrency_that_gives_nearly_the_most() -> None:
    assert knee([1, 10, 50, 100], throughput=[100, 960, 1_000, 900], share=0.95) == 10
    assert knee([1, 10, 50, 100], throughput=[100, 940, 1_000, 900], share=0.95) == 50
