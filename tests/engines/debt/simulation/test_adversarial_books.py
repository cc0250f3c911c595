"""Books that break what is careless: an atom at value at risk, the largest sums, currencies."""

import numpy as np
import pytest

from seawall.engines.debt.simulation import Tail
from seawall.session import Run, Session

from .tapes import ingest, loan


def simulated(session: Session, loans: list[dict[str, object]], **asked: object) -> Run:
    return session.simulate(ingest(session, loans), **{"scenarios": 20_000, **asked})


def test_a_name_of_60_percent_contributes_the_atom_that_value_at_risk_is(session: Session) -> None:
    name = loan(0, outstanding=6000, pd_pct=2, lgd_pct=100)
    dust = [loan(1 + i, outstanding=10, pd_pct=0.01, lgd_pct=100) for i in range(400)]
    tail: Tail = simulated(session, [name, *dust], factors={"asset_correlation": 0.0}).questions
    found = tail.figures(0.99)
    assert found.value_at_risk == 6000
    assert np.count_nonzero(tail.loss_minor == 600_000) > 200  # the tail ends within the atom
    rows = tail.contributions(0.99)
    share = dict(zip(rows["obligor_id"].to_pylist(), rows["contribution"].to_pylist(), strict=True))
    assert share["O000"] == pytest.approx(6000, abs=0.01)
    assert sum(share.values()) == pytest.approx(found.expected_shortfall, abs=0.01)


@pytest.mark.parametrize(
    ("currency", "outstanding", "loss"),
    [("JPY", 1001, 500), ("JPY", 1003, 502), ("EUR", 1000.01, 500.0), ("KWD", 1000.005, 500.002)],
)
def test_a_loss_is_rounded_half_to_even_to_what_its_currency_has(
    session: Session, currency: str, outstanding: float, loss: float
) -> None:
    one = loan(0, currency=currency, outstanding=outstanding, pd_pct=100, lgd_pct=50)
    assert simulated(session, [one], scenarios=10).result.expected_loss == loss


def test_sums_just_below_2_62_keep_their_figures_under_heavy_tails(session: Session) -> None:
    amount = 7_600_000_000_000  # 600 of them in 1/1000 KWD are 0.99 · 2⁶²
    loans = [
        loan(i, currency="KWD", outstanding=amount, pd_pct=50, lgd_pct=100) for i in range(600)
    ]
    run = simulated(session, loans, factors={"degrees_of_freedom": 2.1})
    result, tail = run.result, run.questions
    miss = result.expected_loss - result.exact_expected_loss
    assert result.exact_expected_loss == 300 * amount
    assert abs(miss) < 4 * result.expected_loss_standard_error
    assert (tail.loss_minor % (1000 * amount) == 0).all()
    assert 0 <= tail.loss_minor.min() < tail.loss_minor.max() <= 600_000 * amount
    whole = tail.contributions(0.99)["contribution"].to_numpy().sum()
    assert whole == pytest.approx(tail.figures(0.99).expected_shortfall, rel=1e-12)


def test_a_thousand_times_the_amounts_lose_a_thousand_times_as_much_within_rounding(
    session: Session,
) -> None:
    small = [loan(i, outstanding=100.37 + i, pd_pct=20, lgd_pct=33.3) for i in range(40)]
    large = [{**row, "outstanding": 100_370 + 1000 * i} for i, row in enumerate(small)]
    before, after = (
        simulated(session, loans, factors={"asset_correlation": 0.2}).questions.loss_minor
        for loans in (small, large)
    )
    assert np.abs(after - 1000 * before).max() <= 40 * 501  # half a unit a position, of each book
