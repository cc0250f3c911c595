"""What-ifs of loans that a waterfall connects: the book with them is the oracle."""

from typing import Any

import pytest

from seawall.engines.debt.simulation import AddLoan, Bump, ChangeLoan, RemoveLoan, Tail
from seawall.engines.debt.simulation.changes import changed_book
from seawall.engines.debt.simulation.question_types import Change
from seawall.errors import InvalidInput
from seawall.session import Session

from .tapes import ingest
from .tapes import loan as bare_loan
from .waterfall_tapes import connected_loans, loan, simulate

LOANS = connected_loans()


@pytest.fixture
def tail(session: Session) -> Tail:
    found: Tail = simulate(session, LOANS).questions
    return found


def with_cells(loan_id: str, **cells: Any) -> list[dict[str, Any]]:
    return [row | cells if row["loan_id"] == loan_id else row for row in LOANS]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"quarters": {"count": 8, "discount_rate_pct": 10}},
        {"sampling": "sobol"},
        {"factors": {"asset_correlation": 0.3, "degrees_of_freedom": 4}},
    ],
)
@pytest.mark.parametrize("loan_id", ["L0", "L4", "L8", "L11"])
def test_a_changed_loan_is_the_book_with_those_terms(
    session: Session, asked: dict[str, Any], loan_id: str
) -> None:
    before = simulate(session, LOANS, asked).questions
    change = ChangeLoan(loan_id, exposure=2500, probability_of_default_pct=60)
    after = simulate(session, with_cells(loan_id, outstanding=2500, pd_pct=60), asked)
    found = before.what_if([change])
    assert found.tails[0].after == after.questions.figures(0.9)
    change_of_mean = after.result.expected_loss - before.moments()["expected"]
    assert found.expected_loss_change == pytest.approx(change_of_mean)
    assert found.obligor_count == 1


def test_collateral_of_another_value_is_the_book_with_it(session: Session, tail: Tail) -> None:
    after = simulate(session, with_cells("L8", collateral_value=100)).questions
    found = tail.what_if([ChangeLoan("L8", collateral_value=100)])
    assert found.tails[0].after == after.figures(0.9)
    assert found.expected_loss_change > 0


def test_shared_collateral_of_another_value_moves_all_whom_it_secures(
    session: Session, tail: Tail
) -> None:
    shared = [
        row | {"collateral_value": 300} if row["collateral_group_id"] == "A0" else row
        for row in LOANS
    ]
    found = tail.what_if([ChangeLoan("L1", collateral_value=900)])
    assert found.tails[0].after == simulate(session, shared).questions.figures(0.9)


@pytest.mark.parametrize("loan_id", ["L1", "L9"])
def test_a_removed_loan_is_paid_off_and_leaves_its_collateral(tail: Tail, loan_id: str) -> None:
    removed = tail.what_if([RemoveLoan(loan_id)])
    assert removed.tails == tail.what_if([ChangeLoan(loan_id, exposure=0)]).tails
    assert removed.expected_loss_change < 0
    assert removed.tails[0].standard_error > 0


def test_an_added_obligor_is_the_book_with_it(session: Session, tail: Tail) -> None:
    more = [*LOANS, loan(999, outstanding=2000, collateral_value=700, pd_pct=40)]
    new = AddLoan(
        "O999",
        exposure=2000,
        probability_of_default_pct=40,
        asset_correlation=0.3,
        collateral_value=700,
    )
    found = tail.what_if([new])
    assert found.tails[0].after == simulate(session, more).questions.figures(0.9)


def test_an_added_loan_ranks_among_its_obligors_others(session: Session, tail: Tail) -> None:
    more = [
        *LOANS,
        loan(998, obligor_id="O9", collateral_value="", pd_pct=0, seniority="super_senior"),
    ]
    new = AddLoan("O9", exposure=1000, seniority="super_senior")
    found = tail.what_if([new])
    other = simulate(session, more).questions
    assert found.tails[0].after == other.figures(0.9)
    row = other.book.positions["source_record_id"].to_pylist().index("L998")
    rank = changed_book(tail.book, [new]).after.positions["seniority"][-1]
    assert rank == other.book.inputs.positions["seniority"][row] == 0


def test_a_loan_added_and_taken_back_changes_nothing(tail: Tail) -> None:
    found = tail.what_if([AddLoan("O1", exposure=0), ChangeLoan("L7", exposure=1000)])
    assert found.tails[0].after == found.tails[0].before
    assert (found.expected_loss_change, found.expected_loss_change_standard_error) == (0, 0)


def test_only_who_is_connected_is_simulated_again(tail: Tail) -> None:
    def obligors(change: Change) -> list[str]:
        slots = changed_book(tail.book, [change]).before.obligors["slot"]
        return [tail.book.obligor_ids[slot] for slot in slots]

    assert obligors(RemoveLoan("L10")) == ["O10"]
    assert obligors(RemoveLoan("L9")) == ["O8", "O9"]
    assert obligors(RemoveLoan("L2")) == ["O0", "O1", "O2"]
    assert obligors(RemoveLoan("L3")) == ["O3", "O4", "O5"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (ChangeLoan("L1", loss_given_default_pct=3), "changes[0].loss_given_default_pct"),
        (AddLoan("O1", 1, 3), "changes[0].loss_given_default_pct"),
    ],
)
def test_losses_given_default_are_no_term_of_a_waterfall(
    tail: Tail, change: Any, place: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        tail.what_if([change])
    assert caught.value.where == place


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (ChangeLoan("L1", collateral_value=3), "changes[0].collateral_value"),
        (AddLoan("O001", 1, 3, collateral_value=3), "changes[0].collateral_value"),
        (AddLoan("O001", 1, 3, seniority="junior"), "changes[0].seniority"),
        (AddLoan("O001", 1), "changes[0].loss_given_default_pct"),
    ],
)
def test_terms_of_a_waterfall_are_refused_elsewhere(
    session: Session, change: Any, place: str
) -> None:
    run = session.simulate(ingest(session, [bare_loan(1)]), scenarios=32)
    with pytest.raises(InvalidInput) as caught:
        run.questions.what_if([change])
    assert caught.value.where == place


def test_collateral_that_is_not_there_has_no_value_to_change(session: Session) -> None:
    tail = simulate(session, [loan(1, collateral_value="")]).questions
    with pytest.raises(InvalidInput) as caught:
        tail.what_if([ChangeLoan("L1", collateral_value=5)])
    assert caught.value.where == "changes[0].collateral_value"


def test_a_bump_of_collateral_is_the_book_with_its_values(session: Session, tail: Tail) -> None:
    more = [row | {"collateral_value": row["collateral_value"] * 1.5} for row in LOANS]
    (found,) = tail.sensitivities([Bump("collateral_value", 0.5)])
    assert found.tails[0].after == simulate(session, more).questions.figures(0.9)
