"""`seawall simulate`: the tail of a book, and whose it is."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from seawall.cli.options import (
    Currency,
    Json,
    ParametersFile,
    Rates,
    RatesDate,
    StartedAt,
    Store,
    Tenant,
    Threads,
    open_session,
    read_parameters,
    with_options,
)
from seawall.cli.output import (
    check_folder,
    json_document,
    line,
    progress,
    rows_table,
    table,
    write_csv,
)
from seawall.cli.show import run_json
from seawall.cli.stress_options import DatasetId
from seawall.engines.debt.simulation import LargePoolLimit, view
from seawall.native import RunControl
from seawall.session import Run, Session

Limit = Annotated[int, typer.Option(min=1, help="How many rows are shown.")]


class SimulationRows(StrEnum):
    """The tables of a simulation."""

    contributions = "contributions"
    obligors = "obligors"
    value_at_risk = "value_at_risk"
    losses = "losses"
    unconverted = "unconverted"
    shared_collateral = "shared_collateral"


class SimulationOptions(msgspec.Struct, frozen=True):
    """The options of a simulation as they were given."""

    parameters: ParametersFile
    assignments: Annotated[
        list[str] | None,
        typer.Option("--set", help="One parameter: default_probability.assumed_pct=2"),
    ]
    scenarios: Annotated[
        int | None, typer.Option(min=1, help="How many scenarios.", show_default="100000")
    ]
    seed: Annotated[int | None, typer.Option(min=0, help="Of all draws.", show_default="1")]
    levels: Annotated[
        list[float] | None,
        typer.Option("--level", help="A confidence level such as 0.999; may be repeated."),
    ]
    factors: Annotated[
        str | None,
        typer.Option(
            help="What obligors share a factor by: sector, rating, collateral_type, "
            "collateral_region, currency, none."
        ),
    ]
    loss_model: Annotated[
        str | None,
        typer.Option(
            "--losses",
            help="Losses given default: fixed, parametric (higher where many default) or "
            "waterfall.",
            show_default="fixed",
        ),
    ]
    sampling: Annotated[
        str | None,
        typer.Option(
            help="plain, importance (for a rare tail) or sobol (for the mean).",
            show_default="plain",
        ),
    ]
    assumed_pd_pct: Annotated[
        float | None,
        typer.Option("--assumed-pd", help="Default probability in percent where none is known."),
    ]
    assumed_lgd_pct: Annotated[
        float | None,
        typer.Option("--assumed-lgd", help="Loss given default in percent where none is known."),
    ]
    currency: Currency
    rates: Rates
    rates_date: RatesDate
    started_at: StartedAt
    checkpoint: Annotated[
        Path | None,
        typer.Option(help="Keep what is done in this file; asked again with it, go on from there."),
    ]

    def ask(self, session: Session, dataset: str, control: RunControl) -> Run:
        """Put the question to a session."""
        options = {
            "default_probability.assumed_pct": self.assumed_pd_pct,
            "loss_given_default.assumed_pct": self.assumed_lgd_pct,
            "loss_given_default.model": self.loss_model,
            "sampling": self.sampling,
        }
        given = [f"{path}={value}" for path, value in options.items() if value is not None]
        return session.simulate(
            dataset,
            scenarios=self.scenarios,
            seed=self.seed,
            levels=self.levels or (),
            factors=self.factors,
            currency=self.currency,
            rates=self.rates,
            rates_as_of=self.rates_date,
            parameters=read_parameters(self.parameters, [*(self.assignments or []), *given]),
            started_at=self.started_at,
            control=control,
            checkpoint=self.checkpoint,
        )


@with_options(SimulationOptions)
def simulate(
    dataset: DatasetId,
    asked: SimulationOptions,
    rows: Annotated[
        SimulationRows, typer.Option(help="What --output holds.")
    ] = SimulationRows.contributions,
    output: Annotated[Path | None, typer.Option(help="Write the rows to this CSV file.")] = None,
    limit: Limit = 10,
    store: Store = None,
    tenant: Tenant = None,
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """Simulate who of a book defaults: expected loss, value at risk, expected shortfall, and whose.

    Evidence is committed.
    """
    check_folder(output)
    check_folder(asked.checkpoint)
    with (
        open_session(store, tenant, threads) as session,
        progress("simulate", total=None, unit="scenarios of all passes", quiet=as_json) as control,
    ):
        run = asked.ask(session, dataset, control)
        if output is not None:
            write_csv(run.table(rows.value), output)
        if as_json:
            json_document(run_json(run) | {"twins": run.questions.twins, "limits": _limits(run)})
        else:
            _print_run(run, limit)


def _print_run(run: Run, limit: int) -> None:
    result, tail = run.result, run.questions
    line("simulated", view.headline(result))
    line("expected", view.expected(result))
    line("judged", view.judged(tail.twins))
    for note in view.notes(result):
        line("note", note, style="yellow")
    table(view.TAIL_COLUMNS, view.tail_rows(result))
    for sentence in view.limit_sentences(_limits(run), result.currency):
        line("limit", sentence)
    level = f"{100 * result.tails[-1].confidence_level:.10g} %"
    line("whose", f"contributions to expected shortfall at {level}; they add up to it")
    contributions = run.table("contributions")
    rows_table(list(contributions.rows(limit)), len(contributions))
    line("run", run.run_id)


def _limits(run: Run) -> list[LargePoolLimit | None]:
    """What each tail tends to; null where that has no closed form."""
    return [run.questions.large_pool_limit(tail.confidence_level) for tail in run.result.tails]
