"""What loans add to value at risk, by the scenarios that lose about as much."""

from typing import Any

import numpy as np
import pytest

from seawall.engines.debt.simulation import QuantileShares, Tail
from seawall.errors import InvalidInput

from .tapes import ingest, loan

LOANS = [loan(number) for number in range(40)]
PARAMETRIC = {"loss_given_default": {"model": "parametric", "own_variance": 0.2}}


@pytest.fixture
def asked_tail(open_session: Any) -> Any:
    def asked_tail(threads: int = 1, loans: Any = LOANS, **asked: Any) -> Tail:
        session = open_session(f"{threads}.db", threads=threads)
        run = session.simulate(ingest(session, loans), scenarios=16_384, parameters=asked)
        tail: Tail = run.questions
        return tail

    return asked_tail


def by_name(found: QuantileShares, name: str) -> dict[str, float]:
    columns = found.shares.to_arrow()
    values = columns["contribution"].to_pylist()
    return dict(zip(columns[name].to_pylist(), values, strict=True))


@pytest.mark.parametrize(
    "asked", [{}, PARAMETRIC, {"sampling": "importance"}, {**PARAMETRIC, "sampling": "importance"}]
)
def test_shares_are_means_over_the_window_scenario_by_scenario(
    asked_tail: Any, asked: dict[str, Any]
) -> None:
    tail = asked_tail(**asked)
    found = tail.quantile_contributions(0.995)
    figures = tail.figures(0.995)
    assert found.value_at_risk == figures.value_at_risk
    assert (found.least_loss, found.largest_loss) == (
        figures.value_at_risk_low,
        figures.value_at_risk_high,
    )
    losses = tail.loss_minor / 100
    inside = np.flatnonzero((losses >= found.least_loss) & (losses <= found.largest_loss))
    sums = dict.fromkeys(tail.book.positions["source_record_id"].to_pylist(), 0.0)
    for scenario in inside.tolist():
        weight = 1.0 if tail.weights is None else float(tail.weights[scenario])
        for row in tail.scenario(scenario).positions.rows(40):
            sums[row["source_record_id"]] += weight * row["loss"]
    scale = found.value_at_risk / sum(sums.values())
    expected = {name: scale * value for name, value in sums.items()}
    assert found.scenario_count == len(inside)
    assert by_name(found, "source_record_id") == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("by", ["position", "obligor_id", "sector", "currency"])
def test_shares_of_any_grouping_add_up_to_value_at_risk(asked_tail: Any, by: str) -> None:
    found = asked_tail().quantile_contributions(0.99, by=by)
    rows = found.shares.to_arrow()
    assert sum(rows["contribution"].to_pylist()) == pytest.approx(found.value_at_risk)
    assert set(rows["window_scenarios"].to_pylist()) == {found.scenario_count}
    assert min(rows["standard_error"].to_pylist()) >= 0


def test_thread_count_does_not_change_a_bit_of_the_shares(asked_tail: Any) -> None:
    first, second = (
        asked_tail(threads, **PARAMETRIC).quantile_contributions(0.99).shares.to_arrow()
        for threads in (1, 3)
    )
    assert first.equals(second)


def test_the_standard_error_is_the_spread_of_shares_over_seeds(open_session: Any) -> None:
    session = open_session("seeds.db")
    dataset = ingest(session, LOANS)
    shares, errors = [], []
    for seed in range(24):
        run = session.simulate(dataset, scenarios=32_768, seed=seed, factors="sector")
        found = run.questions.quantile_contributions(0.99, by="sector").shares.to_arrow()
        place = found["sector"].to_pylist().index("power")
        shares.append(found["contribution"][place].as_py())
        errors.append(found["standard_error"][place].as_py())
    assert np.mean(errors) == pytest.approx(np.std(shares, ddof=1), rel=0.4)


def test_where_value_at_risk_is_nothing_nobody_adds_to_it(asked_tail: Any) -> None:
    rare = [loan(number, pd_pct=0.001) for number in range(3)]
    found = asked_tail(loans=rare).quantile_contributions(0.9)
    assert found.value_at_risk == 0
    assert found.shares["contribution"].to_pylist() == [0.0] * 3


def test_sobol_points_and_small_windows_have_no_standard_error(asked_tail: Any) -> None:
    sobol = asked_tail(sampling="sobol").quantile_contributions(0.99)
    assert set(sobol.shares["standard_error"].to_pylist()) == {None}
    few = asked_tail().quantile_contributions(0.9999)
    assert few.scenario_count < 32
    assert set(few.shares["standard_error"].to_pylist()) == {None}


def test_another_grouping_is_refused(asked_tail: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        asked_tail().quantile_contributions(0.99, by="colour")
    assert caught.value.where == "by"
