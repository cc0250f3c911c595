"""Charts as still SVG: no script, no font from outside, the same bytes for the same figures."""

import re
from collections.abc import Sequence
from io import StringIO
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from seawall.engines.debt.types import PathResult
from seawall.report.breakdown import Group
from seawall.report.document import ScenarioLoss
from seawall.report.wording import visible

if TYPE_CHECKING:
    import altair

_WIDTH = 760  # with everything beside the bars
_ROW_HEIGHT = 24
_FONT = "Helvetica Neue, Arial, Liberation Sans, sans-serif"
_INK, _MUTED, _RULE = "#1b2733", "#55616b", "#d9dfe4"
# Okabe and Ito (2008), ordered so that neighbours differ in greyscale too.
_LINES = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#000000")
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [10, 4], [4, 4])
_UNCOVERED, _COVERED = "#0072B2", "#A9CFE6"
_PARTS = ("net exposure", "covered by collateral and recoveries")
_SYMBOL_SIZES = {"square": 110, "stroke": 700}  # a stroke shows its dashes
_SCALES = ((1e9, "billion "), (1e6, "million "), (1e3, "thousand "))


def group_bars(groups: Sequence[Group], currency: str) -> Markup:
    """Lying bars of what groups owe, in the order given: uncovered part and covered part."""
    import altair

    size, unit = _scale([group.total_outstanding for group in groups], currency)
    rows = _parts(groups, size)
    names = _names(groups)
    y = altair.Y("name:N", sort=names, title=None, axis=_names_axis())
    totals = [
        {"name": name, "amount": group.total_outstanding / size, "text": _short(group, size)}
        for name, group in zip(names, groups, strict=True)
    ]
    bars = (
        altair.Chart(_data(rows))
        .mark_bar(size=15)
        .encode(
            y=y,
            x=_labelled_amounts(f"Total outstanding, {unit}", totals),
            color=_parts_color(),
            order=altair.Order("place:Q"),
        )
    )
    text = _end_texts(totals, y)
    return _svg((bars + text).properties(width=_WIDTH, height=_ROW_HEIGHT * len(groups)))


def year_bars(groups: Sequence[Group], currency: str) -> Markup:
    """Standing bars of what falls due, year by year."""
    import altair

    size, unit = _scale([group.total_outstanding for group in groups], currency)
    chart = (
        altair.Chart(_data(_parts(groups, size)))
        .mark_bar()
        .encode(
            x=altair.X(
                "name:N",
                sort=_names(groups),
                title="Year of maturity",
                axis=altair.Axis(labelAngle=-90 if len(groups) > 10 else 0, labelOverlap=False),
                scale=altair.Scale(paddingInner=0.25),
            ),
            y=altair.Y("amount:Q", title=f"Total outstanding, {unit}", axis=_amounts_axis()),
            color=_parts_color(),
            order=altair.Order("place:Q"),
        )
    )
    return _svg(chart.properties(width=_WIDTH, height=230))


def scenario_bars(scenarios: Sequence[ScenarioLoss], currency: str) -> Markup:
    """Lying bars of the losses, in the engine's order."""
    import altair

    size, unit = _scale([s.figures.loss_estimate for s in scenarios], currency)
    rows: list[dict[str, Any]] = [
        {
            "name": visible(s.figures.scenario_id),
            "amount": s.figures.loss_estimate / size,
            "text": f"{s.figures.loss_estimate / size:,.1f} ({100 * s.share:.1f} %)",
        }
        for s in scenarios
    ]
    y = altair.Y("name:N", sort=[row["name"] for row in rows], title=None, axis=_names_axis())
    bars = (
        altair.Chart(_data(rows))
        .mark_bar(size=15, color=_UNCOVERED)
        .encode(
            y=y,
            x=_labelled_amounts(f"Loss, {unit} (share of the book)", rows),
        )
    )
    chart = bars + _end_texts(rows, y)
    return _svg(chart.properties(width=_WIDTH, height=_ROW_HEIGHT * len(rows)))


def quarter_lines(paths: Sequence[PathResult], currency: str) -> Markup:
    """Lines of the loss quarter by quarter, a line a path."""
    import altair

    losses = [quarter.loss_estimate for path in paths for quarter in path.quarters]
    size, unit = _scale(losses, currency)
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
        altair.Chart(_data(rows))
        .mark_line(strokeWidth=2.2, point=altair.OverlayMarkDef(size=34, filled=True))
        .encode(
            x=altair.X(
                "quarter:N",
                sort=quarters,
                title="Quarter",
                axis=altair.Axis(labelAngle=-45 if len(quarters) > 8 else 0),
            ),
            y=altair.Y("amount:Q", title=f"Loss, {unit}", axis=_amounts_axis()),
            color=altair.Color(
                "path:N",
                scale=altair.Scale(domain=titles, range=_cycled(_LINES, len(paths))),
                legend=_legend(titles, "stroke"),
            ),
            strokeDash=altair.StrokeDash(
                "path:N",
                scale=altair.Scale(domain=titles, range=_cycled(_DASHES, len(paths))),
                legend=_legend(titles, "stroke"),
            ),
        )
    )
    return _svg(chart.properties(width=_WIDTH, height=230))


