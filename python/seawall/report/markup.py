"""Texts as parts of a page: apart from the wording, which needs none of a page's libraries."""

from typing import Any

from markupsafe import Markup, escape

from seawall.report.wording import cut
from seawall.visible_text import visible


def written(value: Any) -> Any:
    """Make any value of a page safe to read; markup of our own passes."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def breakable(text: str) -> Markup:
    """Let an identifier go on in the next line behind an underscore."""
    return Markup("_<wbr>").join(escape(part) for part in visible(cut(text)).split("_"))
