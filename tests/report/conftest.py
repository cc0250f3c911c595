"""One generated book with its run, document and page, made once."""

from collections.abc import Iterator

import pytest

from seawall.ingest import built_in_rates
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
        session.ingest(built_in_rates(), profile="ecb_rates")
        yield session


@pytest.fixture(scope="package")
def run(book_session: Session) -> Run:
    rates, dataset = book_session.datasets()  # newest first
    return book_session.stress(
        dataset,
        supervisory=["frb_2025_severely_adverse"],
        currency="EUR",
        rates=rates,
        rates_as_of="2026-03-31",
        started_at="2026-03-31T12:00:00Z",
    )


@pytest.fixture(scope="package")
def document(book_session: Session, run: Run) -> ReportDocument:
    return build_document(book_session, run)


@pytest.fixture(scope="package")
def html(book_session: Session, run: Run) -> str:
    return report_html(book_session, run.run_id)


@pytest.fixture(scope="package")
def page(html: str) -> ReadPage:
    return ReadPage(html)
