"""Charts as still SVG, as wide as a page."""

import re
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from seawall.chart_style import styled

if TYPE_CHECKING:
    from seawall.chart_style import AnyChart

WIDTH = 760  # with everything beside the bars
_XMLNS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
_PNG_SCALE = 2  # sharp on screens with small dots, and on paper


def svg(chart: "AnyChart") -> Markup:
    """Draw a chart in the style of the page. One that is no facet takes the width that it is given.

    A facet's width is that of a panel: nothing can fit it.
    """
    import altair

    drawn = styled(chart)
    if not isinstance(chart, altair.FacetChart):
        drawn = drawn.properties(autosize=altair.AutoSizeParams(type="fit-x", contains="padding"))
    buffer = StringIO()
    drawn.save(buffer, format="svg")
    # Inside a page the namespaces are known, and a page without an address needs no explaining.
    return Markup(re.sub(r' (?:xmlns(?::xlink)?)="[^"]*"', "", buffer.getvalue()))  # noqa: S704


def standalone(drawing: Markup) -> str:
    """Make a drawing a document of its own; beside a page that may be dark it brings its ground."""
    return str(drawing).replace("<svg", f'<svg {_XMLNS} style="background:#fff"', 1)


def write_drawing(drawing: Markup, path: Path) -> None:
    """Write a drawing as a file: SVG, or PNG where the name ends so. Nothing is fetched for it."""
    if path.suffix == ".png":
        import vl_convert

        path.write_bytes(vl_convert.svg_to_png(standalone(drawing), scale=_PNG_SCALE))
    else:
        path.write_text(standalone(drawing) + "\n", encoding="utf-8", newline="")
