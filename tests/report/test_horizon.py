"""A book's months on the page: every figure is the result's; without a horizon, nothing."""

import msgspec
import pytest

from seawall.engines.debt.horizon_results import HorizonResult
from seawall.report import ReportDocument, horizon
from seawall.report.page import render

from .every_piece import every_piece
from .months import calm, case, estate, horizon_result, months, with_months
from .reading import ReadPage, number

HOSTILE = '"><script>alert(1)</script>{{ 7 * 7 }}\u202e'


@pytest.fixture(scope="module")
def result() -> HorizonResult:
    return horizon_result()


@pytest.fixture(scope="module")
def months_html(document: ReportDocument) -> str:
    return render(with_months(document))


@pytest.fixture(scope="module")
def months_page(months_html: str) -> ReadPage:
    return ReadPage(months_html)


def shown(value: float) -> float:
    return float(f"{value:.0f}")


def test_without_a_horizon_nothing_of_it_is_on_the_page(html: str, page: ReadPage) -> None:
    assert not {"horizon", "annex"} & page.tables.keys()
    assert 'id="horizon"' not in html
    assert "Cash flows" not in page.text
    assert "4 Material findings" in page.text
    assert "7 Method and assumptions" in page.text


def test_with_a_horizon_the_later_sections_move_on(months_page: ReadPage) -> None:
    for title in ("4 Cash flows over 12 months", "5 Material findings", "8 Method", "9 Annex"):
        assert title in months_page.text


def test_the_summary_says_how_the_base_and_the_gravest_case_end(months_page: ReadPage) -> None:
    assert (
        "Over the 12 months to 2027-03-31, none of 200 obligors default in the base case; in "
        "severe, the gravest of 4 cases, 32, owing 109.1 M EUR. The case severe leaves a "
        "refinancing gap of 30.3 M EUR, a shortfall of debt service of 21.1 M EUR and an "
        "operating shortfall of 2.4 M EUR."
    ) in months_page.text


def test_cases_in_which_nobody_defaults_are_said_to_be_so(document: ReportDocument) -> None:
    assert "to 2027-03-31, no obligor defaults in the base case." in calm(document).text


def test_each_case_shows_its_defaults_breaches_and_gaps(
    months_page: ReadPage, result: HorizonResult
) -> None:
    rows = months_page.tables["horizon"][0][1:]
    for row, one in zip(rows, result.cases, strict=True):
        last = one.steps[-1]
        most = max(one.covenants, key=lambda c: c.breach_outstanding)
        first = [step.month for step in one.steps if step.obligors_in_default]
        assert row[0].startswith(one.case_id)
        assert number(row[1]) == last.obligors_in_default
        assert number(row[2]) == shown(last.debt_in_default)
        assert row[3][:7] == (f"month {first[0]}" if first else "none")
        assert number(row[5]) == most.breach_count
        assert number(row[6]) == shown(most.breach_outstanding)
        assert number(row[7]) == shown(sum(q.gap for q in one.wall if q.quarter <= "2027Q1"))
        assert number(row[8]) == shown(sum(q.gap for q in one.wall if q.quarter > "2027Q1"))


def test_shortfalls_of_each_kind_stand_apart(months_page: ReadPage, result: HorizonResult) -> None:
    rows = months_page.tables["horizon"][1][1:]
    kinds = ("operating_shortfall", "debt_service_shortfall", "refinancing_shortfall")
    for row, one in zip(rows, result.cases, strict=True):
        sums = [shown(sum(getattr(step, kind) for step in one.steps)) for kind in kinds]
        assert [number(cell) for cell in row[1:4]] == sums


def test_a_case_without_defaults_has_no_recovery_and_no_carry(months_page: ReadPage) -> None:
    assert months_page.tables["horizon"][1][1][4:] == ["—", "—", "—"]


def test_recoveries_and_carry_are_those_of_the_defaulted_groups(
    months_page: ReadPage, result: HorizonResult
) -> None:
    row = months_page.tables["horizon"][1][3]
    liquidation, going_concern, _ = result.cases[2].waterfall
    for cell, found in zip(row[4:6], (liquidation, going_concern), strict=True):
        assert number(cell) == pytest.approx(100 * found.paid_to_creditors / found.claims, abs=0.05)
    assert liquidation.cost_of_carry is not None
    assert number(row[6]) == shown(liquidation.cost_of_carry)


