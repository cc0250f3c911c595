"""The book in groups: by currency, by a text column of the tape, by year of maturity."""

from collections.abc import Sequence
from typing import Any

import msgspec

from seawall.session import Dataset, Run

NOT_STATED = "not stated"
_SHOWN_GROUPS = 12
_SHOWN_YEARS = 40
_MATURITY_COLUMNS = ("anticipated_repayment_date", "maturity_date")  # the first stated one counts


class Group(msgspec.Struct, frozen=True):
    """Some records of a book, in its currency."""

    name: str
    record_count: int
    total_outstanding: float
    collateral_value: float
    net_exposure_after_recovery: float
    loss: float  # in the scenario that loses most


class Breakdown(msgspec.Struct, frozen=True):
    """The whole book in groups."""

    subject: str  # such as sector
    groups: list[Group]
    remark: str = ""


class GroupedBook:
    """The records of a run beside the columns of their tape.

    Parameters
    ----------
    worst_scenario_id : str or None
        Whose losses are added up; None when the run has no scenario.
    """

    def __init__(self, run: Run, dataset: Dataset, *, worst_scenario_id: str | None) -> None:
        from pyarrow import compute

        self._figures = run.table("records").to_arrow()
        self._tape = dataset.records.to_arrow()
        self._rows = compute.index_in(
            self._figures["record"], value_set=self._tape["record"].combine_chunks()
        )
        self._loss = None if worst_scenario_id is None else f"loss:{worst_scenario_id}"

    def rows(self, records: Sequence[int]) -> dict[int, dict[str, Any]]:
        """Return where some records stand in the source and what the tape calls them."""
        import pyarrow
        from pyarrow import compute

        wanted = pyarrow.array(records, pyarrow.int64())
        columns = self._figures.select(["record", "source_row", "source_record_id", "obligor_id"])
        found = columns.filter(compute.is_in(columns["record"], value_set=wanted))
        return {
            row["record"]: row | {"obligor_id": row["obligor_id"] or ""}
            for row in found.to_pylist()
        }

    def has(self, column: str) -> bool:
        """Whether any record of the book states a column."""
        if column not in self._tape.column_names:
            return False
        values = self._tape[column].take(self._rows)
        return bool(values.null_count < len(values))

    def by_text(self, column: str, *, subject: str) -> Breakdown:
        """Group by a text column, the largest groups first, the small ones as one."""
        groups = self._groups(self._tape[column].take(self._rows))
        stated = sorted(
            (group for key, group in groups if key is not None),
            key=lambda group: (-group.total_outstanding, group.name),
        )
        missing = [group for key, group in groups if key is None]
        if len(stated) > _SHOWN_GROUPS:
            rest = stated[_SHOWN_GROUPS - 1 :]
            stated = stated[: _SHOWN_GROUPS - 1]
            stated.append(_merged(f"{len(rest):,} others", rest))
        return Breakdown(subject, stated + missing)

    def by_maturity_year(self) -> Breakdown | None:
        """Group by the year in which the debt has to be paid back; None when no record says it."""
        from pyarrow import compute

        columns = [name for name in _MATURITY_COLUMNS if self.has(name)]
        if not columns:
            return None
        years = compute.year(compute.coalesce(*(self._tape[name] for name in columns)))
        found = dict(self._groups(years.take(self._rows)))
        missing = [found.pop(None)] if None in found else []
        first, last = _window(found)
        groups = [found.get(year) or _merged(str(year), []) for year in range(first, last + 1)]
        before = [group for year, group in found.items() if year < first]
        after = [group for year, group in found.items() if year > last]
        if before:
            groups.insert(0, _merged(f"before {first}", before))
        if after:
            groups.append(_merged(f"after {last}", after))
        remark = "" if len(columns) == 1 else "The anticipated repayment date where one is stated."
        return Breakdown("maturity year", groups + missing, remark)

    def _groups(self, keys: Any) -> list[tuple[Any, Group]]:
        import pyarrow

        figures = self._figures
        loss = pyarrow.repeat(0.0, len(figures)) if self._loss is None else figures[self._loss]
        table = pyarrow.table(
            {
                "key": keys,
                "total": figures["total_outstanding"],
                "collateral": figures["collateral_value"],
                "net": figures["net_exposure_after_recovery"],
                "loss": loss,
            }
        )
        sums: list[Any] = [(name, "sum") for name in ("total", "collateral", "net", "loss")]
        # One thread: the order of a summation decides its last bits.
        grouped = table.group_by("key", use_threads=False).aggregate([*sums, ([], "count_all")])
        return [
            (
                row["key"],
                Group(
                    name=NOT_STATED if row["key"] is None else str(row["key"]),
                    record_count=row["count_all"],
                    total_outstanding=row["total_sum"],
                    collateral_value=row["collateral_sum"],
                    net_exposure_after_recovery=row["net_sum"],
                    loss=row["loss_sum"],
                ),
            )
            for row in grouped.to_pylist()
        ]


def _merged(name: str, groups: Sequence[Group]) -> Group:
    return Group(
        name=name,
        record_count=sum(group.record_count for group in groups),
        total_outstanding=sum(group.total_outstanding for group in groups),
        collateral_value=sum(group.collateral_value for group in groups),
        net_exposure_after_recovery=sum(group.net_exposure_after_recovery for group in groups),
        loss=sum(group.loss for group in groups),
    )


def _window(groups: dict[int, Group]) -> tuple[int, int]:
    """Choose the years to show one by one: those of a stray date must not push out the book's."""
    years = sorted(groups)
    if years[-1] - years[0] < _SHOWN_YEARS:
        return years[0], years[-1]

    def held(first: int) -> float:
        return sum(
            groups[year].total_outstanding for year in years if first <= year < first + _SHOWN_YEARS
        )

    first = max(years, key=lambda year: (held(year), -year))
    return first, max(year for year in years if year < first + _SHOWN_YEARS)
