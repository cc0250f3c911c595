"""Questions of a simulation over HTTP, and the audit of what was written."""

import json
from typing import Any

import pytest

from seawall.registry import ENGINES
from service.conftest import ASSUMED, RECORD, STARTED_AT, Client

RUN = f"/api/v3/engines/{ENGINES['debt_simulation'].wire_name}/run"


def simulate(client: Client, dataset: str, **parameters: Any) -> Any:
    body = {
        "dataset_version_id": dataset,
        "started_at": STARTED_AT,
        "parameters": {**ASSUMED, "scenario_count": 8192, **parameters},
    }
    found = client.post(RUN, json=body)
    assert found.status_code == 200, found.text
    return found.json()


@pytest.fixture
def book(client: Client) -> str:
    records = [{**RECORD, "source_record_id": f"loan-{n}"} for n in range(20)]
    made = client.post("/api/v3/ingest-records", json={"records": records})
    return str(made.json()["dataset_version_id"])


@pytest.fixture
def run(client: Client, book: str) -> str:
    return f"/api/v3/runs/{simulate(client, book)['run_id']}"


def test_removing_a_loan_takes_its_expected_loss_away(client: Client, run: str) -> None:
    change = {"kind": "remove", "source_record_id": "loan-1"}
    found = client.post(f"{run}/what-if", json={"changes": [change], "levels": [0.99]}).json()
    assert found["obligor_count"] == 1
    assert found["expected_loss_change"] < 0
    assert [tail["before"]["confidence_level"] for tail in found["tails"]] == [0.99]


def test_a_what_if_of_no_such_loan_names_its_place(client: Client, run: str) -> None:
    change = {"kind": "remove", "source_record_id": "nobody"}
    found = client.post(f"{run}/what-if", json={"changes": [change]})
    assert (found.status_code, found.json()["where"]) == (404, "changes[0].source_record_id")


def test_an_instrument_of_no_possible_number_is_refused_at_its_place(
    client: Client, run: str
) -> None:
    change = {"kind": "remove", "source_record_id": "loan-1", "element": 1 << 80}
    found = client.post(f"{run}/what-if", json={"changes": [change]})
    told = found.json()
    assert (found.status_code, told["detail"]) == (422, "INVALID_INPUT")


def test_reverse_stress_finds_ways_to_lose_an_amount(client: Client, run: str) -> None:
    found = client.post(f"{run}/reverse-stress", json={"loss": 1e6})
    assert found.status_code == 200, found.text
    assert found.json()["loss"] == 1e6


def test_more_defaults_cost_more(client: Client, run: str) -> None:
    bump = {"figure": "default_probability", "change": 0.5}
    found = client.post(f"{run}/sensitivities", json={"bumps": [bump]}).json()
    assert found["sensitivities"][0]["expected_loss_change"] > 0


def test_contributions_come_in_pages(client: Client, run: str) -> None:
    page = client.get(f"{run}/contributions", params={"level": 0.9, "limit": 5}).json()
    assert len(page["items"]) == 5
    assert page["continuation"]


def test_the_worst_scenario_is_explained(client: Client, run: str) -> None:
    (worst,) = client.get(f"{run}/worst-scenarios", params={"count": 1}).json()
    found = client.get(f"{run}/scenarios/{worst}", params={"limit": 1}).json()
    assert found["loss"] > 0
    assert len(found["positions"]["items"]) == 1


@pytest.mark.parametrize("name", ["limit", "continuation", "fields"])
def test_the_worst_scenarios_are_a_list_of_numbers_that_takes_no_page(
    client: Client, run: str, name: str
) -> None:
    found = client.get(f"{run}/worst-scenarios", params={"count": 3, name: "1"})
    told = found.json()
    assert (found.status_code, told["detail"], told["where"]) == (400, "QUERY_INVALID", name)


def test_two_simulations_are_compared(client: Client, book: str) -> None:
    before = simulate(client, book)["run_id"]
    after = simulate(client, book, seed=2)["run_id"]
    found = client.post("/api/v3/runs/compare", json={"before": before, "after": after}).json()
    assert [change["path"] for change in found["parameters"]] == ["seed"]
    assert found["position_count"] == 0


def test_a_run_of_another_engine_answers_no_such_question(client: Client, book: str) -> None:
    path = f"/api/v3/engines/{ENGINES['debt_stress'].wire_name}/run"
    made = client.post(path, json={"dataset_version_id": book, "started_at": STARTED_AT})
    found = client.post(f"/api/v3/runs/{made.json()['run_id']}/reverse-stress", json={"loss": 1})
    assert (found.status_code, found.json()["detail"]) == (400, "RUN_ID_INVALID")


def test_what_was_written_is_in_the_audit_once(client: Client, run: str) -> None:
    client.post(f"{run}/reverse-stress", json={"loss": 1e6})
    entries = client.get("/api/v3/audit/logs", params={"outcome": "done"}).json()["items"]
    assert [e["action"] for e in entries] == ["debt_simulation.run", "dataset.ingest"]
    exported = client.get("/api/v3/audit/logs/export").text.splitlines()
    assert [json.loads(line)["sequence"] for line in exported] == [1, 2]
