"""What every chart has in common: measures, colours, units, names."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from seawall.visible_text import visible

if TYPE_CHECKING:
    import altair

    AnyChart = altair.LayerChart | altair.Chart | altair.FacetChart

INK, MUTED, RULE = "#1b2733", "#55616b", "#d9dfe4"
# Okabe and Ito (2008), ordered so that neighbours differ in greyscale too.
COLORS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#000000")
PALE = "#A9CFE6"
_FONT = "Helvetica Neue, Arial, Liberation Sans, sans-serif"
# Texts are laid out as wide as in Arial. Where a browser has none of these fonts, its own may be
# wider by a seventh: names grow to the left, the last tick of an axis by half of that to the right.
_PADDING = {"left": 24, "top": 2, "right": 6, "bottom": 2}
_SYMBOL_SIZES = {"square": 110, "stroke": 700}  # a stroke shows its dashes
_SCALES = ((1e9, "billion "), (1e6, "million "), (1e3, "thousand "))


def scale(amounts: Iterable[float], currency: str) -> tuple[float, str]:
    """Choose the unit in which amounts are short, and name it."""
    largest = max(map(abs, amounts), default=0.0)
    size, word = next((s for s in _SCALES if largest >= 10 * s[0]), (1.0, ""))
    return size, f"{word}{visible(currency)}"


def unlike(names: Iterable[str]) -> list[str]:
    """Name each once: two names may look alike once they are made visible."""
    shown: list[str] = []
    for name in map(visible, names):
        while name in shown:
            name += " "
        shown.append(name)
    return shown


def data(rows: list[dict[str, Any]]) -> "altair.InlineData":
    """Give rows to a chart."""
    import altair

    return altair.InlineData(values=rows)


def names_axis() -> "altair.Axis":
    """Make the axis of names."""
    import altair

    return altair.Axis(labelLimit=170, ticks=False, domain=False, labelPadding=8)


def amounts_axis(*, tick_count: int = 5) -> "altair.Axis":
    """Make the axis of amounts."""
    import altair

    return altair.Axis(tickCount=tick_count, domain=False, ticks=False, format=",~r")


def legend(titles: Sequence[str], symbol: str) -> "altair.Legend":
    """Make a legend above the chart."""
    import altair

    return altair.Legend(
        orient="top",
        title=None,
        values=list(titles),
        labelLimit=400,
        symbolType=symbol,
        symbolSize=_SYMBOL_SIZES[symbol],
    )


def styled(chart: "AnyChart") -> Any:
    """Give a chart the fonts, colours and rules of all charts."""
    return (
        chart.configure(font=_FONT, background="transparent", padding=_PADDING, aria=False)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=MUTED,
            titleColor=MUTED,
            gridColor=RULE,
            domainColor=MUTED,
            labelFontSize=11,
            titleFontSize=11,
            titleFontWeight="normal",
            titlePadding=8,
        )
        .configure_axisX(grid=True)
        .configure_axisBand(grid=False)
        .configure_axisPoint(grid=False)
        .configure_legend(labelColor=INK, labelFontSize=11)
    )
