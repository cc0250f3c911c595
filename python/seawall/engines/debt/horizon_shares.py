"""What each record has in the figures that the findings of a case are about."""

import math
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from seawall.engines.debt.horizon_run import HorizonRun
from seawall.table import Table

Amounts = NDArray[np.float64]

_LARGEST = 10


class Share(msgspec.Struct, frozen=True):
    """A figure of a case: its sum over records, what it cannot speak of, its largest parts."""

    amount: float
    not_tested: float  # what records owe, or are owed for, of which the figure is not known
    largest: list[dict[str, Any]]  # record and amount


class CaseShares:
    """The records of a case by what they have in its figures.

    Sums are by ``math.fsum``, which has the same bits everywhere.
    """

    def __init__(self, run: HorizonRun, case: int) -> None:
        self._run = run
        self._case = case
        loans = run.case_table("loan_paths", case)
        self._records, self._record_of_loan = np.unique(
            _integers(loans, "record"), return_inverse=True
        )
        self._owed = _numbers(loans, "principal")
        self._loans = loans

    def breached(self) -> Share:
        """What records that are ever in breach of a covenant owe on the first day."""
        rows = self._run.case_table("covenants", self._case)
        records = self._places(rows)
        owed = self._by_record(self._owed)
        breached = np.zeros(len(owed), dtype=bool)
        breached[records[~np.isnan(_numbers(rows, "first_breach_month"))]] = True
        tested = np.zeros(len(owed), dtype=bool)
        tested[records[~np.isnan(_numbers(rows, "worst_headroom"))]] = True
        return self._share(np.where(breached, owed, 0.0), np.where(tested, 0.0, owed))

    def refinancing_gap(self) -> Share:
        """What falls due within the horizon and finds no new debt."""
        rows = self._run.case_table("maturities", self._case)
        inside = rows["in_horizon"].to_numpy()
        gap, due = _numbers(rows, "refinancing_gap"), _numbers(rows, "due")
        untested = np.isnan(gap)
        places = self._places(rows)
        return self._share(
            self._sum(places, np.where(inside & ~untested, gap, 0.0)),
            self._sum(places, np.where(inside & untested, due, 0.0)),
        )

    def shortfall(self) -> Share:
        """Operating and debt-service shortfalls; an obligor's fall to its records by their debt."""
        rows = self._run.case_table("obligor_paths", self._case)
        amount = _numbers(rows, "operating_shortfall") + _numbers(rows, "debt_service_shortfall")
        obligor = _obligor_places(self._loans, rows)
        owed_by_obligor = np.bincount(obligor, weights=self._owed, minlength=len(rows))
        count = np.bincount(obligor, minlength=len(rows))
        equal = 1.0 / count[obligor]  # of an obligor that owes nothing
        whole = owed_by_obligor[obligor]
        part = np.divide(self._owed, whole, out=equal, where=whole > 0)
        unknown = ~rows["income_known"].to_numpy()[obligor]
        return self._share(
            self._by_record(amount[obligor] * part),
            self._by_record(np.where(unknown, self._owed, 0.0)),
        )

    def unpaid(self) -> Share:
        """Claims on obligors that default, less what collateral, estate and guarantors pay."""
        defaults = ~np.isnan(_numbers(self._loans, "default_month"))
        unpaid, claim = _numbers(self._loans, "unpaid"), _numbers(self._loans, "claim")
        unknown = np.isnan(unpaid)
        return self._share(
            self._by_record(np.where(defaults & ~unknown, unpaid, 0.0)),
            self._by_record(np.where(defaults & unknown, claim, 0.0)),
        )

    def _share(self, amounts: Amounts, not_tested: Amounts) -> Share:
        order = np.lexsort((self._records, -amounts))[:_LARGEST]
        return Share(
            amount=math.fsum(amounts),
            not_tested=math.fsum(not_tested),
            largest=[
                {"record": int(self._records[at]), "amount": float(amounts[at])}
                for at in order
                if amounts[at] > 0
            ],
        )

    def _places(self, rows: Table) -> NDArray[np.int64]:
        return np.searchsorted(self._records, _integers(rows, "record"))

    def _by_record(self, of_loans: Amounts) -> Amounts:
        return self._sum(self._record_of_loan, of_loans)

    def _sum(self, places: NDArray[np.int64], amounts: Amounts) -> Amounts:
        sums: Amounts = np.bincount(places, weights=amounts, minlength=len(self._records)).astype(
            np.float64
        )
        return sums


def _numbers(rows: Table, name: str) -> Amounts:
    """A column of numbers; NaN where a cell is absent."""
    values: Amounts = rows[name].to_numpy().astype(np.float64, copy=False)
    return values


def _integers(rows: Table, name: str) -> NDArray[np.int64]:
    values: NDArray[np.int64] = rows[name].to_numpy().astype(np.int64, copy=False)
    return values


def _obligor_places(loans: Table, obligors: Table) -> NDArray[np.int64]:
    from pyarrow import compute

    known = obligors["obligor_id"].combine_chunks()
    places: NDArray[np.int64] = (
        compute.index_in(loans["obligor_id"], value_set=known).to_numpy().astype(np.int64)
    )
    return places
