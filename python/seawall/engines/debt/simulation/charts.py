"""Charts of a simulated tail, for notebooks and pages; they need the extra ``report``."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from seawall.chart_style import (
    COLORS,
    INK,
    MUTED,
    PALE,
    amounts_axis,
    data,
    legend,
    names_axis,
    scale,
    styled,
    unlike,
)
from seawall.engines.debt.simulation.chart_rows import (
    PARTS,
    amounts,
    bars,
    bins,
    curve,
    marks,
    percent,
    prefixes,
)
from seawall.engines.debt.simulation.shares import shares
from seawall.engines.debt.simulation.tail import Tail
from seawall.errors import InvalidInput

if TYPE_CHECKING:
    import altair

_WIDTH = 640
_TAIL = COLORS[3]
_SIDES: tuple[tuple[Literal["left", "right"], int, int], ...] = (("left", 5, 8), ("right", -5, 24))
_FLOOR = 0.5  # where bars of a logarithmic axis stand: a single scenario is still seen


def loss_histogram(tail: Tail, level: float) -> "altair.LayerChart":
    """Draw how many scenarios lose how much, on a logarithmic axis, and where the tail begins.

    Expected loss, value at risk and expected shortfall are lines; the bands are their intervals at
    95 %. Scenarios beyond value at risk have another colour.

    Raises
    ------
    InvalidInput
        For a level that is not between 0 and 1.
    """
    import altair

    losses = amounts(tail)
    size, unit = scale([losses.max()], tail.book.currency)
    rows = bins(losses / size, tail.figures(level).value_at_risk / size)
    top = 6.0 * max(row["count"] for row in rows)  # leaves room for the names of the lines
    y = altair.Y(
        "count:Q",
        title="Scenarios (logarithmic)",
        scale=altair.Scale(type="log", domain=[_FLOOR, top], nice=False),
        axis=_powers_axis(range(9), labels="format(datum.value, ',')"),
    )
    drawn = (
        altair.Chart(data(rows))
        .mark_bar(binSpacing=0)
        .encode(
            x=altair.X("low:Q", title=f"Loss, {unit}", axis=amounts_axis(tick_count=8)),
            x2="high:Q",
            y=y,
            y2=altair.Y2Datum(_FLOOR),
            color=altair.Color(
                "part:N",
                scale=altair.Scale(domain=list(PARTS), range=[PALE, _TAIL]),
                legend=legend(PARTS, "square"),
            ),
        )
    )
    return _sized(drawn, *_named_lines(marks(tail, level, size)), height=270)


def exceedance(tails: Mapping[str, Tail]) -> "altair.LayerChart":
    """Draw how likely a loss is to be reached, a line a simulation; bands are intervals at 95 %.

    Raises
    ------
    InvalidInput
        Where there is none, or they are in several currencies.
    """
    import altair

    currencies = {tail.book.currency for tail in tails.values()}
    if len(currencies) != 1:
        raise InvalidInput("takes simulations in one currency", where="tails")
    size, unit = scale([amounts(tail).max() for tail in tails.values()], currencies.pop())
    names = unlike(tails)
    rows = [
        {"name": name, **row}
        for name, tail in zip(names, tails.values(), strict=True)
        for row in curve(tail, size)
    ]
    title = "Probability of such a loss or more (logarithmic)"
    base = altair.Chart(data(rows)).encode(
        x=altair.X("loss:Q", title=f"Loss, {unit}", axis=amounts_axis(tick_count=8)),
        color=altair.Color(
            "name:N",
            scale=altair.Scale(domain=names, range=list(COLORS[: len(names)])),
            legend=legend(names, "stroke"),
        ),
    )
    y = altair.Y(
        "probability:Q",
        title=title,
        scale=altair.Scale(type="log"),
        axis=_powers_axis(range(0, -9, -1), labels="format(100 * datum.value, '~r') + ' %'"),
    )
    bands = base.mark_area(fillOpacity=0.2, interpolate="step-before").encode(
        y=altair.Y("low:Q", title=title), y2="high:Q"
    )
    return _sized(
        bands, base.mark_line(strokeWidth=1.8, interpolate="step-before").encode(y=y), height=270
    )


def contribution_bars(
    tail: Tail, level: float, *, by: str = "position", count: int = 12
) -> "altair.LayerChart":
    """Draw what the largest parts add to expected shortfall, and write what all others add.

    Whiskers are two standard errors to either side, where the tail has scenarios enough.

    Parameters
    ----------
    by : str
        As of `Tail.contributions`.
    count : int
        How many parts stand alone.

    Raises
    ------
    InvalidInput
        As `Tail.contributions`.
    """
    import altair

    found = shares(tail, level, by=by)
    size, unit = scale([share.contribution for share in found[:count]], tail.book.currency)
    rows = bars(found, count, size)
    names = [row["name"] for row in rows]
    base = altair.Chart(data(rows)).encode(
        y=altair.Y("name:N", sort=names, title=None, axis=names_axis())
    )
    x = altair.X(
        "amount:Q",
        title=f"Contribution to expected shortfall at {percent(level)}, {unit}",
        axis=amounts_axis(),
        scale=altair.Scale(domain=[0, 1.25 * max(row["high"] for row in rows) or 1.0]),
    )
    return _sized(
        base.mark_bar(size=14, color=COLORS[0]).encode(x=x),
        base.mark_rule(color=INK, strokeWidth=1.2).encode(x="low:Q", x2="high:Q"),
        base.mark_text(align="left", dx=6, color=INK, fontSize=11).encode(
            x="high:Q", text="text:N"
        ),
        height=22 * len(rows),
    )


def convergence(tail: Tail, level: float) -> "altair.LayerChart":
    """Draw expected shortfall of the first 2ᵏ scenarios with its interval at 95 %, up to all.

    Raises
    ------
    InvalidInput
        For a level that is not between 0 and 1.
    """
    import altair

    found = prefixes(tail, level)
    size, unit = scale([row["amount"] for row in found], tail.book.currency)
    rows = [row | {name: row[name] / size for name in ("amount", "low", "high")} for row in found]
    counts = [row["scenarios"] for row in rows]
    title = f"Expected shortfall at {percent(level)}, {unit}"
    y = altair.Y("amount:Q", title=title, scale=altair.Scale(zero=False), axis=amounts_axis())
    base = altair.Chart(data(rows)).encode(
        x=altair.X(
            "scenarios:Q",
            title="Scenarios (logarithmic)",
            scale=altair.Scale(
                type="log", base=2, domain=[counts[0] / 1.2, counts[-1] * 1.2], nice=False
            ),
            axis=altair.Axis(values=counts, format=",", labelOverlap=True, grid=False),
        )
    )
    line = base.mark_line(color=COLORS[0], point=altair.OverlayMarkDef(color=COLORS[0], size=36))
    return _sized(
        base.mark_area(color=PALE, opacity=0.6).encode(
            y=altair.Y("low:Q", title=title), y2="high:Q"
        ),
        altair.Chart(data(rows[-1:])).mark_rule(color=MUTED, strokeDash=[4, 4]).encode(y=y),
        line.encode(y=y),
        height=230,
    )


def _named_lines(rows: list[dict[str, Any]]) -> list["altair.Chart"]:
    """Lines that stand over the whole height, named at its top, with their bands."""
    import altair

    base = altair.Chart(data(rows))
    names = [
        base.transform_filter(altair.datum.side == side)
        .mark_text(align=side, dx=dx, color=INK, fontSize=11)
        .encode(x="at:Q", y=altair.value(place), text="name:N")
        for side, dx, place in _SIDES
    ]
    return [
        base.mark_rect(color=INK, opacity=0.15).encode(x="low:Q", x2="high:Q"),
        base.mark_rule(color=INK, strokeWidth=1.2).encode(x="at:Q"),
        *names,
    ]


def _powers_axis(powers: range, *, labels: str) -> "altair.Axis":
    import altair

    values = [10.0**power for power in powers]
    return altair.Axis(values=values, labelExpr=labels, domain=False, ticks=False)


def _sized(*layers: "altair.Chart", height: int) -> "altair.LayerChart":
    import altair

    chart = altair.LayerChart(layer=list(layers)).properties(
        width=_WIDTH, height=height, background="white"
    )
    drawn: altair.LayerChart = styled(chart)
    return drawn
