"""Runs, their identifiers and members, and the way back from a finding."""

import gc
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from seawall import native
from seawall.engine import EngineOutcome, EvidenceDraft, FindingDraft
from seawall.errors import Cancelled, InvalidInput, NotFound
from seawall.native import RunControl
from seawall.provenance import InclusionProof
from seawall.registry import ENGINES
from seawall.session import Dataset, Session
from seawall.store import Store, open_store

from .books import as_array, as_lines, records

OpenSession = Callable[..., Session]
ROWS = records(1_000)
STARTED = "2025-01-01T00:00:00Z"


@pytest.fixture
def dataset(session: Session) -> Dataset:
    return session.ingest(as_array(ROWS), format="json", profile="todiscope")


# --- identity


def test_the_same_question_at_the_same_time_is_the_same_run(
    session: Session, dataset: Dataset
) -> None:
    first = session.stress(dataset, started_at=STARTED)
    again = session.stress(dataset, started_at=STARTED)
    assert (first.created, again.created) == (True, False)
    assert again.run_id == first.run_id
    assert again.result == first.result
    assert again.findings.to_dicts() == first.findings.to_dicts()
    assert again.evidence_ids == first.evidence_ids
    assert len(session.runs()) == 1


def test_a_run_that_leaves_the_same_twice_is_not_kept(
    session: Session, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it could not be verified."""
    sound = ENGINES["debt_stress"]

    def twice(*asked: Any) -> EngineOutcome[Any]:
        found = sound.run(*asked)
        return replace(found, evidence=(*found.evidence, found.evidence[0]))

    monkeypatch.setitem(ENGINES, "debt_stress", replace(sound, run=twice))
    with pytest.raises(ValueError, match="debt_stress leaves the same evidence twice"):
        session.stress(dataset)
    assert session.runs() == []
    assert session.verify().ok


def test_the_same_question_at_another_time_is_another_run_on_the_same_evidence(
    session: Session, dataset: Dataset
) -> None:
    first = session.stress(dataset, started_at=STARTED)
    later = session.stress(dataset, started_at="2025-01-02T00:00:00Z")
    assert later.created
    assert later.run_id != first.run_id
    assert later.evidence_ids.keys() == first.evidence_ids.keys()
    differing = [n for n, key in first.evidence_ids.items() if later.evidence_ids[n] != key]
    assert differing == ["audit_trail"]
    assert later.findings.to_dicts() == first.findings.to_dicts()
    verification = session.verify()
    assert verification.ok
    assert (verification.runs, verification.evidence, verification.findings) == (2, 4 + 2, 4)


@pytest.mark.parametrize(
    "time",
    [
        "2025-01-01T01:00:00+01:00",
        datetime(2025, 1, 1, tzinfo=UTC),
        datetime(2024, 12, 31, 19, tzinfo=timezone(timedelta(hours=-5))),
    ],
    ids=str,
)
def test_one_instant_in_any_zone_is_one_run(session: Session, dataset: Dataset, time: Any) -> None:
    first = session.stress(dataset, started_at=STARTED)
    assert session.stress(dataset, started_at=time).run_id == first.run_id


def test_parameters_that_say_the_same_are_the_same_run(session: Session, dataset: Dataset) -> None:
    first = session.stress(
        dataset, scenarios=[{"id": "a", "interest_rate_delta_pct": 2}], started_at=STARTED
    )
    again = session.stress(
        dataset, scenarios=[{"interest_rate_delta_pct": 2.0, "id": "a"}], started_at=STARTED
    )
    assert again.run_id == first.run_id


@pytest.mark.parametrize(
    "time",
    ["", "soon", "2025-01-01", "2025-01-01T00:00:00", "2025-02-30T00:00:00Z"],
)
def test_a_time_without_zone_or_sense_is_refused(
    session: Session, dataset: Dataset, time: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        session.stress(dataset, started_at=time)
    assert caught.value.where == "started_at"
    assert caught.value.code == "started_at_invalid"


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00"])
def test_a_time_beyond_the_calendar_is_refused(
    session: Session, dataset: Dataset, time: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        session.stress(dataset, started_at=time)
    assert caught.value.code == "started_at_invalid"


def test_an_engine_that_is_not_there_is_not_found(session: Session, dataset: Dataset) -> None:
    with pytest.raises(NotFound, match="debt_stress"):
        session.run("weather", dataset)


def test_a_cancelled_run_writes_nothing(session: Session, dataset: Dataset) -> None:
    control = RunControl()
    control.cancel()
    with pytest.raises(Cancelled):
        session.stress(dataset, control=control)
    assert session.runs() == []
    assert session.verify().evidence == 0


# --- what a run leaves behind


def test_a_run_leaves_one_exposure_one_audit_and_a_stress_evidence_each(
    session: Session, dataset: Dataset
) -> None:
    assert sorted(session.stress(dataset).evidence_ids) == [
        "audit_trail",
        "debt_exposure",
        "stress_test:default_wave",
        "stress_test:interest_rate_spike",
        "stress_test:market_crash",
    ]


def test_every_finding_is_linked_to_the_evidence_of_its_figure(
    session: Session, dataset: Dataset
) -> None:
    run = session.stress(dataset)
    names = ["debt_exposure", *(f"stress_test:{s.scenario_id}" for s in run.result.stress_tests)]
    for finding, name in zip(run.findings, names, strict=True):
        (evidence,) = session.trace(finding).evidence
        assert evidence["evidence_id"] == run.evidence_ids[name]
        assert evidence["figures"][finding.body["metric"]] == finding.body["value"]


def test_a_run_is_found_again_with_everything(session: Session, dataset: Dataset) -> None:
    run = session.stress(dataset, started_at=STARTED)
    found = session.run_of(run.run_id)
    assert found.result == run.result
    assert found.findings.to_dicts() == run.findings.to_dicts()
    assert found.started_at == "2025-01-01T00:00:00.000000Z"
    tables = [native.table_digest([r.table("positions").native]) for r in (run, found)]
    assert tables[0] == tables[1]


def test_of_a_run_that_is_held_no_document_is_in_memory_twice(
    session: Session, dataset: Dataset
) -> None:
    run = session.stress(dataset, started_at=STARTED)
    again = session.run_of(run.run_id)
    assert run.table("records").rows(3) is not None
    assert again.table("records").rows(3) is not None
    held = [one for one in gc.get_objects() if isinstance(one, EvidenceDraft | FindingDraft)]
    assert held == []


def test_runs_are_listed_by_dataset_newest_first(session: Session, dataset: Dataset) -> None:
    other = session.ingest(as_array(ROWS[:5]), format="json", profile="todiscope")
    asked = [session.stress(d).run_id for d in (dataset, other, dataset)]
    assert [run.run_id for run in session.runs()] == asked[::-1]
    assert [run.run_id for run in session.runs(dataset=other)] == [asked[1]]
    with pytest.raises(NotFound):
        session.run_of("run_nothing")


def test_a_table_that_the_engine_has_not_is_not_found(session: Session, dataset: Dataset) -> None:
    with pytest.raises(NotFound, match="positions"):
        session.stress(dataset).table("nothing")


def test_findings_show_markup_as_text(session: Session, dataset: Dataset) -> None:
    html = session.stress(dataset, scenarios=[{"id": "<i>"}]).findings._repr_html_()
    assert "<td>stress:&lt;i&gt;</td>" in html


# --- the way back


def test_a_trace_brings_back_exactly_the_source_bytes(session: Session, dataset: Dataset) -> None:
    source = as_array(ROWS)
    trace = session.trace(session.stress(dataset).findings[0])
    assert trace.record is not None
    expected = source[1:-1].split(b",\n ")[trace.record.record]
    assert trace.record.source_bytes == expected
    assert trace.record.source_row == trace.record.record + 1
    assert trace.merkle_root == dataset.merkle_root == trace.record.proof.root
    assert trace.record.proved


def test_a_trace_shows_another_record_when_asked(session: Session, dataset: Dataset) -> None:
    finding = session.stress(dataset).findings[0]
    trace = session.trace(finding.finding_id, record=7)
    assert trace.record is not None
    assert trace.record.record == 7
    (cell,) = [c for c in trace.record.cells if c.field == "total_outstanding"]
    assert (cell.raw, cell.state) == ("broken", "refused")
    assert cell.reason == '"broken" is not a number'


class AskedStore:
    """A store that notes what it is asked to read."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.asked.append(name)
        return getattr(self._store, name)


def test_a_trace_asks_for_little_and_for_what_never_changes_once(tmp_path: Path) -> None:
    with open_store(tmp_path / "ledger.db") as store:
        session = Session(store)
        ingested = session.ingest(as_array(ROWS), format="json", profile="todiscope")
        findings = session.stress(ingested).findings
        asked = AskedStore(store)
        reader = Session(asked)  # type: ignore[arg-type]
        reader.trace(findings[0])
        assert asked.asked == ["finding_with_evidence", "dataset", "raw_chunk"]
        asked.asked.clear()
        reader.trace(findings[1])
        assert asked.asked == ["finding_with_evidence", "raw_chunk"]


def test_a_trace_of_lines_names_the_line(session: Session) -> None:
    dataset = session.ingest(as_lines(ROWS), format="ndjson", profile="todiscope")
    for record in (0, 1, 999):
        traced = session.record(dataset, record)
        line = as_lines(ROWS).split(b"\n")[traced.source_row - 1]
        assert traced.source_bytes == line


def test_every_record_of_a_thousand_is_proved(session: Session, dataset: Dataset) -> None:
    source = as_array(ROWS)[1:-1].split(b",\n ")
    for record, expected in enumerate(source):
        traced = session.record(dataset, record)
        assert traced.source_bytes == expected
        assert traced.proof.leaf_index == record
        assert traced.proof.root == dataset.merkle_root
        assert traced.proof.verify(expected)
        assert not traced.proof.verify(expected + b" ")


def test_a_proof_of_one_record_does_not_prove_another(session: Session, dataset: Dataset) -> None:
    first, second = session.record(dataset, 0), session.record(dataset, 1)
    assert not first.proof.verify(second.source_bytes)


def test_a_proof_is_verified_offline_without_the_native_core(
    session: Session, dataset: Dataset, tmp_path: Path
) -> None:
    traced = session.record(dataset, 500)
    (tmp_path / "proof.json").write_bytes(msgspec.json.encode(traced.proof))
    (tmp_path / "leaf").write_bytes(traced.source_bytes)
    program = (
        "import sys, msgspec; from pathlib import Path;"
        "from seawall.provenance import InclusionProof;"
        "proof = msgspec.json.decode(Path('proof.json').read_bytes(), type=InclusionProof);"
        "leaf = Path('leaf').read_bytes();"
        "assert proof.verify(leaf) and not proof.verify(leaf + b'x');"
        "assert 'seawall._core' not in sys.modules; print(proof.root)"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == dataset.merkle_root


def test_a_proof_survives_its_json(session: Session, dataset: Dataset) -> None:
    traced = session.record(dataset, 999)
    again = msgspec.json.decode(msgspec.json.encode(traced.proof), type=InclusionProof)
    assert again.verify(traced.source_bytes)


@pytest.mark.parametrize("record", [-1, 1_000])
def test_a_record_that_is_not_there_is_not_found(
    session: Session, dataset: Dataset, record: int
) -> None:
    with pytest.raises(NotFound) as caught:
        session.record(dataset, record)
    assert caught.value.where == f"records[{record}]"


def test_a_finding_that_is_not_there_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        session.trace("fi_nothing")


def test_a_finding_to_which_no_record_contributes_has_none_to_show(session: Session) -> None:
    covered = {
        "source_system": "erp",
        "source_record_id": "1",
        "payload": {"financial": {"debt": {"principal": 5, "collateral": 50}}},
    }
    dataset = session.ingest(as_array([covered]), format="json", profile="todiscope")
    trace = session.trace(session.stress(dataset).findings[0])
    assert trace.finding["value"] == 0
    assert trace.record is None


def test_a_hostile_source_is_traced_byte_for_byte(session: Session) -> None:
    raw = b'{ "source_system":"\\u0065rp\\n" ,"Source Record-ID" : 1e0,"x":"\xe2\x82\xac]}" }'
    dataset = session.ingest(b"[ " + raw + b"\t]", format="json", profile="todiscope")
    traced = session.record(dataset, 0)
    assert traced.source_bytes == raw
    assert traced.proved


def test_a_loss_of_the_threshold_is_material_however_its_sum_was_rounded(session: Session) -> None:
    # Without collateral the crash's loss is its default increment, 5 %: the threshold itself.
    rows = [f"L{i},EUR,{1_000_000 / 7 + i / 3:.6f}" for i in range(400)]
    tape = "\n".join(["loan_id,currency,principal", *rows]).encode()
    run = session.stress(session.ingest(tape, format="csv"))
    (crash,) = [f for f in run.findings if f.title == "stress:market_crash"]
    assert crash.is_material


def test_a_run_tells_its_question_complete(session: Session, dataset: Dataset) -> None:
    run = session.stress(dataset, parameters={"net_exposure_materiality_threshold_pct": 0.5})
    for held in (run, session.run_of(run.run_id)):
        assert held.parameters["net_exposure_materiality_threshold_pct"] == 0.5
        assert "stress_loss_materiality_threshold_pct" in held.parameters
