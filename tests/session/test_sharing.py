"""Sessions that share a store: siblings, what is kept in memory, and questions asked at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import msgspec
import pytest

from seawall.engines.debt import engine
from seawall.errors import Cancelled, InvalidInput, NotFound, StoreError
from seawall.native import RunControl
from seawall.session import Dataset, Run, Session

from .books import as_array, records

STARTED = "2025-01-01T00:00:00Z"


@pytest.fixture
def dataset(session: Session) -> Dataset:
    return session.ingest(as_array(records(60)), format="json", profile="todiscope")


def stress(session: Session, dataset: Dataset | str, **options: object) -> Run:
    return session.run("debt_stress", dataset, started_at=STARTED, parameters=options)


def at_once(work: Callable[[int], Run], count: int = 20) -> list[Run]:
    together = Barrier(count)

    def begin(index: int) -> Run:
        together.wait()
        return work(index)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))


# --- siblings


def test_a_sibling_writes_as_its_own_actor(session: Session, dataset: Dataset) -> None:
    sibling = session.acting_as(tenant="default", actor="bea")
    run = stress(sibling, dataset)
    assert session._store.run("default", run.run_id).created_by == "bea"
    assert not stress(session, dataset).created


def test_a_tenant_sees_nothing_of_another_however_warm_the_caches_are(
    session: Session, dataset: Dataset
) -> None:
    run = stress(session, dataset)
    session.dataset(dataset.dataset_version_id)
    stranger = session.acting_as(tenant="stranger", actor="eve")
    with pytest.raises(NotFound):
        stranger.dataset(dataset.dataset_version_id)
    with pytest.raises(NotFound):
        stranger.run_of(run.run_id)
    with pytest.raises(NotFound):
        stress(stranger, dataset)
    with pytest.raises(NotFound):
        stranger.trace(run.findings[0])
    assert (stranger.datasets(), stranger.runs()) == ([], [])
    assert session.run_of(run.run_id).run_id == run.run_id


def test_two_tenants_with_the_same_records_share_no_identifier_and_no_book(
    session: Session, dataset: Dataset
) -> None:
    other = session.acting_as(tenant="other", actor="bea")
    own = other.ingest(as_array(records(60)), format="json", profile="todiscope")
    runs = [stress(session, dataset), stress(other, own)]
    assert own.dataset_version_id != dataset.dataset_version_id
    assert runs[0].result == runs[1].result
    assert not set(runs[0].evidence_ids.values()) & set(runs[1].evidence_ids.values())
    assert session.cache_use()["books"].entries == 2
    # However few their cells are, objects hold them: millions of small books are no small thing.
    assert session.cache_use()["books"].bytes > 2 * 5_000
    assert runs[0].encoded("id", lambda run: run.run_id.encode()) == runs[0].run_id.encode()
    assert runs[1].encoded("id", lambda run: run.run_id.encode()) == runs[1].run_id.encode()


def test_closing_a_sibling_leaves_the_store_open(session: Session, dataset: Dataset) -> None:
    with session.acting_as(tenant="default", actor="bea") as sibling:
        stress(sibling, dataset)
    assert stress(session, dataset).findings


def test_a_closed_session_answers_nothing_from_memory(session: Session, dataset: Dataset) -> None:
    run = stress(session, dataset)
    session.close()
    for ask in (lambda: stress(session, dataset), lambda: session.run_of(run.run_id)):
        with pytest.raises(StoreError) as caught:
            ask()
        assert caught.value.code == "store_closed"


# --- what is kept


def test_a_run_just_made_is_the_run_that_is_read_back(
    session: Session, dataset: Dataset, tmp_path: Path
) -> None:
    made = stress(session, dataset)
    with Session(session._store) as other:
        read = other.run_of(made.run_id)
        assert read.result == made.result
        assert read.findings.to_dicts() == made.findings.to_dicts()
        assert list(read.evidence_ids.items()) == list(made.evidence_ids.items())
        assert read.parameters == made.parameters
        assert other.verify().ok


def test_a_replay_reads_nothing_from_the_store(
    session: Session, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = stress(session, dataset)
    for reading in ("run", "run_members", "evidence", "finding", "dataset", "submit"):
        monkeypatch.setattr(type(session._store), reading, None)
    again = stress(session, dataset)
    assert again.run_id == made.run_id
    assert again.findings.to_dicts() == made.findings.to_dicts()


def test_an_answer_is_encoded_once_a_form(session: Session, dataset: Dataset) -> None:
    calls = []

    def encode(run: Run) -> bytes:
        calls.append(run.run_id)
        return msgspec.json.encode(run.result)

    answers = {stress(session, dataset).encoded("wire", encode) for _ in range(3)}
    assert answers == {msgspec.json.encode(stress(session, dataset).result)}
    assert len(calls) == 1
    assert stress(session, dataset).encoded("other", lambda _: b"other") == b"other"
    use = session.cache_use()["answers"]
    assert (use.hits, use.misses, use.entries) == (2, 2, 2)


def test_what_a_caller_changes_does_not_reach_the_next(session: Session, dataset: Dataset) -> None:
    first = stress(session, dataset)
    first.evidence_ids.clear()
    first.findings[0].body.clear()
    again = stress(session, dataset)
    assert len(again.evidence_ids) == 5
    assert again.findings[0].title == "debt_exposure: net"


# --- at once


def test_twenty_first_runs_at_once_are_computed_once(
    session: Session, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed = []
    native_run = engine.native.run_debt_stress

    def counted(*arguments: object, **options: object) -> object:
        computed.append(1)
        return native_run(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(engine.native, "run_debt_stress", counted)
    runs = at_once(lambda _: stress(session, dataset))
    assert len(computed) == 1
    assert sorted(run.created for run in runs) == [False] * 19 + [True]
    assert len({run.run_id for run in runs}) == 1
    assert all(run.findings.to_dicts() == runs[0].findings.to_dicts() for run in runs)
    checked = session.verify()
    assert checked.ok
    assert (checked.runs, checked.evidence, checked.findings, checked.links) == (1, 5, 4, 4)


def test_siblings_of_two_tenants_at_once_get_their_own(session: Session) -> None:
    rows = as_array(records(30))
    tenants = [session.acting_as(tenant=f"t{n}", actor="a") for n in range(2)]
    datasets = [t.ingest(rows, format="json", profile="todiscope") for t in tenants]
    runs = at_once(lambda n: stress(tenants[n % 2], datasets[n % 2]))
    assert {run.dataset_version_id for run in runs[::2]} == {datasets[0].dataset_version_id}
    assert {run.dataset_version_id for run in runs[1::2]} == {datasets[1].dataset_version_id}


def test_who_waits_for_another_is_refused_as_it_is(session: Session, dataset: Dataset) -> None:
    def refused(_: int) -> Run:
        with pytest.raises(InvalidInput) as caught:
            stress(session, dataset, stress_scenarios=[{"id": " "}])
        assert caught.value.where == "parameters.stress_scenarios[0].scenario_id"
        return stress(session, dataset)

    assert len({run.run_id for run in at_once(refused)}) == 1


def test_a_run_that_its_caller_stops_is_its_callers_alone(
    session: Session, dataset: Dataset
) -> None:
    def ask(index: int) -> Run:
        if index % 2 == 0:
            control = RunControl()
            control.cancel()
            with pytest.raises(Cancelled):
                session.run("debt_stress", dataset, started_at=STARTED, control=control)
        return stress(session, dataset)

    assert len({run.run_id for run in at_once(ask, 2)}) == 1


def test_a_submitted_run_is_done_once_it_is_durable(session: Session, dataset: Dataset) -> None:
    submitted = [
        session.submit(
            "debt_stress",
            dataset,
            parameters={"stress_scenarios": [{"id": "x", "default_risk_increment_pct": n / 10}]},
            started_at=STARTED,
        )
        for n in range(5)
    ]
    for one in submitted:
        run = one.result(timeout=30)
        assert run.created
        assert session._store.run("default", run.run_id).run_id == run.run_id
