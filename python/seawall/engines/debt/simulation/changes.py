"""Changes to a simulated book, loan by loan, and what they do to its figures."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import UNSET, Meta

from seawall.engines.debt.simulation.credit_book import CreditBook, Obligors
from seawall.engines.debt.simulation.decimal_amounts import Numbers
from seawall.engines.debt.simulation.factor_groups import Rows
from seawall.engines.debt.simulation.figures import told_figures
from seawall.engines.debt.simulation.parts import SimulationInputs
from seawall.engines.debt.simulation.position_terms import PositionTerms
from seawall.engines.debt.simulation.question_types import (
    AddLoan,
    Change,
    ChangeLoan,
    RemoveLoan,
)
from seawall.engines.debt.simulation.recovery_columns import RecoveryColumns
from seawall.engines.debt.simulation.recovery_parts import (
    NewClaim,
    connected_obligors,
    some_of,
    with_claims,
)
from seawall.engines.debt.simulation.types import TailFigures
from seawall.errors import InvalidInput, NotFound

_ADDED = np.dtype([("row", np.int64), ("exposure", np.float64), ("lost_pct", np.float64)])


class FigureChange(msgspec.Struct, frozen=True):
    """A tail before and after, and the change of its expected shortfall."""

    before: Annotated[TailFigures, Meta(description="At the same confidence level.")]
    after: Annotated[TailFigures, Meta(description="At the same confidence level.")]
    change: Annotated[float, Meta(description="Expected shortfall after less before.")]
    standard_error: Annotated[float, Meta(description="Of the paired difference.")]


class WhatIf(msgspec.Struct, frozen=True):
    """What changes do, in the book's currency; standard errors are of paired differences."""

    obligor_count: Annotated[
        int, Meta(description="Obligors that changed, without those who are connected to them.")
    ]
    expected_loss: Annotated[float, Meta(description="Before the change.")]
    expected_loss_change: Annotated[float, Meta(description="After less before.")]
    expected_loss_change_standard_error: Annotated[float, Meta(description="Of that difference.")]
    tails: Annotated[list[FigureChange], Meta(description="One a confidence level.")]


def what_if_of(
    book: CreditBook,
    obligor_count: int,
    expected_loss: float,
    pairs: Sequence[tuple[float, dict[str, Any]]],
) -> WhatIf:
    """Say in the book's currency what the core found, of each level, before and after."""
    amount = book.amount
    _, any_pair = pairs[0]  # expected loss is the same in all
    return WhatIf(
        obligor_count=obligor_count,
        expected_loss=expected_loss,
        expected_loss_change=amount(any_pair["expected_minor"]),
        expected_loss_change_standard_error=amount(any_pair["expected_standard_error_minor"]),
        tails=[
            FigureChange(
                before=told_figures(pair["before"], level, amount),
                after=told_figures(pair["after"], level, amount),
                change=amount(pair["es_minor"]),
                standard_error=amount(pair["es_standard_error_minor"]),
            )
            for level, pair in pairs
        ],
    )


class ChangedBook(msgspec.Struct, frozen=True):
    """The obligors that change and those connected to them, as they were and as they are."""

    obligor_count: int
    before: SimulationInputs
    after: SimulationInputs


def changed_book(
    book: CreditBook, changes: Sequence[Change], *, where: str = "changes"
) -> ChangedBook:
    """Find what changes touch and make both versions of it.

    Raises
    ------
    InvalidInput, NotFound
        With the place.
    """
    if not changes:
        raise InvalidInput("there is no change to make", where=where)
    draft = _Draft(book)
    for index, change in enumerate(changes):
        place = f"{where}[{index}]"
        if isinstance(change, AddLoan):
            draft.add(change, place)
        else:
            draft.alter(change, place)
    return draft.finish()


