"""What is answered in earnest is what the OpenAPI document says, with nothing beside it."""

import time
from typing import Any

import jsonschema_rs
import pytest

from seawall.registry import ENGINES
from service.conftest import ASSUMED, RECORD, STARTED_AT, Client

STRESS, SIMULATION = (ENGINES[name] for name in ("debt_stress", "debt_simulation"))

DEBT = {**RECORD["financial"]["debt"], "maturity_date": "2026-08-01"}
BOOK = [
    {**RECORD, "source_record_id": f"loan-{n}", "financial": {**RECORD["financial"], "debt": DEBT}}
    for n in range(3)
]
REFUSED = {
    **RECORD,
    "source_record_id": "half",
    "financial": {"debt": {**DEBT, "interest_rate_pct": "much"}},
}

ASKED = {
    "debt_stress": {
        "stress_scenarios": [{"id": "own", "collateral_market_impact_pct": -0.5}],
        "supervisory_scenarios": ["frb_2025_severely_adverse"],
        "horizon": {
            "months": 9,
            "as_of": "2026-01-01",
            "presets": ["severe"],
            "purchase": {"price_pct": 80, "risk_free_rate_pct": 2},
            "what_if": [
                {"kind": "equitise", "what_if_id": "half", "source_record_id": "loan-1"}
                | {"fraction": 0.5}
            ],
            "concentration_limits": {"obligor_pct": 10},
        },
    },
    "debt_simulation": {
        **ASSUMED,
        "scenario_count": 4096,
        "what_if": [
            {"what_if_id": "less", "changes": [{"kind": "remove", "source_record_id": "loan-1"}]}
        ],
        "sensitivities": [{"figure": "default_probability", "change": 0.1}],
        "reverse_losses": [100_000],
    },
}
"""A question to each engine that makes it say nearly all that it can say."""


