"""The page in a real browser: it loads alone, fits its window, and prints."""

from pathlib import Path
from typing import Any

import pytest

from seawall.report import ReportDocument, write_report
from seawall.report.page import render
from seawall.session import Run, Session

from .months import with_everything

CHARTS = {  # three exposures, scenarios, quarters; then five of the months and one of the weeks
    "report.html": 5,
    "months.html": 11,
}


@pytest.fixture(scope="module", params=list(CHARTS))
def address(
    request: pytest.FixtureRequest,
    book_session: Session,
    run: Run,
    document: ReportDocument,
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    path = tmp_path_factory.mktemp("page") / request.param
    if request.param == "report.html":
        write_report(book_session, run, path)
    else:
        path.write_text(render(with_everything(document)), encoding="utf-8")
    return path.as_uri()


def test_the_page_asks_for_nothing_and_complains_of_nothing(browser: Any, address: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address, wait_until="networkidle")
    assert asked == [address]
    assert said == []
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_is_no_wider_than_its_window(browser: Any, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()


def test_every_chart_is_drawn_inside_its_frame(browser: Any, address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    overflowing = page.evaluate(
        """[...document.querySelectorAll('figure svg')].flatMap(svg => {
            const frame = svg.getBoundingClientRect();
            return [...svg.querySelectorAll('text')].filter(text => {
                const box = text.getBoundingClientRect();
                return box.left < frame.left - 1 || box.right > frame.right + 1;
            }).map(text => text.textContent);
        })"""
    )
    assert page.locator("figure svg").count() == CHARTS[Path(address).name]
    assert overflowing == []
    page.close()


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_page_prints_without_an_empty_sheet(
    browser: Any, address: str, tmp_path: Path, run: Run, paper: str
) -> None:
    import pypdf

    page = browser.new_page()
    page.goto(address)
    page.pdf(path=tmp_path / "report.pdf", format=paper, print_background=True)
    page.close()
    with pypdf.PdfReader(tmp_path / "report.pdf") as printed:
        sheets = [sheet.extract_text() for sheet in printed.pages]
    assert len(sheets) >= 3
    for number, text in enumerate(sheets, start=1):
        footer = (run.run_id, f"{number} of {len(sheets)}")
        assert all(part in text for part in footer)
        assert len(text) > sum(map(len, footer)) + 100
