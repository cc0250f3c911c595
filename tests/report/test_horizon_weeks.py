"""The first 13 weeks on the page: figures of the result, and sentences where there are none."""

import re

import pytest

from seawall.engines.debt.horizon_results import CaseResult, HorizonResult
from seawall.report import ReportDocument, horizon_weeks
from seawall.report.page import render

from .months import calm, horizon_result, with_months
from .reading import ReadPage, number
from .weeks import week


@pytest.fixture(scope="module")
def result() -> HorizonResult:
    return horizon_result()


@pytest.fixture(scope="module")
def weeks_page(document: ReportDocument) -> ReadPage:
    return ReadPage(render(with_months(document)))


def added(case: CaseResult, *names: str) -> float:
    return sum(float(getattr(week, name)) for week in case.weeks for name in names)


def shown(value: float) -> float:
    return float(f"{value:.0f}")


def test_the_page_says_whose_cash_is_followed(weeks_page: ReadPage) -> None:
    said = "Cash of obligors whose income is known, 189 of 200, to 2026-07-01."
    assert said in weeks_page.text


def test_each_case_shows_where_its_cash_comes_from_and_goes(
    weeks_page: ReadPage, result: HorizonResult
) -> None:
    rows = weeks_page.table("horizon", "13 weeks")[1:]
    for row, case in zip(rows, result.cases, strict=True):
        paid = added(case, "interest_paid", "principal_paid", "maturity_paid_in_cash")
        figures = (
            case.weeks[0].opening_cash,
            added(case, "receipts"),
            added(case, "operating_payments"),
            added(case, "operating_shortfall"),
            paid,
            added(case, "distributed"),
            case.weeks[-1].closing_cash,
        )
        assert row[0] == case.case_id
        assert [number(cell) for cell in row[1:8]] == [shown(figure) for figure in figures]


def test_the_cash_of_a_row_adds_up(weeks_page: ReadPage) -> None:
    for row in weeks_page.table("horizon", "13 weeks")[1:]:
        opening, receipts, operating, lacking, paid, distributed, closing = map(number, row[1:8])
        left = opening + receipts - operating + lacking - paid - distributed
        assert closing == pytest.approx(left, abs=4)


def test_the_least_cash_and_the_week_with_most_obligors_short_are_named(
    weeks_page: ReadPage,
) -> None:
    assert weeks_page.table("horizon", "13 weeks")[3][8] == "5,010,000week 1"
    assert weeks_page.table("horizon", "13 weeks, debt")[3][6] == "24week 4"
    assert weeks_page.table("horizon", "13 weeks, debt")[1][6] == "0"


def test_what_is_due_and_what_is_short_stand_by_kind(
    weeks_page: ReadPage, result: HorizonResult
) -> None:
    rows = weeks_page.table("horizon", "13 weeks, debt")[1:]
    for row, case in zip(rows, result.cases, strict=True):
        figures = (
            added(case, "interest_due", "principal_due"),
            added(case, "debt_service_shortfall"),
            added(case, "maturity_due"),
            added(case, "refinanced"),
            added(case, "refinancing_shortfall"),
        )
        assert [number(cell) for cell in row[1:6]] == [shown(figure) for figure in figures]


def test_every_week_of_every_case_stands_in_the_annex(
    weeks_page: ReadPage, result: HorizonResult
) -> None:
    tables = [table for table in weeks_page.tables["annex"] if table[0][0] == "Week to"]
    for table, case in zip(tables, result.cases, strict=True):
        assert [row[0] for row in table[1:]] == [week.date for week in case.weeks]
        for row, one in zip(table[1:], case.weeks, strict=True):
            figures = (
                one.opening_cash,
                one.receipts,
                one.operating_payments,
                one.operating_shortfall,
                one.interest_due + one.principal_due + one.maturity_due,
                one.interest_paid + one.principal_paid + one.maturity_paid_in_cash,
                one.debt_service_shortfall,
                one.refinancing_shortfall,
                one.distributed,
                one.closing_cash,
                one.short_count,
            )
            assert [number(cell) for cell in row[1:]] == [shown(figure) for figure in figures]


def test_holidays_of_these_weeks_are_named(document: ReportDocument) -> None:
    days = ["2026-03-30", "2026-04-03", "2026-04-06", "2026-07-14"]
    page = ReadPage(render(with_months(document, holidays=days)))
    assert "Payments move for these holidays: 2026-04-03 , 2026-04-06 ." in page.text


def test_without_a_known_income_there_are_no_weeks(document: ReportDocument) -> None:
    weeks = [week(at, 0.0) | {"obligor_count": 0} for at in range(1, 14)]
    page = calm(document, weeks=weeks)
    assert "No obligor states an income: there is no cash to follow by week." in page.text
    assert not [table for table in page.tables["annex"] if table[0][0] == "Week to"]


def test_weeks_in_which_nothing_moves_are_not_drawn(document: ReportDocument) -> None:
    still = {name: 0.0 for name, value in week(1, 0.0).items() if isinstance(value, float)}
    page = calm(document, weeks=[week(at, 0.0) | still for at in range(1, 14)])
    assert "No cash moves in these weeks." in page.text


def test_the_chart_has_a_panel_a_case_and_a_place_a_week(result: HorizonResult) -> None:
    svg = horizon_weeks.weekly_cash(result.cases, "2026-03-31", "EUR")
    drawn = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    assert {"base", "mild", "severe", "thousand EUR", "Week after 2026-03-31"} <= set(drawn)
    assert set(map(str, range(1, 14))) <= set(drawn)


def test_what_nobody_lacks_is_not_in_the_legend(result: HorizonResult) -> None:
    svg = horizon_weeks.weekly_cash(result.cases[:1], "2026-03-31", "EUR")
    assert "due and not paid" not in svg
    assert "closing cash" in svg


def test_bars_go_up_by_receipts_and_down_by_all_else(result: HorizonResult) -> None:
    for case in result.cases:
        for one in case.weeks:
            parts = horizon_weeks._parts(one)
            missing = (
                one.operating_shortfall + one.debt_service_shortfall + one.refinancing_shortfall
            )
            assert parts.pop("missing") == -missing
            assert parts.pop("cash") - one.opening_cash == pytest.approx(sum(parts.values()))
