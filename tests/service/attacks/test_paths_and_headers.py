"""Paths, queries and headers that are meant to get somewhere else, or into an answer or a log."""

import json

import httpx
import pytest

from service.attacks.conftest import RUN, Attacked
from service.conftest import RECORD

LISTS = ["datasets", "runs", "findings", "evidence", "jobs"]

SEGMENTS = [
    "%00",
    "%0d%0aSet-Cookie:%20a=b",
    "%0d%0a%0d%0a<script>",
    "%ff",
    "%c0%ae%c0%ae%c0%af",  # ../ in too many bytes
    "%e0%80%ae",
    "%ed%a0%80",
    "%252e%252e%252f",
    "%u002e",
    "%",
    "%zz",
    "..%2f..%2f..%2fetc%2fpasswd",
    "..%5c..%5c",
    "....//",
    "'%20OR%20'1'='1",
    "';DROP%20TABLE%20run;--",
    "*",
    "$%7B7*7%7D",
    "{{7*7}}",
    "%E2%80%AEdetsni",  # right to left
    "-1",
    "9" * 300,
    "9" * 5_000,
    "a" * 60_000,
]


def is_refusal(body: bytes, *codes: str) -> bool:
    told = json.loads(body)
    return set(told) == {"detail", "message", "where", "request_id"} and (
        not codes or told["detail"] in codes
    )


@pytest.mark.parametrize("segment", SEGMENTS, ids=[one[:30] for one in SEGMENTS])
def test_no_segment_of_a_path_gets_anywhere(attacked: Attacked, segment: str) -> None:
    paths = [f"/api/v3/{name}/{segment}" for name in LISTS]
    paths += [
        f"/{segment}",
        f"/docs/{segment}",
        f"/api/v3/datasets/x/records/{segment}",
        f"/api/v3/runs/x/tables/{segment}",
        f"/api/v3/findings/{segment}/trace",
        f"/api/v3/jobs/{segment}/result",
        f"/api/v3/engine-registry/{segment}/switch",
    ]
    for path in paths:
        status, headers, body = attacked.raw(attacked.head(f"GET {path} HTTP/1.1"))
        assert status in (400, 404, 405), path
        assert is_refusal(body), path
        assert len(body) < 2_048, path
        assert "set-cookie" not in headers
        assert headers["content-type"] == "application/json"
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/%2e%2e/%2e%2e/etc/passwd",
        "/docs/../../../etc/passwd",
        "/docs/%2e%2e/api/v3/keys",
        "//etc/passwd",
        "/api/v3//datasets/../keys",
        "http://elsewhere/etc/passwd",
        "file:///etc/passwd",
        "/\\..\\..\\etc\\passwd",
    ],
)
def test_no_path_leaves_the_routes(attacked: Attacked, path: str) -> None:
    status, _, body = attacked.raw(attacked.head(f"GET {path} HTTP/1.1"))
    assert status in (400, 404)
    assert is_refusal(body, "NOT_FOUND", "REQUEST_INVALID")


@pytest.mark.parametrize(
    "query",
    [
        "limit=%00",
        "limit=" + "9" * 5_000,
        "limit=1&limit=2",
        "limit=1e999",
        "limit=NaN",
        "limit=-1",
        "fields=%ff",
        "fields=" + "a," * 600,
        "continuation=%00",
        "continuation=" + "A" * 5_000,
        "continuation=%F0%9F%92%A9",
        "%ed%a0%80=1",
        "a[]=1",
        "&".join(f"a{index}=1" for index in range(60)),
        "x=" + "a" * 50_000,
    ],
    ids=lambda query: query[:30],
)
def test_no_query_gets_anywhere(attacked: Attacked, query: str) -> None:
    for name in LISTS:
        status, _, body = attacked.raw(attacked.head(f"GET /api/v3/{name}?{query} HTTP/1.1"))
        assert status == 400
        assert is_refusal(body, "QUERY_INVALID", "CONTINUATION_INVALID")
        assert len(body) < 2_048


def test_what_a_dataset_is_asked_for_has_bounds(attacked: Attacked) -> None:
    """Numbers that no row has, where there is a dataset."""
    with httpx.Client(base_url=attacked.address, headers=attacked.headers) as client:
        made = client.post("/api/v3/ingest-records", json={"records": [RECORD]}).json()
        version = made["dataset_version_id"]
        body = {"dataset_version_id": version, "started_at": "2026-01-01T00:00:00Z"}
        run = client.post(RUN, json=body).json()
        finding = run["material_findings"][0]["id"]
        for number in (-1, 1, 2**31, 2**32, 2**63 - 1, 2**63, 2**64, 10**30):
            for path in (
                f"/api/v3/datasets/{version}/records/{number}",
                f"/api/v3/findings/{finding}/trace?record={number}",
            ):
                found = client.get(path)
                assert found.status_code in (400, 404, 422), (path, found.text)
                assert is_refusal(found.content)


