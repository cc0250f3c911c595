"""Charts of a book's months, a panel a case on one scale. Without anything to draw: no text."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from seawall.chart_style import (
    COLORS,
    INK,
    PALE,
    amounts_axis,
    data,
    scale,
    unlike,
)
from seawall.engines.debt.horizon_results import CaseResult, CaseStep, WaterfallTier
from seawall.report.chart_svg import svg
from seawall.report.horizon import BASES, COVENANTS, dry_months, estates
from seawall.report.panels import Parts, in_panels, named, panel_width, part_color
from seawall.report.wording import percent

if TYPE_CHECKING:
    import altair

_MISSING = COLORS[3]  # a shortfall, a gap, what stays unpaid
_COVENANT_COLORS = dict(zip(COVENANTS, COLORS, strict=False))
_WALL_PARTS = {
    "refinanced": ("refinanced", PALE),
    "ltv": ("gap, by LTV", COLORS[3]),
    "dscr": ("gap, by DSCR", COLORS[1]),
    "debt_yield": ("gap, by debt yield", COLORS[4]),
    "untested": ("untested", "#8a949c"),
    "in_default": ("in default before", COLORS[5]),
}
_SERVICE_PARTS = {
    "paid": ("due and paid", COLORS[0]),
    "shortfall": ("due and not paid", _MISSING),
    "caught_up": ("arrears paid later", PALE),
}
_CLAIM_PARTS = {
    "collateral": ("paid from collateral", COLORS[0]),
    "estate": ("paid from other assets and guarantees", PALE),
    "unpaid": ("not paid", _MISSING),
}
_RUNWAY_PARTS = {
    "short": ("below 6 months", _MISSING),
    "longer": ("6 months and more", COLORS[0]),
}
_RANKS = ("super_senior", "senior", "subordinated", "junior")
_ROUNDING = 1e-9  # of an amount due: sums of parts differ by their last bits


def breach_timeline(cases: Sequence[CaseResult], as_of: str, currency: str) -> Markup:
    """Stacked bars by month: the outstanding of the records that break a covenant first then."""
    found = {
        covenant.covenant for case in cases for covenant in case.covenants if covenant.breach_count
    }
    parts = {key: (COVENANTS[key], _COVENANT_COLORS[key]) for key in COVENANTS if key in found}
    rows = [
        (name, month, covenant.covenant, amount)
        for name, case in named(cases)
        for covenant in case.covenants
        if covenant.covenant in found
        for month, amount in enumerate(covenant.first_breach_outstanding, start=1)
    ]
    return _standing_bars(rows, parts, cases, f"Month after {as_of}", currency)


def debt_service(cases: Sequence[CaseResult], as_of: str, currency: str) -> Markup:
    """Stacked bars by month: interest and scheduled principal due, by what became of it."""
    rows = [
        (name, step.month, part, amount)
        for name, case in named(cases)
        for step in case.steps
        for part, amount in _service(step).items()
    ]
    return _standing_bars(rows, _SERVICE_PARTS, cases, f"Month after {as_of}", currency)


def refinancing_wall(cases: Sequence[CaseResult], quarters: Sequence[str], currency: str) -> Markup:
    """Stacked bars by quarter: what falls due, by what new debt makes of it."""
    rows: list[tuple[str, Any, str, float]] = []
    for name, case in named(cases):
        due = {row.quarter: row for row in case.wall}
        for quarter in quarters:
            row = due.get(quarter)
            amounts = (
                {
                    "refinanced": row.refinanced,
                    **row.gap_by_test,
                    "untested": row.untested,
                    "in_default": row.in_default,
                }
                if row
                else {"refinanced": 0.0}
            )
            rows += [(name, quarter, part, amount) for part, amount in amounts.items()]
    return _standing_bars(rows, _WALL_PARTS, cases, "Quarter of maturity", currency)


def runways(cases: Sequence[CaseResult], months: int) -> Markup:
    """Standing bars by month: obligors whose cash lasts that long; those that never run dry not."""
    rows = [
        (name, month, "short" if month < 6 else "longer", float(dry_months(case).get(month, 0)))
        for name, case in named(cases)
        for month in range(months)
    ]
    return _standing_bars(rows, _RUNWAY_PARTS, cases, "Months of runway", None)


def waterfall(cases: Sequence[CaseResult], currency: str) -> Markup:
    """Lying bars by rank: the claims on defaulted groups, by what becomes of them."""
    import altair

    found = [
        (f"{name}, {BASES[estate.basis]}", tier)
        for name, case in named(cases)
        for estate in estates(case, hypothetical=False)
        for tier in estate.tiers
    ]
    most = max((tier.claims for _, tier in found), default=0.0)
    if not most:
        return Markup("")
    size, unit = scale([most], currency)
    panels = list(dict.fromkeys(panel for panel, _ in found))
    held = {tier.tier for _, tier in found}
    ranks = [rank.replace("_", " ") for rank in _RANKS if rank in held]
    rows = [row for panel, tier in found for row in _claims(panel, tier, size)]
    base = altair.Chart()
    y = altair.Y("rank:N", sort=ranks, title=None, axis=altair.Axis(ticks=False, domain=False))
    x = altair.X(
        "amount:Q",
        title=f"Claims, {unit}",
        axis=amounts_axis(tick_count=4),
        scale=altair.Scale(domain=[0, 1.2 * most / size], nice=False),
    )
    bars = (
        base.transform_filter("isValid(datum.place)")
        .mark_bar(size=13)
        .encode(y=y, x=x, color=part_color(_CLAIM_PARTS), order=altair.Order("place:Q"))
    )
    labels = (
        base.transform_filter("isValid(datum.end)")
        .mark_text(align="left", dx=5, color=INK, fontSize=11)
        .encode(y=y, x="end:Q", text="recovery:N")
    )
    chart = altair.LayerChart(layer=[bars, labels], data=data(rows))
    width = panel_width(len(panels), beside=40)
    return svg(in_panels(chart.properties(width=width, height=21 * len(ranks)), panels))


# --- parts


def _service(step: CaseStep) -> dict[str, float]:
    due = step.interest_due + step.principal_due
    on_time = due - step.debt_service_shortfall
    caught_up = step.interest_paid + step.principal_paid - on_time
    return {
        "paid": on_time,
        "shortfall": step.debt_service_shortfall,
        "caught_up": caught_up if caught_up > _ROUNDING * due else 0.0,
    }


def _claims(panel: str, tier: WaterfallTier, size: float) -> list[dict[str, Any]]:
    """Make the three parts of a rank's bar, and what is written behind it."""
    rank = {"panel": panel, "rank": tier.tier.replace("_", " ")}
    from_others = tier.paid - tier.paid_from_collateral
    amounts = (tier.paid_from_collateral, from_others, tier.claims - tier.paid)
    bars = [
        {**rank, "part": part, "place": place, "amount": amount / size}
        for place, ((part, _), amount) in enumerate(
            zip(_CLAIM_PARTS.values(), amounts, strict=True)
        )
    ]
    recovery = "" if tier.recovery_pct is None else percent(tier.recovery_pct / 100)
    return [*bars, {**rank, "end": tier.claims / size, "recovery": recovery}]


