"""Runs over HTTP: the contract's figures, its names, and the same answer every time."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from service.conftest import RECORD, REPORT, RUN, STARTED_AT, Client


def ask(client: Client, dataset: str, **parameters: Any) -> Any:
    body = {"dataset_version_id": dataset, "started_at": STARTED_AT, "parameters": parameters}
    return client.post(RUN, json=body)


def test_a_run_answers_the_contracts_figures(client: Client, dataset: str) -> None:
    found = ask(client, dataset).json()
    assert found["report"]["debt_exposure"]["net_exposure_after_recovery"] == 105_000
    losses = [round(test["loss_estimate"], 6) for test in found["report"]["stress_tests"]]
    assert losses == [64_750, 259_250, 205_750]


def test_a_run_answers_what_is_kept_of_it(client: Client, dataset: str) -> None:
    found = ask(client, dataset, net_exposure_materiality_threshold_pct=0.5).json()
    kept = client.get(f"/api/v3/runs/{found['run_id']}").json()
    assert found["report"].pop("metadata")["run_id"] == found["run_id"]
    assert found["report"] == kept["result"]
    assert found["assumptions"] == kept["result"]["assumptions"]
    material = [finding for finding in kept["findings"] if finding["is_material"]]
    assert found["material_findings"] == material
    assert 0 < len(material) < len(kept["findings"])


def test_a_run_names_its_evidence_by_kind_and_scenario(client: Client, dataset: str) -> None:
    found = ask(client, dataset).json()
    assert found["debt_exposure_evidence_id"].startswith("ev_")
    assert found["audit_trail_evidence_id"].startswith("ev_")
    named = found["stress_test_evidence_ids"]
    assert named.keys() == {"interest_rate_spike", "market_crash", "default_wave"}


def test_twenty_identical_first_runs_at_once_are_one_run(client: Client, dataset: str) -> None:
    with ThreadPoolExecutor(20) as callers:
        found = list(callers.map(lambda _: ask(client, dataset), range(20)))
    assert {answer.status_code for answer in found} == {200}
    assert len({answer.content for answer in found}) == 1


def test_a_new_run_is_in_the_audit_once_with_its_request(client: Client, dataset: str) -> None:
    asked = {"dataset_version_id": dataset, "started_at": STARTED_AT}
    for name in ("first", "second"):
        client.post(RUN, json=asked, headers={"X-Request-ID": name})
    entries = client.get("/api/v3/audit/logs", params={"action": "debt_stress.run"}).json()["items"]
    assert [entry["request_id"] for entry in entries] == ["first"]
    assert entries[0]["subject"] == client.post(RUN, json=asked).json()["run_id"]


def test_another_parameter_is_another_run(client: Client, dataset: str) -> None:
    first = ask(client, dataset).json()
    other = ask(client, dataset, net_exposure_materiality_threshold_pct=0.5).json()
    assert first["run_id"] != other["run_id"]
    assert first["debt_exposure_evidence_id"] == other["debt_exposure_evidence_id"]


def test_a_report_tells_what_its_type_asks(client: Client, dataset: str) -> None:
    run = ask(client, dataset).json()["run_id"]

    def report(report_type: str) -> Any:
        body = {
            "dataset_version_id": dataset,
            "run_id": run,
            "parameters": {"report_type": report_type},
        }
        return client.post(REPORT, json=body).json()

    assert report("standard")["report"]["debt_exposure"]["total_outstanding"] == 1_000_000
    rows = report("granular")["report"]["tables"]["records"]["rows"]
    assert [row["source_record_id"] for row in rows] == ["loan-1"]
    assert report("aggregated")["report"]["findings"]["count"] == 4


def test_the_same_records_are_the_same_version(client: Client, dataset: str) -> None:
    again = client.post("/api/v3/ingest-records", json={"records": [RECORD]}).json()
    assert again["dataset_version_id"] == dataset
    assert again["raw_records_written"] == 0