class _Draft:
    """A book under change: columns that grow, and which obligors are touched."""

    def __init__(self, book: CreditBook) -> None:
        self._book = book
        self._new_obligors: dict[str, int] = {}  # rows behind the book's
        self._terms = book.terms
        self._probability = book.obligors.default_probability.copy()
        self._added: list[tuple[int, float, float]] = []  # obligor row, exposure, lost %
        self._new_weight: list[Numbers] = []
        self._new_group: list[int] = []
        self._new_claims: list[NewClaim] = []
        self._recovery = book.recovery
        self._touched: set[int] = set()

    def alter(self, change: RemoveLoan | ChangeLoan, where: str) -> None:
        rows = self._rows(change, where)
        self._touched.update(self._book.obligor[rows].tolist())
        if isinstance(change, RemoveLoan):
            self._terms = self._terms.with_exposure(rows, 0)
            return
        if change.exposure is not UNSET:
            if len(rows) > 1:
                raise InvalidInput("which of its instruments?", where=f"{where}.element")
            self._minor(change.exposure, f"{where}.exposure")
            self._terms = self._terms.with_exposure(rows, change.exposure)
        if change.loss_given_default_pct is not UNSET:
            self._refuse_waterfall(f"{where}.loss_given_default_pct")
            self._terms = self._terms.with_loss(rows, change.loss_given_default_pct)
        if change.collateral_value is not UNSET:
            self._recovery = self._with_collateral(rows, change.collateral_value, where)
        if change.probability_of_default_pct is not UNSET:
            of_obligor = self._book.obligor[rows]
            self._probability[of_obligor] = change.probability_of_default_pct / 100

    def add(self, change: AddLoan, where: str) -> None:
        row = self._obligor(change.obligor_id, where)
        if row is None:
            row = self._new_obligor(change, where)
        elif change.probability_of_default_pct is not UNSET:
            self._probability[row] = change.probability_of_default_pct / 100
        if self._recovery is None:
            for name in ("collateral_value", "seniority"):
                if getattr(change, name) is not UNSET:
                    raise InvalidInput("is of a waterfall", where=f"{where}.{name}")
        self._touched.add(row)
        self._minor(change.exposure, f"{where}.exposure")
        self._added.append((row, change.exposure, self._lost_pct_of(change, where)))
        if self._recovery is not None:
            self._new_claims.append(self._claim(row, change, where))

    def finish(self) -> ChangedBook:
        touched = np.array(sorted(self._touched), np.int64)
        if self._book.recovery is not None:
            touched = connected_obligors(self._book.recovery, self._book.obligor, touched)
        count = len(self._book.obligor_ids)
        old = self._book.obligors
        first = self._book.register.slot_count
        everyone = Obligors(
            np.append(old.slot, np.arange(first, first + len(self._new_weight))),
            self._probability,
            np.vstack([old.factor_weight, *self._new_weight]),
        )
        kept = touched[touched < count]
        book = self._book
        held = np.flatnonzero(np.isin(book.obligor, kept))
        before = book.terms.some(held)
        added = np.array(self._added, _ADDED)
        after = self._terms.some(held).and_further(
            PositionTerms(
                added["row"],
                added["exposure"],
                added["exposure"],
                added["lost_pct"],
                np.zeros(len(added), np.int64),
            )
        )
        recovery_before = recovery_after = None
        if book.recovery is not None and self._recovery is not None:
            recovery_before = some_of(book.recovery, kept, held)
            further = np.arange(len(book.obligor), len(book.obligor) + len(added))
            recovery_after = some_of(
                with_claims(self._recovery, len(everyone.slot), self._new_claims),
                touched,
                np.concatenate([held, further]),
            )
        return ChangedBook(
            len(self._touched),
            self._inputs(old.some(kept), kept, before, recovery_before),
            self._inputs(everyone.some(touched), touched, after, recovery_after),
        )

    def _inputs(
        self,
        obligors: Obligors,
        rows: Rows,
        positions: PositionTerms,
        recovery: RecoveryColumns | None,
    ) -> SimulationInputs:
        owed_by = np.searchsorted(rows, positions.obligor)
        positions = msgspec.structs.replace(positions, obligor=owed_by)
        inputs = self._book.inputs_of(obligors, positions, recovery)
        return msgspec.structs.replace(inputs, sampling=self._book.inputs.sampling)

    def _refuse_waterfall(self, where: str) -> None:
        if self._book.recovery is not None:
            raise InvalidInput("a waterfall has no such input", where=where)

    def _with_collateral(self, rows: Rows, value: float, where: str) -> RecoveryColumns:
        place = f"{where}.collateral_value"
        if self._recovery is None:
            raise InvalidInput("is of a waterfall; state loss_given_default_pct", where=place)
        pool = np.unique(self._recovery.positions["pool"][rows])
        if len(pool) > 1 or pool[0] < 0:
            raise InvalidInput("no collateral, or several, secures the positions", where=place)
        minor = self._recovery.pools["value_minor"].copy()
        minor[pool] = self._minor(value, place)
        pools = self._recovery.pools | {"value_minor": minor}
        return msgspec.structs.replace(self._recovery, pools=pools)

    def _lost_pct_of(self, change: AddLoan, where: str) -> float:
        if change.loss_given_default_pct is not UNSET:
            self._refuse_waterfall(f"{where}.loss_given_default_pct")
            return change.loss_given_default_pct
        if self._recovery is None:
            raise InvalidInput("a new loan needs one", where=f"{where}.loss_given_default_pct")
        return 0.0

    def _claim(self, row: int, change: AddLoan, where: str) -> NewClaim:
        book, terms = self._book, self._book.parameters.loss_given_default
        of_book = book.groups.factor_of_obligor
        group = int(of_book[row]) if row < len(of_book) else self._new_group[row - len(of_book)]
        value = change.collateral_value
        return NewClaim(
            obligor=row,
            seniority="senior" if change.seniority is UNSET else change.seniority,
            value_minor=None if value is UNSET else self._minor(value, f"{where}.collateral_value"),
            volatility=terms.collateral_volatility_pct / 100,
            factor_weight=book.weight(group, terms.collateral_correlation),
        )

    def _minor(self, amount: float, where: str) -> int:
        return int(self._book.minor(np.array([amount]), lambda _: where)[0])

    def _rows(self, change: RemoveLoan | ChangeLoan, where: str) -> Rows:
        from pyarrow import compute

        held = self._book.positions
        found = compute.equal(held["source_record_id"], change.source_record_id)
        if change.element is not UNSET:
            found = compute.and_(found, compute.equal(held["element"], change.element))
        rows = np.flatnonzero(compute.fill_null(found, False).to_numpy())
        if len(rows) == 0:
            raise NotFound(
                f'no position is "{change.source_record_id}"', where=f"{where}.source_record_id"
            )
        if len(np.unique(held["record"].to_numpy()[rows])) > 1:
            raise InvalidInput("is of several records", where=f"{where}.source_record_id")
        return rows

    def _obligor(self, name: str, where: str) -> int | None:
        """Return the row of an obligor; the book's are in the order of their names."""
        ids = self._book.obligor_ids
        first, last = bisect_left(ids, name), bisect_right(ids, name)
        if last - first > 1:
            raise InvalidInput("is the name of several obligors", where=f"{where}.obligor_id")
        return first if last > first else self._new_obligors.get(name)

    def _new_obligor(self, change: AddLoan, where: str) -> int:
        names = self._book.groups.names
        if change.probability_of_default_pct is UNSET:
            raise InvalidInput(
                "a new obligor needs one", where=f"{where}.probability_of_default_pct"
            )
        if change.asset_correlation is UNSET:
            raise InvalidInput("a new obligor needs one", where=f"{where}.asset_correlation")
        group = names[0] if change.group is UNSET and len(names) == 1 else change.group
        if group is UNSET or group not in names:
            raise InvalidInput(f"there are {', '.join(names)}", where=f"{where}.group")
        row = len(self._probability)
        self._new_obligors[change.obligor_id] = row
        self._probability = np.append(self._probability, change.probability_of_default_pct / 100)
        self._new_group.append(names.index(group))
        weight = self._book.weight(names.index(group), change.asset_correlation)
        self._new_weight.append(weight[np.newaxis, :])
        return row
