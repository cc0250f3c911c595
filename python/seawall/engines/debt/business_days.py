"""Holidays of payment calendars, from a library that is kept up to date."""

from datetime import date
from typing import TYPE_CHECKING

from seawall.errors import InvalidInput

if TYPE_CHECKING:
    from holidays import HolidayBase

_OTHER_NAMES = {"TARGET": "XECB", "T2": "XECB"}
_WEEKEND = {5, 6}  # Saturday and Sunday, as the core has it


def holiday_days(calendar: str, first: date, last: date) -> list[date]:
    """List the days on which nothing is paid, weekends aside.

    Parameters
    ----------
    calendar : str
        A financial calendar such as ``TARGET`` (also ``ECB``) or ``NYSE``, a country such as
        ``US``, or a part of one such as ``GB-ENG``. A country that has parts stands for the
        holidays that all of them share.
    first, last : date
        Both are included.

    Returns
    -------
    list of date
        Rising; holidays on a Saturday or Sunday are left out, their observed days are in.

    Raises
    ------
    InvalidInput
        For a calendar that is not known or has other weekends or work on some, years that it does
        not cover, and a last day before the first.
    """
    if last < first:
        raise InvalidInput("must not be before the first day", where="last")
    found = _find(calendar, range(first.year, last.year + 1))
    if first.year < found.start_year or last.year > found.end_year:
        raise InvalidInput(
            f'"{calendar}" covers the years {found.start_year} to {found.end_year}',
            where="calendar",
        )
    worked = any(first <= day <= last for day in found.weekend_workdays)
    if found.weekend != _WEEKEND or worked:
        raise InvalidInput(
            f'"{calendar}" does not rest on every Saturday and Sunday alone', where="calendar"
        )
    return [day for day in sorted(found) if first <= day <= last and day.weekday() not in _WEEKEND]


def _find(calendar: str, years: range) -> "HolidayBase":
    import holidays

    name = _OTHER_NAMES.get(calendar, calendar)
    try:
        if name in holidays.list_supported_financial():
            return holidays.financial_holidays(name, years=years)
        country, _, part = name.partition("-")
        return holidays.country_holidays(country, subdiv=part or None, years=years)
    except NotImplementedError as error:
        raise InvalidInput(f'no calendar "{calendar}" is known', where="calendar") from error
