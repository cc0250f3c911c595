"""A book over its horizon: what goes into the core, case by case, and what came out."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from seawall import native
from seawall.engines.debt.book import DebtBook
from seawall.engines.debt.horizon_cases import complete_cases
from seawall.engines.debt.horizon_checks import opening_day, payment_holidays
from seawall.engines.debt.horizon_concentration import measure_concentrations
from seawall.engines.debt.horizon_figures import case_result, case_weeks
from seawall.engines.debt.horizon_positions import find_position
from seawall.engines.debt.horizon_results import CaseResult, HorizonResult, WhatIfResult
from seawall.engines.debt.horizon_settings import native_settings
from seawall.engines.debt.horizon_types import Horizon, PurchaseTerms
from seawall.engines.debt.horizon_what_if import Amendment, what_if_result
from seawall.engines.debt.paths import PathRun, link_gaps
from seawall.native import RunControl
from seawall.table import Table

TABLES = {
    "cash_flow": "steps",
    "loan_paths": "loans",
    "obligor_paths": "obligors",
    "covenants": "covenants",
    "maturities": "maturities",
    "tiers": "tiers",
}
"""A run's tables over the cases of its horizon, and what the core calls each."""

WEEKLY_TABLES = ("weekly_cash", "obligor_weekly_cash")
"""Those of the first 13 weeks; the core calls them so too."""

PURCHASE_TABLE = "purchase"
"""The positions of a purchase, where a price is given."""


def horizon_tables(horizon: Horizon) -> tuple[str, ...]:
    """Return the names of the tables that a run over a horizon has on top."""
    priced = () if horizon.purchase is None else (PURCHASE_TABLE,)
    return (*TABLES, *WEEKLY_TABLES, *priced)


class HorizonQuestion:
    """A horizon over a book, checked: nothing is computed yet."""

    def __init__(self, book: DebtBook, horizon: Horizon, paths: Sequence[PathRun]) -> None:
        self.book = book
        self.horizon = horizon
        self.as_of = opening_day(horizon, book.latest_reporting_date)
        self.holidays = payment_holidays(horizon, self.as_of)
        self.cases = complete_cases(horizon, segment_count=len(book.columns.segments), paths=paths)

    def run(self, *, threads: int, control: RunControl | None) -> "HorizonRun":
        """Let the book run through the months under every case, and again for each what-if."""
        return HorizonRun(self, partial(self._paths, threads=threads, control=control))

    def _paths(
        self, amendments: Sequence[Amendment], *, threads: int, control: RunControl | None
    ) -> native.DebtPaths:
        arguments = [
            (
                case.case_id,
                case.drivers,
                case.refinancing_rate_delta_pct.tolist(),
                case.liquidity_factor,
                case.collection_days,
                case.payment_days,
            )
            for case in self.cases
        ]
        return native.run_debt_paths(
            self.book.columns,
            self.as_of,
            self.horizon.months,
            arguments,
            native_settings(self.horizon),
            threads=threads,
            control=control,
            amendments=amendments,
        )


class HorizonRun:
    """The cases of a horizon as they came out, with their tables on demand."""

    def __init__(
        self,
        question: HorizonQuestion,
        paths_of: Callable[[Sequence[Amendment]], native.DebtPaths],
    ) -> None:
        self.question = question
        self.paths = paths_of([])
        self.concentrations = measure_concentrations(
            question.book.columns, question.horizon.concentration_limits
        )
        cases = self._cases(self.paths, with_weeks=True)
        self.result = HorizonResult(
            as_of=question.as_of.isoformat(),
            months=question.horizon.months,
            cases=cases,
            concentrations=[measured.summary for measured in self.concentrations],
            assumed_counts=self.paths.assumed,
            holidays=[day.isoformat() for day in question.holidays],
            what_if=self._what_ifs(cases, paths_of),
        )

    def _cases(self, paths: native.DebtPaths, *, with_weeks: bool) -> list[CaseResult]:
        question = self.question
        return [
            case_result(
                case,
                paths,
                index,
                question.horizon,
                link_gaps(case.not_covered, question.book.columns.segments),
                case_weeks(self._weeks("weekly_cash", index)) if with_weeks else [],
            )
            for index, case in enumerate(question.cases)
        ]

    def _what_ifs(
        self,
        cases: Sequence[CaseResult],
        paths_of: Callable[[Sequence[Amendment]], native.DebtPaths],
    ) -> list[WhatIfResult]:
        entries = self.question.horizon.what_if
        if not entries:
            return []
        loans = self.case_table("loan_paths", 0)
        places = [f"parameters.horizon.what_if[{index}]" for index in range(len(entries))]
        positions = [  # all of them, before any is run
            find_position(loans, self.question.book, entry, where=where)
            for entry, where in zip(entries, places, strict=True)
        ]
        return [
            what_if_result(
                entry,
                position,
                cases,
                lambda amendments: self._cases(paths_of(amendments), with_weeks=False),
                where=where,
            )
            for entry, position, where in zip(entries, positions, places, strict=True)
        ]

    def case_table(self, name: str, case: int) -> Table:
        """One of `TABLES` of one case."""
        return Table(getattr(self.paths, TABLES[name])(case))

    def tables(self) -> Mapping[str, Callable[[], Table]]:
        """Each of `TABLES` and `WEEKLY_TABLES` over all cases; the first column names the case.

        The positions of a purchase come on top where a price is given.
        """
        made = {name: self._over_cases(partial(self.case_table, name)) for name in TABLES}
        for name in WEEKLY_TABLES:
            made[name] = self._over_cases(partial(self._weeks, name))
        terms = self.question.horizon.purchase
        if terms is not None:
            made[PURCHASE_TABLE] = self._over_cases(partial(self._purchase, terms))
        return made

    def _weeks(self, name: str, case: int) -> Table:
        convention = self.question.horizon.business_day_convention
        return Table(getattr(self.paths, name)(case, convention, self.question.holidays))

    def _purchase(self, terms: PurchaseTerms, case: int) -> Table:
        positions, _ = self.paths.purchase(case, terms.price_pct, terms.risk_free_rate_pct)
        return Table(positions)

    def _over_cases(self, of_case: Callable[[int], Table]) -> Callable[[], Table]:
        return lambda: self._joined(of_case)

    def _joined(self, of_case: Callable[[int], Table]) -> Table:
        import pyarrow

        parts = []
        for index, case in enumerate(self.question.cases):
            rows = of_case(index).to_arrow()
            named = pyarrow.repeat(pyarrow.scalar(case.case_id), rows.num_rows)
            parts.append(rows.add_column(0, "case_id", named))
        return Table(pyarrow.concat_tables(parts))
