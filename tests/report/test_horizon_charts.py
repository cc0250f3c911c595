"""Charts of a book's months: a panel a case, and a sentence where there is nothing to draw."""

import re
from typing import Any

import msgspec
import pytest

from seawall.engines.debt.horizon_results import CaseResult, HorizonResult
from seawall.report import ReportDocument, horizon, horizon_charts

from .months import calm, case, estate, horizon_result


@pytest.fixture(scope="module")
def result() -> HorizonResult:
    return horizon_result()


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_each_case_has_its_panel_also_the_one_without_a_bar(result: HorizonResult) -> None:
    untested = msgspec.convert(case("untested", "", 0.0) | {"covenants": []}, CaseResult)
    cases = [*result.cases[:3], untested]
    drawn = texts(horizon_charts.breach_timeline(cases, "2026-03-31", "EUR"))
    names = ["base", "mild", "severe", "untested"]
    assert [text for text in drawn if text in names] == names


def test_amounts_have_their_unit_and_months_their_first_day(result: HorizonResult) -> None:
    drawn = texts(horizon_charts.breach_timeline(result.cases, "2026-03-31", "EUR"))
    assert {"million EUR", "Month after 2026-03-31"} <= set(drawn)


def test_a_covenant_that_nobody_breaks_is_not_in_the_legend(result: HorizonResult) -> None:
    drawn = texts(horizon_charts.breach_timeline(result.cases, "2026-03-31", "EUR"))
    assert [text for text in drawn if text in horizon.COVENANTS.values()] == [
        "DSCR",
        "ICR",
        "LTV",
        "debt yield",
    ]


def test_debt_service_due_is_paid_or_short(result: HorizonResult) -> None:
    for step in result.cases[2].steps:
        parts = horizon_charts._service(step)
        assert parts["paid"] + parts["shortfall"] == pytest.approx(
            step.interest_due + step.principal_due, rel=1e-12
        )
        assert parts["shortfall"] == step.debt_service_shortfall
        assert parts["caught_up"] == pytest.approx(120_000 if step.month == 6 else 0)


def test_the_parts_of_a_claim_add_up_to_it(result: HorizonResult) -> None:
    for tier in result.cases[2].waterfall[0].tiers:
        *bars, label = horizon_charts._claims("severe", tier, 1e6)
        assert sum(bar["amount"] for bar in bars) == pytest.approx(tier.claims / 1e6)
        assert bars[0]["amount"] == tier.paid_from_collateral / 1e6
        assert label["recovery"] == f"{tier.recovery_pct:.1f} %"


def test_ranks_stand_by_seniority_whatever_case_has_them_first() -> None:
    settled = estate("liquidation", False, 1e8, 0.5)
    first = settled | {"tiers": settled["tiers"][1:]}
    second = settled | {"tiers": [settled["tiers"][0] | {"tier": "super_senior"}]}
    cases = [
        msgspec.convert(case(name, "", 0.5) | {"waterfall": [found]}, CaseResult)
        for name, found in (("a", first), ("b", second))
    ]
    drawn = texts(horizon_charts.waterfall(cases, "EUR"))
    ranks = ("super senior", "subordinated", "junior")
    assert tuple(text for text in drawn if text in ranks)[:3] == ranks


def test_a_short_wall_is_drawn_quarter_after_quarter_also_without_anything_due() -> None:
    wall = case("a", "", 0.5)["wall"][:12]
    due = [quarter for quarter in wall if quarter["quarter"] != "2026Q4"]
    made = msgspec.convert(case("a", "", 0.5) | {"wall": due}, CaseResult)
    quarters = horizon.shown_quarters([made])
    assert quarters == [quarter["quarter"] for quarter in wall]
    assert "2026Q4" in texts(horizon_charts.refinancing_wall([made], quarters, "EUR"))


def test_a_long_wall_is_drawn_where_anything_falls_due() -> None:
    near, far = case("a", "", 0.5)["wall"][:2]
    wall = [near, far | {"quarter": "2048Q3"}]
    made = msgspec.convert(case("a", "", 0.5) | {"wall": wall}, CaseResult)
    assert horizon.shown_quarters([made]) == [near["quarter"], "2048Q3"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "No covenant is broken in any case."),
        ({}, "None runs dry in any case."),
        ({}, "No group of obligors with a claim to settle defaults."),
        ({"covenants": []}, "No record has a limit, and none is invented."),
        ({"wall": []}, "Nothing falls due: no maturity is stated, or nothing is owed at one."),
    ],
)
def test_where_there_is_nothing_to_draw_a_sentence_says_so(
    document: ReportDocument, changes: dict[str, Any], sentence: str
) -> None:
    assert sentence in calm(document, **changes).text


def test_charts_of_nothing_are_empty(result: HorizonResult) -> None:
    base = result.cases[:1]
    assert horizon_charts.breach_timeline(base, "2026-03-31", "EUR") == ""
    assert horizon_charts.runways(base, 12) == ""
    assert horizon_charts.waterfall(base, "EUR") == ""
    assert horizon_charts.refinancing_wall(base, [], "EUR") == ""


def test_of_many_cases_the_base_and_the_gravest_have_charts(result: HorizonResult) -> None:
    many: list[CaseResult] = [
        msgspec.convert(case(f"c{at}", "", at / 10), CaseResult) for at in range(10)
    ]
    picked = horizon.shown_cases(msgspec.structs.replace(result, cases=many))
    assert [one.case_id for one in picked] == ["c0", "c5", "c6", "c7", "c8", "c9"]
