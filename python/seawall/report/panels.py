"""Charts of several cases: a panel a case on one scale, and parts by colour."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from seawall.chart_style import INK, legend, unlike
from seawall.engines.debt.horizon_results import CaseResult
from seawall.report.chart_svg import WIDTH

if TYPE_CHECKING:
    import altair

Parts = Mapping[str, tuple[str, str]]
"""What a bar is made of: by key, its title and its colour."""

_COLUMNS = 2
_BESIDE = 74  # of the panels: the axis of amounts


def named(cases: Sequence[CaseResult]) -> list[tuple[str, CaseResult]]:
    """Give each case the name of its panel."""
    return list(zip(unlike(case.case_id for case in cases), cases, strict=True))


def panel_width(count: int, *, beside: int = 0) -> float:
    """How wide each of some panels is: as many as fit stand beside each other."""
    return (WIDTH - _BESIDE - beside) / min(count, _COLUMNS)


def in_panels(
    chart: "altair.Chart | altair.LayerChart", panels: Sequence[str]
) -> "altair.FacetChart":
    """Repeat a chart by the field ``panel`` of its rows."""
    import altair

    header = altair.Header(
        labelAnchor="start",
        labelFontSize=12,
        labelFontWeight="bold",
        labelColor=INK,
        labelLimit=WIDTH // min(len(panels), _COLUMNS) - 40,
        labelPadding=9,
    )
    facet = altair.Facet("panel:N", sort=list(panels), title=None, header=header)
    return chart.facet(facet=facet, columns=_COLUMNS, spacing=18)


def part_color(parts: Parts) -> "altair.Color":
    """Colour by the field ``part``, with a legend."""
    import altair

    titles = [title for title, _ in parts.values()]
    colors = altair.Scale(domain=titles, range=[color for _, color in parts.values()])
    return altair.Color("part:N", scale=colors, legend=legend(titles, "square"))
