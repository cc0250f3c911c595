"""The codes that a problem of a status may bear are a closed list, in the document too."""

import re
from pathlib import Path
from typing import Any

import pytest

from seawall.errors import StoreError
from seawall.service import Service
from seawall.service.problem_codes import CODES, STATUS
from service.conftest import Client

ROOT = Path(__file__).parent.parent.parent

NEVER_ANSWERED = {
    "error": "no failure is left without a code of its own",
    **dict.fromkeys(
        (
            "dev_mode_not_local",
            "driver_unavailable",
            "issuer_invalid",
            "library_missing",
            "migration_changed",
            "open_files_limited",
            "port_unavailable",
            "process_failed",
            "route_undescribed",
            "route_unguarded",
            "schema_newer",
            "secrets_exposed",
            "secrets_missing",
            "secrets_unreadable",
            "secrets_unwritable",
        ),
        "ends the service before it listens",
    ),
    "engine_wrong": "of a check of health, which has a body of its own",
    "job_taken": "between workers: no request works on a job",
    "store_differs": "of a copy of a ledger: on the command line alone",
    **dict.fromkeys(("checkpoint_differs", "cluster_failed"), "no request names such a thing"),
    **dict.fromkeys(
        (
            "bundle_incomplete",
            "document_unreadable",
            "head_required",
            "identity_differs",
            "key_exists",
            "key_exposed",
            "key_unknown",
            "key_unreadable",
            "key_unwritable",
            "proof_invalid",
            "signature_invalid",
        ),
        "of signed heads and bundles: on the command line alone",
    ),
}


def raised_codes() -> set[str]:
    """Every code that the package states, but for what commands and the laboratory do."""
    folder = ROOT / "python" / "seawall"
    found = set()
    for path in folder.rglob("*.py"):
        if path.relative_to(folder).parts[0] not in ("cli", "lab"):
            text = path.read_text()
            found |= set(re.findall(r'\bcode="([a-z_]+)"', text))
            found |= set(re.findall(r'default_code = "([a-z_]+)"', text))
            found |= set(re.findall(r'Failure\("([a-z_]+)"', text))
            found |= {code.lower() for code in re.findall(r'_refuse\(\d+, "([A-Z_]+)"', text)}
    return found


def test_every_code_that_a_request_may_meet_has_its_status() -> None:
    assert raised_codes() - set(STATUS) == set(NEVER_ANSWERED)


def test_no_code_has_two_statuses() -> None:
    assert sum(map(len, CODES.values())) == len(STATUS)


def test_every_code_of_a_problem_is_documented() -> None:
    page = (ROOT / "docs" / "reference" / "errors.md").read_text()
    page += (ROOT / "docs" / "reference" / "http.md").read_text()
    assert not {code for code in STATUS if not re.search(f"`{code}`|`{code.upper()}`", page)}


def test_every_refusal_lists_the_codes_of_its_status(client: Client) -> None:
    document = client.get("/openapi.json").json()
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for status, response in operation["responses"].items():
                if int(status) < 400:
                    continue
                schema = response["content"]["application/json"]["schema"]
                (name,) = re.findall(r"schemas/(Problem\d+)'", repr(schema))
                assert name == f"Problem{status}", f"{method} {path}"
                listed = schemas[name]["properties"]["detail"]["enum"]
                assert listed == [code.upper() for code in CODES[int(status)]]


def test_a_code_of_another_status_is_not_what_the_document_says(
    client: Client, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which every other test of the service rests on: an answer beside the lists is an error."""

    def broken(*_: Any, **__: Any) -> None:
        raise StoreError("It fails.", code="unheard_of")

    monkeypatch.setattr(type(service.store), "dataset", broken)
    with pytest.raises(AssertionError, match="UNHEARD_OF"):
        client.get("/api/v3/datasets/dv_x")
