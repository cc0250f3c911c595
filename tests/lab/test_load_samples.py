import numpy as np
import pytest

from lab.stand_in_server import StandInServer
from seawall.errors import InvalidInput
from seawall.lab.load import run_load
from seawall.lab.load_ceiling import measure_ceiling
from seawall.lab.load_profile import LoadProfile, LoadRequest, LoadStage, Objective
from seawall.lab.load_samples import (
    LoadSamples,
    exact_percentile,
    figures_of,
    refusals_of,
    seconds_of,
)
from seawall.lab.objectives import judge

MS = 1_000_000


def samples(*rows: tuple[int, int, int, int]) -> LoadSamples:
    """Return samples of (intended ms, done ms, status, outcome)."""
    intended, done, status, outcome = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    count = len(intended)
    return LoadSamples(
        number=np.arange(count),
        kind=np.zeros(count, dtype=np.int32),
        status=status,
        intended_ns=intended * MS,
        sent_ns=intended * MS,
        done_ns=done * MS,
        received_bytes=np.zeros(count, dtype=np.int64),
        outcome=outcome,
    )


def test_a_percentile_is_one_of_the_values() -> None:
    values = np.arange(100, 0, -1)
    assert exact_percentile(values, 0.5) == 50
    assert exact_percentile(values, 0.99) == 99
    assert exact_percentile(values, 0.991) == 100
    assert exact_percentile(values, 1.0) == 100
    assert exact_percentile(np.array([7]), 0.01) == 7
    for share in (0.5, 0.9, 0.95, 0.99, 0.999):
        assert exact_percentile(np.arange(1, 1001), share) == round(1000 * share)


@pytest.mark.parametrize(("count", "share"), [(0, 0.5), (3, 0.0), (3, 1.5)])
def test_a_percentile_of_nothing_is_refused(count: int, share: float) -> None:
    with pytest.raises(InvalidInput):
        exact_percentile(np.arange(count), share)


def test_a_timeout_counts_as_slow_and_a_quick_refusal_does_not_count_as_fast() -> None:
    figures = figures_of(
        samples((0, 10, 200, 0), (0, 20, 200, 0), (0, 1000, 0, 3), (10, 11, 503, 1))
    )
    assert (figures.p50_ms, figures.max_ms) == (20, 1000)
    assert (figures.requests, figures.errors, figures.error_rate) == (4, 2, 0.5)
    assert figures.errors_by_kind == {"unexpected_status": 1, "timeout": 1}
    assert figures.statuses == {"200": 2, "503": 1, "none": 1}
    assert figures.span_s == 1.0
    assert figures.sent_late_p99_ms == 0
    assert figures.throughput_rps == 2.0


def test_of_nothing_there_are_no_percentiles() -> None:
    figures = figures_of(samples())
    assert figures.p50_ms is None
    assert figures.throughput_rps == 0
    assert seconds_of(samples()) == []


def test_refusals_are_timed_apart_from_when_they_were_sent() -> None:
    taken = samples((0, 900, 200, 0), (0, 4, 503, 1), (10, 12, 503, 1), (0, 10, 500, 1))
    refused = refusals_of(taken)
    assert (refused.count, refused.p50_ms, refused.max_ms) == (2, 2, 4)
    assert refusals_of(taken, status=429).p99_ms is None


def test_a_request_belongs_to_the_second_in_which_it_was_due() -> None:
    first, second, third = seconds_of(
        samples((0, 10, 200, 0), (900, 2100, 200, 0), (2000, 2001, 500, 1))
    )
    assert (first.due, first.ended, first.p99_ms) == (2, 1, 1200)
    assert (second.due, second.ended, second.p50_ms) == (0, 0, None)
    assert (third.due, third.ended, third.errors) == (1, 2, 1)


def test_objectives_are_strict() -> None:
    profile = LoadProfile(
        name="x",
        stages=(LoadStage(duration_s=60, users=1),),
        requests=(LoadRequest(path="/a"), LoadRequest(path="/b", weight=1e-9)),
        max_requests=10,
        objectives=(
            Objective("error_rate", below=0.0),
            Objective("error_rate", below=1e-9),
            Objective("throughput_rps", above=1e12),
            Objective("p50_ms", below=1e9, request="GET /a"),
            Objective("p50_ms", below=1e9, request="GET /b"),  # of which there was none
        ),
    )
    with StandInServer() as server:
        verdicts = judge(run_load(profile, base_url=server.base_url))
    assert [verdict.met for verdict in verdicts] == [False, True, False, True, False]
    assert verdicts[0].measured == 0
    assert verdicts[4].measured is None


def test_the_ceiling_is_of_a_server_that_does_nothing() -> None:
    ceiling = measure_ceiling(connections=5, body="x" * 100, duration_s=0.2)
    assert ceiling.throughput_rps > 0
    assert ceiling.client_cpu_us_per_request > 0
