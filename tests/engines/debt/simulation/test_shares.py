"""Shares of expected shortfall: they add up, and their errors are what other seeds differ by."""

import numpy as np
import pytest

from seawall.engines.debt.simulation import GROUPINGS, Tail
from seawall.engines.debt.simulation.shares import Share, shares
from seawall.errors import InvalidInput
from seawall.session import Dataset, Session

from .tapes import ingest, loan

LOANS = [loan(number) for number in range(40)]
FACTORS = {"by": "sector", "asset_correlation": 0.2}


@pytest.fixture
def tape(session: Session) -> Dataset:
    return ingest(session, LOANS)


def tail_of(session: Session, tape: Dataset, *, scenarios: int = 16_384, seed: int = 1) -> Tail:
    run = session.simulate(tape, scenarios=scenarios, seed=seed, levels=[0.99], factors=FACTORS)
    tail: Tail = run.questions
    return tail


@pytest.mark.parametrize("by", ["position", *GROUPINGS])
def test_the_shares_of_any_grouping_add_up_to_expected_shortfall(
    session: Session, tape: Dataset, by: str
) -> None:
    tail = tail_of(session, tape)
    found = shares(tail, 0.99, by=by)
    total = sum(share.contribution for share in found)
    assert round(total, 2) == round(tail.figures(0.99).expected_shortfall, 2)
    assert round(sum(share.exposure for share in found)) == sum(x["outstanding"] for x in LOANS)


@pytest.mark.parametrize(
    ("by", "name"), [("position", "source_record_id"), ("sector", "sector"), ("rating", "rating")]
)
def test_shares_are_the_contributions_of_the_tail(
    session: Session, tape: Dataset, by: str, name: str
) -> None:
    tail = tail_of(session, tape)
    known = tail.contributions(0.99, by=by)
    assert [(share.name, share.contribution) for share in shares(tail, 0.99, by=by)] == list(
        zip(known[name].to_pylist(), known["contribution"].to_pylist(), strict=True)
    )


def test_obligors_of_one_name_stay_apart(session: Session) -> None:
    itself = loan(50, loan_id="O003", obligor_id="")  # names nobody: stands for itself
    found = shares(tail_of(session, ingest(session, [*LOANS, itself])), 0.99, by="obligor_id")
    assert [share.name for share in found].count("O003") == 2


def test_the_standard_error_is_what_other_seeds_differ_by(session: Session, tape: Dataset) -> None:
    found = [
        {
            share.name: share
            for share in shares(tail_of(session, tape, seed=seed), 0.99, by="sector")
        }
        for seed in range(40)
    ]
    for name in ("power", "retail"):
        spread = np.std([run[name].contribution for run in found], ddof=1)
        told = np.mean([_error(run[name]) for run in found])
        assert spread == pytest.approx(told, rel=0.35)  # of 40 runs: 11 % is one deviation


def test_a_tail_of_few_scenarios_has_no_standard_error(session: Session, tape: Dataset) -> None:
    found = shares(tail_of(session, tape, scenarios=2_000), 0.99)
    assert {share.standard_error for share in found} == {None}


def test_another_grouping_is_refused(session: Session, tape: Dataset) -> None:
    with pytest.raises(InvalidInput) as caught:
        shares(tail_of(session, tape, scenarios=100), 0.99, by="colour")
    assert caught.value.where == "by"


def _error(share: Share) -> float:
    assert share.standard_error is not None
    return share.standard_error