# --- parts


def _names(groups: Sequence[Group]) -> list[str]:
    """Name each group once: two names may look alike once they are made visible."""
    names: list[str] = []
    for group in groups:
        name = visible(group.name)
        while name in names:
            name += " "
        names.append(name)
    return names


def _parts(groups: Sequence[Group], size: float) -> list[dict[str, Any]]:
    rows = []
    for name, group in zip(_names(groups), groups, strict=True):
        uncovered = group.net_exposure_after_recovery
        for place, amount in enumerate((uncovered, group.total_outstanding - uncovered)):
            rows.append(
                {"name": name, "part": _PARTS[place], "place": place, "amount": amount / size}
            )
    return rows


def _scale(amounts: Sequence[float], currency: str) -> tuple[float, str]:
    largest = max(map(abs, amounts), default=0.0)
    size, word = next((s for s in _SCALES if largest >= 10 * s[0]), (1.0, ""))
    return size, f"{word}{visible(currency)}"


def _short(group: Group, size: float) -> str:
    return f"{group.total_outstanding / size:,.1f}"


def _cycled(values: Sequence[Any], count: int) -> list[Any]:
    return [values[index % len(values)] for index in range(count)]


def _data(rows: list[dict[str, Any]]) -> "altair.InlineData":
    import altair

    return altair.InlineData(values=rows)


def _names_axis() -> "altair.Axis":
    import altair

    return altair.Axis(labelLimit=170, ticks=False, domain=False, labelPadding=8)


def _amounts_axis() -> "altair.Axis":
    import altair

    return altair.Axis(tickCount=5, domain=False, ticks=False, format=",~r")


def _labelled_amounts(title: str, rows: list[dict[str, Any]]) -> "altair.X":
    """Make the axis of bars with their amounts written behind them: it needs no lines."""
    import altair

    axis = altair.Axis(labels=False, grid=False, domain=False, ticks=False, titlePadding=4)
    largest = max((row["amount"] for row in rows), default=0.0)
    room = altair.Scale(domain=[0, 1.2 * largest or 1.0])
    return altair.X("amount:Q", title=title, axis=axis, scale=room)


def _legend(titles: Sequence[str], symbol: str) -> "altair.Legend":
    import altair

    return altair.Legend(
        orient="top",
        title=None,
        values=list(titles),
        labelLimit=400,
        symbolType=symbol,
        symbolSize=_SYMBOL_SIZES[symbol],
    )


def _parts_color() -> "altair.Color":
    import altair

    scale = altair.Scale(domain=list(_PARTS), range=[_UNCOVERED, _COVERED])
    return altair.Color("part:N", scale=scale, legend=_legend(_PARTS, "square"))


def _end_texts(rows: list[dict[str, Any]], y: "altair.Y") -> "altair.Chart":
    import altair

    text = altair.Chart(_data(rows)).mark_text(align="left", dx=6, color=_INK, fontSize=11)
    labelled: altair.Chart = text.encode(y=y, x="amount:Q", text="text:N")
    return labelled


def _svg(chart: "altair.LayerChart | altair.Chart") -> Markup:
    import altair

    fit = altair.AutoSizeParams(type="fit-x", contains="padding")
    styled = (
        chart.configure(font=_FONT, background="transparent", padding=2, aria=False, autosize=fit)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=_MUTED,
            titleColor=_MUTED,
            gridColor=_RULE,
            domainColor=_MUTED,
            labelFontSize=11,
            titleFontSize=11,
            titleFontWeight="normal",
            titlePadding=8,
        )
        .configure_axisX(grid=True)
        .configure_axisBand(grid=False)
        .configure_axisPoint(grid=False)
        .configure_legend(labelColor=_INK, labelFontSize=11)
    )
    buffer = StringIO()
    styled.save(buffer, format="svg")
    # Inside a page the namespaces are known, and a page without an address needs no explaining.
    return Markup(re.sub(r' (?:xmlns(?::xlink)?)="[^"]*"', "", buffer.getvalue()))  # noqa: S704
