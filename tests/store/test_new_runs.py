"""Runs that are written together: as much as one by one, and no run suffers for another."""

import msgspec
import pytest
from sample_ledger import CHUNKS, TENANT, dataset, draft, evidence, run, submit

from seawall.errors import Conflict, InvalidInput, NotFound
from seawall.store import Store
from seawall.store.audit_chain import chain_problems
from seawall.store.interface import Transaction
from seawall.store.types import Evidence, Finding, Link, NewRun, RunMembers

COUNT = 100  # more than one statement takes


def new_run(number: int) -> NewRun:
    """Make a run with evidence of its own and evidence that every run has."""
    own = Evidence(f"own{number:03}", "dv", "debt", "audit", b"%d" % number)
    return NewRun(
        run(f"r{number:03}"),
        (*evidence(2), own),
        (Finding("shared", "dv", b"{}"), Finding(f"f{number:03}", "dv", b"{}")),
        (Link("l", "shared", "e0"), Link(f"l{number:03}", f"f{number:03}", own.evidence_id)),
        draft(f"r{number:03}"),
    )


@pytest.fixture
def ledger(store: Store) -> Store:
    submit(store, lambda t: t.put_dataset(dataset(), CHUNKS))
    return store


def test_what_is_written_together_is_read_as_if_alone(ledger: Store) -> None:
    runs = [new_run(number) for number in range(COUNT)]
    submit(ledger, lambda t: t.put_new_runs(runs))
    assert list(ledger.all_runs(TENANT)) == [new.run for new in runs]
    assert len(list(ledger.all_evidence(TENANT))) == 2 + COUNT
    assert len(list(ledger.all_findings(TENANT))) == 1 + COUNT
    assert len(list(ledger.all_links(TENANT))) == 1 + COUNT
    for new in runs:
        members = ledger.run_members(TENANT, new.run.run_id)
        assert members == RunMembers(
            tuple(sorted(row.evidence_id for row in new.evidence)),
            tuple(sorted(row.finding_id for row in new.findings)),
        )
    entries = list(ledger.all_audit())
    assert [entry.subject for entry in entries] == [new.run.run_id for new in runs]
    assert list(chain_problems(entries)) == []
    assert ledger.integrity_problems() == []


def test_one_that_is_there_already_refuses_all_and_leaves_nothing(ledger: Store) -> None:
    submit(ledger, lambda t: t.put_new_runs([new_run(1)]))
    with pytest.raises(Conflict):
        submit(ledger, lambda t: t.put_new_runs([new_run(0), new_run(1)]))
    assert [one.run_id for one in ledger.all_runs(TENANT)] == ["r001"]
    assert len(list(ledger.all_audit())) == 1


def test_two_that_differ_under_one_identifier_are_a_conflict(ledger: Store) -> None:
    other = msgspec.structs.replace(new_run(1), evidence=tuple(evidence(3, payload=b"[]")))
    with pytest.raises(Conflict):
        submit(ledger, lambda t: t.put_new_runs([new_run(0), other]))
    assert list(ledger.all_evidence(TENANT)) == []


def test_what_is_kept_with_another_content_is_a_conflict(ledger: Store) -> None:
    submit(ledger, lambda t: t.put_evidence(TENANT, evidence(1, payload=b"[]")))
    with pytest.raises(Conflict):
        submit(ledger, lambda t: t.put_new_runs([new_run(0)]))


def test_what_is_known_to_be_kept_is_a_conflict_with_another_content(ledger: Store) -> None:
    for number in range(3):  # the second finds what the first put, the third knows it
        submit(ledger, lambda t, number=number: t.put_new_runs([new_run(number)]))
    other = msgspec.structs.replace(new_run(3), evidence=tuple(evidence(3, payload=b"[]")))
    with pytest.raises(Conflict):
        submit(ledger, lambda t: t.put_new_runs([other]))


def test_what_was_undone_after_it_was_found_is_put_again(ledger: Store) -> None:
    def undone(transaction: Transaction) -> None:
        transaction.put_new_runs([new_run(0)])
        transaction.put_new_runs([new_run(1)])  # finds what the first put
        raise InvalidInput("undo")

    with pytest.raises(InvalidInput):
        submit(ledger, undone)
    submit(ledger, lambda t: t.put_new_runs([new_run(2)]))
    assert len(list(ledger.all_evidence(TENANT))) == 3
    assert ledger.integrity_problems() == []


def test_a_link_to_nothing_is_refused(ledger: Store) -> None:
    lost = msgspec.structs.replace(new_run(0), links=(Link("l", "shared", "nowhere"),))
    with pytest.raises(NotFound):
        submit(ledger, lambda t: t.put_new_runs([lost]))


def test_the_runs_that_there_are_are_found_by_their_identifiers(ledger: Store) -> None:
    submit(ledger, lambda t: t.put_new_runs([new_run(0), new_run(1)]))
    found = ledger.kept_runs(TENANT, ["r001", "r777", "r000"])
    assert sorted(one.run_id for one in found) == ["r000", "r001"]
    assert ledger.kept_runs("another", ["r000"]) == []
    assert ledger.kept_runs(TENANT, []) == []
