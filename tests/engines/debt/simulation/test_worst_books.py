"""Everything at once: all default, collateral shared, guarantees in a circle, three currencies."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from seawall.ingest.profile import parse_profile
from seawall.session import Run, Session

from .slow_waterfall import Claim, Group, half_even, minor
from .tapes import loan
from .waterfall_tapes import COLUMNS
from .waterfall_tapes import loan as claim

RATES = b"day,JPY,KWD\n2026-04-10,186.43,0.3593\n"
RATES_PROFILE = parse_profile(
    b"""
name = "treasury"
source_system = "treasury"
[[fields]]
name = "source_record_id"
kind = "text"
from = ["day"]
[[fields]]
name = "rate_date"
kind = "date"
from = ["day"]
required = true
formats = ["%Y-%m-%d"]
[[fields]]
name = "currency"
kind = "currency"
default = "EUR"
[[fields]]
name = "jpy"
kind = "number"
from = ["JPY"]
[[fields]]
name = "kwd"
kind = "number"
from = ["KWD"]
""",
    where="treasury.toml",
)
DIGITS = {"JPY": 0, "KWD": 3, "EUR": 2}
CURRENCIES = ("JPY", "KWD", "EUR")
SCENARIOS = 512
TERMS = {"collateral_haircut_pct": 20, "sale_cost_pct": 5, "administration_cost_pct": 5}


def circle() -> list[dict[str, Any]]:
    """Nine obligors, each guaranteed by the next, the last by the first; three to a site."""
    return [
        claim(
            number,
            currency=CURRENCIES[number % 3],
            outstanding=[160_003, 1_003.337, 1_000.07][number % 3] * (1 + number // 3),
            collateral_value=[90_001, 200.011, 300.03][number % 3] if number % 4 == 0 else "",
            collateral_group_id=f"site{number // 3}",
            guarantor_id=f"O{(number + 1) % 9}",
            seniority=("senior", "junior", "super_senior")[number // 3],
            cash=[4_001, 3.009, 12.34][number % 3],
        )
        for number in range(9)
    ]


def rates_of(run: Run) -> dict[str, float]:
    told = run.result.currencies
    return {c.currency: c.rate for c in told} | {run.result.currency: 1.0}


def simulated(
    session: Session, loans: list[dict[str, Any]], columns: Any, currency: str, **asked: Any
) -> Run:
    lines = [",".join(columns), *(",".join(str(row[name]) for name in columns) for row in loans)]
    return session.simulate(
        session.ingest("\n".join(lines).encode(), profile="generic", format="csv"),
        currency=currency,
        rates=session.ingest(RATES, format="csv", profile=RATES_PROFILE),
        rates_as_of="2026-04-10",
        scenarios=SCENARIOS,
        levels=[0.9],
        parameters=asked,
    )


def settled(loans: list[dict[str, Any]], rates: dict[str, float], currency: str) -> Group:
    digits = DIGITS[currency]

    def converted(row: dict[str, Any], name: str) -> int:
        return minor(row[name] * rates[row["currency"]], digits)

    valued = [row for row in loans if row["collateral_value"] != ""]
    owner = {row["collateral_group_id"]: row["obligor_id"] for row in reversed(loans)}
    group = Group(
        claims=[
            Claim(
                row["obligor_id"],
                converted(row, "outstanding"),
                pool=row["collateral_group_id"],
                seniority=row["seniority"],
                guarantor=row["guarantor_id"],
            )
            for row in loans
        ],
        pools={
            row["collateral_group_id"]: (
                converted(row, "collateral_value"),
                owner[row["collateral_group_id"]],
            )
            for row in valued
        },
        free={row["obligor_id"]: converted(row, "cash") for row in loans},
        haircut=Fraction(20, 100),
        sale_cost=Fraction(5, 100),
        administration_cost=Fraction(5, 100),
    )
    group.settle()
    return group


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_book_in_which_all_default_loses_what_a_slow_settlement_leaves(
    session: Session, currency: str
) -> None:
    loans = circle()
    terms = {"model": "waterfall", "collateral_volatility_pct": 0, **TERMS}
    run = simulated(session, loans, COLUMNS, currency, loss_given_default=terms)
    group = settled(loans, rates_of(run), currency)
    assert sum(held.from_guarantor > 0 for held in group.claims) > 3
    assert group.equity == 0  # so that all that is there is paid out, to the last unit
    there = sum(group.proceeds(value) for value, _ in group.pools.values())
    there += sum(group.free.values()) - group.administration
    lost = sum(held.amount for held in group.claims) - there
    assert sum(held.loss for held in group.claims) == lost
    assert set(run.questions.loss_minor.tolist()) == {lost}
    rows = run.questions.scenario(SCENARIOS - 1).positions.rows()
    unit = 10 ** DIGITS[currency]
    found = {row["obligor_id"]: round(row["loss"] * unit) for row in rows}
    for held in group.claims:  # each share of a tier is rounded, in its own estate and another's
        assert abs(found[held.obligor] - held.loss) < 3


def test_a_worst_book_with_moving_collateral_adds_up_in_every_scenario(session: Session) -> None:
    terms = {"model": "waterfall", "collateral_volatility_pct": 60, **TERMS}
    run = simulated(
        session,
        circle(),
        COLUMNS,
        "KWD",
        loss_given_default=terms,
        factors={"by": "currency", "asset_correlation": 0.4, "degrees_of_freedom": 2.1},
        quarters={"count": 8, "discount_rate_pct": 0},
    )
    tail = run.questions
    assert len(set(tail.loss_minor.tolist())) > SCENARIOS // 2
    for scenario in range(0, SCENARIOS, 37):
        account = tail.scenario(scenario)
        assert account.defaulted_obligor_count == 9
        minors = [round(row["loss"] * 1000) for row in account.positions.rows()]
        assert sum(minors) == tail.loss_minor[scenario]
    shares = tail.contributions(0.9)["contribution"].to_pylist()
    assert sum(round(share * 1000) for share in shares) == round(
        tail.figures(0.9).expected_shortfall * 1000
    )


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_mixed_book_loses_the_sum_of_what_decimals_say_of_each_default(
    session: Session, currency: str
) -> None:
    names = [*loan(0)]
    loans = [
        loan(
            number,
            currency=CURRENCIES[number % 3],
            outstanding=[100_001, 1_003.335, 1_000.05][number % 3] * (1 + number),
            pd_pct=35,
            lgd_pct=[50, 45, 33.3][number % 3],
        )
        for number in range(60)
    ]
    run = simulated(session, loans, names, currency, factors={"asset_correlation": 0.3})
    rates, scale = rates_of(run), 10 ** DIGITS[currency]
    lost = {}
    for row in loans:
        owed = row["outstanding"] * rates[row["currency"]]
        share = Fraction(Decimal(repr(owed))) * Fraction(Decimal(str(row["lgd_pct"]))) / 100
        lost[row["loan_id"]] = half_even(share * scale)
    tail, by_loan = run.questions, defaultdict(int)
    for scenario in range(0, SCENARIOS, 13):
        rows = list(tail.scenario(scenario).positions.rows())
        for row in rows:
            by_loan[row["source_record_id"]] += 1
            assert round(row["loss"] * scale) == lost[row["source_record_id"]]
        assert sum(lost[row["source_record_id"]] for row in rows) == tail.loss_minor[scenario]
    assert len(by_loan) == len(loans)
    assert run.result.potential_loss == sum(lost.values()) / scale
    assert np.isclose(run.result.exact_expected_loss, 0.35 * sum(lost.values()) / scale)
