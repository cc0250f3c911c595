"""Prices and what-ifs on the page, where a run has them."""

from typing import Any

import msgspec
import pytest

from seawall.engines.debt.horizon_results import WhatIfResult
from seawall.report import ReportDocument, report_html
from seawall.report.horizon_changes import changed_figures, terms_of
from seawall.report.page import render
from seawall.session import Session

from .months import calm, case, with_months
from .prices import purchase, what_if
from .reading import ReadPage, Table

BOOK = b"""id,currency,outstanding,coupon,amortisation,reporting_date,maturity,collateral,ebitda
A,EUR,1000000,6,bullet,2026-01-15,2026-04-15,1500000,360000
"""
EXTEND = {"kind": "amend_and_extend", "what_if_id": " later ", "source_record_id": "A"}


def changes(*entries: dict[str, Any]) -> list[str]:
    return list(terms_of({"what_if": list(entries)}).values())


def rows(page: ReadPage) -> Table:
    return page.table("horizon", "Change")


def calm_with(document: ReportDocument, found: dict[str, Any]) -> ReadPage:
    cases = [case("base", "", 0.0)]
    return ReadPage(render(with_months(document, cases=cases, what_if=[found])))


def test_without_a_price_and_a_what_if_nothing_is_said_of_them(document: ReportDocument) -> None:
    page = calm(document)
    assert not {"Price", "Change"} & {table[0][0] for table in page.tables["horizon"]}
    assert "What if" not in page.text
    assert "is bought on" not in page.text


def test_each_case_shows_what_the_book_costs_and_returns(document: ReportDocument) -> None:
    cases = [
        case(name, "", strain) | {"purchase": purchase(strain)}
        for name, strain in (("base", 0.0), ("grim", 0.5), ("worst", 1.0))
    ]
    page = ReadPage(render(with_months(document, cases=cases)))
    assert "The book is bought on 2026-03-31 at 80 % of its balance" in page.text
    paid = ["576,000,000", "1,500,000"]
    base = [*paid, "60,000,000", "650,000,000", "21.34 %", "21.41 %", "1.233", "—0 positions", "5"]
    grim = [*paid, "30,000,000", "541,666,667", "6.34 %", "6.41 %", "0.983", "4.12 %37 positions"]
    worst = [*paid, "0", "433,333,333", "—", "—", "—", "4.12 %37 positions", "5"]
    found = page.table("horizon", "Price")[1:]
    assert found == [["base", *base], ["grim", *grim, "5"], ["worst", *worst]]


def test_a_what_if_shows_the_figures_that_change_with_both_values(
    document: ReportDocument,
) -> None:
    found = what_if("w", "base", "severe", debt=1.2e6, maturity_due=0.0, breach_count=1_007)
    page = ReadPage(render(with_months(document, what_if=[found])))
    assert "Record L017, of obligor OB0017: amend and extend." in page.text
    assert rows(page) == [
        ["Change", "base", "severe"],
        ["Maturing", *["−1,000,0001,000,000 → 0"] * 2],
        ["Debt at the end", *["+200,0001,000,000 → 1,200,000"] * 2],
        ["Covenants broken", *["−21,009 → 1,007"] * 2],
    ]


def test_what_nobody_would_see_is_no_change(document: ReportDocument) -> None:
    found = what_if("w", "base", debt=1e6 + 0.4)
    assert "No figure changes in any case." in calm_with(document, found).text


def test_a_figure_that_becomes_known_has_no_difference() -> None:
    found = msgspec.convert(what_if("w", "base", xirr_pct=7.125), WhatIfResult)
    (figure,) = changed_figures(found)
    assert figure.name == "XIRR, %"
    assert figure.cells == [("—", "— → 7.12")]


def test_many_cases_stand_four_beside_each_other(document: ReportDocument) -> None:
    found = what_if("w", *(f"c{at}" for at in range(9)), debt=0.0)
    page = ReadPage(render(with_months(document, what_if=[found])))
    tables = [table for table in page.tables["horizon"] if table[0][0] == "Change"]
    assert [len(table[0]) - 1 for table in tables] == [4, 4, 1]
    assert [name for table in tables for name in table[0][1:]] == [f"c{at}" for at in range(9)]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({**EXTEND}, "no term is changed"),
        (
            {**EXTEND, "extension_months": 12, "rate_change_pct": -0.25},
            "matures 12 months later, rate −0.25 points",
        ),
        ({**EXTEND, "spread_change_pct": 1}, "spread +1 points"),
        ({**EXTEND, "limits": {"ltv_maximum_pct": 80}}, "an LTV of at most 80 %"),
        ({**EXTEND, "kind": "equitise", "fraction": 0.4}, "40 % becomes equity"),
    ],
    ids=str,
)
def test_the_terms_that_a_what_if_changes_are_said(entry: dict[str, Any], said: str) -> None:
    assert changes(entry) == [said]


def test_hostile_texts_of_a_what_if_stay_texts(document: ReportDocument) -> None:
    hostile = '"><script>alert(1)</script>{{ 7 * 7 }}'
    found = what_if(hostile, hostile, debt=0.0)
    page = calm_with(document, found | {"source_record_id": hostile, "obligor_id": hostile})
    assert "script" not in page.tags
    assert page.text.count(hostile) == 3


def test_a_run_with_a_price_and_a_what_if_shows_both(session: Session) -> None:
    entry = {**EXTEND, "extension_months": 12}
    run = session.stress(
        session.ingest(BOOK, format="csv"),
        months=6,
        presets=["mild"],
        horizon={"purchase": {"price_pct": 80}, "what_if": [entry]},
    )
    page = ReadPage(report_html(session, run.run_id))
    assert [row[0] for row in page.table("horizon", "Price")[1:]] == ["base", "mild"]
    assert "Record A: matures 12 months later." in page.text
    (maturing,) = [row for row in rows(page) if row[0] == "Maturing"]
    assert maturing[1] == "−1,000,0001,000,000 → 0"
