"""Bodies that are meant to break the service: refused with a code, in little memory."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from service.attacks.conftest import RUN, Attacked
from service.conftest import RECORD, STARTED_AT

INGEST = "/api/v3/ingest-records"
PREVIEW = "/api/v3/normalize/preview"
FILE = "/api/v3/ingest-file"
MAX_GROWTH_BYTES = 64 << 20

BOMB = gzip.compress(bytes(1 << 20), 9) * 256  # members that follow each other: 256 MiB
DEEP = 100_000
DIGITS = 100_000


def _records(inside: bytes) -> bytes:
    return b'{"records":[{"source_system":"a","source_record_id":"b",%s}]}' % inside


# Code by body. Each is sent to every route that takes such a body.
RECORD_BODIES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "BODY_INVALID"),
    "no JSON": (b"records=1", "BODY_INVALID"),
    "half": (b'{"records":[', "BODY_INVALID"),
    "two values": (b'{"records":[]}{}', "BODY_INVALID"),
    "lists nested deeply": (_records(b'"a":' + b"[" * DEEP + b"]" * DEEP), "LIMIT_EXCEEDED"),
    "objects nested deeply": (
        _records(b'"a":' + b'{"a":' * DEEP + b"1" + b"}" * DEEP),
        "LIMIT_EXCEEDED",
    ),
    "an envelope nested deeply": (b"[" * DEEP, "LIMIT_EXCEEDED"),
    "NaN": (_records(b'"financial":{"debt":{"total_outstanding":NaN}}'), "BODY_INVALID"),
    "Infinity": (_records(b'"financial":{"debt":{"total_outstanding":-Infinity}}'), "BODY_INVALID"),
    "invalid UTF-8": (_records(b'"name":"\xff\xfe"'), "BODY_INVALID"),
    "overlong UTF-8": (_records(b'"name":"\xc0\xaf"'), "BODY_INVALID"),
    "a surrogate in UTF-8": (_records(b'"name":"\xed\xa0\x80"'), "BODY_INVALID"),
    "a lone surrogate": (_records(b'"name":"\\ud800"'), "BODY_INVALID"),
    "a NUL": (_records(b'"name":"\x00"'), "BODY_INVALID"),
    "a byte order mark": (b"\xef\xbb\xbf" + _records(b'"name":"a"'), "BODY_INVALID"),
    "UTF-16": (_records(b'"name":"a"').decode().encode("utf-16"), "BODY_INVALID"),
    "a key that stands twice in a record": (_records(b'"name":"a","name":"b"'), "DATASET_REFUSED"),
    "a key that stands twice in the envelope": (
        b'{"profile":"todiscope","profile":"x",' + _records(b'"name":"a"')[1:],
        "BODY_INVALID",
    ),
    "records twice": (_records(b'"name":"a"')[:-1] + b',"records":[]}', "BODY_INVALID"),
    "a comment": (_records(b'"name":/* */"a"'), "BODY_INVALID"),
    "a comma too many": (_records(b'"name":"a",'), "BODY_INVALID"),
}

SHOWN_BY_PREVIEW = {"a key that stands twice in a record"}
"""What a preview shows as refused, in place of refusing it."""

# Code by question. `known` and `parameter` are what the route takes (see `asked`).
QUESTIONS: dict[str, tuple[bytes, str]] = {
    "lists nested deeply": (
        b'{known,"parameters":' + b"[" * DEEP + b"]" * DEEP + b"}",
        "LIMIT_EXCEEDED",
    ),
    "objects nested deeply": (
        b'{known,"parameters":' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"}",
        "LIMIT_EXCEEDED",
    ),
    "NaN": (b'{known,"parameters":{"loan_loss_pct":NaN}}', "BODY_INVALID"),
    "a number beyond all": (b'{known,"parameters":{"loan_loss_pct":1e999}}', "BODY_INVALID"),
    "a number of many digits": (
        b'{known,"parameters":{"loan_loss_pct":%s}}' % (b"9" * DIGITS),
        "BODY_INVALID",
    ),
    "invalid UTF-8": (b'{known,"parameters":{"\xff":1}}', "BODY_INVALID"),
    "a lone surrogate": (b'{known,"parameters":{"\\ud800":1}}', "BODY_INVALID"),
    "a byte order mark": (b"\xef\xbb\xbf{known}", "BODY_INVALID"),
    "a key that stands twice": (b"{known,known}", "BODY_INVALID"),
    "a key that stands twice inside": (
        b'{known,"parameters":{parameter,parameter}}',
        "BODY_INVALID",
    ),
    "a list": (b"[]", "INVALID_INPUT"),
    "null": (b"null", "INVALID_INPUT"),
    "a number": (b"1", "INVALID_INPUT"),
}

JOBS, REPORT = RUN.replace("/run", "/jobs"), RUN.replace("/run", "/report")
STATUS_OF = {"BODY_INVALID": 400, "LIMIT_EXCEEDED": 422, "INVALID_INPUT": 422}


@pytest.fixture(scope="module")
def client(attacked: Attacked) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=attacked.address, headers=attacked.headers, timeout=60) as client:
        # What the first requests load is no growth by an attack.
        client.post(INGEST, json={"records": [RECORD]})
        client.post(PREVIEW, json={"records": [RECORD]})
        yield client


@pytest.fixture(autouse=True)
def in_little_memory(attacked: Attacked, client: httpx.Client) -> Iterator[None]:
    before = attacked.begin_peak()
    yield
    assert attacked.peak_bytes() - before < MAX_GROWTH_BYTES
    assert attacked.is_well()


def refused(found: httpx.Response) -> dict[str, Any]:
    """A refusal's body; of any other answer this fails."""
    told: dict[str, Any] = found.json()
    assert 400 <= found.status_code < 500, (found.status_code, told)
    assert set(told) == {"detail", "message", "where", "request_id"}
    assert told["detail"] not in ("", "INTERNAL_ERROR")
    assert len(found.content) < 4_096
    return told


