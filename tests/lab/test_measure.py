import math
from collections.abc import Callable

import pytest

from seawall.errors import InvalidInput, SeawallError
from seawall.lab.measure import (
    FEWEST_PAIRS,
    Sample,
    compare_paired,
    max_rss_kb,
    measure,
    median_interval,
)


class Clock:
    """Time that passes only where a test says so."""

    wall_ns = 0

    def call_of(self, *, wall_ns: int) -> Callable[[], None]:
        def call() -> None:
            self.wall_ns += wall_ns

        return call

    def perf_counter_ns(self) -> int:
        return self.wall_ns

    def process_time_ns(self) -> int:
        return 2 * self.wall_ns  # two busy threads


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("seawall.lab.measure.time", clock)
    return clock


def calls_of(name: str, calls: list[str]) -> Callable[[], str]:
    def call() -> str:
        calls.append(name)
        return name

    return call


def test_every_repeat_leaves_a_sample_and_the_warm_up_none() -> None:
    calls: list[str] = []
    measured = measure(calls_of("a", calls), repeats=5, warmup=2, check=str)
    assert len(calls) == 7
    assert len(measured.samples) == 5
    assert measured.minimum_ns == min(measured.wall_ns) > 0
    assert measured.minimum_ns <= measured.median_ns <= max(measured.wall_ns)


def test_only_the_function_is_timed_and_not_the_check(clock: Clock) -> None:
    def check(_: object) -> None:
        clock.wall_ns += 1_000_000

    measured = measure(clock.call_of(wall_ns=50), repeats=3, check=check)
    assert measured.samples == (Sample(wall_ns=50, cpu_ns=100),) * 3


def test_pairs_are_interleaved_a_b_b_a() -> None:
    calls: list[str] = []
    compare_paired(calls_of("a", calls), calls_of("b", calls), pairs=6, warmup=0, check=str)
    assert "".join(calls) == "abba" * 3


def test_a_function_against_another_is_compared_by_the_ratio_of_their_times(clock: Clock) -> None:
    a_times, b_times = iter([10, 20, 30, 40, 50, 60]), iter([10] * 6)

    compared = compare_paired(
        lambda: clock.call_of(wall_ns=next(a_times))(),
        lambda: clock.call_of(wall_ns=next(b_times))(),
        pairs=6,
        warmup=0,
        check=str,
    )
    assert compared.a.wall_ns == (10, 20, 30, 40, 50, 60)
    assert (compared.ratio_low, compared.ratio, compared.ratio_high) == (1.0, 3.5, 6.0)
    assert compared.coverage == 1 - 2 / 2**6


def test_a_limit_inside_the_interval_is_surely_passed_by_neither_side(clock: Clock) -> None:
    a_times = iter([20, 30, 40, 50, 60, 70])
    compared = compare_paired(
        lambda: clock.call_of(wall_ns=next(a_times))(),
        clock.call_of(wall_ns=10),
        pairs=6,
        warmup=0,
        check=str,
    )
    facts = [(compared.is_surely_above(x), compared.is_surely_below(x)) for x in (1, 2, 4, 7, 8)]
    neither = (False, False)
    assert facts == [(True, False), neither, neither, neither, (False, True)]


@pytest.mark.parametrize("check", [lambda answer: answer == 5, lambda answer: answer - 4])
def test_a_wrong_answer_stops_the_measuring(check: Callable[[int], object]) -> None:
    for run in (
        lambda: measure(lambda: 4, repeats=1, warmup=0, check=check),
        lambda: compare_paired(lambda: 4, lambda: 4, pairs=6, warmup=0, check=check),
    ):
        with pytest.raises(SeawallError) as caught:
            run()
        assert caught.value.code == "wrong_answer"


def test_a_check_of_asserts_speaks_for_itself() -> None:
    def check(answer: int) -> None:
        assert answer == 5

    measure(lambda: 5, repeats=1, check=check)
    with pytest.raises(AssertionError):
        measure(lambda: 4, repeats=1, check=check)


@pytest.mark.parametrize("pairs", [0, 4, 7])
def test_too_few_or_uneven_pairs_are_refused(pairs: int) -> None:
    with pytest.raises(InvalidInput):
        compare_paired(int, int, pairs=pairs, check=str)


# The ranks k of the table "confidence intervals for the median" (Conover, Practical Nonparametric
# Statistics, table A3; any binomial table gives them): the interval is x(k) .. x(n + 1 - k).
@pytest.mark.parametrize(
    ("count", "rank"), [(6, 1), (8, 1), (9, 2), (10, 2), (20, 6), (30, 10), (100, 40)]
)
def test_the_interval_of_the_median_is_that_of_the_binomial_table(count: int, rank: int) -> None:
    values = [float(value) for value in range(count, 0, -1)]
    low, high, coverage = median_interval(values)
    assert (low, high) == (rank, count + 1 - rank)
    inside = sum(math.comb(count, i) for i in range(rank, count + 1 - rank)) / 2**count
    assert coverage == pytest.approx(inside)
    assert coverage >= 0.95


def test_an_interval_of_too_few_values_is_refused() -> None:
    with pytest.raises(InvalidInput):
        median_interval([1.0] * (FEWEST_PAIRS - 1))


def test_peak_memory_keeps_what_was_given_back() -> None:
    before = max_rss_kb()
    block = bytearray(b"x") * 64_000_000
    del block
    assert max_rss_kb() >= before
    assert max_rss_kb() > 60_000
