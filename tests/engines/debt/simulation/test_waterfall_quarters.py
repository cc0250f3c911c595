"""A waterfall whose debts fall due in quarters of the period."""

import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from seawall.engines.debt.simulation import ScenarioRange, merge_parts, simulate_part
from seawall.session import Session

from .waterfall_tapes import FIXED_VALUE, connected_loans, loan, simulate

NORMAL = NormalDist()
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


def test_the_mean_loss_of_a_loan_is_the_integral_over_the_factor_and_the_quarters(
    session: Session,
) -> None:
    rate, count, pd, sigma = 1.0, 8, 0.1, 0.35
    run = simulate(
        session,
        [loan(1, pd_pct=100 * pd, collateral_value=1200)],
        {"quarters": {"count": count, "discount_rate_pct": 100 * rate}},
        scenarios=1 << 18,
        collateral_haircut_pct=15,
        collateral_volatility_pct=100 * sigma,
        collateral_correlation=0.49,
    )
    # Given z, default and value are independent, and the loss is a put on a lognormal value.
    kept, own = 0.85 * 0.95 * 1200, sigma * math.sqrt(1 - 0.49)
    reached = [1 - (1 - pd) ** (q / count) for q in range(count + 1)]
    scores = [-math.inf, *(NORMAL.inv_cdf(p) for p in reached[1:])]
    expected, step = 0.0, 1e-2
    for z in np.arange(-9, 9, step):
        at = [NORMAL.cdf((x - math.sqrt(0.3) * z) / math.sqrt(0.7)) for x in scores]
        worth = sum((at[q] - at[q - 1]) * (1 + rate) ** (-q / 4) for q in range(1, count + 1))
        forward = kept * math.exp(sigma * 0.7 * z - sigma**2 / 2 + own**2 / 2)
        d = (math.log(1000 / forward) + own**2 / 2) / own
        put = 1000 * NORMAL.cdf(d) - forward * NORMAL.cdf(d - own)
        expected += worth * put * NORMAL.pdf(z) * step
    error = run.result.expected_loss_standard_error
    assert abs(run.result.expected_loss - expected) < 4 * error
    assert error < 0.02 * expected


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