@pytest.mark.parametrize("path", [INGEST, PREVIEW])
@pytest.mark.parametrize("name", RECORD_BODIES)
def test_a_hostile_body_of_records_is_refused(client: httpx.Client, path: str, name: str) -> None:
    body, code = RECORD_BODIES[name]
    found = client.post(path, content=body, headers={"Content-Type": "application/json"})
    if path == PREVIEW and name in SHOWN_BY_PREVIEW:
        assert found.status_code == 200
        assert (found.json()["records"], found.json()["summary"]["refused_record_count"]) == ([], 1)
    else:
        assert refused(found)["detail"] == code


# Very many records of next to no bytes: the first that is refused refuses all, and what follows is
# not kept. What is sent, then the refusal's code and place.
TINY_RECORDS: dict[str, tuple[bytes, str, str]] = {
    "numbers": (b"1," * 1_000_000 + b"1", "RECORD_INVALID_TYPE", "records[0]"),
    "texts": (b'"",' * 600_000 + b'""', "RECORD_INVALID_TYPE", "records[0]"),
    "lists": (b"[]," * 600_000 + b"[]", "RECORD_INVALID_TYPE", "records[0]"),
    "empty objects": (
        b"{}," * 600_000 + b"{}",
        "SOURCE_SYSTEM_REQUIRED",
        "records[0].source_system",
    ),
    "numbers behind a record": (
        json.dumps(RECORD).encode() + b",0" * 1_000_000,
        "RECORD_INVALID_TYPE",
        "records[1]",
    ),
}


@pytest.mark.parametrize("path", [INGEST, PREVIEW, FILE])
@pytest.mark.parametrize("name", TINY_RECORDS)
def test_very_many_tiny_records_are_refused_at_the_first(
    client: httpx.Client, path: str, name: str
) -> None:
    records, code, where = TINY_RECORDS[name]
    body = b'{"records":[%s]}' % records
    told = refused(client.post(path, content=body, headers={"Content-Type": "application/json"}))
    assert (told["detail"], told["where"]) == (code, where)


def test_very_many_tiny_lines_are_refused_at_the_first(client: httpx.Client) -> None:
    body = b"1\n" * 1_000_000
    told = refused(client.post(FILE, params={"filename": "a.ndjson"}, content=body))
    assert (told["detail"], told["where"]) == ("RECORD_INVALID_TYPE", "records[0]")


