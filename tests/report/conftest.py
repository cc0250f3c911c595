"""One generated book with its run, document and page, made once."""

from collections.abc import Iterator

import pytest

from seawall.lab.books import write_demo_tape
from seawall.report import ReportDocument, build_document, report_html
from seawall.session import Run, Session

from .reading import ReadPage


@pytest.fixture(scope="package")
def book_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("report")
    write_demo_tape(folder / "tape.csv", instruments=3_000, obligors=200, seed=7)
    with Session(folder / "ledger.db") as session:
        session.ingest(folder / "tape.csv")
        yield session


@pytest.fixture(scope="package")
def run(book_session: Session) -> Run:
    (dataset,) = book_session.datasets()
    return book_session.stress(dataset, started_at="2026-03-31T12:00:00Z")


@pytest.fixture(scope="package")
def document(book_session: Session, run: Run) -> ReportDocument:
    return build_document(book_session, run)


@pytest.fixture(scope="package")
def html(book_session: Session, run: Run) -> str:
    return report_html(book_session, run.run_id)


@pytest.fixture(scope="package")
def page(html: str) -> ReadPage:
    return ReadPage(html)
