"""Requests made of what the service says of itself: allowed ones, and broken ones."""

import json
from collections import Counter
from typing import Any

import httpx
import hypothesis
import msgspec
import requests
import schemathesis
from hypothesis import HealthCheck
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.core.errors import InvalidSchema

from seawall.registry import ENGINES
from service.conftest import ASSUMED, RECORD, RUN, STARTED_AT

SIMULATION = f"/api/v3/engines/{ENGINES['debt_simulation'].wire_name}/run"
KEY = {"name": "asked for", "roles": ["read"]}

load_all_checks()
CHECKED = CHECKS.get_by_names(
    [
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)


def known_things(address: str, headers: dict[str, str]) -> list[dict[str, Any]]:
    """Make one of everything, and a run of each engine; return what requests are made with."""
    with httpx.Client(base_url=address, headers=headers, timeout=60) as client:
        made = client.post("/api/v3/ingest-records", json={"records": [RECORD]}).json()
        body = {"dataset_version_id": made["dataset_version_id"], "started_at": STARTED_AT}
        run = client.post(RUN, json=body).json()
        simulated = client.post(SIMULATION, json={**body, "parameters": ASSUMED}).json()
        known = {
            **body,
            "run_id": run["run_id"],
            "finding_id": run["material_findings"][0]["id"],
            "evidence_id": run["debt_exposure_evidence_id"],
            "key_id": client.post("/api/v3/keys", json=KEY).json()["key_id"],
            "job_id": client.post("/api/v3/verify/jobs").json()["job_id"],
            "wire_name": ENGINES["debt_stress"].wire_name,
        }
        of_simulation = dict.fromkeys(("run_id", "before", "after"), simulated["run_id"])
        return [{}, known, {**known, **of_simulation}]


class Tally(msgspec.Struct):
    """What was asked, and what was not as it should be."""

    answers: Counter[int]
    deviations: list[str]


def ask_all(address: str, headers: dict[str, str], *, examples: int) -> Tally:
    """Ask every operation so many allowed and so many broken questions; the same each time."""
    known = known_things(address, headers)
    document = httpx.get(address + "/openapi.json", headers=headers).json()
    # Credentials are tried elsewhere; broken ones would be answered 401 here, and then 429.
    config = SchemathesisConfig.from_dict({"generation": {"with-security-parameters": False}})
    schema = schemathesis.openapi.from_dict(document, config=config)
    operations = [found.ok() for found in schema.get_all_operations()]
    # What switches an engine comes last, so that it hides no answer.
    operations.sort(key=lambda one: (one.path.endswith("/switch"), one.path, one.method))
    tally = Tally(Counter(), [])
    with requests.Session() as session:
        session.trust_env = False
        for operation in operations:
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                _ask(operation, mode, examples, tally, known, session, address, headers)
    return tally


def _ask(
    operation: Any,
    mode: GenerationMode,
    examples: int,
    tally: Tally,
    known: list[dict[str, Any]],
    session: requests.Session,
    address: str,
    headers: dict[str, str],
) -> None:
    @hypothesis.settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=_cases(operation, mode), told=st.sampled_from(known))
    def asked(case: Any, told: dict[str, Any]) -> None:
        for part in (case.path_parameters, case.body):
            if isinstance(part, dict):
                part.update({name: told[name] for name in part if name in told})
        response = case.call(base_url=address, session=session, headers=headers, timeout=60)
        tally.answers[response.status_code] += 1
        named = f"{operation.method.upper()} {operation.path}"
        if response.status_code >= 500 and not _is_switched_off(response):
            tally.deviations.append(f"{named}: {response.status_code} {_shown(case)}")
            return
        try:
            case.validate_response(response, checks=CHECKED)
        except Exception as error:
            why = str(error)[:600]
            tally.deviations.append(f"{named}: {response.status_code} {_shown(case)}: {why}")

    try:
        asked()
    except hypothesis.errors.Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # some operations take nothing that can be broken


def _is_switched_off(response: Any) -> bool:
    """Whether an engine does not answer because a question before this one switched it off."""
    if response.status_code != 503:
        return False
    said = response.json()
    return said.get("detail") == "ENGINE_DISABLED" or said.get("status") == "disabled"


@st.composite
def _cases(draw: Any, operation: Any, mode: GenerationMode) -> Any:
    try:
        return draw(operation.as_strategy(generation_mode=mode))
    except InvalidSchema:  # such as a list that is broken by more elements than are drawn
        hypothesis.reject()


def _shown(case: Any) -> str:
    return json.dumps([case.path_parameters, case.query, case.body], default=repr)[:400]
