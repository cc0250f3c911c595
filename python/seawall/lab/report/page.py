"""The report as one HTML page, and as Markdown with its graphs beside it."""

import importlib.resources
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
from markupsafe import Markup

from seawall.errors import SeawallError
from seawall.lab.report.advice import Advice, advice_of
from seawall.lab.report.charts import Graph, report_graphs
from seawall.lab.report.checklist import Item, checklist
from seawall.lab.report.environment import environment
from seawall.lab.report.table import ReportTable, Value
from seawall.lab.report.tables import report_tables
from seawall.lab.run_record import LabRun
from seawall.report.chart_svg import standalone

_LIBRARIES = ("altair", "jinja2", "vl_convert")
HTML, MARKDOWN = "report.html", "report.md"


class LabReport(msgspec.Struct, frozen=True):
    """Everything that the report says."""

    run: LabRun
    environment: list[tuple[str, str]]
    tables: list[ReportTable]
    graphs: list[Graph]
    advice: list[Advice]
    checklist: list[Item]


def build_report(run: LabRun) -> LabReport:
    """Gather what a run shows."""
    return LabReport(
        run=run,
        environment=environment(run),
        tables=report_tables(run),
        graphs=report_graphs(run),
        advice=advice_of(run),
        checklist=checklist(run),
    )


def write_lab_report(run: LabRun, folder: Path) -> list[Path]:
    """Write the report of a run into a folder; what is there of an earlier one is replaced.

    Returns
    -------
    list of Path
        The page, the Markdown, then the graphs.

    Raises
    ------
    SeawallError
        Of code ``library_missing`` without the libraries of ``seawall[report]``.
    """
    for library in _LIBRARIES:
        if find_spec(library) is None:
            raise SeawallError(
                "a report needs this library: pip install 'seawall[report]'",
                code="library_missing",
                where=library,
            )
    report = build_report(run)
    folder.mkdir(parents=True, exist_ok=True)
    pages = [folder / HTML, folder / MARKDOWN]
    for page, text in zip(pages, (_html(report), _markdown(report)), strict=True):
        _write(page, text)
    graphs = {
        folder / f"{graph.name}.svg": standalone(graph.drawing)
        for graph in report.graphs
        if graph.drawing is not None
    }
    for path, text in graphs.items():
        _write(path, text + "\n")
    return [*pages, *graphs]


def cell(value: Value) -> str:
    """Write a figure as a table shows it: four digits, thousands apart, a dash for none."""
    if value is None:
        return "—"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}"
    if value == 0:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}"


def is_number(rows: Sequence[Sequence[Value]], column: int) -> bool:
    """Whether a column holds numbers."""
    return not any(isinstance(row[column], str) for row in rows)


def _html(report: LabReport) -> str:
    from seawall.visible_text import visible

    def written(value: Any) -> Any:
        plain = isinstance(value, str) and not isinstance(value, Markup)
        return visible(value) if plain else value

    style = importlib.resources.files("seawall.report").joinpath("page.css").read_text("utf-8")
    template = _environment(autoescape=True, finalize=written).get_template("page.html.j2")
    text: str = template.render(report=report, style=Markup(style))  # noqa: S704 (our own file)
    return text


def _markdown(report: LabReport) -> str:
    template = _environment(autoescape=False, finalize=None).get_template("page.md.j2")
    text: str = template.render(report=report)
    return text


def _environment(*, autoescape: bool, finalize: Any) -> Any:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    made = Environment(
        loader=FunctionLoader(_file),
        autoescape=autoescape,  # noqa: S701  (Markdown is no HTML, and its texts are our own)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=finalize,
    )
    made.filters["cell"] = cell
    made.globals["is_number"] = is_number
    return made


def _file(name: str) -> str:
    return importlib.resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    unfinished = path.with_name(f".{path.name}.partial")
    unfinished.write_text(text, encoding="utf-8", newline="")
    unfinished.replace(path)
