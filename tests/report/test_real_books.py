"""A report of 22,427 real loans, and of one whose figures add up to the book's."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from seawall.report import report_html
from seawall.session import Session

from .reading import ReadPage, number

TAPE = Path(__file__).parents[3] / "shared" / "data" / "sba_7a_504_subset.csv"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    if not TAPE.is_file():
        message = f"no reference data: {TAPE} is not there"
        if os.environ.get("SEAWALL_NO_SKIPS") == "1":
            pytest.fail(message)
        pytest.skip(message)
    with Session(tmp_path_factory.mktemp("sba") / "ledger.db") as opened:
        yield opened


@pytest.fixture(scope="module")
def sba_page(session: Session) -> ReadPage:
    dataset = session.ingest(TAPE, profile="sba")
    return ReadPage(report_html(session, session.stress(dataset)))


def test_the_real_book_is_shown_with_its_published_total(sba_page: ReadPage) -> None:
    book = sba_page.table("exposure", "Currency")[-1]
    # shared/reference/reference-credit.json, real-sba-normalise: rows and sum_disbursement
    assert (number(book[1]), number(book[2])) == (22_427, 2_784_085_430)


def test_what_the_real_tape_does_not_state_is_said(sba_page: ReadPage) -> None:
    for text in (
        "the tape states no sector or collateral type",
        "the tape states no maturity",
        "the book states no collateral: all that is outstanding counts as uncovered",
        "22,427 positions have no rate: taken as 0 %",
        "22,427 records name no currency: USD by the profile",
    ):
        assert text in sba_page.text


def test_the_columns_that_the_profile_does_not_read_are_listed(sba_page: ReadPage) -> None:
    unread = "The profile does not name: createjob, franchisecode, retainedjob, urbanrural."
    assert unread in sba_page.text
