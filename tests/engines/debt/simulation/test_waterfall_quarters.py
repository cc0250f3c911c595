"""A waterfall whose debts fall due in quarters of the period."""

from typing import Any

import numpy as np
import pytest

from seawall.engines.debt.simulation import ScenarioRange, merge_parts, simulate_part
from seawall.session import Session

from .waterfall_tapes import FIXED_VALUE, connected_loans, loan, simulate

FACTORS = {
    "gaussian": {"asset_correlation": 0.3},
    "t": {"asset_correlation": 0.3, "degrees_of_freedom": 4},
}
DISCOUNTED = {"quarters": {"count": 8, "discount_rate_pct": 20}}


@pytest.mark.parametrize("copula", ["gaussian", "t"])
def test_eight_quarters_of_a_waterfall_lose_what_one_period_does(
    session: Session, copula: str
) -> None:
    factors = {"factors": FACTORS[copula]}
    whole = simulate(session, connected_loans(), factors)
    quarters = simulate(session, connected_loans(), factors | {"quarters": {"count": 8}})
    assert quarters.result.losses_sha256 == whole.result.losses_sha256
    assert quarters.result.expected_loss > 0
    assert quarters.result.potential_loss == whole.result.potential_loss


def test_a_loss_is_worth_what_its_quarter_leaves_of_it(session: Session) -> None:
    # Who is certain to default does in the first quarter, under a constant hazard.
    run = simulate(session, [loan(1)], DISCOUNTED, **FIXED_VALUE)
    assert run.result.expected_loss == round(620 * 1.2**-0.25, 2)
    assert run.result.potential_loss == round(1000 * 1.2**-0.25, 2)


def test_each_position_is_discounted_from_the_quarter_of_its_own_default(session: Session) -> None:
    whole = simulate(session, connected_loans()).questions
    later = simulate(session, connected_loans(), DISCOUNTED).questions
    factors = np.array([1.2 ** (-(q + 1) / 4) for q in range(8)])
    seen = set()
    for scenario in whole.worst(50):
        nominal, worth = (_lost(tail, scenario) for tail in (whole, later))
        assert nominal.keys() == worth.keys()
        for name, amount in nominal.items():
            if amount == 0:
                assert worth[name] == 0
                continue
            quarter = int(np.argmin(abs(worth[name] - amount * factors)))
            assert worth[name] == pytest.approx(amount * factors[quarter], abs=0.0051)
            seen.add(quarter)
    assert seen == set(range(8))


def test_parts_of_a_waterfall_by_quarter_merge_into_the_whole(session: Session) -> None:
    tail = simulate(session, connected_loans(), DISCOUNTED).questions
    inputs = tail.book.inputs
    ranges = [ScenarioRange(1_000, 1_048), ScenarioRange(0, 7), ScenarioRange(7, 993)]
    parts = [simulate_part(inputs.simulation(), inputs, part, threads=2) for part in ranges]
    assert (merge_parts(parts).loss_minor == tail.loss_minor).all()


def test_parts_at_another_discount_rate_are_of_another_whole(session: Session) -> None:
    asked = ({}, {"quarters": {"count": 8}}, DISCOUNTED)
    books = [simulate(session, connected_loans(), terms).questions.book for terms in asked]
    assert len({book.inputs.sha256 for book in books}) == 3


@pytest.mark.parametrize("sampling", ["importance", "sobol"])
def test_contributions_by_quarter_add_up_however_states_are_drawn(
    session: Session, sampling: str
) -> None:
    run = simulate(session, connected_loans(), DISCOUNTED | {"sampling": sampling})
    shares = run.table("contributions")["contribution"].to_pylist()
    assert round(sum(shares), 2) == round(run.result.tails[0].expected_shortfall, 2)


def _lost(tail: Any, scenario: int) -> dict[str, float]:
    rows = tail.scenario(scenario).positions
    return dict(zip(rows["source_record_id"].to_pylist(), rows["loss"].to_pylist(), strict=True))
