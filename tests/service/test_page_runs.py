"""Runs on the page: what tells them apart, and what each says, as much as its answer has."""

from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest

from service.conftest import ASSUMED, RECORD, RUN
from service.seen_page import SIMULATE, Seen, ingested, kept_run
from service.served import served

PATH = "frb_2025_severely_adverse"

BOXES = """found => found.map((one) => {
  const { x, y, width, height } = one.getBBox();
  return [x, y, x + width, y + height];
})"""

# Unlike loans: their losses are many, and value at risk is seldom the least of a bin.
BOOK = [
    {
        **RECORD,
        "source_record_id": f"l-{n}",
        "financial": {
            "currency": "EUR",
            "debt": {"total_outstanding": 1e6 + 37_000 * n * n, "collateral_value": 600_000},
        },
    }
    for n in range(20)
]


class Ran(msgspec.Struct, frozen=True):
    """A server with runs, and their answers."""

    address: str
    key: str
    simulations: list[dict[str, Any]]  # of one dataset, by one question but for a figure
    stress: dict[str, Any]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    covenants = {"limits": {"ltv_maximum_pct": 100}}
    horizon = {"months": 6, "as_of": "2026-01-01", "presets": ["severe"], "covenants": covenants}
    with served(tmp_path_factory.mktemp("runs")) as server:
        headers = {"X-API-Key": server.key}
        with httpx.Client(base_url=server.address, headers=headers, timeout=60) as client:
            book = ingested(client, BOOK)
            asked = [
                kept_run(client, SIMULATE, book, {**ASSUMED, "scenario_count": 8192, "seed": seed})
                for seed in (1, 2)
            ]
            stress = {"supervisory_scenarios": [PATH], "horizon": horizon}
            asked.append(kept_run(client, RUN, book, stress))
            *simulations, last = [client.get(f"/api/v3/runs/{run}").json() for run in asked]
        yield Ran(server.address, server.key, simulations, last)


@pytest.fixture(params=[1280, 390])
def seen(request: pytest.FixtureRequest, browser: Any, ran: Ran) -> Iterator[Seen]:
    seen = Seen(browser, ran.address, request.param)
    seen.sign_in(ran.key)
    yield seen
    assert seen.said == []
    seen.context.close()


def test_equal_questions_have_unlike_rows(seen: Seen, ran: Ran) -> None:
    seen.go("#/runs")
    for run in ran.simulations:
        row = seen.page.get_by_role("row").filter(has_text=run["run_id"])
        assert row.get_by_role("link").first.text_content().endswith(run["run_id"][-6:])
        assert run["created_at"][11:19] in row.text_content()
        assert "20 records" in row.text_content()


def test_a_bin_is_beyond_value_at_risk_only_where_it_begins_there(seen: Seen, ran: Ran) -> None:
    result = ran.simulations[0]["result"]
    seen.go(f"#/runs/{ran.simulations[0]['run_id']}")
    divided_once = False
    for tail in result["tails"]:
        level = f"{100 * tail['confidence_level']:g} %"
        seen.page.get_by_label(level, exact=True).check(force=True)
        bins = [one for one in result["histogram"] if one["scenario_count"]]
        above = [one for one in bins if one["begin"] > tail["value_at_risk"]]
        beyond = tail["scenarios_beyond"] - sum(one["scenario_count"] for one in above)
        assert seen.page.locator("svg rect.beyond").count() == len(above)
        assert seen.page.locator("svg rect.divided").count() == (beyond > 0)
        told = seen.page.locator("figure .legend").text_content()
        assert (f"beyond it are {beyond} of" in told) == (beyond > 0)
        divided_once |= beyond > 0
    assert divided_once


def test_no_line_crosses_the_name_of_a_figure(seen: Seen, ran: Ran) -> None:
    seen.go(f"#/runs/{ran.simulations[0]['run_id']}")
    for tail in ran.simulations[0]["result"]["tails"]:
        level = f"{100 * tail['confidence_level']:g} %"
        seen.page.get_by_label(level, exact=True).check(force=True)
        names, lines = (
            seen.page.locator(f"svg {kind}").evaluate_all(BOXES) for kind in (".name", ".mark")
        )
        assert len(names) == len(lines) == 3
        for index, name in enumerate(names):
            assert not [one for one in (*lines, *names[:index]) if _overlap(name, one)], level


def _overlap(one: list[float], other: list[float]) -> bool:
    return all(one[at] <= other[at + 2] and other[at] <= one[at + 2] for at in (0, 1))


def test_a_stress_run_shows_every_path_and_case_of_its_answer(seen: Seen, ran: Ran) -> None:
    result = ran.stress["result"]
    seen.go(f"#/runs/{ran.stress['run_id']}")
    scenarios = seen.page.get_by_role("table", name="Scenarios").locator("tbody tr")
    assert scenarios.count() == len(result["stress_tests"]) + 1
    (path,) = result["supervisory"]
    told = scenarios.last.text_content()
    assert PATH in told
    assert path["peak_quarter"] in told
    assert f"{path['peak_loss'] / 1e6:.1f} M EUR" in told
    cases = seen.page.get_by_role("table", name="Cases").locator("tbody tr")
    assert cases.count() == len(result["horizon"]["cases"]) == 3
    found = {one["title"]: one["value"] for one in ran.stress["findings"]}
    assert found["covenants:severe"] > 1e6
    severe = cases.filter(has_text="severe").first.text_content()
    assert f"{found['covenants:severe'] / 1e6:.1f} M EUR" in severe
