"""The limit of many small loans: its closed form, and that books come near it."""

from typing import Any

import pytest

from seawall.engines.debt.analytic import large_pool_figures
from seawall.engines.debt.simulation import LargePoolLimit, Tail
from seawall.session import Session

from .tapes import ingest, loan

FACTORS = {"asset_correlation": 0.2}


def tail_of(session: Session, loans: Any, scenarios: int = 64, **asked: Any) -> Tail:
    parameters = {"factors": FACTORS, **asked}
    run = session.simulate(ingest(session, loans), scenarios=scenarios, parameters=parameters)
    tail: Tail = run.questions
    return tail


def limit_of(session: Session, loans: Any, level: float = 0.99, **asked: Any) -> LargePoolLimit:
    found = tail_of(session, loans, **asked).large_pool_limit(level)
    assert found is not None
    return found


def test_like_loans_have_vasiceks_figures(session: Session) -> None:
    loans = [loan(number, outstanding=1000, lgd_pct=40) for number in range(10)]
    found, exact = limit_of(session, loans), large_pool_figures(0.05, 0.2, confidence_level=0.99)
    assert found.value_at_risk == pytest.approx(4000 * exact.value_at_risk)
    assert found.expected_shortfall == pytest.approx(4000 * exact.expected_shortfall)


def test_unlike_loans_add_up_at_one_quantile_of_the_factor(session: Session) -> None:
    loans = [loan(0, pd_pct=1), loan(1, pd_pct=20, lgd_pct=90), loan(2, pd_pct=100), loan(3)]
    each = [limit_of(session, [one]) for one in loans]
    found = limit_of(session, loans)
    assert found.value_at_risk == pytest.approx(sum(one.value_at_risk for one in each))
    assert found.expected_shortfall == pytest.approx(sum(one.expected_shortfall for one in each))
    assert each[2].value_at_risk == each[2].expected_shortfall == pytest.approx(0.4 * 1020)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"loss_given_default": {"model": "parametric", "own_variance": 0.2}},
        {"quarters": {"count": 4, "discount_rate_pct": 8}},
        {
            "macro": {
                "variables": ["gdp"],
                "values": [-2.0],
                "covariance": [[1.0]],
                "factor_covariance": {"all": [0.5]},
            }
        },
    ],
)
def test_a_book_of_many_small_loans_is_near_its_limit(
    session: Session, asked: dict[str, Any]
) -> None:
    loans = [loan(number, outstanding=1000, pd_pct=3 + number % 4) for number in range(3000)]
    tail = tail_of(session, loans, scenarios=32_768, **asked)
    found, limit = tail.figures(0.99), tail.large_pool_limit(0.99)
    assert limit is not None
    assert limit.expected_shortfall > limit.value_at_risk
    assert limit.expected_shortfall == pytest.approx(found.expected_shortfall, rel=0.03)
    assert limit.value_at_risk == pytest.approx(found.value_at_risk, rel=0.03)


@pytest.mark.parametrize(
    "asked",
    [
        {"factors": {**FACTORS, "by": "sector"}},
        {"factors": {**FACTORS, "degrees_of_freedom": 5}},
        {"loss_given_default": {"model": "waterfall"}},
        {"quarters": {"count": 4, "discount_rate_pct": -8}},
    ],
)
def test_other_models_have_no_such_limit(session: Session, asked: dict[str, Any]) -> None:
    tail = tail_of(session, [loan(number) for number in range(4)], **asked)
    assert tail.large_pool_limit(0.99) is None
