"""Losses that a waterfall leaves unpaid, scenario by scenario."""

import pytest

from seawall.engines.debt.simulation import Bump
from seawall.errors import InvalidInput, LimitExceeded
from seawall.session import Session

from .waterfall_tapes import FIXED_VALUE, loan, simulate


def test_one_loan_loses_what_its_collateral_does_not_bring(session: Session) -> None:
    result = simulate(session, [loan(1)], **FIXED_VALUE).result
    assert result.expected_loss == 1000 - 500 * 0.8 * 0.95
    assert result.exact_expected_loss is None


def test_collateral_that_loans_share_is_paid_out_once(session: Session) -> None:
    shared = [
        loan(number, collateral_group_id="site", collateral_value=500 if number == 1 else "")
        for number in range(1, 4)
    ]
    result = simulate(session, shared, **FIXED_VALUE).result
    assert result.expected_loss == 3 * 1000 - 380


def test_cash_goes_to_creditors_after_administration(session: Session) -> None:
    bare = loan(1, collateral_value="", cash=100)
    assert simulate(session, [bare], **FIXED_VALUE).result.expected_loss == 1000 - 95


def test_senior_claims_are_paid_before_junior_ones(session: Session) -> None:
    loans = [
        loan(1, obligor_id="O", collateral_value="", cash=1000, outstanding=600),
        loan(2, obligor_id="O", collateral_value="", outstanding=600, seniority="junior"),
    ]
    run = simulate(session, loans, administration_cost_pct=0, **FIXED_VALUE)
    contributions = run.table("contributions")
    lost = dict(
        zip(
            contributions["source_record_id"].to_pylist(),
            contributions["contribution"].to_pylist(),
            strict=True,
        )
    )
    assert lost == {"L2": 200.0, "L1": 0.0}


def test_a_guarantor_pays_for_another(session: Session) -> None:
    alone = [
        loan(1, collateral_value=""),
        loan(2, collateral_value="", pd_pct=0, outstanding=1, cash=400),
    ]
    helped = [{**alone[0], "guarantor_id": "O2"}, alone[1]]
    assert simulate(session, alone, **FIXED_VALUE).result.expected_loss == 1000
    assert simulate(session, helped, **FIXED_VALUE).result.expected_loss == pytest.approx(
        600, abs=1
    )


def test_collateral_that_falls_with_defaults_makes_the_tail_worse(session: Session) -> None:
    loans = [loan(number, pd_pct=20, collateral_value=1200) for number in range(40)]
    still = simulate(session, loans, **FIXED_VALUE).result.tails[0].expected_shortfall
    moving = simulate(session, loans, collateral_correlation=0.8).result.tails[0]
    assert moving.expected_shortfall > still + 4 * moving.expected_shortfall_standard_error


def test_no_order_of_the_records_changes_a_bit(session: Session) -> None:
    loans = [
        loan(
            number, pd_pct=30, collateral_group_id=f"g{number // 3}", guarantor_id=f"O{number + 1}"
        )
        for number in range(12)
    ]
    found = {simulate(session, order).result.losses_sha256 for order in (loans, loans[::-1])}
    assert len(found) == 1


def test_contributions_of_a_waterfall_add_up_and_are_evidence(session: Session) -> None:
    run = simulate(session, [loan(number, pd_pct=30) for number in range(10)])
    shares = run.table("contributions")["contribution"].to_pylist()
    assert round(sum(shares), 2) == round(run.result.tails[0].expected_shortfall, 2)
    assert session.verify().ok
    (change,) = run.questions.sensitivities([Bump("default_probability", 0.5)])
    assert change.expected_loss_change > 0


def test_what_a_waterfall_cannot_answer_is_refused_with_its_place(session: Session) -> None:
    tail = simulate(session, [loan(1)]).questions
    with pytest.raises(InvalidInput) as caught:
        tail.sensitivities([Bump("loss_given_default", 0.1)])
    assert caught.value.where == "bumps[0].figure"
    with pytest.raises(InvalidInput) as caught:
        tail.reverse_stress(100)
    assert caught.value.where == "parameters.loss_given_default.model"


def test_collateral_beyond_what_is_counted_is_refused_with_its_place(session: Session) -> None:
    with pytest.raises(LimitExceeded) as caught:
        simulate(session, [loan(1), loan(2, collateral_value=10**15)])
    assert caught.value.where == "pools.L2.value"
