"""The application on a store of its own, asked without a network."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from seawall.service import Service, make_app
from seawall.service.access.doors import Access, AccessOptions, open_access
from seawall.service.access.keys import new_key
from seawall.service.access.roles import ROLES
from seawall.service.held_runs import HeldRuns
from seawall.service.lanes import Lanes
from seawall.service.problem_codes import STATUS
from seawall.service.profiles import Profiles
from seawall.service.switches import EngineSwitches
from seawall.service.time_limit import TimeLimit
from seawall.session import Session
from seawall.store import open_store
from service.trial_jobs import TrialJobs

Client = TestClient[Litestar]

STARTED_AT = "2026-01-01T00:00:00Z"
RUN = "/api/v3/engines/distressed-asset-debt-stress/run"
REPORT = "/api/v3/engines/distressed-asset-debt-stress/report"

# The contract's check: net 105,000; losses 64,750 / 259,250 / 205,750.
RECORD: dict[str, Any] = {
    "source_system": "core",
    "source_record_id": "loan-1",
    "financial": {
        "currency": "EUR",
        "debt": {"total_outstanding": 1e6, "interest_rate_pct": 5, "collateral_value": 750_000},
        "distressed_assets": [{"name": "claim", "value": 290_000, "recovery_rate_pct": 50}],
    },
}

ASSUMED = {"default_probability": {"assumed_pct": 5}}
"""What a simulation of such records has to be told."""


def _clock() -> datetime:
    return datetime.now(UTC)


def _ids(prefix: str) -> str:
    return f"{prefix}_{uuid4().hex}"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with (
        Lanes(light=8, heavy=2) as workers,
        ThreadPoolExecutor(1) as batch,
        open_store(str(tmp_path / "service.db"), opened_at=STARTED_AT) as store,
    ):
        limit = TimeLimit(60)
        session = Session(store, default_control=limit.control)
        yield Service(
            session=session,
            store=store,
            workers=workers,
            switches=EngineSwitches(store),
            held=HeldRuns(8),
            profiles=Profiles(session),
            jobs=TrialJobs(store, batch, clock=_clock, ids=_ids),
            clock=_clock,
            limit=limit,
        )


@pytest.fixture
def access(service: Service, tmp_path: Path) -> Access:
    return open_access(service.store, AccessOptions(), beside=tmp_path / "service.db")


def key_of(access: Access, *roles: str, tenant: str = "default", name: str = "tester") -> str:
    """Keep a new key and show it."""
    shown, key = new_key(
        tenant,
        name,
        roles or ROLES,
        secret=access.hash_secret,
        created_at=STARTED_AT,
        created_by="test",
        expires_at=None,
    )
    access.store.submit(lambda tx: tx.put_api_key(key)).result()
    return shown


def _is_as_listed(response: httpx.Response) -> None:
    """Hold the code of every problem that any test meets against the list of its status."""
    response.read()
    kind = response.headers.get("Content-Type", "")
    if response.status_code >= 400 and kind == "application/json" and response.content:
        code = response.json().get("detail")  # health has a body of its own
        assert code is None or STATUS.get(code.lower()) == response.status_code, code


@pytest.fixture
def client(service: Service, access: Access) -> Iterator[Client]:
    key = key_of(access)
    with TestClient(make_app(service, access=access)) as client:
        client.headers["X-API-Key"] = key
        client.event_hooks["response"].append(_is_as_listed)
        yield client


@pytest.fixture
def dataset(client: Client) -> str:
    found = client.post("/api/v3/ingest-records", json={"records": [RECORD]})
    return str(found.json()["dataset_version_id"])
