"""The first 13 weeks of each case: cash and what becomes of payments, in figures and as a chart."""

import math
from collections.abc import Sequence
from typing import Any

import msgspec
from markupsafe import Markup

from seawall.chart_style import COLORS, INK, PALE, amounts_axis, data, scale
from seawall.engines.debt.horizon_results import CaseResult, CaseWeek, HorizonResult
from seawall.report.chart_svg import svg
from seawall.report.panels import in_panels, named, panel_width, part_color

_PARTS = {
    "receipts": ("receipts", COLORS[0]),
    "operating": ("operating payments", "#8a949c"),
    "debt": ("paid on debt", COLORS[1]),
    "distributed": ("distributed", PALE),
    "missing": ("due and not paid", COLORS[3]),
    "cash": ("closing cash", INK),
}


class WeeksFigures(msgspec.Struct, frozen=True):
    """The weeks of a case in one row, in the book's currency; flows of all weeks together."""

    case_id: str
    opening_cash: float
    receipts: float
    operating_payments: float  # also what of them is a shortfall
    operating_shortfall: float
    debt_paid: float
    distributed: float
    closing_cash: float
    least_cash: float  # at the end of a week
    least_week: int  # the first such
    service_due: float
    service_shortfall: float
    maturity_due: float
    refinanced: float
    refinancing_shortfall: float
    short_count: int  # the most obligors short in one week
    short_week: int | None  # the first such; None: nobody is short


def followed_count(cases: Sequence[CaseResult]) -> int:
    """How many obligors have weeks: those whose income is known."""
    return cases[0].weeks[0].obligor_count if cases[0].weeks else 0


def holidays_within(result: HorizonResult) -> list[str]:
    """List the holidays of these weeks that move payments; those around them are left out."""
    last = result.cases[0].weeks[-1].date
    return [day for day in result.holidays if result.as_of < day <= last]


def weeks_figures(case: CaseResult) -> WeeksFigures:
    """Add up the weeks of a case."""
    weeks = case.weeks

    def added(name: str) -> float:
        return math.fsum(getattr(week, name) for week in weeks)

    least = min(weeks, key=lambda week: week.closing_cash)
    worst = max(weeks, key=lambda week: week.short_count)
    return WeeksFigures(
        case_id=case.case_id,
        opening_cash=weeks[0].opening_cash,
        receipts=added("receipts"),
        operating_payments=added("operating_payments"),
        operating_shortfall=added("operating_shortfall"),
        debt_paid=math.fsum(map(debt_paid, weeks)),
        distributed=added("distributed"),
        closing_cash=weeks[-1].closing_cash,
        least_cash=least.closing_cash,
        least_week=least.week,
        service_due=math.fsum(week.interest_due + week.principal_due for week in weeks),
        service_shortfall=added("debt_service_shortfall"),
        maturity_due=added("maturity_due"),
        refinanced=added("refinanced"),
        refinancing_shortfall=added("refinancing_shortfall"),
        short_count=worst.short_count,
        short_week=worst.week if worst.short_count else None,
    )


def debt_due(week: CaseWeek) -> float:
    """Interest, scheduled principal and maturities of a week."""
    return week.interest_due + week.principal_due + week.maturity_due


def debt_paid(week: CaseWeek) -> float:
    """What debt takes out of the cash of a week; new debt is no cash."""
    return week.interest_paid + week.principal_paid + week.maturity_paid_in_cash


def weekly_cash(cases: Sequence[CaseResult], as_of: str, currency: str) -> Markup:
    """Bars by week: what comes in upwards, what goes out or is missing downwards; a line of cash.

    Without anything to draw: no text.
    """
    import altair

    found = [
        (name, week.week, part, amount)
        for name, case in named(cases)
        for week in case.weeks
        for part, amount in _parts(week).items()
    ]
    heights = [abs(amount) for *_, amount in found]
    if not any(heights):
        return Markup("")
    size, unit = scale(heights, currency)
    # The line stays in the legend also where there is no cash.
    shown = {
        key: part
        for key, part in _PARTS.items()
        if key == "cash" or any(of == key and amount for _, _, of, amount in found)
    }
    order = list(shown)
    rows: list[dict[str, Any]] = [
        {
            "panel": panel,
            "week": week,
            "part": shown[part][0],
            "place": order.index(part),
            "cash" if part == "cash" else "amount": amount / size,
        }
        for panel, week, part, amount in found
        if part in shown
    ]
    base = altair.Chart().encode(
        x=altair.X(
            "week:O",
            title=f"Week after {as_of}",
            axis=altair.Axis(labelAngle=0, labelOverlap=False, ticks=False, domain=False),
            scale=altair.Scale(paddingInner=0.25),
        ),
        color=part_color(shown),
    )
    bars = (
        base.transform_filter("isValid(datum.amount)")
        .mark_bar()
        .encode(
            y=altair.Y("amount:Q", title=unit, axis=amounts_axis(tick_count=4)),
            order=altair.Order("place:Q"),
        )
    )
    line = (
        base.transform_filter("isValid(datum.cash)")
        .mark_line(point=altair.OverlayMarkDef(size=18), strokeWidth=1.5)
        .encode(y="cash:Q")
    )
    panels = [name for name, _ in named(cases)]
    chart = altair.LayerChart(layer=[bars, line], data=data(rows))
    return svg(in_panels(chart.properties(width=panel_width(len(panels)), height=110), panels))


def _parts(week: CaseWeek) -> dict[str, float]:
    """Make the bars of a week, payments below nought, and the height of the line."""
    missing = week.operating_shortfall + week.debt_service_shortfall + week.refinancing_shortfall
    return {
        "receipts": week.receipts,
        "operating": week.operating_shortfall - week.operating_payments,
        "debt": -debt_paid(week),
        "distributed": -week.distributed,
        "missing": -missing,
        "cash": week.closing_cash,
    }
