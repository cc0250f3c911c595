"""Charts as still SVG, as wide as a page."""

import re
from io import StringIO
from typing import TYPE_CHECKING

from markupsafe import Markup

from seawall.chart_style import styled

if TYPE_CHECKING:
    from seawall.chart_style import AnyChart

WIDTH = 760  # with everything beside the bars


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