def test_what_is_no_list_of_records_is_refused_as_that_whatever_they_are(
    client: httpx.Client,
) -> None:
    records = b"1," * 1_000_000 + b"1 1"
    told = refused(client.post(INGEST, content=b'{"records":[%s]}' % records))
    assert (told["detail"], told["where"]) == ("BODY_INVALID", f"byte {len(records) + 11}")


@pytest.mark.parametrize("element", [b"{}", b"0", b'{"a":1}'])
def test_a_list_of_very_many_tiny_elements_is_kept_in_little(
    client: httpx.Client, element: bytes
) -> None:
    count = 100_000
    elements = b",".join([element] * count)
    body = _records(b'"financial":{"debt":{"instruments":[%s]}}' % elements)
    summary = client.post(PREVIEW, content=body).json()["summary"]
    assert (summary["kept_count"], summary["refused_element_count"]) == (1, count)
    assert client.post(INGEST, content=body).json()["raw_records_written"] == 1


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b"9" * DIGITS, b"1e" + b"9" * DIGITS])
def test_a_number_of_a_record_that_no_figure_holds_is_refused(
    client: httpx.Client, number: bytes
) -> None:
    """As one cell, which the answer says; and the whole where the caller is strict."""
    body = _records(b'"financial":{"debt":{"total_outstanding":%s}}' % number)
    told = client.post(INGEST, content=body).json()
    assert "1 refused by not_finite" in told["data_quality"]["warnings"]
    strictly = client.post(INGEST, content=b'{"strict":true,' + body[1:])
    assert refused(strictly)["detail"] == "DATASET_REFUSED"


@pytest.fixture(scope="module")
def known(client: httpx.Client) -> dict[str, bytes]:
    """A question by route that is answered, of a dataset and a run that there are."""
    made = client.post(INGEST, json={"records": [RECORD]}).json()
    of_dataset = b'"dataset_version_id":"%s"' % made["dataset_version_id"].encode()
    new = of_dataset + b',"started_at":"%s"' % STARTED_AT.encode()
    run = client.post(RUN, content=b"{%s}" % new).json()
    return {RUN: new, JOBS: new, REPORT: of_dataset + b',"run_id":"%s"' % run["run_id"].encode()}


def asked(client: httpx.Client, path: str, body: bytes, known: bytes) -> httpx.Response:
    parameter = b'"rows":9' if path == REPORT else b'"net_exposure_materiality_threshold_pct":0.5'
    filled = body.replace(b"known", known).replace(b"{parameter", b"{" + parameter)
    return client.post(path, content=filled.replace(b",parameter", b"," + parameter))


@pytest.mark.parametrize("path", [RUN, JOBS, REPORT])
@pytest.mark.parametrize("name", QUESTIONS)
def test_a_hostile_question_is_refused(
    client: httpx.Client, known: dict[str, bytes], path: str, name: str
) -> None:
    body, code = QUESTIONS[name]
    found = asked(client, path, body, known[path])
    assert (found.status_code, refused(found)["detail"]) == (STATUS_OF[code], code)


@pytest.mark.parametrize(("path", "status"), [(RUN, 200), (JOBS, 202), (REPORT, 200)])
def test_the_same_question_without_the_hostile_part_is_answered(
    client: httpx.Client, known: dict[str, bytes], path: str, status: int
) -> None:
    body = b'{known,"parameters":{parameter}}'
    assert asked(client, path, body, known[path]).status_code == status


@pytest.mark.parametrize("path", [INGEST, PREVIEW, RUN, FILE, "/api/v3/keys"])
def test_a_packed_body_is_not_unpacked(client: httpx.Client, path: str) -> None:
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    found = client.post(path, content=BOMB, headers=headers)
    assert refused(found)["detail"] == "UNSUPPORTED_MEDIA_TYPE"


@pytest.mark.parametrize("name", ["bomb.json.gz", "bomb.json", "bomb.csv"])
def test_a_packed_file_is_not_unpacked(client: httpx.Client, name: str) -> None:
    as_form = client.post(FILE, files={"file": (name, BOMB)})
    as_body = client.post(FILE, params={"filename": name}, content=BOMB)
    for found in (as_form, as_body):
        assert refused(found)["detail"] == "UNSUPPORTED_MEDIA_TYPE"


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "a\tb", "multipart/form-data"])
def test_a_body_of_another_kind_is_refused(client: httpx.Client, kind: str) -> None:
    body = json.dumps({"records": [RECORD]}).encode()
    for path in (INGEST, PREVIEW, RUN, "/api/v3/keys"):
        found = client.post(path, content=body, headers={"Content-Type": kind})
        assert refused(found)["detail"] == "UNSUPPORTED_MEDIA_TYPE"


