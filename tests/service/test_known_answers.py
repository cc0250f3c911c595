"""Answers kept under the bytes of their questions: the same bytes, to the same tenant only."""

import msgspec

from seawall.service.access.doors import Access
from seawall.service.access.roles import ROLES
from seawall.service.parts import Service
from service.conftest import RUN, STARTED_AT, Client, key_of

SWITCH = "/api/v3/engine-registry/distressed-asset-debt-stress/switch"


def question(dataset: str, **parameters: object) -> bytes:
    asked = {"dataset_version_id": dataset, "started_at": STARTED_AT, "parameters": parameters}
    return msgspec.json.encode(asked)


def post(client: Client, body: bytes, *, encoding: str = "identity") -> bytes:
    headers = {"content-type": "application/json", "accept-encoding": encoding}
    answer = client.post(RUN, content=body, headers=headers)
    assert answer.status_code == 200
    assert answer.headers.get("content-encoding", "identity") == encoding
    return answer.content


def test_a_question_asked_three_times_is_answered_from_memory_with_the_same_bytes(
    client: Client, service: Service, dataset: str
) -> None:
    body = question(dataset)
    assert len({post(client, body) for _ in range(3)}) == 1
    assert service.known.use().entries == 1
    assert service.known.use().hits == 1


def test_what_was_asked_once_is_not_kept(client: Client, service: Service, dataset: str) -> None:
    post(client, question(dataset))
    assert service.known.use().entries == 0


def test_a_packed_answer_is_the_plain_one(client: Client, dataset: str) -> None:
    body = question(dataset)
    plain = post(client, body)
    for _ in range(3):  # made, kept, known
        assert post(client, body, encoding="gzip") == plain


def test_a_known_answer_is_not_packed_for_who_refuses_it(
    client: Client, service: Service, dataset: str
) -> None:
    body = question(dataset)
    for _ in range(3):
        plain = post(client, body, encoding="gzip")
    headers = {"content-type": "application/json", "accept-encoding": "gzip;q=0, identity"}
    found = client.post(RUN, content=body, headers=headers)
    assert "content-encoding" not in found.headers
    assert found.content == plain
    assert service.known.use().hits == 2


def test_the_packed_form_of_the_first_answer_is_right_too(client: Client, dataset: str) -> None:
    body = question(dataset)
    assert post(client, body, encoding="gzip") == post(client, body)


def test_another_tenant_does_not_get_a_known_answer(
    client: Client, access: Access, dataset: str
) -> None:
    body = question(dataset)
    for _ in range(3):
        post(client, body)
    stranger = {"x-api-key": key_of(access, *ROLES, tenant="other", name="stranger")}
    access.directory.refresh()
    answer = client.post(RUN, content=body, headers=stranger)
    assert answer.status_code == 404


def test_a_known_answer_is_not_given_while_the_engine_is_off(
    client: Client, service: Service, dataset: str
) -> None:
    body = question(dataset)
    for _ in range(3):
        post(client, body)
    client.put(SWITCH, json={"enabled": False, "reason": "a test"})
    assert client.post(RUN, content=body).status_code == 503


def test_a_known_answer_needs_the_kind_of_body(client: Client, dataset: str) -> None:
    body = question(dataset)
    for _ in range(3):
        post(client, body)
    refused = client.post(RUN, content=body, headers={"content-type": "text/plain"})
    assert refused.status_code == 415
