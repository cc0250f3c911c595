"""What the OpenAPI document says of bodies is what the service takes."""

from typing import Any

import jsonschema_rs
import pytest

from seawall.service.access.roles import ROLES
from service.conftest import Client

INGEST, PREVIEW, KEYS = "/api/v3/ingest-records", "/api/v3/normalize/preview", "/api/v3/keys"


@pytest.fixture
def document(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def allows(document: dict[str, Any], path: str, body: Any) -> bool:
    """Whether the document allows a body."""
    content = document["paths"][path]["post"]["requestBody"]["content"]
    whole = {**content["application/json"]["schema"], "components": document["components"]}
    return bool(jsonschema_rs.Draft202012Validator(whole).is_valid(body))


@pytest.mark.parametrize("schema", ["IngestRecords", "NormalizeRequest"])
def test_the_record_of_the_document_is_accepted_whole(
    client: Client, document: dict[str, Any], schema: str
) -> None:
    record = document["components"]["schemas"][schema]["properties"]["records"]["items"]
    (example,) = record["examples"]
    body = {"records": [example]}
    for path in (INGEST, PREVIEW):
        assert allows(document, path, body)
        assert client.post(path, json=body).status_code == 200
    found = client.post(PREVIEW, json=body).json()
    assert (found["rejects"], found["summary"]["unread_fields"]) == ([], [])


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"source_system": "core"},
        {"source_system": "core", "source_record_id": " "},
        {"source_system": "", "source_record_id": "1"},
    ],
)
def test_a_record_without_its_key_is_neither_allowed_nor_taken(
    client: Client, document: dict[str, Any], record: dict[str, Any]
) -> None:
    for path in (INGEST, PREVIEW):
        assert not allows(document, path, {"records": [record]})
        assert client.post(path, json={"records": [record]}).status_code == 400
        assert allows(document, path, {"records": [record], "profile": "another"})


@pytest.mark.parametrize(
    ("key", "is_one"),
    [
        ({"name": "a reader", "roles": ["read"]}, True),
        ({"name": "all", "roles": list(ROLES), "expires_at": "2999-01-01T00:00:00Z"}, True),
        ({"name": "", "roles": ["read"]}, False),
        ({"name": "a" * 65, "roles": ["read"]}, False),
        ({"name": "x\n", "roles": ["read"]}, False),
        ({"name": "a reader", "roles": []}, False),
        ({"name": "a reader", "roles": ["write"]}, False),
    ],
)
def test_a_key_is_made_of_what_the_document_allows(
    client: Client, document: dict[str, Any], key: dict[str, Any], is_one: bool
) -> None:
    assert allows(document, KEYS, key) is is_one
    assert client.post(KEYS, json=key).status_code == (201 if is_one else 422)
