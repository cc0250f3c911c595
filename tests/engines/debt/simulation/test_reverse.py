"""Reverse stress and sensitivities through the tail of a run."""

import math
from typing import Any

import pytest

from seawall.engines.debt.analytic import large_pool_factor
from seawall.engines.debt.simulation import Bump, Tail
from seawall.errors import InvalidInput
from seawall.session import Session

from .tapes import ingest, loan

LOANS = [loan(number) for number in range(40)]


def tail_of(session: Session, loans: Any = LOANS, **asked: Any) -> Tail:
    factors = {"by": "sector", "asset_correlation": 0.2}
    run = session.simulate(
        ingest(session, loans),
        scenarios=16_384,
        levels=[0.99],
        parameters={"factors": factors, **asked},
    )
    tail: Tail = run.questions
    return tail


def test_one_factor_and_alike_obligors_have_the_closed_form(session: Session) -> None:
    alike = [loan(number, outstanding=1000, lgd_pct=100, pd_pct=2) for number in range(30)]
    tail = tail_of(session, alike, factors={"asset_correlation": 0.2})
    (state,) = tail.reverse_stress(0.08 * 30_000).states
    exact = large_pool_factor(0.02, 0.2, loss_fraction=0.08)
    assert state.factors["all"] == pytest.approx(exact.factor, abs=1e-6)
    assert state.radius == pytest.approx(-exact.factor, abs=1e-6)
    assert state.expected_loss == pytest.approx(2400)
    probability = 0.5 * math.erfc(state.radius / math.sqrt(2))
    assert state.probability == pytest.approx(probability)


def test_the_nearest_state_loses_the_amount_and_names_who_loses(session: Session) -> None:
    tail = tail_of(session)
    found = tail.reverse_stress(5_000)
    assert found.states[0].expected_loss == pytest.approx(5_000)
    assert found.states[0].residual < 1e-6
    radii = [state.radius for state in found.states]
    assert radii == sorted(radii)
    expected = [driver.expected_loss for driver in found.states[0].drivers]
    assert expected == sorted(expected, reverse=True)
    assert found.smallest_set.loss >= 5_000
    least = min(0.4 * (1_000 + 10 * int(name[1:])) for name in found.smallest_set.obligor_ids)
    assert found.smallest_set.loss - least < 5_000
    assert found.likeliest_set is not None
    assert found.likeliest_set.loss >= 5_000


@pytest.mark.parametrize("loss", [0.0, 1e9])
def test_an_amount_that_no_state_loses_is_refused(session: Session, loss: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        tail_of(session).reverse_stress(loss)
    assert caught.value.where == "loss"


def test_what_is_beyond_the_largest_loss_is_refused_with_that_loss(session: Session) -> None:
    loans = [*LOANS, loan(99, pd_pct=0, outstanding=10_000_000)]
    largest = 0.4 * sum(row["outstanding"] for row in LOANS)
    with pytest.raises(InvalidInput, match=f"the book loses {largest:,.2f} EUR"):
        tail_of(session, loans).reverse_stress(largest + 1)


def test_an_amount_that_the_middle_loses_needs_no_bad_state(session: Session) -> None:
    doubtful = [loan(number, pd_pct=70) for number in range(10)]
    assert tail_of(session, doubtful).reverse_stress(1.0).states == []


def test_losses_that_vary_have_no_reverse_stress(session: Session) -> None:
    tail = tail_of(session, loss_given_default={"model": "parametric"})
    with pytest.raises(InvalidInput, match="fixed over one period"):
        tail.reverse_stress(5_000)


def test_bumps_move_the_figures_as_they_must(session: Session) -> None:
    tail = tail_of(session)
    expected = tail.book.expected_loss()
    assert expected is not None
    bumps = [
        Bump("default_probability", 0.1),
        Bump("loss_given_default", 0.1),
        Bump("asset_correlation", 0.5),
        Bump("currency", -0.1, currency="EUR"),
    ]
    default, severity, correlation, currency = tail.sensitivities(bumps)
    assert abs(default.expected_loss_change - 0.1 * expected) < 4 * (
        default.expected_loss_change_standard_error
    )
    simulated = tail.moments()["expected"]
    assert severity.expected_loss_change == pytest.approx(0.1 * simulated)
    assert currency.expected_loss_change == pytest.approx(-0.1 * simulated)
    assert abs(correlation.expected_loss_change) < 4 * (
        correlation.expected_loss_change_standard_error
    )
    assert correlation.tails[0].change > 4 * correlation.tails[0].standard_error


def test_collateral_moves_the_severities_that_come_from_it(session: Session) -> None:
    loans = [loan(number, lgd_pct="", collateral_value=500) for number in range(10)]
    (found,) = tail_of(session, loans).sensitivities([Bump("collateral_value", -0.5)])
    assert found.expected_loss_change == pytest.approx(0.05 * 10 * 250 * 0.8 * 0.95, rel=0.1)


@pytest.mark.parametrize("terms", [{}, {"loss_given_default": {"model": "waterfall"}}])
def test_a_bump_of_collateral_that_no_loss_comes_from_is_refused(
    session: Session, terms: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput, match="no loss of the book comes from collateral") as caught:
        tail_of(session, **terms).sensitivities([Bump("collateral_value", 0.1)])
    assert caught.value.where == "bumps[0].figure"


@pytest.mark.parametrize(
    ("bump", "place"),
    [
        (Bump("default_probability", 30), "bumps[0].change"),
        (Bump("loss_given_default", 2), "bumps[0].change"),
        (Bump("currency", 0.1), "bumps[0].currency"),
        (Bump("currency", 0.1, currency="USD"), "bumps[0].currency"),
    ],
)
def test_a_bump_beyond_its_range_is_refused(session: Session, bump: Bump, place: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        tail_of(session).sensitivities([bump])
    assert caught.value.where == place
