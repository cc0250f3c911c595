"""What of a horizon no single field can be wrong about, checked with its place."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import get_args

from msgspec import UNSET

from seawall.engines.debt.business_days import holiday_days
from seawall.engines.debt.horizon_types import Horizon, Preset
from seawall.errors import InvalidInput

BASE = "base"
"""The case that always runs, and first."""

_PLACE = "parameters.horizon"
_WEEKS = timedelta(weeks=13)
_AROUND = timedelta(days=31)  # no payment moves further
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)


def check_horizon(horizon: Horizon, *, path_ids: Sequence[str]) -> None:
    """Check cases, covenants, waterfall and what-ifs.

    Parameters
    ----------
    horizon : Horizon
        As decoded, so that every field is within its own range.
    path_ids : sequence
        Of the supervisory paths of the run.

    Raises
    ------
    InvalidInput
        With its place, such as ``parameters.horizon.cases[0].payment_period_reduction_days``.
    """
    _check_presets(horizon)
    _check_cases(horizon, path_ids)
    reset = horizon.covenants.reset
    if reset is not None and reset.from_month > horizon.months:
        raise InvalidInput(
            f"lies beyond the {horizon.months} months of the horizon",
            where=f"{_PLACE}.covenants.reset.from_month",
        )
    waterfall = horizon.waterfall
    if waterfall.enterprise_multiple is not None and waterfall.cap_rate_pct is not None:
        raise InvalidInput(
            "an enterprise is valued by a multiple or by a cap rate, not by both",
            where=f"{_PLACE}.waterfall.cap_rate_pct",
        )
    if horizon.holiday_calendar is not None and horizon.business_day_convention == "unadjusted":
        raise InvalidInput(
            "needs a business_day_convention: payments that are unadjusted move for no holiday",
            where=f"{_PLACE}.holiday_calendar",
        )
    _check_what_ifs(horizon)


def opening_day(horizon: Horizon, latest_reporting_date: date | None) -> date:
    """Return day 0: as given, else the latest reporting date of the book.

    Raises
    ------
    InvalidInput
        For what is no ISO date, or no day of the years 1900 to 2999, or when neither is there.
    """
    where = f"{_PLACE}.as_of"
    day = _day(horizon.as_of, where) if horizon.as_of is not UNSET else latest_reporting_date
    if day is None:
        raise InvalidInput("is needed: the book states no reporting date", where=where)
    if not _FIRST_DAY <= day <= _LAST_DAY:
        whose = "the book's reporting date " if horizon.as_of is UNSET else ""
        raise InvalidInput(f"{whose}{day} is not from {_FIRST_DAY} to {_LAST_DAY}", where=where)
    return day


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f'"{text}" is no date such as 2026-03-31', where=where) from error


def payment_holidays(horizon: Horizon, as_of: date) -> list[date]:
    """List the holidays that move payments of the first 13 weeks.

    Raises
    ------
    InvalidInput
        For a calendar that is not known, or does not cover these weeks.
    """
    calendar = horizon.holiday_calendar
    if calendar is None:
        return []
    try:
        return holiday_days(calendar, as_of - _AROUND, as_of + _WEEKS + _AROUND)
    except InvalidInput as error:
        raise InvalidInput(error.message, where=f"{_PLACE}.holiday_calendar") from error


def _check_presets(horizon: Horizon) -> None:
    for index, preset in enumerate(horizon.presets):
        if preset in horizon.presets[:index]:
            raise InvalidInput(f'"{preset}" stands twice', where=f"{_PLACE}.presets[{index}]")


def _check_cases(horizon: Horizon, path_ids: Sequence[str]) -> None:
    taken = {BASE, *get_args(Preset), *path_ids}
    for index, entry in enumerate(horizon.cases):
        where = f"{_PLACE}.cases[{index}]"
        _take(entry.case_id, taken, f"{where}.case_id")
        days = entry.payment_period_reduction_days
        if days is not UNSET and days > 0:
            raise InvalidInput(
                f"must not be above 0: write -{days} for payments that go {days} days sooner",
                where=f"{where}.payment_period_reduction_days",
            )


def _check_what_ifs(horizon: Horizon) -> None:
    taken: set[str] = set()
    for index, entry in enumerate(horizon.what_if):
        where = f"{_PLACE}.what_if[{index}]"
        _take(entry.what_if_id, taken, f"{where}.what_if_id")
        if not entry.source_record_id.strip():
            raise InvalidInput("names no record", where=f"{where}.source_record_id")


def _take(identifier: str, taken: set[str], where: str) -> None:
    identifier = identifier.strip()
    if not identifier:
        raise InvalidInput("an id must not be blank", where=where)
    if identifier in taken:
        raise InvalidInput(f'"{identifier}" is taken', where=where)
    taken.add(identifier)
