"""Losses that vary, quarters, and other ways to draw the systematic states."""

from typing import Any

import numpy as np
import pytest

from seawall.engines.debt.simulation import (
    AddLoan,
    Bump,
    ChangeLoan,
    RemoveLoan,
    ScenarioRange,
    compare,
    simulate_part,
)
from seawall.engines.debt.simulation.changes import changed_book
from seawall.errors import InvalidInput
from seawall.session import Run, Session

from .tapes import ingest, loan

LOANS = [loan(number) for number in range(40)]
T_COPULA = {"by": "sector", "asset_correlation": 0.3, "degrees_of_freedom": 4}
GAUSSIAN = {"by": "sector", "asset_correlation": 0.3}
PARAMETRIC = {"model": "parametric", "own_variance": 0.3}


def simulate(session: Session, loans: Any = LOANS, scenarios: int = 65_536, **asked: Any) -> Run:
    parameters = {"factors": GAUSSIAN, **asked}
    return session.simulate(
        ingest(session, loans), scenarios=scenarios, levels=[0.99], parameters=parameters
    )


@pytest.mark.parametrize("factors", [GAUSSIAN, T_COPULA])
@pytest.mark.parametrize("own_variance", [0.0, 0.4])
def test_random_severities_have_the_mean_that_was_asked_for(
    session: Session, factors: dict[str, Any], own_variance: float
) -> None:
    terms = {"model": "parametric", "own_variance": own_variance}
    result = simulate(session, loss_given_default=terms, factors=factors).result
    assert result.exact_expected_loss == pytest.approx(0.02 * sum(x["outstanding"] for x in LOANS))
    miss = result.expected_loss - result.exact_expected_loss
    assert abs(miss) < 4 * result.expected_loss_standard_error


def test_severities_that_rise_with_the_default_rate_make_the_tail_worse(session: Session) -> None:
    fixed = simulate(session).result.tails[0]
    rising = simulate(session, loss_given_default=PARAMETRIC).result.tails[0]
    error = rising.expected_shortfall_standard_error + fixed.expected_shortfall_standard_error
    assert rising.expected_shortfall > fixed.expected_shortfall + 4 * error


def test_eight_quarters_lose_what_one_period_does(session: Session) -> None:
    whole = simulate(session)
    quarters = simulate(session, quarters={"count": 8})
    assert quarters.result.losses_sha256 == whole.result.losses_sha256
    expected = quarters.result.exact_expected_loss
    assert expected == pytest.approx(whole.result.exact_expected_loss)


@pytest.mark.parametrize("terms", [{}, PARAMETRIC])
def test_a_later_default_is_worth_less(session: Session, terms: dict[str, Any]) -> None:
    asked = {"count": 8, "discount_rate_pct": 20}
    run = simulate(session, quarters=asked, loss_given_default=terms)
    whole = simulate(session, loss_given_default=terms)
    later, now = run.questions.loss_minor, whole.questions.loss_minor
    assert (later <= now).all()
    assert (later >= now / 1.2**2 - len(LOANS)).all()
    if not terms:
        miss = run.result.expected_loss - run.result.exact_expected_loss
        assert abs(miss) < 4 * run.result.expected_loss_standard_error


@pytest.mark.parametrize("terms", [{}, {"model": "parametric"}])
def test_a_loss_is_worth_what_it_is_at_the_end_of_its_quarter(
    session: Session, terms: dict[str, Any]
) -> None:
    certain = [loan(0, pd_pct=100, lgd_pct=100)]  # in the first quarter
    asked = {"count": 8, "discount_rate_pct": 20}
    run = simulate(session, certain, 16, quarters=asked, loss_given_default=terms)
    assert set(run.questions.loss_minor.tolist()) == {round(100_000 / 1.2**0.25)}


@pytest.mark.parametrize(
    "asked",
    [
        {"loss_given_default": PARAMETRIC},
        {"quarters": {"count": 4, "discount_rate_pct": 5}},
        {"sampling": "importance"},
        {"sampling": "importance", "loss_given_default": PARAMETRIC},
        {"sampling": "sobol"},
        {"sampling": "importance", "factors": T_COPULA},
    ],
)
def test_contributions_add_up_and_runs_are_made_again_in_every_mode(
    session: Session, asked: dict[str, Any]
) -> None:
    run = simulate(session, scenarios=16_384, **asked)
    tail = run.questions
    shortfall = run.result.tails[0].expected_shortfall
    for by in ("position", "sector"):
        shares = tail.contributions(0.99, by=by)["contribution"].to_pylist()
        assert round(sum(shares), 2) == pytest.approx(shortfall, abs=0.011)
    worst = tail.scenario(tail.worst(1)[0])
    assert round(sum(worst.positions["loss"].to_pylist()), 2) == worst.loss
    assert sum(found.probability for found in tail.histogram()) == pytest.approx(1, abs=0.05)
    assert sum(found.scenario_count for found in tail.histogram()) == 16_384
    assert tail.convergence(0.99)[-1] == (16_384, run.result.tails[0])
    assert session.run_of(run.run_id).questions.losses_sha256 == run.result.losses_sha256
    assert session.verify().ok