def test_every_month_of_every_case_stands_in_the_annex(
    months_page: ReadPage, result: HorizonResult
) -> None:
    tables = [t for t in months_page.tables["annex"] if t[0][0] == "Month to"]
    figures = (
        "interest_due",
        "principal_due",
        "interest_paid",
        "principal_paid",
        "debt_service_shortfall",
        "maturity_due",
        "maturity_refinanced",
        "refinancing_shortfall",
        "operating_shortfall",
        "cash",
        "debt_in_default",
    )
    for table, one in zip(tables, result.cases, strict=True):
        assert [row[0] for row in table[1:]] == [step.date for step in one.steps]
        for row, step in zip(table[1:], one.steps, strict=True):
            assert [number(c) for c in row[1:]] == [shown(getattr(step, f)) for f in figures]


def test_a_wall_table_adds_up_to_the_whole_wall(
    months_page: ReadPage, result: HorizonResult
) -> None:
    tables = [t for t in months_page.tables["annex"] if t[0][0] == "Quarter due"]
    for table, one in zip(tables, result.cases, strict=True):
        assert [row[0] for row in table[1:3]] == ["2026Q2", "2026Q3"]
        assert table[-1][0] == "later"
        assert len(table) == 1 + 20 + 1
        for at, figure in ((1, "maturity_count"), (2, "due"), (3, "refinanced"), (4, "gap")):
            whole = sum(getattr(quarter, figure) for quarter in one.wall)
            assert sum(number(row[at]) for row in table[1:]) == pytest.approx(whole, abs=11)


def test_covenants_with_a_limit_show_their_counts(
    months_page: ReadPage, result: HorizonResult
) -> None:
    rows = months_page.table("horizon", "Case and covenant")[1:]
    limited = [(one, c) for one in result.cases for c in one.covenants if c.limited_count]
    for row, (one, c) in zip(rows, limited, strict=True):
        assert row[0] == f"{one.case_id}, {horizon.COVENANTS[c.covenant]}"
        counts = (c.limited_count, c.tested_count, c.breach_count, shown(c.breach_outstanding))
        assert tuple(map(number, row[1:5])) == counts
        assert (number(row[5]), number(row[6])) == (c.cured_count, c.standing_count)
        assert row[7] == (f"month {c.first_breach_month}" if c.first_breach_month else "never")


def test_every_rank_of_a_waterfall_shows_claims_payments_and_recovery(
    months_page: ReadPage, result: HorizonResult
) -> None:
    rows = {tuple(row[4:8]) for row in months_page.table("horizon", "Defaulted groups")[1:]}
    for one in result.cases:
        for found in horizon.estates(one, hypothetical=False):
            for tier in found.tiers:
                amounts = (tier.claims, tier.paid, tier.paid_from_collateral)
                row = (*(f"{amount:,.0f}" for amount in amounts), f"{tier.recovery_pct:.1f} %")
                assert row in rows


def test_groups_that_have_not_defaulted_are_marked_hypothetical(months_page: ReadPage) -> None:
    rows = months_page.table("horizon", "Hypothetical")[1:]
    assert [row[0].partition("better")[0] for row in rows] == [
        f"{one['case_id']}, liquidation" for one in months()["cases"]
    ]
    assert number(rows[0][4]) == 4.1e8


def test_groups_without_a_value_are_counted_and_in_no_figure(document: ReportDocument) -> None:
    unknown = estate("liquidation", False, 0.0, 0.5) | {"group_count": 0, "tiers": []}
    page = calm(document, waterfall=[unknown])
    assert page.table("horizon", "Defaulted groups")[1][1:] == ["0", "2", "unknown"]
    assert page.tables["horizon"][1][1][4:] == ["—", "—", "—"]


def test_runways_count_every_obligor_once(months_page: ReadPage, result: HorizonResult) -> None:
    header, *rows = months_page.table("horizon", "Runway")
    assert header[1:] == ["0 to 2 months", "3 to 5 months", "6 to 11 months", "all 12 months"]
    for row, one in zip(rows, result.cases, strict=True):
        assert sum(number(cell) for cell in row[1:]) == sum(one.runway_counts.values())
        assert number(row[4]) == one.runway_counts["12+"]
        assert number(row[1]) == sum(one.runway_counts[month] for month in "012")


