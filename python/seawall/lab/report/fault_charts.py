"""Graphs of the table of faults: what was lost, what that shows, how long recovery took."""

from typing import Any

from seawall.chart_style import COLORS, INK, MUTED, data, legend, names_axis
from seawall.lab.report.charts import Graph, tens
from seawall.lab.run_record import LabRun
from seawall.report.chart_svg import WIDTH, svg

ABSENT = "Not drawn: this run tried no fault."
CONFIDENCE = 0.95
_ROW_HEIGHT = 30
_TWO_ROWS_HEIGHT = 44
_OURS, _CONTROL = "as shipped", "weakened on purpose: the control"
_SHAPES = {"median": "circle", "95 %": "diamond", "longest": "triangle-left"}


def fault_rows(run: LabRun) -> list[dict[str, Any]]:
    """Return the rows of a run's table of faults, each with the name it is shown by."""
    rows = [row for one in run.good("faults")[-1:] for row in one.answer["rows"]]
    is_named = len({row["database"] for row in rows}) > 1
    return [
        row | {"name": row["fault"].replace("_", " ") + is_named * f", {row['database']}"}
        for row in rows
    ]


def most_losing_share(tries: int) -> float:
    """Return the largest share of losing tries under which none among so many is no surprise.

    That is 1 - 0.05^(1/n), the upper end of the exact 95 % interval when none was seen
    (Clopper and Pearson 1934, one-sided); about 3/n.
    """
    return float(1 - (1 - CONFIDENCE) ** (1 / tries))


def losses(run: LabRun) -> Graph:
    """Draw the acknowledged requests that each fault cost, beside those that its control lost."""
    import altair

    found = fault_rows(run)
    if not found:
        return Graph("losses", "Requests lost", "", None, absent=ABSENT)
    rows = [
        {"name": row["name"], "store": store, "lost": lost, "text": text}
        for row in found
        for store, lost, text in (
            (_OURS, row["lost"], f"{row['lost']:,} of {row['acknowledged']:,}"),
            (_CONTROL, row["control_lost"], f"{row['control_lost']:,}"),
        )
    ]
    stores = [_OURS, _CONTROL]
    most = max(row["lost"] for row in rows) or 1
    axis = altair.Axis(format=",d", tickMinStep=1, tickCount=6, ticks=False, domain=False)
    base = altair.Chart(data(rows)).encode(
        x=altair.X(
            "lost:Q",
            title="requests lost that were acknowledged",
            axis=axis,
            scale=altair.Scale(domain=[0, 1.15 * most], nice=False),
        ),
        y=altair.Y("name:N", sort=[row["name"] for row in found], title=None, axis=names_axis()),
        yOffset=altair.YOffset("store:N", sort=stores),
    )
    colors = altair.Scale(domain=stores, range=[COLORS[0], COLORS[1]])
    bars = base.mark_bar(size=13).encode(
        color=altair.Color("store:N", scale=colors, legend=legend(stores, "square"))
    )
    texts = base.mark_text(align="left", dx=6, color=INK, fontSize=11).encode(text="text:N")
    return Graph(
        "losses",
        "Requests lost",
        "Behind the bars of the store as it is shipped: of how many acknowledged requests.",
        svg((bars + texts).properties(width=WIDTH, height=_TWO_ROWS_HEIGHT * len(found))),
    )


def loss_bounds(run: LabRun) -> Graph:
    """Draw which shares of losing tries are not excluded by having seen none."""
    import altair

    found = [row for row in fault_rows(run) if row["ok"] and row["tried"]]
    if not found:
        return Graph("loss_bounds", "What no loss shows", "", None, absent=ABSENT)
    rows = [
        {
            "name": row["name"],
            "none": 0.0,
            "most": 100 * (share := most_losing_share(row["tried"])),
            "text": f"below {100 * share:.2g} %: none in {row['tried']:,}",
        }
        for row in found
    ]
    x = altair.X(
        "most:Q",
        title="tries of a hundred that may lose something",
        axis=altair.Axis(values=list(range(0, 101, 20)), ticks=False, domain=False),
        scale=altair.Scale(domain=[0, 125], nice=False),
    )
    y = altair.Y("name:N", sort=[row["name"] for row in rows], title=None, axis=names_axis())
    base = altair.Chart(data(rows)).encode(y=y)
    layers = [
        base.mark_rule(strokeWidth=2, color=COLORS[0]).encode(x=x, x2="none:Q"),
        base.mark_tick(thickness=2, size=12, color=COLORS[0]).encode(x=x),
        base.mark_point(size=46, opacity=1, fill=COLORS[0], stroke=COLORS[0]).encode(x="none:Q"),
        base.mark_text(align="left", dx=8, color=INK, fontSize=11).encode(x=x, text="text:N"),
    ]
    return Graph(
        "loss_bounds",
        "What no loss shows",
        "Points: none was seen. Lines: the exact 95\u00a0% interval, by the number of tries.",
        svg(altair.layer(*layers).properties(width=WIDTH, height=_ROW_HEIGHT * len(rows))),
    )


def recoveries(run: LabRun) -> Graph:
    """Draw how long it takes until the first durable write after a fault."""
    import altair

    found = [row for row in fault_rows(run) if row["recovery_p50_s"] is not None]
    title = "Recovery after a fault"
    if not found:
        return Graph("recoveries", title, "", None, absent=ABSENT)
    names = [row["name"] for row in found]
    keys = dict(zip(_SHAPES, ("p50", "p95", "max"), strict=True))
    points = [
        {"name": row["name"], "figure": figure, "ms": 1e3 * row[f"recovery_{key}_s"]}
        for row in found
        for figure, key in keys.items()
    ]
    spans = [
        {"name": row["name"]} | {end: 1e3 * row[f"recovery_{end}_s"] for end in ("p50", "max")}
        for row in found
    ]
    least, most = min(row["ms"] for row in points), max(row["ms"] for row in points)
    low, high = least / 1.3, most * 1.3
    scale = altair.Scale(type="log", domain=[low, high], nice=False)
    axis = altair.Axis(values=tens(low, high), format=",~r", ticks=False, domain=False)
    x_title = "milliseconds from the end of the fault to the first durable write"
    y = altair.Y("name:N", sort=names, title=None, axis=names_axis())
    rules = (
        altair.Chart(data(spans))
        .mark_rule(strokeWidth=1.4, color=MUTED)
        .encode(x=altair.X("p50:Q", title=x_title, scale=scale, axis=axis), x2="max:Q", y=y)
    )
    shapes = altair.Scale(domain=list(_SHAPES), range=list(_SHAPES.values()))
    colors = altair.Scale(domain=list(_SHAPES), range=list(COLORS[: len(_SHAPES)]))
    # Each with its own shape, which a legend of one symbol for all would hide.
    shown = altair.Legend(orient="top", title=None, values=list(_SHAPES), symbolSize=80)
    marks = (
        altair.Chart(data(points))
        .mark_point(size=60, filled=True, opacity=1)
        .encode(
            x=altair.X("ms:Q", title=x_title, scale=scale, axis=axis),
            y=y,
            color=altair.Color("figure:N", scale=colors, legend=shown),
            shape=altair.Shape("figure:N", scale=shapes, legend=shown),
        )
    )
    return Graph(
        "recoveries",
        title,
        "One try has one recovery; where all three stand in one place it was tried once.",
        svg((rules + marks).properties(width=WIDTH, height=_ROW_HEIGHT * len(names))),
    )
