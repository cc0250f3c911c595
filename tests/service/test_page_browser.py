"""The page in a real browser, from the key to the bytes of a source row."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from service.conftest import ASSUMED, RECORD, RUN
from service.seen_page import SIMULATE, Seen, ingested, kept_run
from service.served import served

HOSTILE = "<img src=x onerror=window.owned=1><script>window.owned=1</script>"
HIDDEN = "loan\u202etxt.exe"
LONG = "no-amount-" * 60


class Filled(msgspec.Struct, frozen=True):
    """A server whose ledger has something to look at."""

    address: str
    key: str
    hostile: str  # a dataset's
    simulation: str  # a run's
    refused: str  # a dataset's, of which nothing is left
    squeezed: str  # a dataset's, with one long refused value


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    with served(tmp_path_factory.mktemp("page")) as server:
        headers = {"X-API-Key": server.key}
        with httpx.Client(base_url=server.address, headers=headers, timeout=60) as client:
            hostile = ingested(client, [{**RECORD, "source_record_id": HOSTILE + HIDDEN}])
            scenario = {"id": HOSTILE, "collateral_market_impact_pct": -0.4}
            kept_run(client, RUN, hostile, {"stress_scenarios": [scenario]})
            book = ingested(client, [{**RECORD, "source_record_id": f"l-{n}"} for n in range(20)])
            simulation = kept_run(client, SIMULATE, book, {**ASSUMED, "scenario_count": 8192})
            refused = ingested(client, _refused(60))
            rows = ["loan_id,currency,outstanding,rate_pct", "a,EUR,1,x", f"b,EUR,{LONG},5"]
            tape = "\n".join(rows).encode()
            sent = client.post("/api/v3/ingest-file", files={"file": ("tape.csv", tape)})
            squeezed = sent.raise_for_status().json()["dataset_version_id"]
        yield Filled(server.address, server.key, hostile, simulation, refused, squeezed)


def _refused(count: int) -> list[dict[str, Any]]:
    debt = {"currency": "EUR", "debt": {"total_outstanding": -5}}
    return [{**RECORD, "source_record_id": f"l-{n}", "financial": debt} for n in range(count)]


@pytest.fixture
def seen(browser: Any, filled: Filled) -> Iterator[Seen]:
    seen = Seen(browser, filled.address)
    yield seen
    seen.context.close()


def test_a_key_leads_to_the_bytes_of_a_finding(seen: Seen, filled: Filled) -> None:
    page = seen.page
    seen.sign_in(filled.key)
    assert page.get_by_role("link", name="JSON records").count() >= 2
    page.get_by_role("link", name="Runs").click()
    page.get_by_role("link", name="Debt stress").click()
    page.get_by_role("link", name="debt_exposure: net").click()
    page.get_by_text("Proved: its bytes lead to the Merkle root").wait_for()
    shown = page.locator("pre.bytes").text_content()
    assert '"total_outstanding":1000000' in shown.replace(" ", "").replace(".0", "")
    assert page.title() == "debt_exposure: net · seawall"
    assert seen.said == []
    assert {url.removeprefix(seen.address)[:1] for url in seen.asked} == {"/"}


def test_texts_of_a_tape_stay_texts(seen: Seen, filled: Filled) -> None:
    page = seen.page
    seen.sign_in(filled.key)
    page.get_by_role("link", name="Runs").click()
    page.get_by_role("link", name="Debt stress").click()
    page.get_by_role("link", name=f"stress:{HOSTILE}").click()
    page.get_by_text("Source bytes").first.wait_for()
    body = page.locator("main").text_content()
    assert HOSTILE in body
    assert "loan\\u{202e}txt.exe" in body
    assert "\u202e" not in body
    assert page.locator("main img, main script").count() == 0
    assert seen.said == []
    assert page.evaluate("window.owned") is None


def test_a_refused_key_is_said_with_its_code(seen: Seen, filled: Filled) -> None:
    seen.page.get_by_label("API key").fill("seawall_live_no_such_key")
    seen.page.keyboard.press("Enter")
    said = seen.page.get_by_role("alert")
    said.wait_for()
    assert "AUTH_INVALID" in said.text_content()
    assert seen.page.get_by_label("API key").is_visible()


@pytest.mark.parametrize(
    "given", ["\u201cseawall_live_one\u201d", "seawall_live_\u00e9", "two keys"]
)
def test_what_no_key_can_be_is_said_to_be_none(seen: Seen, given: str) -> None:
    seen.page.get_by_label("API key").fill(given)
    seen.page.keyboard.press("Enter")
    said = seen.page.get_by_role("alert")
    said.wait_for()
    assert "NOT_A_KEY" in said.text_content()
    assert not [url for url in seen.asked if "/auth/" in url]
    assert "\u201c" not in given or "character 1: \u201c" in said.text_content()


def test_a_key_that_may_not_read_is_told_which_role_the_page_needs(
    seen: Seen, filled: Filled
) -> None:
    asked = {"name": "sender", "roles": ["ingest"]}
    headers = {"X-API-Key": filled.key}
    made = httpx.post(f"{filled.address}/api/v3/keys", json=asked, headers=headers)
    seen.page.get_by_label("API key").fill(made.raise_for_status().json()["key"])
    seen.page.keyboard.press("Enter")
    said = seen.page.get_by_role("alert")
    said.wait_for()
    assert "lacks the role read, which the page needs" in said.text_content()
    assert "at roles" not in said.text_content()


def test_what_is_not_there_is_said_with_code_and_place(seen: Seen, filled: Filled) -> None:
    seen.sign_in(filled.key)
    seen.go("#/runs/run_none")
    said = seen.page.get_by_role("alert").text_content()
    assert "RUN_NOT_FOUND" in said
    assert "run[run_none]" in said


def test_the_key_is_kept_nowhere_and_the_token_only_reads(seen: Seen, filled: Filled) -> None:
    seen.sign_in(filled.key)
    kept = seen.page.evaluate(
        "JSON.stringify([{...sessionStorage}, {...localStorage}, document.cookie])"
    )
    assert filled.key not in kept
    token = seen.page.evaluate("JSON.parse(sessionStorage.getItem('seawall.token')).token")
    asked = httpx.post(
        f"{filled.address}{RUN}", json={}, headers={"Authorization": f"Bearer {token}"}
    )
    assert asked.status_code == 403
    assert filled.key not in seen.page.url


def test_loading_the_page_again_needs_no_key_and_signing_out_ends_it(
    seen: Seen, filled: Filled
) -> None:
    seen.sign_in(filled.key)
    token = seen.page.evaluate("JSON.parse(sessionStorage.getItem('seawall.token')).token")
    seen.page.reload()
    with seen.page.expect_response("**/auth/revoke") as revoked:
        seen.page.get_by_role("button", name="Sign out").click()
    assert revoked.value.status == 204
    seen.page.get_by_label("API key").wait_for()
    headers = {"Authorization": f"Bearer {token}"}
    assert httpx.get(f"{filled.address}/api/v3/runs", headers=headers).status_code == 401


def test_the_levels_of_a_simulation_move_the_mark_of_value_at_risk(
    seen: Seen, filled: Filled
) -> None:
    page = seen.page
    seen.sign_in(filled.key)
    seen.go(f"#/runs/{filled.simulation}")
    drawing = page.get_by_role("img")
    drawing.wait_for()
    places = []
    for level in ("95 %", "99.9 %"):
        page.get_by_label(level, exact=True).check(force=True)
        assert level in drawing.get_attribute("aria-label")
        places.append(float(page.locator("svg .mark").nth(1).get_attribute("x1")))
    assert places[0] < places[1]
    assert page.locator("svg rect.beyond").count() > 0


@pytest.mark.parametrize("width", [1280, 390])
def test_every_text_of_the_distribution_is_inside_its_frame(
    browser: Any, filled: Filled, width: int
) -> None:
    seen = Seen(browser, filled.address, width)
    seen.sign_in(filled.key)
    seen.go(f"#/runs/{filled.simulation}")
    frame = seen.page.get_by_role("img").bounding_box()
    for level in ("95 %", "99 %", "99.9 %"):
        seen.page.get_by_label(level, exact=True).check(force=True)
        boxes = [text.bounding_box() for text in seen.page.locator("figure svg text").all()]
        assert len(boxes) > 10
        assert min(box["x"] for box in boxes) >= frame["x"] - 1
        ends = [box["x"] + box["width"] for box in boxes]
        assert max(ends) <= frame["x"] + frame["width"] + 1
    seen.context.close()


def test_a_simulation_that_loses_nothing_is_said_to(seen: Seen, filled: Filled) -> None:
    headers = {"X-API-Key": filled.key}
    covered = {"currency": "EUR", "debt": {"total_outstanding": 100, "collateral_value": 900}}
    with httpx.Client(base_url=filled.address, headers=headers, timeout=60) as client:
        book = ingested(client, [{**RECORD, "financial": covered}])
        run = kept_run(client, SIMULATE, book, {**ASSUMED, "scenario_count": 4096})
    seen.sign_in(filled.key)
    seen.go(f"#/runs/{run}")
    seen.page.get_by_text("No scenario loses anything.").wait_for()


def test_live_metrics_are_rates_without_their_own_reading(seen: Seen, filled: Filled) -> None:
    seen.sign_in(filled.key)
    seen.go("#/live")
    page = seen.page
    page.get_by_text("Well: database ok").wait_for()
    tiles = page.locator(".tiles.live dd")
    tiles.first.filter(has_text=re.compile(r"^1\d\d")).wait_for()
    assert tiles.nth(1).text_content() == "199 ms"
    assert tiles.nth(2).text_content() == "17"
    assert tiles.nth(3).text_content() == "0"
    rows = page.get_by_role("table", name="Routes").get_by_role("row")
    assert rows.count() == 2
    found = page.get_by_role("table", name="Errors").get_by_role("row")
    assert found.count() == 2  # of both processes together
    assert found.nth(1).text_content() == "CURRENCY_MIXED3"
    assert seen.said == []


def test_a_service_without_metrics_is_said_to_have_none(seen: Seen, filled: Filled) -> None:
    seen.page.unroute("**/metrics")
    seen.page.route("**/metrics", lambda route: route.fulfill(status=404, json={}))
    seen.sign_in(filled.key)
    seen.go("#/live")
    seen.page.get_by_text("This service shows no metrics.").wait_for()


def test_a_ledger_with_nothing_says_what_to_do(browser: Any, tmp_path: Path) -> None:
    with served(tmp_path) as server:
        seen = Seen(browser, server.address)
        seen.sign_in(server.key)
        told = seen.page.locator(".command").text_content()
        assert told.startswith(f'API={server.address}\ncurl "$API/api/v3/ingest-file')
        seen.go("#/runs")
        seen.page.get_by_text("there is no dataset to run on").wait_for()
        seen.context.close()


def test_the_keyboard_is_enough(seen: Seen, filled: Filled) -> None:
    page = seen.page
    page.keyboard.insert_text(filled.key)  # the field has the focus
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Datasets").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "JSON records"
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="JSON records").wait_for()
    assert page.evaluate("document.activeElement.localName") == "h1"


@pytest.mark.parametrize("width", [1280, 390])
def test_no_view_is_wider_than_its_window(browser: Any, filled: Filled, width: int) -> None:
    seen = Seen(browser, filled.address, width)
    page = seen.page
    widths = [page.evaluate("document.documentElement.scrollWidth")]
    seen.sign_in(filled.key)
    page.get_by_role("link", name="Runs").click()
    page.get_by_role("link", name="Debt stress").click()
    page.get_by_role("link", name=re.compile("^stress:<img")).click()
    page.get_by_text("Source bytes").first.wait_for()
    widths.append(page.evaluate("document.documentElement.scrollWidth"))
    for view, sign in (
        ("#/datasets", "table"),
        (f"#/datasets/{filled.hostile}", "table"),
        ("#/runs", "table"),
        (f"#/runs/{filled.simulation}", "figure"),
        ("#/live", ".tiles"),
    ):
        seen.go(view)
        page.locator(sign).first.wait_for()
        widths.append(page.evaluate("document.documentElement.scrollWidth"))
    assert widths == [width] * 7
    assert seen.said == []
    seen.context.close()


def test_a_session_that_ended_leads_back_to_the_door(seen: Seen, filled: Filled) -> None:
    page = seen.page
    seen.sign_in(filled.key)
    seen.go("#/live")
    page.get_by_text("Requests per second").wait_for()
    page.unroute("**/metrics")
    page.route("**/metrics", lambda route: route.fulfill(status=401, json={}))
    page.get_by_text("The session has ended").wait_for()
    assert page.get_by_label("API key").is_visible()
    assert page.evaluate("sessionStorage.length") == 0


def _gone_on(seen: Seen) -> Any:
    """Show a list whole; returns its rows."""
    rows = seen.page.get_by_role("table", name="Refused").locator("tbody tr")
    button = seen.page.get_by_role("button", name="Show more")
    while button.is_visible():
        count = rows.count()
        button.click()
        rows.nth(count).wait_for()
    return rows


def test_a_list_goes_on_at_the_press_of_a_button(seen: Seen, filled: Filled) -> None:
    seen.sign_in(filled.key)
    seen.go(f"#/datasets/{filled.refused}")
    assert seen.page.get_by_role("table", name="Refused").locator("tbody tr").count() == 25
    assert _gone_on(seen).count() == 60


def test_going_back_finds_a_list_as_it_was_left(seen: Seen, filled: Filled) -> None:
    page = seen.page
    seen.sign_in(filled.key)
    seen.go(f"#/datasets/{filled.refused}")
    rows = _gone_on(seen)
    rows.nth(50).scroll_into_view_if_needed()
    place = page.evaluate("new Promise(done => requestAnimationFrame(() => done(scrollY)))")
    assert place > 500
    seen.go("#/runs")
    assert page.evaluate("scrollY") == 0
    page.go_back()
    page.locator(f'main[data-shows="#/datasets/{filled.refused}"]').wait_for()
    assert rows.count() == 60
    assert page.evaluate("scrollY") == place


def test_one_is_not_written_as_many(seen: Seen, filled: Filled) -> None:
    seen.sign_in(filled.key)
    row = seen.page.get_by_role("row").filter(has_text="tape.csv")
    assert re.search(r"1 record1 cell", row.text_content())


@pytest.mark.parametrize("width", [800, 1280])
def test_a_long_value_leaves_the_name_of_its_field_whole(
    browser: Any, filled: Filled, width: int
) -> None:
    seen = Seen(browser, filled.address, width)
    seen.sign_in(filled.key)
    seen.go(f"#/datasets/{filled.squeezed}")
    field = seen.page.get_by_text("total_outstanding", exact=True)
    assert field.bounding_box()["height"] < 30  # of one line
    assert seen.page.evaluate("document.documentElement.scrollWidth") == width
    seen.context.close()
