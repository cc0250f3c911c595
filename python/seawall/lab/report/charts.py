"""The report's graphs as still SVG: units on the axes, the spread of the repeats drawn."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from markupsafe import Markup

from seawall.chart_style import COLORS, data, legend
from seawall.lab.report.curves import Fit, places, scalability_law, straight_line
from seawall.lab.report.figures import (
    LevelRow,
    Spread,
    ingest_rows,
    kept_rows,
    level_rows,
    model_rows,
)
from seawall.lab.run_record import LabRun
from seawall.report.chart_svg import WIDTH, standalone, svg

if TYPE_CHECKING:
    import altair

_HEIGHT = 270
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [10, 4], [4, 4])
_ROOM = 1.12  # beside the outermost points, as a factor


class Point(msgspec.Struct, frozen=True):
    """A place on a graph."""

    series: str
    x: float
    y: Spread


class Graph(msgspec.Struct, frozen=True):
    """A drawn graph, or why there is none."""

    name: str  # of its file
    title: str
    note: str
    drawing: Markup | None
    absent: str = ""

    def _repr_svg_(self) -> str | None:
        return None if self.drawing is None else standalone(self.drawing)

    def __repr__(self) -> str:
        return f"{self.title}. {self.absent or self.note}"


STEPS = (
    ("api_fresh", "new runs"),
    ("api_replays", "replays"),
    ("api_replays_1000_records", "replays on 1,000 records"),
)


def report_graphs(run: LabRun) -> list[Graph]:
    """Draw the four graphs of the report, and those of modelling, memory and processor time."""
    return [
        _graph(
            "throughput",
            "Throughput against concurrency",
            levels(run, lambda row: row.rps),
            x="connections at once",
            y="right answers a second",
            log_y=False,
            fit=scalability_law,
            note="Points: medians of the repeats; bars: from the least to the most of them."
            " Thin lines: the universal scalability law, if each point is within 25\u00a0% of it.",
        ),
        *(
            _graph(
                f"latency_{step}",
                f"Latency against concurrency: {name}",
                latencies(run, step),
                x="connections at once",
                y="milliseconds",
                note="Exact percentiles of right answers and timeouts; bars: range of the repeats.",
            )
            for step, name in STEPS[:2]
        ),
        _graph(
            "ingestion",
            "Ingestion time against size",
            [
                Point(row.mode, row.size, row.ms)
                for row in ingest_rows(run)
                if "replay" not in row.mode
            ],
            x="records of a dataset",
            y="milliseconds to the durable commit",
            fit=straight_line,
            note="Bars: 95\u00a0% interval of the median. Thin lines: a + b n.",
        ),
        _graph(
            "linking",
            "Linking time against volume",
            [
                Point(name, row.count, getattr(row, field))
                for name, field in (
                    ("links", "link_ms"),
                    ("findings", "finding_ms"),
                    ("evidence", "evidence_ms"),
                )
                for row in kept_rows(run)
            ],
            x="rows in one transaction",
            y="milliseconds to the durable commit",
            fit=straight_line,
            note="Bars: range of the repeats, or of six the 95\u00a0% interval. Thin: a + b n.",
        ),
        _graph(
            "modeling",
            "Modelling time against instruments",
            [
                Point(name, row.instruments, row.ms)
                for step, name in (("modeling", "revaluation"), ("simulation", "simulation"))
                for row in model_rows(run, step)
            ],
            x="instruments of a book",
            y="milliseconds of one iteration",
            note="Revaluation under six scenarios, simulation of defaults under 16,384; one thread."
            " Bars: 95\u00a0% interval of the median.",
        ),
        _graph(
            "memory",
            "Memory against size",
            memory(run),
            x="records or instruments",
            y="most resident, MB",
            note="A process of its own for each size, the interpreter included; one process each.",
        ),
        _graph(
            "processor",
            "The server's processor time against concurrency",
            levels(run, lambda row: None if row.cpu_pct is None else _one(row.cpu_pct)),
            x="connections at once",
            y="percent of one core",
            log_y=False,
            note="Medians of the repeats.",
        ),
    ]


def levels(run: LabRun, figure: Callable[[LevelRow], Spread | None]) -> list[Point]:
    """Return a figure of each kind of request at each concurrency."""
    return [
        Point(name, row.connections, found)
        for step, name in STEPS
        for row in level_rows(run, step)
        if (found := figure(row)) is not None
    ]


def latencies(run: LabRun, step: str) -> list[Point]:
    """Return the percentiles at each concurrency."""
    return [
        Point(name, row.connections, found)
        for name in ("p99", "p90", "p50")
        for row in level_rows(run, step)
        if (found := getattr(row, f"{name}_ms")) is not None
    ]


def memory(run: LabRun) -> list[Point]:
    """Return the peaks of ingestion and of modelling."""
    ingested = [
        Point(f"ingestion, {row.mode}", row.size, _one(row.peak_kb / 1024))
        for row in ingest_rows(run)
        if "replay" not in row.mode
    ]
    return ingested + [
        Point(name, row.instruments, _one(row.peak_kb / 1024))
        for step, name in (("modeling", "revaluation"), ("simulation", "simulation"))
        for row in model_rows(run, step)
    ]


def _one(value: float) -> Spread:
    return Spread(value, value, value, 1)


def _graph(
    name: str,
    title: str,
    points: Sequence[Point],
    *,
    x: str,
    y: str,
    note: str,
    log_y: bool = True,
    fit: Fit | None = None,
) -> Graph:
    if len({point.x for point in points}) < 2:
        return Graph(name, title, "", None, absent="Not drawn: this run did not measure it.")
    drawing = _drawn(points, x_title=x, y_title=y, log_y=log_y, fit=fit)
    return Graph(name, title, note, drawing)


def _drawn(
    points: Sequence[Point], *, x_title: str, y_title: str, log_y: bool, fit: Fit | None
) -> Markup:
    import altair

    names = list(dict.fromkeys(point.series for point in points))
    rows = [
        {"series": one.series, "x": one.x, "y": one.y.middle, "low": one.y.low, "high": one.y.high}
        for one in points
    ]
    ticks = sorted({point.x for point in points})
    x = altair.X(
        "x:Q",
        title=x_title,
        scale=altair.Scale(type="log", domain=[ticks[0] / _ROOM, ticks[-1] * _ROOM], nice=False),
        axis=altair.Axis(values=ticks, format=",.0f", ticks=False, domain=False, labelOverlap=True),
    )
    curves = _curves(points, fit) if fit else []
    scale, axis = _y_scale(points, curves, log_y=log_y)
    y = altair.Y("y:Q", title=y_title, scale=scale, axis=axis)
    low = altair.Y("low:Q", title=y_title, scale=scale, axis=axis)
    colors = altair.Scale(domain=names, range=list(COLORS[: len(names)]))
    dashes = altair.Scale(domain=names, range=list(_DASHES[: len(names)]))
    color = altair.Color("series:N", scale=colors, legend=legend(names, "stroke"))
    dash = altair.StrokeDash("series:N", scale=dashes, legend=legend(names, "stroke"))
    base = altair.Chart(data(rows)).encode(x=x)
    layers = [
        base.mark_rule(strokeWidth=1.4).encode(color=color, y=low, y2="high:Q"),
        base.mark_line(strokeWidth=2).encode(y=y, color=color, strokeDash=dash),
    ]
    for name, fill, shape in zip(names, COLORS, _SHAPES, strict=False):
        # Without a scale of their own: the legend shows the strokes of the lines.
        own = altair.Chart(data([row for row in rows if row["series"] == name]))
        layers.append(
            own.mark_point(size=46, opacity=1, fill=fill, stroke=fill, shape=shape).encode(x=x, y=y)
        )
    if curves:
        thin = altair.Chart(data(curves)).mark_line(strokeWidth=0.8, opacity=0.8)
        layers.append(thin.encode(x=x, y=y, color=color))
    return svg(altair.layer(*layers).properties(width=WIDTH, height=_HEIGHT))


def _y_scale(
    points: Sequence[Point], curves: Sequence[dict[str, Any]], *, log_y: bool
) -> tuple["altair.Scale", "altair.Axis"]:
    import altair

    least, largest = min(one.y.low for one in points), max(one.y.high for one in points)
    if not log_y:
        largest = max([largest, *(row["y"] for row in curves)])
        return (
            altair.Scale(domain=[0, largest * 1.08], nice=True),
            altair.Axis(format=",.0f", ticks=False, domain=False, tickCount=6),
        )
    low, high = least / 1.3, largest * 1.3
    return (
        altair.Scale(type="log", domain=[low, high], nice=False),
        altair.Axis(values=tens(low, high), format=",~r", ticks=False, domain=False),
    )


def _curves(points: Sequence[Point], fit: Fit) -> list[dict[str, Any]]:
    """Return the curve of each series, over all that was measured."""
    first, last = min(point.x for point in points), max(point.x for point in points)
    curves = []
    for name in dict.fromkeys(point.series for point in points):
        own = [point for point in points if point.series == name]
        curve = fit([one.x for one in own], [one.y.middle for one in own])
        found = [(place, curve(place)) for place in places(first, last)] if curve else []
        curves += [{"series": name, "x": x, "y": y} for x, y in found if y > 0]
    return curves


def tens(low: float, high: float) -> list[float]:
    """Return 1, 2 and 5 by powers of ten within a range; fewer where there would be many."""
    found = [
        digit * 10.0**power
        for power in range(-6, 12)
        for digit in (1, 2, 5)
        if low <= digit * 10.0**power <= high
    ]
    return found if len(found) <= 9 else [one for one in found if f"{one:e}"[0] == "1"]
