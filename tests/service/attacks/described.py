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
FILE = "/api/v3/ingest-file"

ENDLESS = {**ASSUMED, "scenario_count": 100_000_000}
"""Parameters of a job that is cancelled long before its end."""

TABLE, PAGE = "/api/v3/runs/{run_id}/tables/{name}", "/page/{name}"

PLACES = {TABLE: {"name": "records"}, PAGE: {"name": "main.js"}}
"""What stands in paths beside identifiers and numbers."""

UNTIL_ANSWERED = 60
"""So many questions an operation may be asked until one of them is answered with a success."""

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
            "record": 0,
            "records": [RECORD],
            "profile": "todiscope",
            "roles": KEY["roles"],
            "expires_at": None,
        }
        of_simulation = {
            **dict.fromkeys(("run_id", "before", "after"), simulated["run_id"]),
            "parameters": ASSUMED,
            "changes": [{"kind": "remove", "source_record_id": RECORD["source_record_id"]}],
            "bumps": [{"figure": "default_probability", "change": 0.1}],
            "loss": 1_000,
            "scenario": 0,
        }
        return [{}, known, {**known, **of_simulation}]


class _AnsweredError(Exception):
    """Ends questions of which one was answered with a success."""


def live_job(address: str, headers: dict[str, str], known: dict[str, Any]) -> dict[str, Any]:
    """Begin a job that can still be cancelled; return what is known with it."""
    named = ("dataset_version_id", "started_at")
    body = {**{name: known[name] for name in named}, "parameters": ENDLESS}
    path = SIMULATION.replace("/run", "/jobs")
    found = httpx.post(address + path, json=body, headers=headers)
    return {**known, "job_id": found.json()["job_id"]}


class Tally(msgspec.Struct):
    """What was asked, and what was not as it should be."""

    answers: Counter[int]
    deviations: list[str]
    unanswered: set[str]  # operations that had no success yet


def ask_all(address: str, headers: dict[str, str], *, examples: int) -> Tally:
    """Ask every operation so many allowed and so many broken questions; the same each time.

    One that has answered none of them with a success is asked on with what there is.
    """
    known = known_things(address, headers)
    document = httpx.get(address + "/openapi.json", headers=headers).json()
    # Credentials are tried elsewhere; broken ones would be answered 401 here, and then 429.
    config = SchemathesisConfig.from_dict({"generation": {"with-security-parameters": False}})
    schema = schemathesis.openapi.from_dict(document, config=config)
    operations = [found.ok() for found in schema.get_all_operations()]
    # What switches an engine comes last, so that it hides no answer.
    operations.sort(key=lambda one: (one.path.endswith("/switch"), one.path, one.method))
    tally = Tally(Counter(), [], {_name(one) for one in operations if not _needs_token(one)})
    with requests.Session() as session:
        session.trust_env = False
        for operation in operations:
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                _ask(operation, mode, examples, tally, known, session, address, headers)
            if _name(operation) in tally.unanswered:
                told = known[1:]
                if operation.method == "delete":
                    told = [live_job(address, headers, known[1])]
                ask_on = (GenerationMode.POSITIVE, UNTIL_ANSWERED, tally, told)
                _ask(operation, *ask_on, session, address, headers, until_answered=True)
    return tally


def _name(operation: Any) -> str:
    return f"{operation.method.upper()} {operation.path}"


def _needs_token(operation: Any) -> bool:
    """Whether a key, which all is asked with, is refused."""
    return bool(operation.definition.raw["security"] == [{"token": []}])


def _ask(
    operation: Any,
    mode: GenerationMode,
    examples: int,
    tally: Tally,
    known: list[dict[str, Any]],
    session: requests.Session,
    address: str,
    headers: dict[str, str],
    *,
    until_answered: bool = False,
) -> None:
    named = _name(operation)

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
        if until_answered and named not in tally.unanswered:
            raise _AnsweredError
        if until_answered:  # without tokens and names of fields that nobody has
            case.query = {name: value for name, value in case.query.items() if name in told}
        for part in (case.path_parameters, case.query, case.body):
            if isinstance(part, dict):
                part.update({name: told[name] for name in part if name in told})
        if told and operation.path in PLACES:
            case.path_parameters.update(PLACES[operation.path])
        if told and operation.path == FILE and case.media_type == "application/json":
            case.body = [RECORD]
        response = case.call(base_url=address, session=session, headers=headers, timeout=60)
        tally.answers[response.status_code] += 1
        if response.status_code >= 500 and not _is_switched_off(response):
            tally.deviations.append(f"{named}: {response.status_code} {_shown(case)}")
            return
        try:
            case.validate_response(response, checks=CHECKED)
        except Exception as error:
            why = str(error)[:600]
            tally.deviations.append(f"{named}: {response.status_code} {_shown(case)}: {why}")
            return
        if response.status_code < 300:
            tally.unanswered.discard(named)

    try:
        asked()
    except _AnsweredError:
        return
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
