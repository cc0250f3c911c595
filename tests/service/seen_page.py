"""The page in a browser, and what a server is told before somebody looks."""

from typing import Any

import httpx

from seawall.registry import ENGINES
from service.conftest import STARTED_AT

SIMULATE = f"/api/v3/engines/{ENGINES['debt_simulation'].wire_name}/run"

METRICS = """\
# TYPE http_requests_total counter
http_requests_total{{route="/run",method="POST",status="200"}} {answered}
http_requests_total{{route="/metrics",method="GET",status="200"}} 1000000
errors_total{{code="CURRENCY_MIXED",process="1"}} 1
errors_total{{code="CURRENCY_MIXED",process="2"}} 2
http_requests_in_flight 17
http_request_duration_seconds_bucket{{route="/run",method="POST",le="0.1"}} 0
http_request_duration_seconds_bucket{{route="/run",method="POST",le="0.2"}} {answered}
http_request_duration_seconds_bucket{{route="/run",method="POST",le="+Inf"}} {answered}
"""


class Seen:
    """A page of a browser, and what it asked and said."""

    def __init__(self, browser: Any, address: str, width: int = 1280) -> None:
        self.address = address
        self.context = browser.new_context(viewport={"width": width, "height": 900})
        self.page = self.context.new_page()
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        # Of a service without metrics the browser itself would complain.
        self.page.route("**/metrics", _counting())
        self.page.goto(address)

    def sign_in(self, key: str) -> None:
        self.page.get_by_label("API key").fill(key)
        self.page.keyboard.press("Enter")
        self.page.locator('main[data-shows^="#"]').wait_for()

    def go(self, address: str) -> None:
        self.page.goto(f"{self.address}/{address}")
        self.page.locator(f'main[data-shows="{address}"]').wait_for()


def _counting() -> Any:
    answered = 0

    def fulfil(route: Any) -> None:
        nonlocal answered
        answered += 400
        text = METRICS.format(answered=answered)
        route.fulfill(status=200, content_type="text/plain", body=text)

    return fulfil


def ingested(client: httpx.Client, records: list[dict[str, Any]]) -> str:
    found = client.post("/api/v3/ingest-records", json={"records": records})
    return str(found.raise_for_status().json()["dataset_version_id"])


def kept_run(client: httpx.Client, path: str, dataset: str, parameters: dict[str, Any]) -> str:
    body = {"dataset_version_id": dataset, "started_at": STARTED_AT, "parameters": parameters}
    return str(client.post(path, json=body).raise_for_status().json()["run_id"])