def _standing_bars(
    rows: Sequence[tuple[str, Any, str, float]],
    parts: Parts,
    cases: Sequence[CaseResult],
    title: str,
    currency: str | None,
) -> Markup:
    """Draw a panel a case, one below the other; `rows` are panel, place, part and amount."""
    import altair

    heights: dict[tuple[str, Any], float] = {}
    for panel, at, _, amount in rows:
        heights[panel, at] = heights.get((panel, at), 0.0) + amount
    if not any(heights.values()):
        return Markup("")
    size, unit = (1.0, "Obligors") if currency is None else scale(heights.values(), currency)
    shown = {key: part for key, part in parts.items() if any(r[2] == key and r[3] for r in rows)}
    order = list(shown)
    values = [
        {
            "panel": panel,
            "at": str(at),
            "part": shown[part][0],
            "place": order.index(part),
            "amount": amount / size,
        }
        for panel, at, part, amount in rows
        if part in shown
    ]
    places = list(dict.fromkeys(str(at) for _, at, _, _ in rows))
    panels = unlike(case.case_id for case in cases)
    # A panel without any bar would not be drawn at all.
    values += [
        {"panel": panel, "at": places[0], "part": shown[order[0]][0], "place": 0, "amount": 0.0}
        for panel in panels
    ]
    chart = (
        altair.Chart(data(values))
        .mark_bar()
        .encode(
            x=altair.X(
                "at:N",
                sort=places,
                title=title,
                axis=altair.Axis(
                    labelAngle=-90 if len(places[-1]) > 2 else 0, labelOverlap=False, ticks=False
                ),
                scale=altair.Scale(paddingInner=0.25),
            ),
            y=altair.Y(
                "amount:Q",
                title=unit,
                axis=_counts_axis() if currency is None else amounts_axis(tick_count=3),
            ),
            color=part_color(shown),
            order=altair.Order("place:Q"),
        )
        .properties(width=panel_width(len(panels)), height=84)
    )
    return svg(in_panels(chart, panels))


def _counts_axis() -> "altair.Axis":
    import altair

    return altair.Axis(tickCount=3, tickMinStep=1, domain=False, ticks=False, format=",d")