def test_risk_levels_show_obligors_outstanding_and_reasons(
    months_page: ReadPage, result: HorizonResult
) -> None:
    rows = months_page.table("horizon", "Risk")[1:]
    for row, one in zip(rows, result.cases, strict=True):
        assert row[1:] == [
            f"{one.risk.levels[level]:,}{one.risk.outstanding[level]:,.0f}"
            for level in horizon.RISK_LEVELS
        ]
    reasons = {row[0]: row[1:] for row in months_page.table("horizon", "Reason")[1:]}
    assert reasons == {
        reason: [str(one.risk.reasons[reason]) for one in result.cases]
        for reason in result.cases[0].risk.reasons
    }


def test_concentrations_show_shares_and_index(months_page: ReadPage) -> None:
    assert months_page.table("horizon", "By")[1:3] == [
        ["obligor", "OB0001 (4.2 %), OB0107 (3.5 %), OB0033 (3.1 %)", "100.0 %", "0.0112"],
        ["sector", "", "0.0 %", "—"],
    ]


def test_limits_show_what_is_above_them_and_what_is_not_tested(months_page: ReadPage) -> None:
    assert months_page.table("horizon", "Limit")[1:] == [
        ["obligor", "4 %", "1", "OB0001 (4.2 %)", "1,812,500", "0.0 %", "—"],
        ["sector", "30 %", "—", "no record says", "—", "100.0 %", "—"],
        ["currency", "95 %", "0", "none", "0", "8.0 %", "—"],
    ]


def test_without_a_limit_there_is_no_table_of_limits(document: ReportDocument) -> None:
    (*_, unlimited) = months()["concentrations"]
    page = ReadPage(render(with_months(document, concentrations=[unlimited])))
    assert not [table for table in page.tables["horizon"] if table[0][0] == "Limit"]
    assert page.table("horizon", "By")[1][0] == "collateral type"


def test_the_assumptions_of_each_case_are_shown(months_page: ReadPage) -> None:
    rows = months_page.table("horizon", "Assumptions")[1:]
    assert rows[0] == ["base", *["× 1"] * 5, "0", "0"]
    assert rows[2] == ["severe", "× 0.6", "× 1.3", "× 2", "× 0.7", "× 0.7", "60", "20"]
    assert rows[3][1] == "follows a supervisory path, see below"


def test_a_supervisory_case_shows_its_links_by_quarter(document: ReportDocument) -> None:
    full = with_months(document)
    paths = msgspec.convert(
        msgspec.to_builtins(full.result) | every_piece(), type(full.result)
    ).supervisory
    supervised = msgspec.structs.replace(full.result, supervisory=paths)
    page = ReadPage(render(msgspec.structs.replace(full, result=supervised, path_findings={})))
    assert page.table("horizon", "Link")[1][0] == "revenue"
    values = page.table("horizon", "Quarter")
    assert [row[0] for row in values[1:3]] == ["2026 Q1", "2026 Q2"]
    assert [row[1] for row in values[1:3]] == ["−0.01", "−0.02"]
    assert page.table("horizon", "Part")[1][:2] == ["CHF", "refinancing rate"]


def test_absent_terms_show_what_was_assumed_and_how_often(months_page: ReadPage) -> None:
    assert months_page.table("horizon", "Absent term")[1:] == [
        ["interest_accrual_method", "30/360", "41"],
        ["amortisation", "nothing before maturity", "12"],
        ["maturity_date", "a maturity beyond every horizon", "3"],
    ]


def test_hostile_texts_of_a_case_stay_texts(document: ReportDocument) -> None:
    hostile = case(HOSTILE, HOSTILE, 0.5)
    hostile["risk"]["reasons"] = {HOSTILE: 3}
    path = case("path", HOSTILE, 0.5) | {"assumptions": None}
    cases = [case("base", "", 0.0), hostile, path]
    html = render(with_months(document, cases=cases, assumed_counts={HOSTILE: 1}))
    page = ReadPage(html)
    assert "script" not in page.tags
    assert page.loading == page.handlers == []
    assert "\u202e" not in html
    assert HOSTILE.replace("\u202e", r"\u202e") in page.text


def test_the_same_months_give_the_same_page(document: ReportDocument, months_html: str) -> None:
    assert render(with_months(document)) == months_html


def test_a_document_with_months_is_plain_data(document: ReportDocument) -> None:
    full = with_months(document)
    assert msgspec.json.decode(msgspec.json.encode(full), type=ReportDocument) == full
