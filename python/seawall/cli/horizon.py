"""`seawall covenants`, `wall`, `waterfall`, `price`: a question over months and its answer."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from seawall.cli.options import Json, Store, Tenant, Threads, open_session, with_options
from seawall.cli.output import check_folder, json_document, line, progress, table, write_csv
from seawall.cli.stress_options import DatasetId, StressOptions
from seawall.engines.debt import horizon_lists, horizon_view
from seawall.engines.debt.horizon_results import CaseResult
from seawall.session import Run
from seawall.table import Table

Limit = Annotated[int, typer.Option(min=1, help="How many rows are shown.")]
Output = Annotated[Path | None, typer.Option(help="Write all rows to this CSV file.")]


class View(msgspec.Struct, frozen=True):
    """What one command shows of an answer."""

    name: str
    help: str
    rows: Callable[[Run], Table]
    summary: Callable[[CaseResult, str], list[str]]  # sentences about a case, amounts in a currency
    figures: str  # the field of a case that holds what the sentences say


_VIEWS = (
    View(
        name="covenants",
        help="Stress a book over months and show its covenants, the least headroom first.",
        rows=lambda run: horizon_lists.covenant_list(run.table("covenants")),
        summary=horizon_view.covenant_sentences,
        figures="covenants",
    ),
    View(
        name="wall",
        help="Stress a book over months and show its refinancing wall by quarter.",
        rows=lambda run: horizon_lists.wall_list(run.result.horizon),
        summary=horizon_view.wall_sentences,
        figures="wall",
    ),
    View(
        name="waterfall",
        help="Stress a book over months and show who bears the loss, what is unpaid first.",
        rows=lambda run: horizon_lists.waterfall_list(run.table("tiers")),
        summary=horizon_view.waterfall_sentences,
        figures="waterfall",
    ),
)
_PRICE = View(
    name="price",
    help="Stress a book over months and show what a purchase at a price returns.",
    rows=lambda run: horizon_lists.purchase_list(run.table("purchase")),
    summary=horizon_view.purchase_sentences,
    figures="purchase",
)


def add_views(app: typer.Typer) -> None:
    """Give the application one command a view."""
    for view in _VIEWS:
        app.command(view.name, help=view.help)(_command(view))
    app.command(_PRICE.name, help=_PRICE.help)(_price)


def _command(view: View) -> Callable[..., None]:
    @with_options(StressOptions)
    def command(
        dataset: DatasetId,
        asked: StressOptions,
        limit: Limit = 20,
        output: Output = None,
        store: Store = None,
        tenant: Tenant = None,
        threads: Threads = None,
        as_json: Json = False,
    ) -> None:
        check_folder(output)
        with (
            open_session(store, tenant, threads) as session,
            progress(view.name, total=None, unit="records", quiet=as_json) as control,
        ):
            run = asked.ask(session, dataset, control, horizon={})
            _show(view, run, limit=limit, output=output, as_json=as_json)

    return command


@with_options(StressOptions)
def _price(
    *,
    dataset: DatasetId,
    price_pct: Annotated[
        float, typer.Option("--price", help="In percent of balance; accrued interest comes on top.")
    ],
    risk_free_rate_pct: Annotated[
        float | None,
        typer.Option(
            "--risk-free-rate", help="In percent a year: gives the default probability of a price."
        ),
    ] = None,
    asked: StressOptions,
    limit: Limit = 20,
    output: Output = None,
    store: Store = None,
    tenant: Tenant = None,
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    terms = {"price_pct": price_pct, "risk_free_rate_pct": risk_free_rate_pct}
    check_folder(output)
    with (
        open_session(store, tenant, threads) as session,
        progress(_PRICE.name, total=None, unit="records", quiet=as_json) as control,
    ):
        run = asked.ask(session, dataset, control, horizon={"purchase": terms})
        _show(_PRICE, run, limit=limit, output=output, as_json=as_json)


def _show(view: View, run: Run, *, limit: int, output: Path | None, as_json: bool) -> None:
    rows = view.rows(run)
    if output is not None:
        write_csv(rows, output)
    if as_json:
        json_document(_document(view, run, rows, limit))
    else:
        _print(view, run, rows, limit)


def _document(view: View, run: Run, rows: Table, limit: int) -> dict[str, Any]:
    horizon = run.result.horizon
    return {
        "run_id": run.run_id,
        "as_of": horizon.as_of,
        "months": horizon.months,
        "currency": run.result.currency,
        view.figures: {case.case_id: getattr(case, view.figures) for case in horizon.cases},
        "row_count": len(rows),
        "rows": list(rows.rows(limit)),
    }


def _print(view: View, run: Run, rows: Table, limit: int) -> None:
    horizon = run.result.horizon
    currency = run.result.currency
    line("run", f"{run.run_id}  {horizon.months} months from {horizon.as_of}")
    for note in horizon_view.case_notes(horizon, currency=currency):
        line("note", note, style="yellow")
    for case in horizon.cases:
        for sentence in view.summary(case, currency):
            line(case.case_id, sentence)
    shown = list(rows.rows(limit))
    sides = {
        name: "left" if all(isinstance(row[name], str | None) for row in shown) else "right"
        for name in rows.column_names
    }
    table(
        [(name.replace("_", " "), sides[name]) for name in rows.column_names],
        [[_cell(name, value) for name, value in row.items()] for row in shown],
    )
    if len(rows) > limit:
        line("rows", f"{limit:,} of {len(rows):,}; --limit and --output show more")


def _cell(name: str, value: object) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, float):
        if name == "headroom":
            return f"{100 * value:+.1f} %"
        if name.endswith("_pct"):
            return f"{value:.1f} %"
        return f"{value:,.3f}" if name in ("limit", "worst") else f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
