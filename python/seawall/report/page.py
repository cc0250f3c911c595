"""The document as one HTML file."""

import importlib.resources
from typing import Any

from seawall.extras import require_extra
from seawall.report.document import ReportDocument


def render(document: ReportDocument) -> str:
    """Write a document as a page with its charts and its style inside; nothing is left outside."""
    require_extra("report")
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    from seawall.report import (
        charts,
        horizon,
        horizon_changes,
        horizon_charts,
        horizon_weeks,
        markup,
        method,
        wording,
    )

    environment = Environment(
        loader=FunctionLoader(_file),
        autoescape=True,  # the texts of a tape are anybody's
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=markup.written,
    )
    writers: dict[str, Any] = {
        name: getattr(wording, name)
        for name in (
            "amount",
            "cited",
            "cut",
            "exact",
            "fixed",
            "known_percent",
            "leg",
            "part",
            "percent",
            "rate",
            "series",
            "tidy",
        )
    }
    environment.filters |= writers | {
        "breakable": markup.breakable,
        "changed_figures": horizon_changes.changed_figures,
        "estates": horizon.estates,
        "weeks_figures": horizon_weeks.weeks_figures,
    }
    return environment.get_template("page.html.j2").render(
        document=document,
        style=Markup(_file("page.css")),  # noqa: S704 (our own file)
        charts=charts,
        horizon=horizon,
        horizon_charts=horizon_charts,
        method=method,
        weeks=horizon_weeks,
    )


def _file(name: str) -> str:
    return importlib.resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
