"""What-ifs: the same draws before and after, so that only what changed changes."""

from typing import Any

import pytest

from seawall.engines.debt.simulation import AddLoan, ChangeLoan, RemoveLoan, Tail
from seawall.errors import InvalidInput, LimitExceeded, NotFound
from seawall.session import Session

from .tapes import ingest, loan

LOANS = [loan(number) for number in range(30)]
FACTORS = {"by": "sector", "asset_correlation": 0.2}


@pytest.fixture
def tail(session: Session) -> Tail:
    return tail_of(session, LOANS)


def tail_of(session: Session, loans: list[dict[str, Any]]) -> Tail:
    run = session.simulate(ingest(session, loans), scenarios=20_000, factors=FACTORS)
    tail: Tail = run.questions
    return tail


def test_a_removed_loan_leaves_the_book_without_it(session: Session, tail: Tail) -> None:
    found = tail.what_if([RemoveLoan("L29")], levels=[0.99])
    other = tail_of(session, LOANS[:29])
    assert found.tails[0].after == other.figures(0.99)
    change = other.moments()["expected"] - tail.moments()["expected"]
    assert found.expected_loss_change == pytest.approx(change)


def test_a_changed_loan_is_the_book_with_those_terms(session: Session, tail: Tail) -> None:
    change = ChangeLoan(
        "L3", exposure=5000, loss_given_default_pct=60, probability_of_default_pct=15
    )
    changed = [
        {**row, "outstanding": 5000, "lgd_pct": 60, "pd_pct": 15} if row["loan_id"] == "L3" else row
        for row in LOANS
    ]
    after = tail.what_if([change], levels=[0.99]).tails[0].after
    assert after == tail_of(session, changed).figures(0.99)


def test_an_added_obligor_is_the_book_with_it(session: Session, tail: Tail) -> None:
    new = AddLoan(
        "O999",
        exposure=2000,
        loss_given_default_pct=40,
        probability_of_default_pct=5,
        group="retail",
        asset_correlation=0.2,
    )
    more = [*LOANS, loan(999, outstanding=2000, sector="retail")]
    after = tail.what_if([new], levels=[0.99]).tails[0].after
    assert after == tail_of(session, more).figures(0.99)


@pytest.mark.parametrize("sampling", ["plain", "importance", "sobol"])
def test_a_what_if_has_the_tail_of_the_run_before_it(session: Session, sampling: str) -> None:
    parameters = {"factors": FACTORS, "sampling": sampling}
    run = session.simulate(ingest(session, LOANS), scenarios=16_384, parameters=parameters)
    tail: Tail = run.questions
    found = tail.what_if([ChangeLoan("L3", probability_of_default_pct=50)]).tails
    assert [one.before for one in found] == [tail.figures(level) for level in tail.levels]
    for one in found:
        risen = one.after.expected_shortfall - one.before.expected_shortfall
        assert one.change == pytest.approx(risen)
        assert risen > 0


def test_a_loan_added_and_removed_changes_nothing(tail: Tail) -> None:
    same = [AddLoan("O000", exposure=0, loss_given_default_pct=40)]
    found = tail.what_if(same, levels=[0.99])
    assert found.tails[0].after == found.tails[0].before
    assert (found.tails[0].change, found.tails[0].standard_error) == (0, 0)
    assert (found.expected_loss_change, found.expected_loss_change_standard_error) == (0, 0)


def test_common_draws_make_the_error_of_a_difference_small(tail: Tail) -> None:
    found = tail.what_if([ChangeLoan("L3", loss_given_default_pct=41)], levels=[0.99])
    assert (
        0
        < found.tails[0].standard_error
        < found.tails[0].before.expected_shortfall_standard_error / 50
    )


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (RemoveLoan("nobody"), "changes[0].source_record_id"),
        (RemoveLoan("L1", element=0), "changes[0].source_record_id"),
        (AddLoan("new", 1, 1), "changes[0].probability_of_default_pct"),
        (AddLoan("new", 1, 1, probability_of_default_pct=1), "changes[0].asset_correlation"),
        (
            AddLoan("new", 1, 1, probability_of_default_pct=1, asset_correlation=0),
            "changes[0].group",
        ),
    ],
)
def test_a_change_that_cannot_be_is_refused_with_its_place(
    tail: Tail, change: Any, place: str
) -> None:
    with pytest.raises((InvalidInput, NotFound)) as caught:
        tail.what_if([change])
    assert caught.value.where == place


@pytest.mark.parametrize(
    "change",
    [
        AddLoan("O000", exposure=1e30, loss_given_default_pct=40),
        ChangeLoan("L1", exposure=1e30),
    ],
)
def test_a_change_beyond_what_is_counted_is_refused_with_its_place(tail: Tail, change: Any) -> None:
    with pytest.raises(LimitExceeded) as caught:
        tail.what_if([change])
    assert caught.value.where == "changes[0].exposure"


def test_a_change_leaves_what_collateral_leaves_of_another_loan(session: Session) -> None:
    secured = loan(0, lgd_pct="", collateral_value=333.33, outstanding=1000.01)
    other = loan(1, obligor_id="O000")
    before = tail_of(session, [secured, other])
    after = before.what_if([ChangeLoan("L1", exposure=77.77)], levels=[0.99]).tails[0].after
    assert after == tail_of(session, [secured, {**other, "outstanding": 77.77}]).figures(0.99)


def test_a_what_if_needs_a_change(tail: Tail) -> None:
    with pytest.raises(InvalidInput):
        tail.what_if([])


def test_two_obligors_of_one_name_stay_two(session: Session) -> None:
    loans = [loan(number, obligor_id="") for number in range(2)]
    loans.append(loan(9, obligor_id="L0"))
    tail = tail_of(session, loans)
    assert tail.book.register.ids == ["L0", "L0", "L1"]
    assert len(tail.contributions(0.99, by="obligor_id")) == 3
    with pytest.raises(InvalidInput) as caught:
        tail.what_if([AddLoan("L0", 1, 1)])
    assert caught.value.where == "changes[0].obligor_id"
