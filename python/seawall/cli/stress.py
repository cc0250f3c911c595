"""`seawall stress`: a question, its answer, its rows as a file."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from seawall.cli import show
from seawall.cli.options import Json, Store, Tenant, Threads, open_session, with_options
from seawall.cli.output import check_folder, json_document, progress, write_csv
from seawall.cli.stress_options import DatasetId, StressOptions


class RunRows(StrEnum):
    """The tables of a run; from cash_flow on those of a horizon."""

    records = "records"
    positions = "positions"
    obligors = "obligors"
    segments = "segments"
    unconverted = "unconverted"
    shared_collateral = "shared_collateral"
    cash_flow = "cash_flow"
    loan_paths = "loan_paths"
    obligor_paths = "obligor_paths"
    covenants = "covenants"
    maturities = "maturities"
    tiers = "tiers"
    purchase = "purchase"
    weekly_cash = "weekly_cash"
    obligor_weekly_cash = "obligor_weekly_cash"


@with_options(StressOptions)
def stress(
    dataset: DatasetId,
    asked: StressOptions,
    rows: Annotated[RunRows, typer.Option(help="What --output holds.")] = RunRows.positions,
    output: Annotated[Path | None, typer.Option(help="Write the rows to this CSV file.")] = None,
    store: Store = None,
    tenant: Tenant = None,
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """Stress a book under the default scenarios and yours; evidence is committed."""
    check_folder(output)
    with (
        open_session(store, tenant, threads) as session,
        progress("stress", total=None, unit="records", quiet=as_json) as control,
    ):
        run = asked.ask(session, dataset, control)
        if output is not None:
            write_csv(run.table(rows.value), output)
        if as_json:
            json_document(show.run_json(run))
        else:
            show.run_lines(run)
