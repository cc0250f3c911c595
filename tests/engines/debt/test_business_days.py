"""Holidays by the names of calendars."""

from datetime import date

import pytest

from seawall.engines.debt.business_days import holiday_days
from seawall.errors import InvalidInput


def of_2025(calendar: str) -> list[date]:
    return holiday_days(calendar, date(2025, 1, 1), date(2025, 12, 31))


def test_target_rests_on_its_six_days() -> None:
    # European Central Bank: TARGET calendar for 2025.
    assert of_2025("TARGET") == [
        date(2025, 1, 1),
        date(2025, 4, 18),
        date(2025, 4, 21),
        date(2025, 5, 1),
        date(2025, 12, 25),
        date(2025, 12, 26),
    ]


def test_a_calendar_may_have_several_names() -> None:
    assert of_2025("ECB") == of_2025("T2") == of_2025("XECB") == of_2025("TARGET")


@pytest.mark.parametrize(
    ("calendar", "day"),
    [
        ("NYSE", date(2025, 1, 9)),  # the day of mourning for President Carter
        ("US", date(2025, 11, 11)),
        ("GB-ENG", date(2025, 8, 25)),
        ("GB", date(2025, 12, 26)),
        ("DE-BY", date(2025, 6, 19)),
    ],
)
def test_calendars_of_exchanges_countries_and_their_parts_are_known(
    calendar: str, day: date
) -> None:
    assert day in of_2025(calendar)


def test_a_holiday_on_a_sunday_counts_on_its_observed_day() -> None:
    days = holiday_days("US", date(2021, 7, 1), date(2021, 7, 31))
    assert days == [date(2021, 7, 5)]


def test_both_ends_are_included() -> None:
    assert holiday_days("ECB", date(2025, 4, 18), date(2025, 4, 21)) == [
        date(2025, 4, 18),
        date(2025, 4, 21),
    ]
    assert holiday_days("ECB", date(2025, 4, 19), date(2025, 4, 20)) == []


@pytest.mark.parametrize("calendar", ["", "XX", "us", "GB-XX", "moon"])
def test_an_unknown_calendar_is_refused_by_its_name(calendar: str) -> None:
    with pytest.raises(InvalidInput, match=f'no calendar "{calendar}" is known') as caught:
        of_2025(calendar)
    assert caught.value.where == "calendar"


@pytest.mark.parametrize("calendar", ["SA", "CN"])
def test_a_calendar_of_other_weekends_is_refused(calendar: str) -> None:
    with pytest.raises(InvalidInput, match="Saturday and Sunday"):
        of_2025(calendar)


def test_years_that_a_calendar_does_not_cover_are_refused() -> None:
    with pytest.raises(InvalidInput, match='"ECB" covers the years 1999 to 2100'):
        holiday_days("ECB", date(1998, 12, 31), date(1999, 1, 1))
    with pytest.raises(InvalidInput, match="1999 to 2100"):
        holiday_days("ECB", date(2100, 12, 31), date(2101, 1, 1))


def test_a_last_day_before_the_first_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        holiday_days("ECB", date(2025, 1, 2), date(2025, 1, 1))
    assert caught.value.where == "last"
