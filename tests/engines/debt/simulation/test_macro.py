"""Factors that are conditioned on the values of macroeconomic variables."""

from typing import Any

import pytest

from seawall.engines.debt.simulation import (
    Bump,
    ScenarioRange,
    compare,
    merge_parts,
    simulate_part,
)
from seawall.errors import InvalidInput
from seawall.session import Run, Session

from .tapes import ingest, loan

LOANS = [loan(number) for number in range(40)]
RECESSION: dict[str, Any] = {
    "variables": ["gdp", "unemployment"],
    "values": [-3.0, 2.0],
    "covariance": [[1.0, -0.5], [-0.5, 4.0]],
    "factor_covariance": {"power": [0.4, -0.5], "retail": [0.6, -0.9]},
}
FACTORS = {"by": "sector", "asset_correlation": 0.3}


def simulate(session: Session, scenarios: int = 65_536, **asked: Any) -> Run:
    parameters = {"factors": FACTORS, "macro": RECESSION, **asked}
    return session.simulate(
        ingest(session, LOANS), scenarios=scenarios, levels=[0.99], parameters=parameters
    )


def refused_at(session: Session, **asked: Any) -> str:
    with pytest.raises(InvalidInput) as caught:
        simulate(session, scenarios=64, **asked)
    return caught.value.where


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"sampling": "sobol"},
        {"sampling": "importance"},
        {"quarters": {"count": 4, "discount_rate_pct": 8}},
        {"loss_given_default": {"model": "parametric", "own_variance": 0.2}},
    ],
)
def test_a_recession_loses_what_the_closed_form_says(
    session: Session, asked: dict[str, Any]
) -> None:
    result = simulate(session, **asked).result
    plain = session.simulate(
        ingest(session, LOANS), scenarios=64, parameters={"factors": FACTORS, **asked}
    ).result
    assert result.exact_expected_loss > 1.5 * plain.exact_expected_loss
    miss = result.expected_loss - result.exact_expected_loss
    assert abs(miss) < 4 * result.expected_loss_standard_error


def test_the_closed_form_is_of_the_conditional_mean_and_spread(session: Session) -> None:
    run = simulate(session, scenarios=64)
    law = {given.factor: given for given in run.result.conditional_factors}
    # Σzx·Σxx⁻¹·x by hand: det = 3.75, Σxx⁻¹·x = [(4·−3 + 0.5·2), (0.5·−3 + 1·2)] / 3.75.
    weight = (-11 / 3.75, 0.5 / 3.75)
    assert law["power"].mean == pytest.approx(0.4 * weight[0] - 0.5 * weight[1])
    assert law["retail"].mean == pytest.approx(0.6 * weight[0] - 0.9 * weight[1])
    explained = (4 * 0.4**2 - 2 * 0.5 * 0.4 * 0.5 + 0.5**2) / 3.75
    assert law["power"].standard_deviation == pytest.approx((1 - explained) ** 0.5)


def test_the_exact_standard_deviation_is_that_of_the_run(session: Session) -> None:
    result = simulate(session).result
    found = result.loss_standard_deviation
    assert found == pytest.approx(result.exact_loss_standard_deviation, rel=0.02)
    student = {**FACTORS, "degrees_of_freedom": 5}
    under_t = simulate(session, scenarios=64, factors=student).result
    assert under_t.exact_expected_loss is None
    assert under_t.exact_loss_standard_deviation is None


def test_variables_without_a_covariance_leave_every_loss(session: Session) -> None:
    nothing = {"power": [0.0, 0.0], "retail": [0.0, 0.0]}
    apart = simulate(session, macro={**RECESSION, "factor_covariance": nothing})
    plain = session.simulate(
        ingest(session, LOANS), scenarios=65_536, levels=[0.99], parameters={"factors": FACTORS}
    )
    assert apart.result.losses_sha256 == plain.result.losses_sha256
    assert apart.run_id != plain.run_id
    assert apart.result.exact_expected_loss == pytest.approx(plain.result.exact_expected_loss)


