"""Charts as still SVG: no script, no font from outside, the same bytes for the same figures."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from seawall.chart_style import (
    COLORS,
    INK,
    PALE,
    amounts_axis,
    data,
    legend,
    names_axis,
    scale,
    unlike,
)
from seawall.engines.debt.types import PathResult
from seawall.report.breakdown import Group
from seawall.report.chart_svg import WIDTH, svg
from seawall.report.document import ScenarioLoss
from seawall.visible_text import visible

if TYPE_CHECKING:
    import altair

_ROW_HEIGHT = 24
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [10, 4], [4, 4])
_UNCOVERED, _COVERED = COLORS[0], PALE
_PARTS = ("net exposure", "covered by collateral and recoveries")


def group_bars(groups: Sequence[Group], currency: str) -> Markup:
    """Lying bars of what groups owe, in the order given: uncovered part and covered part."""
    import altair

    size, unit = scale([group.total_outstanding for group in groups], currency)
    rows = _parts(groups, size)
    names = unlike(group.name for group in groups)
    y = altair.Y("name:N", sort=names, title=None, axis=names_axis())
    totals = [
        {"name": name, "amount": group.total_outstanding / size, "text": _short(group, size)}
        for name, group in zip(names, groups, strict=True)
    ]
    bars = (
        altair.Chart(data(rows))
        .mark_bar(size=15)
        .encode(
            y=y,
            x=_labelled_amounts(f"Total outstanding, {unit}", totals),
            color=_parts_color(),
            order=altair.Order("place:Q"),
        )
    )
    text = _end_texts(totals, y)
    return svg((bars + text).properties(width=WIDTH, height=_ROW_HEIGHT * len(groups)))


def year_bars(groups: Sequence[Group], currency: str) -> Markup:
    """Standing bars of what falls due, year by year."""
    import altair

    size, unit = scale([group.total_outstanding for group in groups], currency)
    chart = (
        altair.Chart(data(_parts(groups, size)))
        .mark_bar()
        .encode(
            x=altair.X(
                "name:N",
                sort=unlike(group.name for group in groups),
                title="Year of maturity",
                axis=altair.Axis(labelAngle=-90 if len(groups) > 10 else 0, labelOverlap=False),
                scale=altair.Scale(paddingInner=0.25),
            ),
            y=altair.Y("amount:Q", title=f"Total outstanding, {unit}", axis=amounts_axis()),
            color=_parts_color(),
            order=altair.Order("place:Q"),
        )
    )
    return svg(chart.properties(width=WIDTH, height=230))


def scenario_bars(scenarios: Sequence[ScenarioLoss], currency: str) -> Markup:
    """Lying bars of the losses, in the engine's order."""
    import altair

    size, unit = scale([s.figures.loss_estimate for s in scenarios], currency)
    rows: list[dict[str, Any]] = [
        {
            "name": visible(s.figures.scenario_id),
            "amount": s.figures.loss_estimate / size,
            "text": f"{s.figures.loss_estimate / size:,.1f} ({100 * s.share:.1f} %)",
        }
        for s in scenarios
    ]
    y = altair.Y("name:N", sort=[row["name"] for row in rows], title=None, axis=names_axis())
    bars = (
        altair.Chart(data(rows))
        .mark_bar(size=15, color=_UNCOVERED)
        .encode(
            y=y,
            x=_labelled_amounts(f"Loss, {unit} (share of the book)", rows),
        )
    )
    chart = bars + _end_texts(rows, y)
    return svg(chart.properties(width=WIDTH, height=_ROW_HEIGHT * len(rows)))


def quarter_lines(paths: Sequence[PathResult], currency: str) -> Markup:
    """Lines of the loss quarter by quarter, a line a path."""
    import altair

    losses = [quarter.loss_estimate for path in paths for quarter in path.quarters]
    size, unit = scale(losses, currency)
    rows: list[dict[str, Any]] = [
        {
            "path": visible(path.title),
            "quarter": visible(quarter.quarter),
            "amount": quarter.loss_estimate / size,
        }
        for path in paths
        for quarter in path.quarters
    ]
    quarters = sorted({row["quarter"] for row in rows})
    titles = [visible(path.title) for path in paths]
    chart = (
        altair.Chart(data(rows))
        .mark_line(strokeWidth=2.2, point=altair.OverlayMarkDef(size=34, filled=True))
        .encode(
            x=altair.X(
                "quarter:N",
                sort=quarters,
                title="Quarter",
                axis=altair.Axis(labelAngle=-45 if len(quarters) > 8 else 0),
            ),
            y=altair.Y("amount:Q", title=f"Loss, {unit}", axis=amounts_axis()),
            color=altair.Color(
                "path:N",
                scale=altair.Scale(domain=titles, range=_cycled(COLORS, len(paths))),
                legend=legend(titles, "stroke"),
            ),
            strokeDash=altair.StrokeDash(
                "path:N",
                scale=altair.Scale(domain=titles, range=_cycled(_DASHES, len(paths))),
                legend=legend(titles, "stroke"),
            ),
        )
    )
    return svg(chart.properties(width=WIDTH, height=230))


# --- parts


def _parts(groups: Sequence[Group], size: float) -> list[dict[str, Any]]:
    rows = []
    for name, group in zip(unlike(group.name for group in groups), groups, strict=True):
        uncovered = group.net_exposure_after_recovery
        for place, amount in enumerate((uncovered, group.total_outstanding - uncovered)):
            rows.append(
                {"name": name, "part": _PARTS[place], "place": place, "amount": amount / size}
            )
    return rows


def _short(group: Group, size: float) -> str:
    return f"{group.total_outstanding / size:,.1f}"


def _cycled(values: Sequence[Any], count: int) -> list[Any]:
    return [values[index % len(values)] for index in range(count)]


def _labelled_amounts(title: str, rows: list[dict[str, Any]]) -> "altair.X":
    """Make the axis of bars with their amounts written behind them: it needs no lines."""
    import altair

    axis = altair.Axis(labels=False, grid=False, domain=False, ticks=False, titlePadding=4)
    largest = max((row["amount"] for row in rows), default=0.0)
    room = altair.Scale(domain=[0, 1.2 * largest or 1.0])
    return altair.X("amount:Q", title=title, axis=axis, scale=room)


def _parts_color() -> "altair.Color":
    import altair

    scale = altair.Scale(domain=list(_PARTS), range=[_UNCOVERED, _COVERED])
    return altair.Color("part:N", scale=scale, legend=legend(_PARTS, "square"))


def _end_texts(rows: list[dict[str, Any]], y: "altair.Y") -> "altair.Chart":
    import altair

    text = altair.Chart(data(rows)).mark_text(align="left", dx=6, color=INK, fontSize=11)
    labelled: altair.Chart = text.encode(y=y, x="amount:Q", text="text:N")
    return labelled
