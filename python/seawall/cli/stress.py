"""`seawall stress`: a question, its answer, its rows as a file."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from seawall.cli import show
from seawall.cli.options import Json, Store, Tenant, Threads, open_session
from seawall.cli.output import check_folder, json_document, progress, write_csv
from seawall.cli.stress_options import (
    AsOf,
    Assignments,
    Currency,
    DatasetId,
    MaxRateAge,
    Months,
    Parameters,
    Presets,
    Rates,
    RatesDate,
    StartedAt,
    StressOptions,
    Supervisory,
)


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


def stress(
    dataset: DatasetId,
    parameters: Parameters = None,
    assignments: Assignments = None,
    supervisory: Supervisory = None,
    currency: Currency = None,
    rates: Rates = None,
    rates_date: RatesDate = None,
    max_rate_age_days: MaxRateAge = None,
    months: Months = None,
    presets: Presets = None,
    as_of: AsOf = None,
    started_at: StartedAt = None,
    rows: Annotated[RunRows, typer.Option(help="What --output holds.")] = RunRows.positions,
    output: Annotated[Path | None, typer.Option(help="Write the rows to this CSV file.")] = None,
    store: Store = None,
    tenant: Tenant = None,
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """Stress a book under the default scenarios and yours; evidence is committed."""
    asked = StressOptions(
        parameters=parameters,
        assignments=assignments,
        supervisory=supervisory,
        currency=currency,
        rates=rates,
        rates_date=rates_date,
        max_rate_age_days=max_rate_age_days,
        months=months,
        presets=presets,
        as_of=as_of,
        started_at=started_at,
    )
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
