"""A book's simulated losses: inputs, exact figures beside them, the same bits in any order."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from seawall.engines.debt.simulation import Tail
from seawall.engines.debt.simulation.levels import rational_level
from seawall.errors import Cancelled, InvalidInput, LimitExceeded
from seawall.native import RunControl
from seawall.session import Run, Session

from .tapes import ingest, loan

LOANS = [loan(number) for number in range(40)]
GOLDEN = "082801f50528b3a1da78cad937917d9f0af78e53f8ee7390245e755ec6de6c0a"
"""The losses of these under a t copula with a factor a sector, at seed 1."""


def simulate(session: Session, loans: list[dict[str, Any]] = LOANS, **asked: Any) -> Run:
    return session.simulate(ingest(session, loans), **{"scenarios": 20_000, **asked})


def tail_of(session: Session, loans: list[dict[str, Any]] = LOANS, **asked: Any) -> Tail:
    tail: Tail = simulate(session, loans, **asked).questions
    return tail


def test_the_simulated_mean_and_spread_are_those_of_the_exact_distribution(
    session: Session,
) -> None:
    result = simulate(session, factors="sector", scenarios=100_000).result
    miss = result.expected_loss - result.exact_expected_loss
    assert abs(miss) < 4 * result.expected_loss_standard_error
    assert result.exact_expected_loss == pytest.approx(
        sum(0.05 * 0.4 * x["outstanding"] for x in LOANS)
    )
    assert result.loss_standard_deviation == pytest.approx(
        result.exact_loss_standard_deviation, rel=0.02
    )


def test_certain_defaults_lose_their_severity_in_every_scenario(session: Session) -> None:
    certain = [loan(number, pd_pct=100) for number in range(3)]
    result = simulate(session, certain, scenarios=100).result
    assert result.expected_loss == 0.4 * (1000 + 1010 + 1020) == result.potential_loss
    assert result.loss_standard_deviation == 0
    assert [tail.expected_shortfall for tail in result.tails] == [result.expected_loss] * 3


def test_no_order_of_the_records_changes_a_bit(session: Session) -> None:
    turned = simulate(session, LOANS[::-1], factors="sector").result
    assert simulate(session, factors="sector").result.losses_sha256 == turned.losses_sha256


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_thread_count_does_not_change_a_single_bit(open_session: Any, threads: int) -> None:
    session = open_session(f"{threads}.db", threads=threads)
    freedom = {"degrees_of_freedom": 4, "by": "sector"}
    assert simulate(session, factors=freedom).result.losses_sha256 == GOLDEN


def test_a_loan_split_under_one_obligor_loses_the_same(session: Session) -> None:
    halves = [loan(number, outstanding=500 + 5 * number) for number in range(40)]
    twice = [{**row, "loan_id": f"{row['loan_id']}{part}"} for row in halves for part in "ab"]
    assert (tail_of(session, twice).loss_minor == tail_of(session).loss_minor).all()


def test_a_further_obligor_moves_nobody_elses_draws(session: Session) -> None:
    more = tail_of(session, [*LOANS, loan(99, lgd_pct=0)])
    assert (more.loss_minor == tail_of(session).loss_minor).all()


def test_a_higher_probability_only_adds_losses(session: Session) -> None:
    worse = [{**row, "pd_pct": 9} for row in LOANS]
    fixed = {"asset_correlation": 0.2}
    before, after = tail_of(session, factors=fixed), tail_of(session, worse, factors=fixed)
    assert (after.loss_minor >= before.loss_minor).all()
    assert after.loss_minor.sum() > before.loss_minor.sum()


def test_the_contributions_of_any_grouping_add_up_to_expected_shortfall(session: Session) -> None:
    tail = tail_of(session, factors="sector")
    shortfall = tail.figures(0.99).expected_shortfall
    for by in ("position", "obligor_id", "sector", "rating", "currency"):
        shares = tail.contributions(0.99, by=by)["contribution"].to_pylist()
        assert round(sum(shares), 2) == round(shortfall, 2), by


def test_a_shift_of_scores_moves_the_probabilities_of_its_group(session: Session) -> None:
    shifts = {"score_shifts": {"power": 0.5}}
    tail = tail_of(session, factors="sector", parameters={"default_probability": shifts})
    found = tail.book.obligors.default_probability
    power = tail.book.groups.names.index("power")
    moved = found[tail.book.groups.factor_of_obligor == power]
    assert set(found[tail.book.groups.factor_of_obligor != power]) == {0.05}
    assert moved == pytest.approx(0.1261349, abs=1e-6)  # Φ(−1.6448536 + 0.5)
    with pytest.raises(InvalidInput) as caught:
        tail_of(session, parameters={"default_probability": shifts})
    assert caught.value.where == "parameters.default_probability.score_shifts.power"


def test_an_obligor_has_its_highest_probability_and_the_factor_of_its_largest_exposure(
    session: Session,
) -> None:
    loans = [
        loan(0, obligor_id="O", sector="retail", outstanding=10, pd_pct=30),
        loan(1, obligor_id="O", sector="power", outstanding=6, pd_pct=20),
        loan(2, obligor_id="O", sector="power", outstanding=6, pd_pct=10),
    ]
    tail = tail_of(session, loans, factors="sector")
    assert tail.book.obligors.default_probability.tolist() == [0.3]
    assert tail.book.groups.names == ["power"]


def test_inputs_come_from_the_tape_then_the_rating_then_the_collateral_then_the_assumption(
    session: Session,
) -> None:
    loans = [
        loan(0),
        loan(1, pd_pct="", lgd_pct="", outstanding=1000, collateral_value=500),
        loan(2, pd_pct="", lgd_pct="", rating="NR"),
    ]
    asked = {
        "default_probability": {"by_rating_pct": {"B": 8}, "assumed_pct": 12},
        "loss_given_default": {
            "collateral_haircut_pct": 20,
            "sale_cost_pct": 10,
            "assumed_pct": 70,
        },
    }
    run = simulate(session, loans, parameters=asked)
    book = run.questions.book
    assert book.probabilities.values.tolist() == [0.05, 0.08, 0.12]
    assert book.terms.loss_given_default == pytest.approx([0.4, 0.64, 0.7])
    counts = run.result.default_probabilities
    assert (counts.stated, counts.by_rating, counts.assumed) == (1, 1, 1)
    counts = run.result.losses_given_default
    assert (counts.stated, counts.by_collateral, counts.assumed) == (1, 1, 1)


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        ({"pd_pct": ""}, "parameters.default_probability.assumed_pct"),
        ({"lgd_pct": ""}, "parameters.loss_given_default.assumed_pct"),
    ],
)
def test_an_input_that_nobody_gave_is_refused_before_any_work(
    session: Session, cells: dict[str, Any], place: str
) -> None:
    with pytest.raises(InvalidInput, match=r"1 of 40 positions .*records\[7\] the first") as caught:
        simulate(session, [*LOANS[:7], loan(7, **cells), *LOANS[8:]])
    assert caught.value.where == place
    assert session.runs() == []


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ({"levels": [1.0]}, "parameters.confidence_levels[0]"),
        ({"levels": [0.99, 0.1234567891]}, "parameters.confidence_levels[1]"),
        ({"scenarios": 0}, "parameters.scenario_count"),
        ({"seed": -1}, "parameters.seed"),
        ({"factors": "colour"}, "parameters.factors.by"),
        ({"factors": {"degrees_of_freedom": 2}}, "parameters.factors.degrees_of_freedom"),
        ({"factors": {"asset_correlation": 1}}, "parameters.factors.asset_correlation"),
        (
            {
                "factors": {
                    "by": "sector",
                    "correlations": [{"first": "power", "second": "oil", "correlation": 0}],
                }
            },
            "parameters.factors.correlations[0].second",
        ),
        (
            {
                "factors": {
                    "by": "sector",
                    "correlations": [{"first": "power", "second": "power", "correlation": 0}],
                }
            },
            "parameters.factors.correlations[0]",
        ),
    ],
)
def test_bad_terms_are_refused_with_their_place(
    session: Session, asked: dict[str, Any], place: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        simulate(session, **asked)
    assert caught.value.where == place


def test_a_correlation_that_cannot_be_is_refused(session: Session) -> None:
    loans = [loan(number, sector=name) for number, name in enumerate(("a", "b", "c"))]
    pairs = [
        {"first": "a", "second": "b", "correlation": 0.9},
        {"first": "b", "second": "c", "correlation": 0.9},
        {"first": "a", "second": "c", "correlation": -0.9},
    ]
    with pytest.raises(InvalidInput, match="semidefinite"):
        simulate(session, loans, factors={"by": "sector", "correlations": pairs})


def test_more_groups_than_factors_are_refused(session: Session) -> None:
    loans = [loan(number, sector=f"s{number}") for number in range(65)]
    with pytest.raises(LimitExceeded) as caught:
        simulate(session, loans, factors="sector")
    assert caught.value.where == "parameters.factors.by"


def test_losses_of_more_than_the_sums_hold_are_refused(session: Session) -> None:
    huge = [loan(number, outstanding=80_000_000_000_000, lgd_pct=100) for number in range(600)]
    with pytest.raises(LimitExceeded):
        simulate(session, huge, scenarios=10)


def test_a_run_can_be_stopped(session: Session) -> None:
    control = RunControl()
    control.cancel()
    with pytest.raises(Cancelled):
        simulate(session, control=control)
    assert session.runs() == []


def test_a_scenario_is_told_by_its_factors_and_its_defaults(session: Session) -> None:
    tail = tail_of(session, factors={"by": "sector", "degrees_of_freedom": 5})
    worst = tail.worst(1)[0]
    account = tail.scenario(worst)
    assert account.loss == max(tail.loss_minor) / 100
    assert round(sum(account.positions["loss"].to_pylist()), 2) == account.loss
    assert account.defaulted_obligor_count == len(account.positions)
    assert set(account.factors) == {"power", "retail"}
    assert account.mixing < 1


def test_every_figure_is_evidence_that_verifies_and_is_made_again(session: Session) -> None:
    run = simulate(session)
    assert session.verify().ok
    again = session.run_of(run.run_id)
    assert (again.questions.loss_minor == run.questions.loss_minor).all()
    trace = session.trace(run.findings[-1])
    assert trace.evidence[0]["figures"]["losses_sha256"] == run.result.losses_sha256
    largest = run.table("contributions")["record"][0].as_py()
    assert trace.record is not None
    assert trace.record.record == largest


@pytest.mark.parametrize(
    ("level", "rational"),
    [(0.999, Fraction(999, 1000)), (0.5, Fraction(1, 2)), (1e-9, Fraction(1, 10**9))],
)
def test_a_level_is_the_decimal_that_is_written(level: float, rational: Fraction) -> None:
    assert Fraction(*rational_level(level)) == rational


def test_levels_of_other_kinds_are_refused() -> None:
    for level in (0.0, 1.0, -0.5, float("nan"), 1e-10):
        with pytest.raises(InvalidInput):
            rational_level(level)


def test_the_losses_table_is_of_every_scenario(session: Session) -> None:
    run = simulate(session, scenarios=500)
    losses = run.table("losses")["loss"].to_numpy()
    assert len(losses) == 500
    assert np.mean(losses) == pytest.approx(run.result.expected_loss)
