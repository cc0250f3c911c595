"""The options of a question of debt stress, and how it is asked; several commands share them."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
import typer

from seawall.cli.options import (
    Currency,
    ParametersFile,
    Rates,
    RatesDate,
    StartedAt,
    read_parameters,
)
from seawall.cli.supervisory import read_path
from seawall.engines.debt.horizon_types import MAX_MONTHS, MIN_MONTHS
from seawall.native import RunControl
from seawall.session import Run, Session

DatasetId = Annotated[str, typer.Argument(help="A dataset version, dv_….")]


class StressOptions(msgspec.Struct, frozen=True):
    """The options as they were given; `with_options` gives them to a command."""

    parameters: ParametersFile
    assignments: Annotated[
        list[str] | None,
        typer.Option("--set", help="One parameter: stress_scenarios[0].id=market_crash"),
    ]
    supervisory: Annotated[
        list[str] | None,
        typer.Option(help="A supervisory path: built-in name or .json file; may be repeated."),
    ]
    currency: Currency
    rates: Rates
    rates_date: RatesDate
    max_rate_age_days: Annotated[
        int | None, typer.Option(min=0, help="Refuse rates that are older.", show_default="7")
    ]
    months: Annotated[
        int | None,
        typer.Option(
            min=MIN_MONTHS,
            max=MAX_MONTHS,
            help="Follow the book over so many months: cash flows, covenants, refinancing, "
            "waterfall.",
        ),
    ]
    presets: Annotated[
        list[str] | None,
        typer.Option(
            "--preset", help="A case over these months: mild, moderate, severe; repeatable."
        ),
    ]
    as_of: Annotated[
        str | None,
        typer.Option(help="Their day 0.", show_default="the book's latest reporting date"),
    ]
    started_at: StartedAt

    def ask(
        self,
        session: Session,
        dataset: str,
        control: RunControl,
        *,
        horizon: Mapping[str, Any] | None = None,
    ) -> Run:
        """Put the question to a session; what is said of a horizon stands over the parameters."""
        age = self.max_rate_age_days
        aged = [] if age is None else [f"currency_rates.max_age_days={age}"]
        given = read_parameters(self.parameters, [*(self.assignments or []), *aged])
        return session.stress(
            dataset,
            supervisory=[read_path(name) for name in self.supervisory or []],
            currency=self.currency,
            rates=self.rates,
            rates_as_of=self.rates_date,
            horizon=horizon,
            months=self.months,
            presets=self.presets or (),
            as_of=self.as_of,
            parameters=given,
            started_at=self.started_at,
            control=control,
        )
