"""The page itself: nothing from outside, nothing that runs, the same bytes each time."""

import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from seawall.errors import InvalidInput, NotFound, SeawallError
from seawall.report import ReportDocument, charts, report_html, write_report
from seawall.report.breakdown import Group
from seawall.report.wording import amount, percent
from seawall.session import Run, Session
from seawall.visible_text import visible

from .reading import ReadPage

HOSTILE = '"><script>alert(1)</script><img src=http://x/ onerror=alert(2)>{{ 7 * 7 }}'


@pytest.fixture
def hostile_page(tmp_path: Path) -> ReadPage:
    """A book whose every text is written to break out of the page."""
    quoted = '"' + HOSTILE.replace('"', '""') + '"'
    lines = [
        "loan_id,obligor_id,sector,currency,outstanding_principal,maturity_date," + quoted,
        f"{quoted},{quoted},{quoted},EUR,1000,{quoted},x",
        f"b\u202e,{quoted},</style><style>*{{display:none}},EUR,500,2031-01-01,x",
    ]
    with Session(tmp_path / "ledger.db") as session:
        tape = tmp_path / "<script>tape.csv"
        tape.write_text("\n".join(lines) + "\n")
        run = session.stress(
            session.ingest(tape),
            scenarios=[{"id": HOSTILE, "description": HOSTILE, "default_risk_increment_pct": 0.9}],
        )
        return ReadPage(report_html(session, run))


def test_hostile_texts_of_a_tape_stay_texts(hostile_page: ReadPage) -> None:
    assert not hostile_page.tags & {"script", "img", "iframe", "object", "link", "base", "form"}
    assert hostile_page.loading == hostile_page.handlers == []
    assert HOSTILE in hostile_page.text
    assert hostile_page.tables["exposure"][1][1][0] == HOSTILE
    assert "</style><style>*{display:none}" in hostile_page.text


def test_a_character_that_turns_the_reading_direction_is_written_out(
    hostile_page: ReadPage,
) -> None:
    assert r"b\u202e" in hostile_page.text
    assert "\u202e" not in hostile_page.text


def test_a_page_loads_nothing(html: str, page: ReadPage) -> None:
    assert page.loading == []
    assert not page.tags & {"script", "link", "img", "iframe", "object", "embed", "base"}
    assert not re.search(r"@import|url\(|https?:|//[a-z]", html)


def test_a_page_forbids_what_it_does_not_need(html: str) -> None:
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in html


def test_the_same_run_gives_the_same_page(book_session: Session, run: Run, html: str) -> None:
    assert report_html(book_session, run) == html
    assert report_html(book_session, book_session.run_of(run.run_id)) == html


def test_another_number_of_threads_gives_the_same_page(
    book_session: Session, run: Run, html: str
) -> None:
    with Session(book_session._place, threads=1) as single:
        assert report_html(single, run.run_id) == html


def test_a_source_without_a_name_is_called_by_its_dataset_version(tmp_path: Path) -> None:
    rows = b'[{"loan_id":"a","currency":"EUR","outstanding_principal":0}]'
    with Session(tmp_path / "ledger.db") as session:
        dataset = session.ingest(rows, format="json")
        page = ReadPage(report_html(session, session.stress(dataset)))
    assert f"Debt stress report {dataset.dataset_version_id}" in page.text
    assert "Source bytes without a name (json)" in page.text
    assert page.tables["exposure"][0][-1][1:] == ["1", "0", "0.0 %", "0", "0", "0"]


def test_charts_of_unlike_names_that_look_alike_keep_their_bars() -> None:
    groups = [Group(name, 1, 10.0, 0.0, 10.0, 0.0) for name in ("a\u202eb", r"a\u202eb")]
    labels = re.findall(r">a\\u202eb *<", charts.group_bars(groups, "EUR"))
    assert len(labels) == 2


def test_what_would_turn_or_hide_its_neighbours_is_written_out() -> None:
    assert visible("a\u202eb\x1b[2J\u200b\n") == r"a\u202eb\x1b[2J\u200b\n"
    assert visible("no\u00a0break Σ é 中") == "no break Σ é 中"


def test_figures_have_separators_and_a_true_minus() -> None:
    assert amount(-1234567.4) == "−1,234,567"
    assert amount(-0.2) == "0"
    assert percent(-0.25) == "−25.0 %"


@pytest.mark.parametrize("library", ["altair", "jinja2", "vl_convert"])
def test_a_missing_library_is_named_with_the_way_to_it(
    book_session: Session, run: Run, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(SeawallError, match=r"pip install 'seawall\[report\]'") as caught:
        report_html(book_session, run)
    assert (caught.value.code, caught.value.where) == ("library_missing", library)


def test_reports_import_without_the_libraries_of_a_page() -> None:
    blocked = "import sys; sys.modules.update(dict.fromkeys(sys.argv[1:])); import seawall.report"
    libraries = ["altair", "jinja2", "markupsafe", "vl_convert"]
    subprocess.run([sys.executable, "-c", blocked, *libraries], check=True)


def test_a_report_is_written_whole(
    book_session: Session, run: Run, html: str, tmp_path: Path
) -> None:
    path = write_report(book_session, run.run_id, tmp_path / "report.html")
    assert path.read_bytes() == html.encode()
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


def test_a_failed_report_leaves_what_was_there(
    book_session: Session, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "report.html").write_text("before")
    monkeypatch.setattr("seawall.report.report_html", lambda *_: "a text with \ud800")
    with pytest.raises(UnicodeEncodeError):
        write_report(book_session, run, tmp_path / "report.html")
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]
    assert (tmp_path / "report.html").read_text() == "before"


def test_a_missing_folder_is_refused(book_session: Session, run: Run, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no such folder"):
        write_report(book_session, run, tmp_path / "absent" / "report.html")


def test_an_unknown_run_is_refused(book_session: Session) -> None:
    with pytest.raises(NotFound):
        report_html(book_session, "run_unknown")


def test_a_run_of_another_engine_is_refused(book_session: Session, run: Run) -> None:
    class Other(Run):
        engine = "payments"  # type: ignore[assignment]

    other = object.__new__(Other)
    with pytest.raises(InvalidInput, match="debt_stress only"):
        report_html(book_session, other)


def test_a_document_is_plain_data(document: ReportDocument) -> None:
    again = msgspec.json.decode(msgspec.json.encode(document), type=ReportDocument)
    assert again == document
