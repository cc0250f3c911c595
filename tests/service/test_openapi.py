"""The OpenAPI document is valid, complete, and readable without a network."""

import re
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from service.conftest import Client


@pytest.fixture
def document(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()


def test_every_route_of_the_contract_is_in_it(document: dict[str, Any]) -> None:
    engine = "/api/v3/engines/distressed-asset-debt-stress"
    assert {
        "/health",
        "/auth/token",
        "/api/v3/ingest-records",
        "/api/v3/ingest-file",
        "/api/v3/normalize/preview",
        "/api/v3/normalize/validate",
        "/api/v3/normalize/commit",
        f"{engine}/run",
        f"{engine}/report",
        f"{engine}/health",
        "/api/v3/engine-registry/enabled",
        "/api/v3/audit/logs",
        "/api/v3/audit/logs/export",
    } <= document["paths"].keys()


def test_every_route_states_its_answer_and_its_refusals(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        responses = operation["responses"]
        (success,) = [status for status in responses if status.startswith("2")]
        assert success == "204" or responses[success]["content"], name
        refusals = [status for status in responses if not status.startswith("2")]
        assert refusals, name
        for status in refusals:
            assert "application/json" in responses[status]["content"], name
        if operation["security"]:
            assert {"401", "403", "429", "503"} <= responses.keys(), name
        assert ("507" in responses) is not name.startswith("get"), name


def test_no_route_takes_a_parameter_that_it_does_not_state(
    client: Client, document: dict[str, Any]
) -> None:
    for name, operation in operations(document):
        if operation["security"] == [{"token": []}]:
            continue  # a key is refused before
        method, path = name.split()
        found = client.request(method, re.sub(r"\{\w+\}", "1", path) + "?surplus=1")
        assert (found.status_code, found.json()["detail"]) == (400, "QUERY_INVALID"), name
        assert found.json()["where"] == "surplus", name
        assert "400" in operation["responses"], name


def test_every_route_that_takes_a_body_states_it(document: dict[str, Any]) -> None:
    without = {
        name
        for name, operation in operations(document)
        if name.startswith(("post", "put")) and "requestBody" not in operation
    }
    assert without == {"post /api/v3/keys/{key_id}/revoke", "post /auth/revoke"}


def test_operations_have_names_of_their_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(names)) == len(names)


def test_the_parameters_of_a_run_are_in_it_with_their_limits(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    body = schemas["DebtStressRunRequest"]
    assert body["required"] == ["dataset_version_id", "started_at"]
    entry = schemas["ScenarioEntry"]
    assert entry["properties"]["collateral_market_impact_pct"]["minimum"] == -1


def test_the_page_of_the_document_needs_no_network(client: Client) -> None:
    found = client.get("/docs")
    assert found.status_code == 200
    assert "/api/v3/ingest-records" in found.text
    assert not re.search(r"<script|src=|url\(|https?://", found.text)
    assert "default-src 'none'" in found.headers["Content-Security-Policy"]


def test_a_long_answer_is_packed_where_the_caller_takes_it(client: Client) -> None:
    packed = client.get("/openapi.json", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/openapi.json", headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.json() == plain.json()


def test_every_parameter_of_a_path_or_a_query_is_described(document: dict[str, Any]) -> None:
    parameters = [
        (name, parameter)
        for name, operation in operations(document)
        for parameter in operation["parameters"]
    ]
    assert len(parameters) >= 100
    assert not [name for name, parameter in parameters if len(parameter["description"]) < 8]


def test_every_member_of_every_schema_is_described(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert len(schemas) > 150
    bare = {
        name: {
            member
            for member, said in schema.get("properties", {}).items()
            if len(said.get("description", "")) < 5
        }
        for name, schema in schemas.items()
    }
    assert {name: members for name, members in bare.items() if members} == {}


@pytest.mark.parametrize(
    ("schema", "field", "unit"),
    [
        ("ScenarioEntry", "interest_rate_delta_pct", "percentage points"),
        ("ScenarioEntry", "collateral_market_impact_pct", "fraction"),
        ("DebtStressParameters", "net_exposure_materiality_threshold_pct", "fraction"),
        ("DefaultProbabilityTerms", "assumed_pct", "percent"),
        ("SimulationParameters", "confidence_levels", "fractions"),
        ("SimulationParameters", "reverse_losses", "currency"),
    ],
)
def test_the_unit_of_a_figure_is_told(
    document: dict[str, Any], schema: str, field: str, unit: str
) -> None:
    assert unit in document["components"]["schemas"][schema]["properties"][field]["description"]
