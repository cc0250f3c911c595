"""What makes a dataset version the one it is, and what an ingest leaves behind."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from seawall import native
from seawall.errors import Cancelled, Conflict, DatasetRefused, InvalidInput, NotFound
from seawall.native import RunControl
from seawall.session import Dataset, Session
from seawall.store import Store, open_store

from .books import as_array, as_lines, records

OpenSession = Callable[..., Session]
ROWS = records(600)
STARTED = "2025-01-01T00:00:00Z"


def ingest(session: Session, data: bytes = as_array(ROWS), **options: Any) -> Dataset:
    return session.ingest(data, **{"format": "json", "profile": "todiscope", **options})


def digest(dataset: Dataset, *names: str) -> bytes:
    chosen = names or ("records", "instruments", "distressed_assets", "rejects")
    return native.table_digest([dataset.table(name).native for name in chosen])


def cancelled() -> RunControl:
    control = RunControl()
    control.cancel()
    return control


# --- identity


def test_the_same_bytes_and_profile_are_the_same_version(session: Session) -> None:
    first, second = ingest(session), ingest(session)
    assert first.dataset_version_id == second.dataset_version_id
    assert (first.created, second.created) == (True, False)
    assert first.import_id == second.import_id == session.normalise(first).import_id
    assert first.import_id == session.dataset(first.dataset_version_id).import_id
    assert len(session.datasets()) == 1


def test_the_same_version_has_the_same_id_in_another_store(open_session: OpenSession) -> None:
    one, other = ingest(open_session("a.db")), ingest(open_session("b.db"))
    assert one.dataset_version_id == other.dataset_version_id


def test_an_array_and_lines_of_the_same_records_are_the_same_version(session: Session) -> None:
    array = ingest(session)
    lines = ingest(session, as_lines(ROWS), format="ndjson")
    assert lines.dataset_version_id == array.dataset_version_id
    assert lines.merkle_root == array.merkle_root
    assert session.verify().ok


def test_what_is_imported_has_an_identifier_of_its_tenant_and_content(session: Session) -> None:
    other = session.acting_as(tenant="other", actor="somebody")
    mine, shorter = ingest(session), ingest(session, as_array(ROWS[:5]))
    assert len({mine.import_id, shorter.import_id, ingest(other).import_id}) == 3


def test_another_profile_makes_another_version(session: Session) -> None:
    profile = msgspec.structs.replace(session.profiles()["todiscope"], description="another")
    assert ingest(session, profile=profile).dataset_version_id != ingest(session).dataset_version_id
    assert ingest(session, profile=profile).merkle_root == ingest(session).merkle_root


def test_one_changed_byte_makes_another_version(session: Session) -> None:
    changed = as_array(ROWS).replace(b'"erp"', b'"erq"', 1)
    assert ingest(session, changed).dataset_version_id != ingest(session).dataset_version_id


def test_another_order_of_the_records_makes_another_version(session: Session) -> None:
    other = ingest(session, as_array(ROWS[::-1]))
    assert other.dataset_version_id != ingest(session).dataset_version_id


def test_a_file_and_its_bytes_are_the_same_version(session: Session, tmp_path: Path) -> None:
    (tmp_path / "tape.json").write_bytes(as_array(ROWS))
    from_file = ingest(session, tmp_path / "tape.json", format=None)
    assert from_file.dataset_version_id == ingest(session).dataset_version_id
    assert from_file.source["name"] == "tape.json"


class RacedStore:
    """A store on which another writer gets in between the look-up and the write."""

    def __init__(self, store: Store, meanwhile: Callable[[], object]) -> None:
        self._store = store
        self._meanwhile = meanwhile

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def dataset(self, tenant: str, dataset_version_id: str) -> Any:
        try:
            return self._store.dataset(tenant, dataset_version_id)
        except NotFound:
            self._meanwhile()
            raise


@pytest.mark.parametrize("other", [{"format": "json"}, {"format": "ndjson"}], ids=str)
def test_two_sources_of_the_same_records_at_once_are_one_version(
    open_session: OpenSession, tmp_path: Path, other: dict[str, str]
) -> None:
    first = open_session()
    data = as_array(ROWS) if other["format"] == "json" else as_lines(ROWS)
    with open_store(tmp_path / "ledger.db") as store:
        raced = Session(RacedStore(store, lambda: ingest(first, data, **other)))  # type: ignore[arg-type]
        dataset = ingest(raced)
        assert dataset.dataset_version_id == first.datasets()[0].dataset_version_id
        assert not dataset.created
    assert len(first.datasets()) == 1


# --- tenants


def test_tenants_do_not_see_each_other(open_session: OpenSession) -> None:
    mine, yours = open_session(tenant="mine"), open_session(tenant="yours")
    dataset = ingest(mine)
    run = mine.stress(dataset, started_at=STARTED)
    assert yours.datasets() == []
    assert yours.runs() == []
    assert yours.verify().datasets == 0
    for ask in (
        lambda: yours.dataset(dataset.dataset_version_id),
        lambda: yours.stress(dataset),
        lambda: yours.run_of(run.run_id),
        lambda: yours.trace(run.findings[0]),
        lambda: yours.record(dataset, 0),
        lambda: yours.normalise(dataset),
    ):
        with pytest.raises(NotFound):
            ask()


def test_no_identifier_of_two_tenants_is_the_same(open_session: OpenSession) -> None:
    runs = []
    for tenant in ("mine", "yours"):
        session = open_session(tenant=tenant)
        runs.append(session.stress(ingest(session), started_at=STARTED))
    mine, yours = (
        {run.run_id, run.dataset_version_id, *run.evidence_ids.values()}
        | {f.finding_id for f in run.findings}
        for run in runs
    )
    assert len(mine) == 2 + 5 + 4
    assert mine.isdisjoint(yours)


# --- what is refused


def test_a_strict_ingest_refuses_with_the_first_place_and_writes_nothing(session: Session) -> None:
    with pytest.raises(DatasetRefused) as caught:
        ingest(session, strict=True)
    assert caught.value.where == "records[0].total_outstanding"
    assert '"broken" is not a number' in caught.value.message
    assert session.datasets() == []


def test_a_strict_ingest_keeps_what_has_nothing_refused(session: Session) -> None:
    clean = [row for index, row in enumerate(ROWS[:49]) if index % 7]
    assert ingest(session, as_array(clean), strict=True).summary.refused_by_rule == {}


def test_a_dataset_of_which_no_record_is_left_is_refused(session: Session) -> None:
    with pytest.raises(DatasetRefused):
        ingest(session, b"[{}, 1]")
    assert session.datasets() == []


@pytest.mark.parametrize(("data", "format"), [(b"[]", "json"), (b"\n", "ndjson")])
def test_a_source_without_records_is_refused(session: Session, data: bytes, format: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        ingest(session, data, format=format)
    assert caught.value.code == "records_required"


def test_a_cancelled_ingest_writes_nothing(session: Session) -> None:
    with pytest.raises(Cancelled):
        ingest(session, control=cancelled())
    assert session.datasets() == []


def test_an_ingest_tells_how_far_it_is(session: Session) -> None:
    control = RunControl()
    ingest(session, control=control)
    assert control.completed_units == len(ROWS)


def test_reading_writes_nothing(session: Session) -> None:
    tape = session.read(as_array(ROWS), format="json", profile="todiscope")
    assert tape.record_count == len(ROWS)
    assert session.datasets() == []


# --- what is counted


def test_the_summary_counts_what_was_kept_and_refused(session: Session) -> None:
    summary = ingest(session).summary
    assert summary is not None
    assert summary.record_count == 600
    assert summary.duplicate_key_count == summary.refused_record_count == 12
    assert summary.kept_count == 588
    assert summary.refused_cell_count == len([i for i in range(600) if i % 7 == 0])
    assert summary.refused_by_rule == {"duplicate_record": 12, "not_a_number": 86}
    assert summary.currencies == {"EUR": 588}


def test_a_dataset_has_the_tables_of_its_profile(session: Session) -> None:
    dataset = ingest(session)
    assert len(dataset.records) == 588
    assert len(dataset.rejects) == 98
    assert dataset.table("instruments").column_names[:2] == ["record", "element"]
    with pytest.raises(NotFound):
        dataset.table("nothing")


BROKEN = {"total_outstanding": "broken"}
ALWAYS = ["record", "source_row", "source_system", "source_record_id", "currency", "rules_applied"]


def plain(count: int) -> list[dict[str, Any]]:
    return [{"source_system": "erp", "source_record_id": str(i)} for i in range(count)]


def test_a_field_that_no_record_has_is_no_column_and_the_dataset_verifies(
    session: Session,
) -> None:
    dataset = ingest(session, as_array(plain(600)))
    assert dataset.records.column_names == ALWAYS
    assert dataset.table("instruments").column_names == ["record", "element", "principal"]
    assert session.verify().ok


def test_a_field_of_the_last_record_alone_is_a_column_of_all(open_session: OpenSession) -> None:
    rows = plain(3000)
    rows[-1]["payload"] = {"obligor_id": "o1"}
    now, later = open_session("now.db"), open_session("later.db")
    dataset = ingest(now, as_array(rows))
    assert dataset.records["obligor_id"].to_pylist() == [None] * 2999 + ["o1"]
    done = later.normalise(ingest(later, as_array(rows), normalise=False))
    assert digest(done) == digest(dataset)
    assert now.verify().ok
    assert later.verify().ok


def test_a_field_whose_every_cell_is_refused_is_a_column(session: Session) -> None:
    rows = [row | {"payload": {"financial": {"debt": BROKEN}}} for row in plain(2)]
    dataset = ingest(session, as_array(rows))
    assert dataset.records["total_outstanding"].to_pylist() == [None, None]
    assert session.verify().ok


def test_a_dataset_shows_markup_as_text(session: Session, tmp_path: Path) -> None:
    (tmp_path / "<b>.json").write_bytes(as_array(ROWS))
    html = ingest(session, tmp_path / "<b>.json", format=None)._repr_html_()
    assert "<td>&lt;b&gt;.json</td>" in html


def test_pages_go_on_where_the_last_ended(session: Session) -> None:
    written = [ingest(session, as_array([row])).dataset_version_id for row in ROWS[1:6]]
    first = session.datasets(limit=2)
    rest = session.datasets(limit=10, after=first[-1].dataset_version_id)
    assert [d.dataset_version_id for d in [*first, *rest]] == written[::-1]


# --- normalising later


def test_normalised_later_is_normalised_now(open_session: OpenSession) -> None:
    now = ingest(open_session("now.db"))
    later = open_session("later.db")
    held = ingest(later, normalise=False)
    assert held.summary is None
    done = later.normalise(held)
    assert done.dataset_version_id == now.dataset_version_id
    assert done.summary == now.summary
    assert digest(done) == digest(now)
    assert later.verify().ok


def test_normalising_twice_does_nothing(session: Session) -> None:
    held = ingest(session, normalise=False)
    assert digest(session.normalise(held)) == digest(session.normalise(held))


def test_a_cancelled_normalising_writes_nothing(session: Session) -> None:
    held = ingest(session, normalise=False)
    with pytest.raises(Cancelled):
        session.normalise(held, control=cancelled())
    assert session.dataset(held.dataset_version_id).summary is None


def test_an_ingest_with_columns_completes_one_without(session: Session) -> None:
    ingest(session, normalise=False)
    assert ingest(session).summary is not None


def test_a_dataset_that_is_not_normalised_cannot_be_stressed(session: Session) -> None:
    held = ingest(session, normalise=False)
    with pytest.raises(Conflict) as caught:
        session.stress(held)
    assert caught.value.code == "normalized_record_required"
    assert session.runs() == []
    session.normalise(held)
    assert session.stress(held).created


def test_a_table_that_is_not_there_yet_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        _ = ingest(session, normalise=False).records


# --- threads


def test_thread_count_does_not_change_a_single_bit(open_session: OpenSession) -> None:
    rows = records(5_000)
    answers = []
    for threads in (1, 2, 7):
        session = open_session(f"{threads}.db", threads=threads)
        dataset = ingest(session, as_array(rows))
        run = session.stress(dataset, started_at=STARTED)
        tables = [run.table(name).native for name in ("records", "positions", "obligors")]
        answers.append(
            (
                dataset.dataset_version_id,
                digest(dataset),
                msgspec.json.encode(run.result),
                [f.finding_id for f in run.findings],
                run.evidence_ids,
                native.table_digest(tables),
            )
        )
    assert answers[0] == answers[1] == answers[2]
