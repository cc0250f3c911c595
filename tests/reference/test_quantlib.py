"""QuantLib as an independent answer: day counts, payment days on two calendars, bonds."""

from datetime import date, timedelta
from itertools import product

import pytest
import QuantLib as ql  # noqa: N813  (as its own documentation has it)

from seawall import native
from seawall.engines.debt.business_days import holiday_days

DAY_COUNTS = {
    "30/360": ql.Thirty360(ql.Thirty360.BondBasis),
    "30e/360": ql.Thirty360(ql.Thirty360.EurobondBasis),
    "actual/360": ql.Actual360(),
    "actual/365": ql.Actual365Fixed(),
    "actual/actual": ql.ActualActual(ql.ActualActual.ISDA),
}
CALENDARS = {
    "TARGET": ql.TARGET(),
    "NYSE": ql.UnitedStates(ql.UnitedStates.NYSE),
}
CONVENTIONS = {
    "unadjusted": ql.Unadjusted,
    "following": ql.Following,
    "modified_following": ql.ModifiedFollowing,
    "preceding": ql.Preceding,
}
FREQUENCIES = {1: ql.Annual, 2: ql.Semiannual, 4: ql.Quarterly, 12: ql.Monthly}
FIRST, LAST = date(1999, 1, 1), date(2060, 12, 31)


def theirs(day: date) -> ql.Date:
    return ql.Date(day.day, day.month, day.year)


def ours(day: ql.Date) -> date:
    return date(day.year(), day.month(), day.dayOfMonth())


@pytest.mark.parametrize("name", DAY_COUNTS)
def test_year_fractions_are_quantlib_s(name: str) -> None:
    starts = [date(2023, 1, 28) + timedelta(days=step) for step in range(0, 430, 3)]
    lengths = [0, 1, 27, 28, 29, 30, 31, 59, 90, 181, 184, 364, 365, 366, 800, 10_958]
    for start, length in product(starts, lengths):
        end = start + timedelta(days=length)
        expected = DAY_COUNTS[name].yearFraction(theirs(start), theirs(end))
        found = native.year_fraction(name, start, end)
        assert found == pytest.approx(expected, rel=1e-14, abs=1e-15), (start, end)


@pytest.mark.parametrize("name", CALENDARS)
def test_holidays_are_quantlib_s(name: str) -> None:
    expected = CALENDARS[name].holidayList(theirs(FIRST), theirs(LAST), False)
    assert holiday_days(name, FIRST, LAST) == [ours(day) for day in expected]


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("calendar", CALENDARS)
def test_moved_payment_days_are_quantlib_s(calendar: str, convention: str) -> None:
    holidays = holiday_days(calendar, FIRST, LAST)
    maturities = [date(2031, 5, 31), date(2032, 2, 29), date(2030, 12, 25), date(2031, 8, 15)]
    for maturity, months in product(maturities, [1, 2, 3, 4, 6, 12]):
        start = date(2024, 1, 17)
        periods = native.accrual_periods(
            maturity, months, maturity, after=start, up_to=maturity, accrual_start=start
        )
        schedule = ql.Schedule(
            theirs(start),
            theirs(maturity),
            ql.Period(months, ql.Months),
            CALENDARS[calendar],
            CONVENTIONS[convention],
            CONVENTIONS[convention],
            ql.DateGeneration.Backward,
            False,
        )
        found = native.adjust_days([end for _, end in periods], convention, holidays)
        assert found == [ours(day) for day in schedule][1:], (maturity, months)


def make_bond(basis: str, frequency: int, maturity: date, coupon: float) -> ql.FixedRateBond:
    schedule = ql.Schedule(
        theirs(date(2015, 1, 1)),
        theirs(maturity),
        ql.Period(FREQUENCIES[frequency]),
        ql.NullCalendar(),
        ql.Unadjusted,
        ql.Unadjusted,
        ql.DateGeneration.Backward,
        True,
    )
    day_count = {
        "30/360": ql.Thirty360(ql.Thirty360.BondBasis),
        "30e/360": ql.Thirty360(ql.Thirty360.EurobondBasis),
        "actual/actual": ql.ActualActual(ql.ActualActual.ISMA, schedule),
    }[basis]
    return ql.FixedRateBond(0, 100.0, schedule, [coupon], day_count)


# No month ends where months have 30 days: there accrued and remaining days of a period need not
# add up to it, and QuantLib discounts by the remaining ones, spreadsheets by the period's rest.
BONDS = [
    *product(["30/360", "30e/360"], FREQUENCIES, [date(2027, 9, 15), date(2045, 3, 1)]),
    *product(["actual/actual"], FREQUENCIES, [date(2027, 8, 31), date(2028, 2, 29)]),
    *product(["actual/actual"], FREQUENCIES, [date(2027, 9, 15), date(2045, 3, 1)]),
]
SETTLEMENTS = [date(2024, 2, 29), date(2025, 3, 15), date(2026, 1, 7), date(2026, 6, 30)]


@pytest.mark.parametrize(("basis", "frequency", "maturity"), BONDS)
def test_prices_yields_and_durations_are_quantlib_s(
    basis: str, frequency: int, maturity: date
) -> None:
    for settlement, coupon, rate in product(SETTLEMENTS, [0.0, 0.0575], [-0.01, 0.04, 0.12]):
        bond = make_bond(basis, frequency, maturity, coupon)
        interest = ql.InterestRate(rate, bond.dayCounter(), ql.Compounded, FREQUENCIES[frequency])
        arguments = (bond, interest, theirs(settlement))
        found = native.bond_figures(settlement, maturity, coupon, rate, frequency, basis=basis)
        expected = {
            "clean_price": ql.BondFunctions.cleanPrice(*arguments),
            "accrued": bond.accruedAmount(theirs(settlement)),
            "macaulay_duration_years": ql.BondFunctions.duration(
                bond, interest, ql.Duration.Macaulay, theirs(settlement)
            ),
            "modified_duration_years": ql.BondFunctions.duration(
                bond, interest, ql.Duration.Modified, theirs(settlement)
            ),
            "convexity_years2": ql.BondFunctions.convexity(*arguments),
        }
        assert found == pytest.approx(expected, rel=1e-11, abs=1e-11), (settlement, coupon, rate)
        implied = native.bond_yield(
            settlement, maturity, coupon, found["clean_price"], frequency, basis=basis
        )
        assert implied == pytest.approx(rate, abs=1e-11)
