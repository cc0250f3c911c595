"""Contract §6: what the public peer of this engine gets wrong, each as a fact about ours."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import apsw
import pytest

from seawall.errors import CurrencyMixed, DatasetRefused, NotFound, SourceUnreadable
from seawall.session import Dataset, Session
from seawall.session.codec import decompress

from .books import contract_record, debt, encode, record

STARTED = "2025-01-01T00:00:00Z"
OpenSession = Callable[..., Session]


def ingest(session: Session, *records: dict[str, Any], **options: Any) -> Dataset:
    return session.ingest(encode(*records), format="json", profile="todiscope", **options)


def total(session: Session, *records: dict[str, Any]) -> float:
    found = session.stress(ingest(session, *records)).result.debt_exposure
    return float(found.total_outstanding)


def rejects(session: Session, *records: dict[str, Any]) -> list[tuple[str, str, str]]:
    tape = session.read(encode(*records), format="json", profile="todiscope")
    return [(r["field"], r["value"], r["rule"]) for r in tape.rejects.rows()]


# --- uses one record of the dataset only


def test_every_record_of_a_dataset_is_used(session: Session) -> None:
    records = [debt(str(i), principal=10 + i) for i in range(700)]
    assert total(session, *records) == sum(10 + i for i in range(700))


# --- one parameter set a dataset (409 afterwards)


def test_a_dataset_takes_any_number_of_parameter_sets(session: Session) -> None:
    dataset = ingest(session, contract_record())
    runs = [
        session.stress(
            dataset,
            scenarios=[{"id": "own", "default_risk_increment_pct": share}],
            started_at=STARTED,
        )
        for share in (0.1, 0.2, 0.3)
    ]
    assert len({run.run_id for run in runs}) == 3
    losses = [run.result.stress_tests[3].loss_estimate for run in runs]
    assert losses == [100_000, 200_000, 300_000]
    assert all(run.created for run in runs)
    assert session.verify().ok


# --- 20 identical concurrent first runs give 19 × 500


def test_twenty_identical_first_runs_at_once_are_one_run(session: Session) -> None:
    dataset = ingest(session, contract_record())
    barrier = Barrier(20)

    def ask(_: int) -> Any:
        barrier.wait()
        return session.stress(dataset, started_at=STARTED)

    with ThreadPoolExecutor(20) as pool:
        runs = list(pool.map(ask, range(20)))
    assert len({run.run_id for run in runs}) == 1
    assert len({tuple(f.finding_id for f in run.findings) for run in runs}) == 1
    assert len({tuple(sorted(run.evidence_ids.items())) for run in runs}) == 1
    assert sum(run.created for run in runs) == 1
    assert len(session.runs()) == 1


def test_twenty_identical_first_runs_of_four_writers_are_one_run(open_session: OpenSession) -> None:
    sessions = [open_session() for _ in range(4)]
    dataset = ingest(sessions[0], contract_record())
    barrier = Barrier(20)

    def ask(index: int) -> Any:
        barrier.wait()
        return sessions[index % 4].stress(dataset.dataset_version_id, started_at=STARTED)

    with ThreadPoolExecutor(20) as pool:
        runs = list(pool.map(ask, range(20)))
    assert len({run.run_id for run in runs}) == 1
    assert sum(run.created for run in runs) == 1
    assert sessions[3].verify().ok


def test_twenty_identical_first_ingests_at_once_are_one_dataset(session: Session) -> None:
    barrier = Barrier(20)

    def bring(_: int) -> Dataset:
        barrier.wait()
        return ingest(session, contract_record())

    with ThreadPoolExecutor(20) as pool:
        datasets = list(pool.map(bring, range(20)))
    assert len({dataset.dataset_version_id for dataset in datasets}) == 1
    assert sum(dataset.created for dataset in datasets) == 1
    assert len(session.datasets()) == 1


# --- adds 100 USD to 10,000 JPY and calls it EUR


def test_amounts_of_two_currencies_are_never_added_up(session: Session) -> None:
    dataset = ingest(
        session,
        debt("1", principal=100, currency="USD"),
        debt("2", principal=10_000, currency="JPY"),
    )
    with pytest.raises(CurrencyMixed) as caught:
        session.stress(dataset)
    assert caught.value.where == "currency"
    assert "JPY 1, USD 1" in caught.value.message
    assert session.runs() == []


def test_a_book_in_yen_is_called_yen(session: Session) -> None:
    run = session.stress(ingest(session, debt(principal=10_000, currency="jpy")))
    assert run.result.currency == "JPY"


# --- an explicit 0 falls through to the next alias


@pytest.mark.parametrize("zero", [0, 0.0, "0", "0.00", -0.0])
def test_an_explicit_zero_counts(session: Session, zero: object) -> None:
    assert total(session, debt(total_outstanding=zero, principal=700)) == 0
    exposed = session.stress(
        ingest(session, debt(principal=100, collateral_value=zero, collateral=70))
    )
    assert exposed.result.debt_exposure.collateral_value == 0


def test_debt_level_collateral_of_zero_is_given(session: Session) -> None:
    own = debt(collateral_value=0, instruments=[{"principal": 100, "collateral": 60}])
    run = session.stress(ingest(session, own))
    assert run.result.debt_exposure.collateral_value == 0


# --- "nan", booleans and negative collateral are accepted as numbers

BAD = ["nan", "NaN", "nan(1)", "inf", "-Infinity", True, False, "true", -1, "-0.01", "1e999"]


@pytest.mark.parametrize("bad", BAD, ids=str)
@pytest.mark.parametrize("field", ["total_outstanding", "interest_rate_pct", "collateral_value"])
def test_a_bad_figure_is_refused_with_a_reject(session: Session, field: str, bad: object) -> None:
    shown = str(bad).lower() if isinstance(bad, bool) else str(bad)
    found = rejects(session, debt(**{"principal": 5, "rate_pct": 5, field: bad}))
    assert [(name, value) for name, value, _ in found] == [(field, shown)]


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_a_bad_figure_of_a_list_is_refused_with_a_reject(session: Session, bad: object) -> None:
    asset = {"value": bad, "recovery": 50}
    found = rejects(session, record({"distressed_assets": [asset]}))
    assert [name for name, *_ in found] == ["distressed_assets[0].value"]


def test_negative_collateral_does_not_raise_the_exposure(session: Session) -> None:
    run = session.stress(ingest(session, debt(principal=100, collateral_value=-50)))
    assert run.result.debt_exposure.net_exposure_after_recovery == 100


# --- bad amounts become 0.0 silently


@pytest.mark.parametrize("bad", ["12a", "1,000", [], {}, [1], {"amount": 5}, "EUR 5"], ids=str)
def test_a_bad_amount_is_absent_and_never_silent(session: Session, bad: object) -> None:
    tape = session.read(encode(debt(total_outstanding=bad)), format="json", profile="todiscope")
    assert tape.records["total_outstanding"].to_pylist() == [None]
    assert [row["field"] for row in tape.rejects.rows()] == ["total_outstanding"]


def test_assets_that_are_a_list_are_never_silently_zero(session: Session) -> None:
    found = rejects(session, record({"financial": {"debt": {"principal": 5}, "assets": [1, 2]}}))
    assert [name for name, *_ in found] == ["assets_value"]


@pytest.mark.parametrize(
    "payload",
    [
        {"financial": {"debt": 1_000_000}},
        {"financial": {"debt": [{"principal": 1_000_000}]}},
        {"financial": "1,000,000"},
        json.dumps({"financial": {"debt": {"principal": 1_000_000}}}),
    ],
    ids=["debt-number", "debt-list", "financial-text", "payload-text"],
)
def test_debt_in_a_shape_that_cannot_be_read_is_never_silently_zero(
    session: Session, payload: Any
) -> None:
    assert rejects(session, record(payload)) != []


def test_an_unreadable_instrument_is_refused_by_its_position(session: Session) -> None:
    instruments = [{"principal": 5}, {"principal": "x"}, {"rate_pct": 5}, 7]
    found = rejects(session, debt(instruments=instruments))
    assert found == [
        ("instruments[1].principal", "x", "not_a_number"),
        ("instruments[2].principal", "", "required_missing"),
        ("instruments[3]", "", "unexpected_structure"),
    ]
    assert total(session, debt(instruments=instruments)) == 5


def test_instruments_inside_a_wrapper_and_beside_it_are_not_counted_twice(session: Session) -> None:
    financial = {"debt": {"instruments": [{"principal": 100}]}}
    both = {**record({"financial": financial}), "financial": financial}
    tape = session.read(encode(both), format="json", profile="todiscope")
    assert len(tape.lists["instruments"]) < 2
    assert len(tape.rejects) == 1


# --- rate shock never reaches the loss


def test_a_rate_shock_reaches_the_interest_and_the_assumption_is_stated(session: Session) -> None:
    run = session.stress(
        ingest(session, contract_record()), scenarios=[{"id": "r", "interest_rate_delta_pct": 10}]
    )
    shocked = run.result.stress_tests[3]
    assert shocked.interest_payment == pytest.approx(150_000, rel=1e-12)
    assert shocked.loss_estimate == 0
    assert any("rate shock" in assumption for assumption in run.result.assumptions)


# --- failed ingest leaves an orphan dataset version


@pytest.mark.parametrize(
    ("data", "failure"),
    [
        (b'[{"source_system":"a"', SourceUnreadable),
        (b'[{"source_system":"a"}]', DatasetRefused),
        (b"[1, 2]", DatasetRefused),
    ],
)
def test_a_failed_ingest_leaves_no_row_anywhere(
    session: Session, tmp_path: Path, data: bytes, failure: type[Exception]
) -> None:
    with pytest.raises(failure):
        session.ingest(data, format="json", profile="todiscope")
    assert session.datasets() == []
    assert session.verify().datasets == 0
    assert row_counts(tmp_path / "ledger.db") == dict.fromkeys(TABLES, 0)


TABLES = ("dataset_version", "raw_chunk", "derivation", "derived_table", "evidence", "run")


def row_counts(path: Path) -> dict[str, int]:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    counts = {t: connection.execute(f"SELECT count(*) FROM {t}").get for t in TABLES}
    connection.close()
    return counts


# --- whole payload stored twice


def test_the_payload_is_stored_once(session: Session, tmp_path: Path) -> None:
    marker = "only-in-the-source-" * 3
    dataset = ingest(session, *[record({"remark": f"{marker}{i}"}, str(i)) for i in range(300)])
    session.stress(dataset)
    connection = apsw.Connection(str(tmp_path / "ledger.db"), flags=apsw.SQLITE_OPEN_READONLY)
    chunks = connection.execute("SELECT payload, payload_size, codec FROM raw_chunk").fetchall()
    blocks = b"".join(decompress(p, size=size, codec=codec) for p, size, codec in chunks)
    assert blocks.count(marker.encode()) == 300
    derived = dataset.records.to_arrow().to_pylist()
    assert marker not in str(derived)
    connection.close()
    assert marker.encode() not in (tmp_path / "ledger.db").read_bytes()


# --- immutability only in the ORM


@pytest.mark.parametrize("table", [*TABLES, "finding", "link", "run_members"])
def test_the_database_itself_refuses_a_change(session: Session, tmp_path: Path, table: str) -> None:
    session.stress(ingest(session, contract_record()))
    connection = apsw.Connection(str(tmp_path / "ledger.db"))
    column = "run_number" if table == "run_members" else "tenant"
    for change in (f"UPDATE {table} SET {column} = 7", f"DELETE FROM {table}"):
        with pytest.raises(apsw.ConstraintError, match="IMMUTABLE"):
            connection.execute(change)
    connection.close()


# --- every API key is the same actor


def test_who_wrote_is_recorded_and_the_first_writer_stays(
    open_session: OpenSession, tmp_path: Path
) -> None:
    ada, bob = open_session(actor="ada"), open_session(actor="bob")
    dataset = ingest(ada, contract_record())
    ada.stress(dataset, started_at=STARTED)
    bob.stress(ingest(bob, contract_record()), started_at=STARTED)
    bob.stress(dataset.dataset_version_id, started_at="2025-01-02T00:00:00Z")
    connection = apsw.Connection(str(tmp_path / "ledger.db"), flags=apsw.SQLITE_OPEN_READONLY)
    assert connection.execute("SELECT created_by FROM dataset_version").fetchall() == [("ada",)]
    actors = connection.execute("SELECT created_by FROM run ORDER BY started_at").fetchall()
    assert actors == [("ada",), ("bob",)]
    connection.close()


# --- reads what is there


def test_a_dataset_that_is_not_there_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        session.stress("dv_nothing")


def test_a_position_is_known_by_its_place_in_the_source(session: Session) -> None:
    instruments = [{"principal": "x"}, {"principal": 5}, {"principal": 7}]
    dataset = session.ingest(
        json.dumps([debt(instruments=instruments)]).encode(), profile="todiscope", format="json"
    )
    positions = session.stress(dataset).table("positions").rows()
    assert [(row["element"], row["principal"]) for row in positions] == [(1, 5.0), (2, 7.0)]


def test_instruments_in_another_currency_than_their_record_are_refused(session: Session) -> None:
    instruments = [
        {"principal": 100, "currency": "USD"},
        {"principal": 10_000, "currency": "JPY"},
        {"principal": 5, "currency": "eur"},
    ]
    payload = debt(instruments=instruments)
    assert [rule for *_, rule in rejects(session, payload)] == ["currency_differs"] * 2
    assert total(session, payload) == 5


def test_a_record_without_any_total_is_counted(session: Session) -> None:
    dataset = session.ingest(
        json.dumps([debt(outstanding_amount=1_000_000)]).encode(),
        profile="todiscope",
        format="json",
    )
    assert session.stress(dataset).result.total_missing_count == 1
    assert any("outstanding_amount" in name for name in dataset.summary.unread_fields)


def test_a_record_that_names_no_obligor_is_nobody_else_s(session: Session) -> None:
    def loan(system: str, name: str, **more: str) -> dict[str, Any]:
        return {
            "source_system": system,
            "source_record_id": name,
            "financial": {"debt": {"principal": 1}},
            **more,
        }

    records = [loan("a", "L1"), loan("b", "L1"), loan("a", "L2", obligor_id="L1")]
    dataset = session.ingest(json.dumps(records).encode(), profile="todiscope", format="json")
    assert session.stress(dataset).result.obligor_count == 3
