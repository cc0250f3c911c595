"""Charts of a tail: what is drawn is what the tail says, with units and intervals."""

import re
from io import StringIO
from typing import Any

import numpy as np
import pytest

from seawall.engines.debt.simulation import Tail, chart_rows, charts
from seawall.engines.debt.simulation.shares import shares
from seawall.errors import InvalidInput
from seawall.session import Session

from .tapes import ingest, loan

LOANS = [loan(number, outstanding=1_000_000 + 1000 * number) for number in range(40)]
DRAWINGS = {
    "loss_histogram": lambda tail: charts.loss_histogram(tail, 0.99),
    "exceedance": lambda tail: charts.exceedance({"t copula": tail}),
    "contribution_bars": lambda tail: charts.contribution_bars(tail, 0.99, by="sector"),
    "convergence": lambda tail: charts.convergence(tail, 0.99),
}


@pytest.fixture
def tail(session: Session) -> Tail:
    return tail_of(session, LOANS)


def tail_of(session: Session, loans: list[dict[str, Any]], *, scenarios: int = 20_000) -> Tail:
    run = session.simulate(
        ingest(session, loans),
        scenarios=scenarios,
        factors={"by": "sector", "asset_correlation": 0.2, "degrees_of_freedom": 5},
    )
    found: Tail = run.questions
    return found


def texts(chart: Any) -> list[str]:
    drawn = StringIO()
    chart.save(drawn, format="svg")
    return re.findall(r"<text[^>]*>([^<]*)</text>", drawn.getvalue())


def test_every_scenario_is_in_a_bar_and_those_beyond_value_at_risk_in_the_tails(
    tail: Tail,
) -> None:
    figures = tail.figures(0.99)
    rows = chart_rows.bins(chart_rows.amounts(tail), figures.value_at_risk)
    assert sum(row["count"] for row in rows) == tail.scenario_count
    beyond = [row for row in rows if row["part"] == chart_rows.PARTS[1]]
    assert sum(row["count"] for row in beyond) == figures.scenarios_beyond
    assert beyond[0]["low"] == figures.value_at_risk


def test_a_bar_counts_the_losses_up_to_its_upper_edge() -> None:
    rows = chart_rows.bins(np.array([0.0, 0.0, 1.0, 30.0, 31.0, 60.0]), 30.0)
    assert [(row["low"], row["high"], row["count"]) for row in rows] == [
        (0, 1, 3),
        (29, 30, 1),
        (30, 31, 1),
        (59, 60, 1),
    ]


def test_losses_of_nothing_stand_below_a_value_at_risk_of_nothing() -> None:
    rows = chart_rows.bins(np.array([0.0, 0.0, 60.0]), 0.0)
    assert [(row["high"], row["count"], row["part"]) for row in rows] == [
        (0, 2, chart_rows.PARTS[0]),
        (60, 1, chart_rows.PARTS[1]),
    ]


def test_the_lines_of_the_histogram_have_the_intervals_of_the_figures(tail: Tail) -> None:
    figures = tail.figures(0.99)
    _, quantile, shortfall = chart_rows.marks(tail, 0.99, 1.0)
    assert (quantile["low"], quantile["high"]) == (
        figures.value_at_risk_low,
        figures.value_at_risk_high,
    )
    reach = 1.96 * figures.expected_shortfall_standard_error
    assert shortfall["high"] - shortfall["at"] == pytest.approx(reach, rel=1e-4)


def test_an_open_interval_ends_at_the_largest_loss(session: Session) -> None:
    few = tail_of(session, LOANS, scenarios=100)
    assert few.figures(0.99).value_at_risk_high is None
    mark = chart_rows.marks(few, 0.99, 1.0)[1]
    assert mark["high"] == chart_rows.amounts(few).max()


def test_a_point_of_the_curve_is_the_share_that_loses_as_much(tail: Tail) -> None:
    losses = chart_rows.amounts(tail)
    for row in chart_rows.curve(tail, 1.0):
        assert row["low"] < row["probability"] < row["high"] or row["probability"] == 1
        share = (losses >= row["loss"]).mean()  # of equal losses the first ranks say less
        assert share >= row["probability"]
        assert row["probability"] > (losses > row["loss"]).mean()


def test_wilsons_interval_is_the_published_one() -> None:
    # R. G. Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I:
    # 1 of 29 by method 3 is 0.0061 to 0.1718, and 81 of 263 is 0.2553 to 0.3662.
    for count, of, low, high in ((1, 29, 0.0061, 0.1718), (81, 263, 0.2553, 0.3662)):
        found = chart_rows.share_interval(np.array([count]), of)
        assert [round(float(end[0]), 4) for end in found] == [low, high]


def test_bars_and_the_text_of_the_others_are_all_of_expected_shortfall(tail: Tail) -> None:
    found = shares(tail, 0.99)
    *shown, others = chart_rows.bars(found, 5, 1.0)
    rest = float(others["text"].split(" ")[0].replace(",", ""))
    total = sum(row["amount"] for row in shown) + rest
    assert total == pytest.approx(tail.figures(0.99).expected_shortfall, abs=0.1)
    assert others["name"] == "35 others"
    assert "amount" not in others


def test_a_whisker_is_two_standard_errors(tail: Tail) -> None:
    found = shares(tail, 0.99, by="sector")
    for share, row in zip(found, chart_rows.bars(found, 5, 1.0), strict=True):
        assert share.standard_error is not None
        assert row["high"] - share.contribution == pytest.approx(2 * share.standard_error)


def test_convergence_goes_over_powers_of_two_to_all_scenarios(tail: Tail) -> None:
    rows = chart_rows.prefixes(tail, 0.99)
    assert [row["scenarios"] for row in rows] == [2048, 4096, 8192, 16384, 20000]
    assert rows[-1]["amount"] == tail.figures(0.99).expected_shortfall


def test_a_prefix_is_the_shorter_simulation(session: Session, tail: Tail) -> None:
    shorter = tail_of(session, LOANS, scenarios=4096)
    assert chart_rows.prefixes(tail, 0.99)[1]["amount"] == shorter.figures(0.99).expected_shortfall


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_amounts_have_their_unit(tail: Tail, drawing: str) -> None:
    drawn = texts(DRAWINGS[drawing](tail))
    assert any(re.search(r", (million |thousand )?EUR$", text) for text in drawn), drawn


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_a_book_that_cannot_lose_is_drawn_too(session: Session, drawing: str) -> None:
    assert texts(
        DRAWINGS[drawing](tail_of(session, [loan(number, lgd_pct=0) for number in (1, 2)]))
    )


def test_names_of_a_tape_are_written_so_that_nothing_is_hidden(session: Session) -> None:
    hidden = tail_of(session, [loan(1, sector="po\u202ewer"), loan(2)])
    drawn = texts(charts.contribution_bars(hidden, 0.99, by="sector"))
    assert "po\\u202ewer" in drawn


def test_simulations_in_several_currencies_are_not_drawn_on_one_axis(
    session: Session, tail: Tail
) -> None:
    dollars = tail_of(session, [loan(number, currency="USD") for number in range(3)])
    for tails in ({}, {"EUR": tail, "USD": dollars}):
        with pytest.raises(InvalidInput) as caught:
            charts.exceedance(tails)
        assert caught.value.where == "tails"