def test_a_run_under_a_path_is_evidence_and_is_made_again(session: Session) -> None:
    run = simulate(session, scenarios=4096)
    figures = session.trace(run.findings[0].finding_id).evidence[0]["figures"]
    assert [given["factor"] for given in figures["conditional_factors"]] == ["power", "retail"]
    assert "gdp -3, unemployment 2" in figures["assumptions"][-1]
    again = session.run_of(run.run_id)
    assert again.questions.loss_minor.tolist() == run.questions.loss_minor.tolist()


def test_contributions_and_what_ifs_are_under_the_path(session: Session) -> None:
    tail = simulate(session).questions
    shortfall = tail.figures(0.99).expected_shortfall
    shares = tail.contributions(0.99)["contribution"].to_pylist()
    assert round(sum(shares), 2) == round(shortfall, 2)
    account = tail.scenario(tail.worst(1)[0])
    assert account.loss == pytest.approx(sum(account.positions["loss"].to_pylist()))
    (bumped,) = tail.sensitivities([Bump("default_probability", 0.0)])
    assert bumped.tails[0].change == 0


def test_the_nearest_state_is_near_in_the_conditional_law(session: Session) -> None:
    asked = 8000.0
    (given, *_) = simulate(session, scenarios=64).questions.reverse_stress(asked).states
    plain = session.simulate(
        ingest(session, LOANS), scenarios=64, parameters={"factors": FACTORS}
    ).questions
    (free, *_) = plain.reverse_stress(asked).states
    assert given.radius < free.radius
    assert given.expected_loss == pytest.approx(free.expected_loss)


def test_two_paths_are_compared_under_the_same_draws(session: Session) -> None:
    mild = simulate(session, macro={**RECESSION, "values": [-1.0, 0.5]}).questions
    found = compare(mild, simulate(session).questions)
    assert found.same_draws
    assert found.tails[0].change > 4 * found.tails[0].standard_error
    assert [change.path for change in found.parameters] == ["macro.values"]


def test_parts_under_a_path_merge_into_the_run_and_differ_from_another_path(
    session: Session,
) -> None:
    tail = simulate(session, scenarios=3000).questions
    inputs = tail.book.inputs
    pieces = [ScenarioRange(1700, 1300), ScenarioRange(0, 1700)]
    parts = [simulate_part(inputs.simulation(), inputs, piece) for piece in pieces]
    assert (merge_parts(parts).loss_minor == tail.loss_minor).all()
    mild = simulate(session, scenarios=64, macro={**RECESSION, "values": [-1.0, 0.5]}).questions
    assert mild.book.inputs.sha256 != inputs.sha256


def test_a_path_and_shifted_probabilities_exclude_each_other(session: Session) -> None:
    for shift in ({"score_shift": 0.5}, {"score_shifts": {"power": 0.5}}):
        assert refused_at(session, default_probability=shift) == "parameters.macro"


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"variables": ["gdp", "gdp"]}, "variables"),
        ({"variables": []}, "variables"),
        ({"values": [1.0]}, "values"),
        ({"values": [99.0, 0.0]}, "values"),
        ({"covariance": [[1.0, 0.0]]}, "covariance"),
        ({"covariance": [[1.0], [0.0, 1.0]]}, "covariance[0]"),
        ({"covariance": [[1.0, 0.5], [0.4, 1.0]]}, "covariance[1][0]"),
        ({"covariance": [[1.0, 2.0], [2.0, 4.0]]}, "covariance"),
        ({"factor_covariance": {"power": [0.1, 0.1]}}, "factor_covariance.retail"),
        (
            {"factor_covariance": {"power": [0.1, 0.1], "retail": [0.1]}},
            "factor_covariance.retail",
        ),
        (
            {"factor_covariance": {"power": [0.9, 0.9], "retail": [0.1, 0.0]}},
            "factor_covariance.power",
        ),
    ],
)
def test_a_path_that_cannot_be_is_refused_with_its_place(
    session: Session, changed: dict[str, Any], place: str
) -> None:
    assert refused_at(session, macro={**RECESSION, **changed}) == f"parameters.macro.{place}"
