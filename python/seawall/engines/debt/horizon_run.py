"""A book over its horizon: what goes into the core, case by case, and what came out."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from seawall import native
from seawall.engines.debt.book import DebtBook
from seawall.engines.debt.horizon_cases import complete_cases
from seawall.engines.debt.horizon_checks import opening_day, payment_holidays
from seawall.engines.debt.horizon_concentration import concentrations
from seawall.engines.debt.horizon_figures import case_result, case_weeks
from seawall.engines.debt.horizon_results import HorizonResult
from seawall.engines.debt.horizon_types import CovenantLimits, Horizon, PurchaseTerms
from seawall.engines.debt.paths import PathRun, link_gaps
from seawall.errors import InvalidInput
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


class HorizonQuestion:
    """A horizon over a book, checked: nothing is computed yet."""

    def __init__(self, book: DebtBook, horizon: Horizon, paths: Sequence[PathRun]) -> None:
        _refuse_what_is_not_computed(horizon)
        self.book = book
        self.horizon = horizon
        self.as_of = opening_day(horizon, book.latest_reporting_date)
        self.holidays = payment_holidays(horizon, self.as_of)
        self.cases = complete_cases(horizon, segment_count=len(book.columns.segments), paths=paths)

    def run(self, *, threads: int, control: RunControl | None) -> "HorizonRun":
        """Let the book run through the months under every case."""
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
        paths = native.run_debt_paths(
            self.book.columns,
            self.as_of,
            self.horizon.months,
            arguments,
            native_settings(self.horizon),
            threads=threads,
            control=control,
        )
        return HorizonRun(self, paths)


class HorizonRun:
    """The cases of a horizon as they came out, with their tables on demand."""

    def __init__(self, question: HorizonQuestion, paths: native.DebtPaths) -> None:
        self.question = question
        self.paths = paths
        segments = question.book.columns.segments
        self.result = HorizonResult(
            as_of=question.as_of.isoformat(),
            months=question.horizon.months,
            cases=[
                case_result(
                    case,
                    paths,
                    index,
                    question.horizon,
                    link_gaps(case.not_covered, segments),
                    case_weeks(self._weeks("weekly_cash", index)),
                )
                for index, case in enumerate(question.cases)
            ],
            concentrations=concentrations(
                question.book.columns, question.horizon.concentration_limits
            ),
            assumed_counts=paths.assumed,
            holidays=[day.isoformat() for day in question.holidays],
        )

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
            made["purchase"] = self._over_cases(partial(self._purchase, terms))
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


def native_settings(horizon: Horizon) -> dict[str, Any]:
    """A horizon's terms as the core takes them: fractions, and None for what is not asked."""
    covenants, refinancing = horizon.covenants, horizon.refinancing
    waterfall, reset = horizon.waterfall, horizon.covenants.reset
    return {
        "default_after_months": horizon.default_after_months,
        "retains_surplus": horizon.surplus_cash == "retained",
        "test_months": covenants.test_months,
        "cure_months": covenants.cure_months,
        **_limits("limit_", covenants.limits),
        "reset_month": 0 if reset is None else reset.from_month,
        **_limits("reset_limit_", CovenantLimits() if reset is None else reset.limits),
        "refinancing_rate_pct": refinancing.rate_pct,
        "refinancing_amortization_months": refinancing.amortization_months,
        "refinancing_max_ltv": _fraction(refinancing.max_ltv_pct),
        "refinancing_min_dscr": refinancing.min_dscr,
        "refinancing_min_debt_yield": _fraction(refinancing.min_debt_yield_pct),
        "refinancing_cap_rate": _fraction(refinancing.cap_rate_pct),
        "haircut": _fraction(waterfall.haircut_pct),
        "sale_cost": _fraction(waterfall.sale_cost_pct),
        "administration_cost": _fraction(waterfall.administration_cost_pct),
        "months_to_sale": waterfall.months_to_sale,
        "months_to_distribution": waterfall.months_to_distribution,
        "priming_amount": waterfall.priming_amount,
        "enterprise_multiple": waterfall.enterprise_multiple,
        "enterprise_cap_rate": _fraction(waterfall.cap_rate_pct),
    }


def _limits(prefix: str, limits: CovenantLimits) -> dict[str, float | None]:
    return {
        f"{prefix}dscr": limits.dscr_minimum,
        f"{prefix}icr": limits.icr_minimum,
        f"{prefix}ltv": _fraction(limits.ltv_maximum_pct),
        f"{prefix}leverage": limits.leverage_maximum,
        f"{prefix}debt_yield": _fraction(limits.debt_yield_minimum_pct),
    }


def _fraction(percent: float | None) -> float | None:
    return None if percent is None else percent / 100


def _refuse_what_is_not_computed(horizon: Horizon) -> None:
    """A field that would change nothing must not look as if it did."""
    default = Horizon()
    for name in ("what_if",):
        if getattr(horizon, name) != getattr(default, name):
            raise InvalidInput("is not computed yet", where=f"parameters.horizon.{name}")