@pytest.mark.parametrize(
    "given",
    [
        "a b",
        "a\tb",
        "é",
        "<script>",
        "a" * 65,
        "a" * 10_000,
        "a;b",
        "%0d%0a",
        "\x7f",
        "\x1b[2J",
        "a\x00b",
        "a\rb",
        "a\nX-Evil: 1",
        "",
    ],
    ids=lambda given: ascii(given)[:30],
)
def test_a_request_id_that_is_no_plain_word_is_replaced_or_refused(
    attacked: Attacked, given: str
) -> None:
    asked = attacked.head("GET /health HTTP/1.1", f"X-Request-ID: {given}")
    status, headers, _ = attacked.raw(asked)
    assert status in (200, 400)
    assert headers["x-request-id"] != given
    assert headers["x-request-id"].isalnum()
    assert "x-evil" not in headers


def test_two_request_ids_are_none(attacked: Attacked) -> None:
    asked = attacked.head("GET /health HTTP/1.1", "X-Request-ID: a", "X-Request-ID: b")
    assert attacked.raw(asked)[1]["x-request-id"] not in ("a", "b", "a, b")


@pytest.mark.parametrize(
    "line",
    [
        "X-A: b\r\n c",  # a folded line
        "X-A : b",
        "X-A\x00: b",
        ": b",
        "X-A: b\x00c",
        "X-A: b\rX-B: c",
        "X A: b",
        "X-A",
    ],
    ids=ascii,
)
def test_a_malformed_header_is_refused(attacked: Attacked, line: str) -> None:
    status, headers, body = attacked.raw(attacked.head("GET /health HTTP/1.1", line))
    assert status == 400
    assert is_refusal(body, "REQUEST_INVALID")
    assert headers["connection"] == "close"


@pytest.mark.parametrize(
    "line",
    [
        "GET /health HTTP/3.0",
        "GET /health HTTP/1.1 x",
        "GET  HTTP/1.1",
        "GET health HTTP/1.1",
        "GET /he\talth HTTP/1.1",
        "GET /h\xe9 HTTP/1.1",
        "G\x00T /health HTTP/1.1",
        "BREW /health HTTP/1.1",
        "CONNECT here:1 HTTP/1.1",
        "PRI * HTTP/2.0",
        "\x16\x03\x01\x02",
    ],
    ids=ascii,
)
def test_a_malformed_request_line_is_refused(attacked: Attacked, line: str) -> None:
    status, _, body = attacked.raw(attacked.head(line))
    assert status in (400, 404, 405)
    assert is_refusal(body)


def test_an_upgrade_is_not_made(attacked: Attacked) -> None:
    for kind in ("websocket", "h2c", "TLS/1.3"):
        asked = f"GET /health HTTP/1.1\r\nHost: a\r\nConnection: upgrade, close\r\nUpgrade: {kind}"
        assert attacked.raw(asked.encode() + b"\r\n\r\n")[0] == 200


def test_a_second_request_in_the_body_of_a_first_is_not_answered(attacked: Attacked) -> None:
    inner = b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
    asked = attacked.head(f"POST {RUN} HTTP/1.1", f"Content-Length: {len(inner)}")
    status, _, body = attacked.raw(asked, inner)
    assert status == 400
    assert is_refusal(body, "BODY_INVALID")


def test_what_a_caller_writes_is_one_entry_of_the_audit(attacked: Attacked) -> None:
    """A refused path with a line's end in it is told inside a string, and cut."""
    evil = '%0a{"action":"forged"}%0d%1b[2J' + "a" * 5_000
    lines = f"GET /api/v3/{evil} HTTP/1.1\r\nHost: a\r\nX-API-Key: no\r\nConnection: close\r\n\r\n"
    assert attacked.raw(lines.encode())[0] == 401
    with httpx.Client(base_url=attacked.address, headers=attacked.headers) as client:
        assert "forged" not in {one["action"] for one in _audit(client)}
        exported = client.get("/api/v3/audit/logs/export").text
    for line in exported.splitlines():
        entry = json.loads(line)
        assert entry["action"] != "forged"
        assert len(line) < 4_096


def _audit(client: httpx.Client) -> list[dict[str, str]]:
    found: list[dict[str, str]] = client.get("/api/v3/audit/logs?limit=1000").json()["items"]
    return found