class Described:
    """The service, and its document, which every answer is held against."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.document: dict[str, Any] = client.get("/openapi.json").json()

    def ask(self, method: str, path: str, *, json: Any = None, **told: Any) -> Any:
        """Ask an operation by its path in the document; what its path does not name is a query."""
        named = {name: told.pop(name) for name in list(told) if f"{{{name}}}" in path}
        found = self._client.request(method, path.format(**named), params=told, json=json)
        assert found.status_code < 300, found.text
        responses = self.document["paths"][path][method.lower()]["responses"]
        schema = responses[str(found.status_code)]["content"]["application/json"]["schema"]
        whole = {**schema, "components": self.document["components"]}
        (error, *_) = [*jsonschema_rs.Draft202012Validator(whole).iter_errors(found.json()), None]
        assert error is None, f"{path}: {error}"
        return found.json()

    def members(self, schema: str) -> set[str]:
        return set(self.document["components"]["schemas"][schema]["properties"])


@pytest.fixture
def described(client: Client) -> Described:
    return Described(client)


@pytest.fixture
def book(described: Described) -> str:
    body = {"records": [*BOOK, REFUSED]}
    return str(described.ask("POST", "/api/v3/ingest-records", json=body)["dataset_version_id"])


@pytest.fixture(params=[STRESS, SIMULATION], ids=lambda engine: str(engine.name))
def run(described: Described, book: str, request: pytest.FixtureRequest) -> dict[str, Any]:
    engine = request.param
    found = described.ask(
        "POST",
        f"/api/v3/engines/{engine.wire_name}/run",
        json={
            "dataset_version_id": book,
            "started_at": STARTED_AT,
            "parameters": ASKED[engine.name],
        },
    )
    return {**found, "wire_name": engine.wire_name, "engine": engine.name}


OPEN = ("queued", "running")

LISTS = {
    "/api/v3/findings": "FindingAnswer",
    "/api/v3/evidence": "EvidenceAnswer",
    "/api/v3/links": "LinkAnswer",
    "/api/v3/datasets": "DatasetAnswer",
    "/api/v3/datasets/{dataset_version_id}/rejects": "RejectItem",
    "/api/v3/runs": "RunSummary",
    "/api/v3/audit/logs": "AuditItem",
}


def test_a_list_answers_the_items_that_it_describes(
    described: Described, run: dict[str, Any]
) -> None:
    for path, kind in LISTS.items():
        place = {"dataset_version_id": run["dataset_version_id"]} if "{" in path else {}
        if path == "/api/v3/links":
            place["run_id"] = run["run_id"]
        items = described.ask("GET", path, **place)["items"]
        assert items, path
        said = described.members(f"{kind}Fields")
        assert all(item.keys() <= said for item in items), path
        name = min(set.intersection(*(set(item) for item in items)))
        (chosen, *_) = described.ask("GET", path, fields=name, **place)["items"]
        assert chosen.keys() == {name}, path


def test_a_run_answers_what_its_engine_declares(described: Described, run: dict[str, Any]) -> None:
    named = {name for name in run if "_evidence_id" in name}
    kinds = ENGINES[run["engine"]].evidence_kinds
    assert named == {kind.wire_name for kind in kinds}


def test_what_is_kept_of_a_run_is_described(described: Described, run: dict[str, Any]) -> None:
    run_id = run["run_id"]
    described.ask("GET", "/api/v3/runs/{run_id}", run_id=run_id)
    described.ask("GET", "/api/v3/runs/{run_id}", run_id=run_id, fields="result")
    described.ask("GET", "/api/v3/runs/{run_id}/evidence-names", run_id=run_id)
    for finding in described.ask("GET", "/api/v3/findings", run_id=run_id)["items"]:
        place = {"finding_id": finding["id"]}
        described.ask("GET", "/api/v3/findings/{finding_id}", **place)
        described.ask("GET", "/api/v3/findings/{finding_id}/trace", **place)
        described.ask("GET", "/api/v3/evidence/{evidence_id}", evidence_id=finding["evidence_id"])


@pytest.mark.parametrize("kind", ["standard", "granular", "aggregated"])
def test_a_report_is_described(described: Described, run: dict[str, Any], kind: str) -> None:
    described.ask(
        "POST",
        f"/api/v3/engines/{run['wire_name']}/report",
        json={
            "dataset_version_id": run["dataset_version_id"],
            "run_id": run["run_id"],
            "parameters": {"report_type": kind, "rows": 2},
        },
    )


def test_a_dataset_and_its_records_are_described(described: Described, book: str) -> None:
    place = {"dataset_version_id": book}
    described.ask("GET", "/api/v3/datasets/{dataset_version_id}", **place)
    described.ask("GET", "/api/v3/datasets/{dataset_version_id}", **place, fields="profile")
    for record in range(4):
        path = "/api/v3/datasets/{dataset_version_id}/records/{record}"
        described.ask("GET", path, **place, record=record)
    for step in ("preview", "validate"):
        found = described.ask("POST", f"/api/v3/normalize/{step}", json=place)
        assert found["rejects"]


def test_what_a_job_answers_is_described(described: Described, book: str) -> None:
    body = {"dataset_version_id": book, "started_at": STARTED_AT}
    begun = [
        described.ask("POST", "/api/v3/verify/jobs", json={}),
        *(
            described.ask(
                "POST",
                f"/api/v3/engines/{engine.wire_name}/jobs",
                json={**body, "parameters": ASKED[engine.name]},
            )
            for engine in ENGINES.values()
        ),
    ]
    for job in begun:
        place = {"job_id": job["job_id"]}
        while (now := described.ask("GET", "/api/v3/jobs/{job_id}", **place))["status"] in OPEN:
            time.sleep(0.05)
        assert now["status"] == "done", now
        described.ask("GET", "/api/v3/jobs/{job_id}/result", **place)
    assert len(described.ask("GET", "/api/v3/jobs")["items"]) == len(begun)


def test_two_simulations_compared_are_described(described: Described, book: str) -> None:
    runs = [
        described.ask(
            "POST",
            f"/api/v3/engines/{SIMULATION.wire_name}/run",
            json={
                "dataset_version_id": book,
                "started_at": STARTED_AT,
                "parameters": {
                    "default_probability": {"assumed_pct": assumed},
                    "scenario_count": 4096,
                },
            },
        )["run_id"]
        for assumed in (2, 4)
    ]
    found = described.ask(
        "POST", "/api/v3/runs/compare", json={"before": runs[0], "after": runs[1]}
    )
    assert found["position_count"] == len(found["positions"]) > 0