_PART = b'--x\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\n{}\r\n--x--'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x",
        b"--x\r\n\r\n",
        b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\n",
        b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n{}\r\n--x--\r\n',
        _PART % (b"other", b"a.json"),
        _PART % (b"file", b"../../a.sh"),
        _PART % (b"file", b"a\x00.json.sh"),
        b"--x\r\n" + b"A: b\r\n" * 50_000 + b"\r\n\r\n--x--",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' * 20_000 + b"--x--",
    ],
)
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "multipart/form-data"])
def test_a_broken_form_is_refused(client: httpx.Client, body: bytes, kind: str) -> None:
    refused(client.post(FILE, content=body, headers={"Content-Type": kind}))


def test_a_body_that_is_longer_than_allowed_is_not_read(attacked: Attacked) -> None:
    mebi = b"[" * (1 << 20)
    announced = attacked.head(f"POST {RUN} HTTP/1.1", "Content-Length: 1099511627776")
    in_pieces = attacked.head(f"POST {RUN} HTTP/1.1", "Transfer-Encoding: chunked")
    pieces = [b"%x\r\n%s\r\n" % (len(mebi), mebi)] * 100
    for sent in ([announced], [in_pieces, *pieces]):
        status, _, body = attacked.raw(*sent)
        assert (status, json.loads(body)["detail"]) == (413, "BODY_TOO_LARGE")


def test_a_head_without_an_end_is_not_kept(attacked: Attacked) -> None:
    """Of anybody: no credential is looked at before the head is whole."""
    begun = b"GET /health HTTP/1.1\r\nHost: a\r\nX-A: "
    status, _, body = attacked.raw(begun, *[b"b" * (1 << 20)] * 100)
    assert (status, json.loads(body)["detail"]) == (431, "HEADERS_TOO_LARGE")


@pytest.mark.parametrize(
    "lengths",
    [
        ["Content-Length: -1"],
        ["Content-Length: +2"],
        ["Content-Length: 0x2"],
        ["Content-Length: 2, 2"],
        ["Content-Length: 99999999999999999999"],
        ["Content-Length: 2", "Content-Length: 3"],
        ["Content-Length: 2", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked, chunked"],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"],
    ],
)
def test_a_length_that_is_none_is_refused(attacked: Attacked, lengths: list[str]) -> None:
    status, headers, body = attacked.raw(attacked.head(f"POST {RUN} HTTP/1.1", *lengths), b"{}")
    assert status == 400
    assert set(json.loads(body)) == {"detail", "message", "where", "request_id"}
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("piece", [b"zz\r\n{}", b"-1\r\n{}", b"f" * 17 + b"\r\n{}", b"2;{}\r\n{}x"])
def test_a_piece_of_no_size_is_refused(attacked: Attacked, piece: bytes) -> None:
    head = attacked.head(f"POST {RUN} HTTP/1.1", "Transfer-Encoding: chunked")
    status, _, body = attacked.raw(head, piece + b"\r\n0\r\n\r\n")
    assert (status, json.loads(body)["detail"]) == (400, "REQUEST_INVALID")


def test_what_stands_behind_a_body_is_not_read_with_it(attacked: Attacked) -> None:
    head = attacked.head(f"POST {RUN} HTTP/1.1", "Content-Length: 1")
    status, _, body = attacked.raw(head, b"{}")
    assert (status, json.loads(body)["detail"]) == (400, "BODY_INVALID")


def test_a_header_behind_a_body_is_none_of_the_requests(attacked: Attacked) -> None:
    """All in one piece, a credential there would be read before the doors look."""
    head = b"POST %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" % RUN.encode()
    body = b"2\r\n{}\r\n0\r\nX-API-Key: %s\r\n\r\n" % attacked.server.key.encode()
    assert attacked.raw(head + b"Transfer-Encoding: chunked\r\n\r\n" + body)[0] == 401
