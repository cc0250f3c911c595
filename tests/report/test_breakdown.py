"""Groups at their edges: many names, stray dates, dates that come before others."""

import datetime

import pyarrow
import pytest

from seawall.report.breakdown import Breakdown, GroupedBook


class Rows:
    """Stands for a run and for its dataset: both have tables of columns."""

    def __init__(self, columns: dict[str, object]) -> None:
        self.records = self
        self._columns = columns

    def table(self, name: str) -> "Rows":
        assert name == "records"
        return self

    def to_arrow(self) -> pyarrow.Table:
        return pyarrow.table(self._columns)


def book(totals: list[float], **tape: object) -> GroupedBook:
    records = list(range(len(totals)))
    figures = {
        "record": records,
        "total_outstanding": totals,
        "collateral_value": [0.0] * len(totals),
        "net_exposure_after_recovery": totals,
    }
    # The tape has one record more, in front: refused ones and other orders must not shift a row.
    columns = {name: [None, *values] for name, values in tape.items()}
    return GroupedBook(
        Rows(figures), Rows({"record": [99, *records], **columns}), worst_scenario_id=None
    )


def shown(breakdown: Breakdown | None) -> list[tuple[str, float]]:
    assert breakdown is not None
    return [(group.name, group.total_outstanding) for group in breakdown.groups]


def day(year: int) -> datetime.date:
    return datetime.date(year, 6, 30)


def test_groups_stand_by_size_and_the_unstated_last() -> None:
    found = book([1.0, 5.0, 2.0, 9.0], sector=["a", "b", "a", None])
    assert shown(found.by_text("sector", subject="sector")) == [
        ("b", 5.0),
        ("a", 3.0),
        ("not stated", 9.0),
    ]


def test_small_groups_beyond_eleven_are_one() -> None:
    found = book([float(n) for n in range(1, 16)], sector=[f"s{n:02}" for n in range(1, 16)])
    groups = shown(found.by_text("sector", subject="sector"))
    assert len(groups) == 12
    assert groups[0] == ("s15", 15.0)
    assert groups[-1] == ("4 others", 1.0 + 2.0 + 3.0 + 4.0)


def test_the_anticipated_repayment_date_comes_before_maturity() -> None:
    found = book(
        [1.0, 2.0, 4.0, 8.0],
        anticipated_repayment_date=[day(2027), None, None, None],
        maturity_date=[day(2057), day(2027), day(2029), None],
    )
    breakdown = found.by_maturity_year()
    assert shown(breakdown) == [
        ("2027", 3.0),
        ("2028", 0.0),
        ("2029", 4.0),
        ("not stated", 8.0),
    ]
    assert breakdown is not None
    assert breakdown.remark == "The anticipated repayment date where one is stated."


def test_a_stray_year_does_not_push_out_the_book_s() -> None:
    years = [1900, 2027, 2029, 2099]
    found = book([1.0, 20.0, 40.0, 2.0], maturity_date=[day(year) for year in years])
    assert shown(found.by_maturity_year()) == [
        ("before 2027", 1.0),
        ("2027", 20.0),
        ("2028", 0.0),
        ("2029", 40.0),
        ("after 2029", 2.0),
    ]


@pytest.mark.parametrize("tape", [{}, {"maturity_date": [None, None]}])
def test_a_tape_without_any_maturity_has_no_such_groups(tape: dict[str, object]) -> None:
    columns = {k: pyarrow.array(v, pyarrow.date32()) for k, v in tape.items()}
    assert book([1.0, 2.0], **columns).by_maturity_year() is None