def test_a_shift_finds_the_tail_with_a_smaller_error(session: Session) -> None:
    plain = simulate(session).result.tails[0]
    run = simulate(session, sampling="importance")
    shifted = run.result.tails[0]
    assert any(run.result.sampling.factor_shift)
    assert shifted.expected_shortfall_standard_error < plain.expected_shortfall_standard_error / 2
    error = plain.expected_shortfall_standard_error + shifted.expected_shortfall_standard_error
    assert abs(shifted.expected_shortfall - plain.expected_shortfall) < 4 * error


def test_sobol_points_agree_with_plain_draws(session: Session) -> None:
    plain = simulate(session).result
    sobol = simulate(session, sampling="sobol").result
    assert abs(sobol.expected_loss - sobol.exact_expected_loss) < 4 * (
        sobol.expected_loss_standard_error
    )
    assert sobol.expected_loss_standard_error < plain.expected_loss_standard_error


@pytest.mark.parametrize("sampling", ["importance", "sobol"])
def test_scenarios_must_fill_the_periods_of_a_sampling(session: Session, sampling: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        simulate(session, scenarios=1_001, sampling=sampling)
    assert caught.value.where == "parameters.scenario_count"


@pytest.mark.parametrize(
    "asked",
    [
        {"loss_given_default": PARAMETRIC},
        {"quarters": {"count": 4, "discount_rate_pct": 5}},
        {"sampling": "importance"},
        {"sampling": "sobol"},
    ],
)
def test_a_what_if_is_the_other_book_in_every_mode(session: Session, asked: dict[str, Any]) -> None:
    before = simulate(session, scenarios=8_192, **asked).questions
    changes = [
        RemoveLoan("L39"),
        ChangeLoan("L3", loss_given_default_pct=60),
        AddLoan("O005", exposure=700, loss_given_default_pct=30),
    ]
    found = before.what_if(changes).tails[0]
    loans = [{**row, "lgd_pct": 60} if row["loan_id"] == "L3" else row for row in LOANS[:39]]
    loans.append(loan(77, obligor_id="O005", outstanding=700, lgd_pct=30))
    if asked.get("sampling") == "importance":  # another book has another shift
        assert found.standard_error < found.before.expected_shortfall_standard_error
        return
    after = simulate(session, loans, scenarios=8_192, **asked)
    assert found.after == after.result.tails[0]
    if "sampling" not in asked:
        assert compare(before, after.questions).same_draws


def test_a_what_if_of_sobol_points_has_the_error_of_the_scrambles_differences(
    session: Session,
) -> None:
    tail = simulate(session, scenarios=8_192, sampling="sobol").questions
    found = tail.what_if([ChangeLoan("L3", loss_given_default_pct=41)])
    book = changed_book(tail.book, [ChangeLoan("L3", loss_given_default_pct=41)])
    after = tail.loss_minor + sum(
        sign
        * simulate_part(inputs.simulation(), inputs, ScenarioRange(0, 8_192)).loss_minor.astype(int)
        for sign, inputs in ((-1, book.before), (1, book.after))
    )
    differences = [(after - tail.loss_minor)[scramble::32].mean() / 100 for scramble in range(32)]
    mean = (after - tail.loss_minor).mean() / 100
    error = np.sqrt(np.sum((np.array(differences) - mean) ** 2) / 31 / 32)
    assert found.expected_loss_change == pytest.approx(mean)
    assert found.expected_loss_change_standard_error == pytest.approx(error)
    assert found.tails[0].standard_error > 0
    assert found.tails[0].standard_error < found.tails[0].before.expected_shortfall_standard_error
    (bumped,) = tail.sensitivities([Bump("loss_given_default", 0.1)])
    assert bumped.expected_loss_change == pytest.approx(0.1 * found.expected_loss)


def test_bins_hold_every_scenario_from_the_least_to_the_largest_loss(session: Session) -> None:
    tail = simulate(session, scenarios=4_096).questions
    bins = tail.histogram(20)
    losses = tail.loss_minor / 100
    assert (bins[0].begin, bins[-1].end) == (losses.min(), losses.max() + 0.01)
    for found in bins:
        inside = np.count_nonzero((losses >= found.begin) & (losses < found.end))
        assert found.scenario_count == inside
