"""What takes several steps, round after round beside a soak's load; every answer is checked."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from typing import Any

import httpx

from seawall.lab.http_target import HttpTarget, ingest_sample, sample_records
from seawall.registry import ENGINES
from service.conftest import ASSUMED, STARTED_AT

WIRE_NAME = ENGINES["debt_simulation"].wire_name
SIMULATION = f"/api/v3/engines/{WIRE_NAME}"
SWITCH = f"/api/v3/engine-registry/{WIRE_NAME}/switch"
SCENARIOS = 2_048
LONG = {
    "scenario_count": 1 << 15,
    "sensitivities": [{"figure": "default_probability", "change": n / 100} for n in range(1, 65)],
}
LONG_LOANS = 500  # seconds of work with them, which takes no more memory for that
FOLLOWED_S = 60.0
LOOK_S = 0.02


@contextmanager
def beside(target: HttpTarget, dataset: str, *, period_s: float) -> Iterator[dict[str, int]]:
    """Do each kind of round on a thread of its own until the end of the block.

    A round begins so often at most. Gives how many there were of each kind, once the block has
    ended; what one of them failed with is raised then.
    """
    with Caller(target) as caller:
        rounds: dict[str, Callable[[int], None]] = {
            "simulating": Simulating(caller, target, dataset).round,
            "entering": Entering(caller, target).round,
            "normalising": Normalising(caller).round,
        }
        ended, done = threading.Event(), dict.fromkeys(rounds, 0)

        def repeat(name: str) -> None:
            for number in count():
                due = time.monotonic() + period_s
                rounds[name](number)
                done[name] += 1
                if ended.wait(max(due - time.monotonic(), 0)):
                    return

        with ThreadPoolExecutor(len(rounds)) as threads:
            repeating = [threads.submit(repeat, name) for name in rounds]
            try:
                yield done
            finally:
                ended.set()
            for one in repeating:
                one.result()


class Caller:
    """Asks, and refuses an answer of another status than is expected."""

    def __init__(self, target: HttpTarget, *, address: str = "127.0.0.1", **headers: str) -> None:
        self._client = httpx.Client(
            base_url=target.base_url,
            headers=headers or target.headers,
            transport=httpx.HTTPTransport(local_address=address),
            timeout=60,
        )

    def __enter__(self) -> "Caller":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, *, status: int = 200, **headers: str) -> Any:
        return self.ask("GET", path, status=status, headers=headers)

    def post(self, path: str, body: Any = None, *, status: int = 200, **headers: str) -> Any:
        return self.ask("POST", path, status=status, headers=headers, json=body)

    def ask(self, method: str, path: str, *, status: int = 200, **said: Any) -> Any:
        found = self._client.request(method, path, **said)
        assert found.status_code == status, (method, path, found.status_code, found.text)
        return found.json() if found.content else None


class Simulating:
    """A simulation, each question of it, two jobs, and its engine switched off and on again.

    Nobody else simulates meanwhile, so nobody else meets the engine while it is off.
    """

    def __init__(self, caller: Caller, target: HttpTarget, dataset: str) -> None:
        self._caller = caller
        self._dataset = dataset
        self._long = {"dataset_version_id": ingest_sample(target, records=LONG_LOANS)}
        self._before = ""

    def round(self, number: int) -> None:
        run_id = self._caller.post(f"{SIMULATION}/run", self._question(3 * number))["run_id"]
        self._ask_about(run_id)
        self._follow(self._begin(self._question(3 * number + 1)))
        self._cancel(self._begin({**self._question(number, **LONG), **self._long}))
        # Not asked before: of what is asked again the answer is kept, which fills a large cache.
        self._switch_off_and_on(self._question(3 * number + 2))

    def _question(self, seed: int, **parameters: Any) -> dict[str, Any]:
        parameters = {**ASSUMED, "scenario_count": SCENARIOS, "seed": seed, **parameters}
        asked = {"dataset_version_id": self._dataset, "started_at": STARTED_AT}
        return {**asked, "parameters": parameters}

    def _ask_about(self, run_id: str) -> None:
        ask, path = self._caller, f"/api/v3/runs/{run_id}"
        removed = {"kind": "remove", "source_record_id": "record-1"}
        bump = {"figure": "default_probability", "change": 0.5}
        ask.post(f"{path}/what-if", {"changes": [removed]})
        ask.post(f"{path}/sensitivities", {"bumps": [bump]})
        ask.post(f"{path}/reverse-stress", {"loss": 1e5, "random_starts": 1})
        ask.get(f"{path}/contributions?limit=2")
        worst = ask.get(f"{path}/worst-scenarios?count=1")[0]
        ask.get(f"{path}/scenarios/{worst}?limit=2")
        ask.post("/api/v3/runs/compare", {"before": self._before or run_id, "after": run_id})
        report = {"dataset_version_id": self._dataset, "run_id": run_id}
        ask.post(f"{SIMULATION}/report", {**report, "parameters": {"report_type": "granular"}})
        self._before = run_id

    def _begin(self, question: dict[str, Any]) -> str:
        begun = self._caller.post(f"{SIMULATION}/jobs", question, status=202)
        return f"/api/v3/jobs/{begun['job_id']}"

    def _follow(self, job: str) -> None:
        ends = time.monotonic() + FOLLOWED_S
        while (status := self._caller.get(job)["status"]) in ("queued", "running"):
            assert time.monotonic() < ends, status
            time.sleep(LOOK_S)
        assert status == "done"
        assert self._caller.get(f"{job}/result")["run_id"].startswith("run_")

    def _cancel(self, job: str) -> None:
        assert self._caller.ask("DELETE", job)["status"] == "cancelled"
        self._caller.get(f"{job}/result", status=409)
        listed = self._caller.get("/api/v3/jobs?status=cancelled&limit=2")["items"]
        assert job.endswith(listed[0]["job_id"])

    def _switch_off_and_on(self, question: dict[str, Any]) -> None:
        for is_on, status in ((False, 503), (True, 200)):
            self._caller.ask("PUT", SWITCH, json={"enabled": is_on, "reason": "a round"})
            engines = self._caller.get("/api/v3/engine-registry/enabled")["engines"]
            assert (WIRE_NAME in {one["wire_name"] for one in engines}) == is_on
            self._caller.post(f"{SIMULATION}/run", question, status=status)


class Entering:
    """A key and two tokens that rest on it: made, used, revoked, and refused from then on.

    Each round is from an address of its own, as those who fail too often are told to wait.
    """

    def __init__(self, admin: Caller, target: HttpTarget) -> None:
        self._target = target
        self._admin = admin

    def round(self, number: int) -> None:
        asked = {"name": f"round {number}", "roles": ["read"]}
        key = self._admin.post("/api/v3/keys", asked, status=201)
        address = f"127.{1 + (number >> 16 & 15)}.{number >> 8 & 255}.{number & 255}"
        with Caller(self._target, address=address, Accept="application/json") as guest:
            by_key = {"X-API-Key": key["key"]}
            own, other = (guest.post("/auth/token", **by_key) for _ in range(2))
            for token in (own, other):
                self._look(guest, 200, **bearing(token))
            guest.post("/auth/revoke", status=204, **bearing(own))
            self._admin.post(f"/auth/revoke/{other['token_id']}", status=204)
            for token in (own, other):
                self._look(guest, 401, **bearing(token))
            self._look(guest, 200, **by_key)
            self._admin.post(f"/api/v3/keys/{key['key_id']}/revoke", status=204)
            self._look(guest, 401, **by_key)

    def _look(self, guest: Caller, status: int, **headers: str) -> None:
        guest.get("/api/v3/datasets?limit=1", status=status, **headers)


def bearing(token: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {token['access_token']}"}


class Normalising:
    """A file that is kept as it is, looked at, and normalised after that."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def round(self, number: int) -> None:
        records = json.dumps(sample_records(2, source_system=f"r-{number}")).encode()
        sent = (
            {"files": {"file": ("records.json", records)}} if number % 2 else {"content": records}
        )
        path = "/api/v3/ingest-file?normalize=false&filename=records.json"
        version = self._caller.ask("POST", path, **sent)["dataset_version_id"]
        named = {"dataset_version_id": version}
        assert self._caller.post("/api/v3/normalize/validate", named)["valid"]
        assert len(self._caller.post("/api/v3/normalize/preview", named)["records"]) == 2
        kept = self._caller.post("/api/v3/normalize/commit", named)
        assert kept["dataset_version_id"] == version
