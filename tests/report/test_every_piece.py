"""Supervisory paths, currencies and shared collateral, where an answer has them."""

import msgspec
import pytest

from seawall.engines.debt.types import DebtStressResult
from seawall.report import ReportDocument
from seawall.report.notes import notes
from seawall.report.page import render
from seawall.session import Run

from .every_piece import QUARTERS, every_piece
from .reading import ReadPage, number


@pytest.fixture(scope="module")
def full(document: ReportDocument, run: Run) -> ReportDocument:
    result = msgspec.convert(msgspec.to_builtins(document.result) | every_piece(), DebtStressResult)
    return msgspec.structs.replace(
        document,
        result=result,
        notes=notes(result, document.quality),
        path_findings={"frb_2026_severely_adverse": "fi_of_the_path"},
    )


@pytest.fixture(scope="module")
def full_page(full: ReportDocument) -> ReadPage:
    return ReadPage(render(full))


def test_a_path_shows_every_quarter_with_its_loss(full_page: ReadPage) -> None:
    tables = [
        t for t in full_page.tables["scenarios"] if t[0][0] == "Quarter" and "Loss" in t[0][1]
    ]
    for table, path in zip(tables, every_piece()["supervisory"], strict=True):
        assert [(row[0], number(row[1])) for row in table[1:]] == [
            (quarter["quarter"], round(quarter["loss_estimate"])) for quarter in path["quarters"]
        ]


def test_a_path_shows_its_peak_source_and_finding(full_page: ReadPage) -> None:
    assert (
        "The loss peaks in 2027 Q1 at 120,000,000 EUR. Finding fi_of_the_path ." in full_page.text
    )
    assert "Federal Reserve, supervisory scenarios (2026); it leaves from 2025 Q4" in full_page.text


def test_a_link_shows_its_formula_and_its_value_in_each_quarter(full_page: ReadPage) -> None:
    links = full_page.tables["scenarios"][3]
    values = full_page.tables["scenarios"][4]
    assert links[1] == [
        "commercial real estate prices",
        "index of the quarter / index of the jump-off quarter",
        "Table 6A",
    ]
    assert values[0] == [
        "Quarter",
        "commercial_real_estate_price_indexcommercial real estate prices",
        "unemployment_rateunemployment",
    ]
    assert [row[0] for row in values[1:]] == QUARTERS
    assert values[2] == [QUARTERS[1], "−0.05", "0.5"]


def test_parts_that_a_link_does_not_reach_are_listed_and_noted(full_page: ReadPage) -> None:
    listed = [t for t in full_page.tables["scenarios"] if t[0][0] == "Part"]
    reason = "no path of Swiss prices is published"
    assert listed[0][1] == ["CHF, warehouse", "collateral", reason, "12", "4,500,000"]
    noted = "frb_2026_baseline: the link collateral does not reach 4.5 M EUR of the book"
    assert noted in full_page.text


def test_a_converted_currency_shows_its_rate_date_and_original_amount(full_page: ReadPage) -> None:
    row = full_page.tables["currencies"][0][1]
    assert row[:4] == ["USD", "40", "2,000,000", "0.925412"]
    assert row[4].startswith("2026-03-31")
    assert row[5] == "1,850,824"


def test_a_refused_currency_is_listed_and_noted(full_page: ReadPage) -> None:
    refused = full_page.tables["currencies"][1][1]
    assert refused == ["RUB", "3", "currency_rate_stale", "no rate after 2022-03-01"]
    assert "3 records in RUB are not in the book" in full_page.text


def test_withheld_shared_collateral_is_noted(full_page: ReadPage) -> None:
    assert "5 loans over 7.0 M EUR state collateral that secures, or may" in full_page.text
