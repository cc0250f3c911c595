"""Times of keys and tokens: text in the store, seconds since 1970 where they are compared."""

from datetime import UTC, datetime

from seawall.errors import InvalidInput


def utc_text(seconds: float) -> str:
    """Write a time in UTC with microseconds."""
    return _text(datetime.fromtimestamp(seconds, UTC))


def in_utc(text: str, *, where: str) -> str:
    """Write a time that states its zone as `utc_text` does, to the microsecond in any year.

    Raises
    ------
    InvalidInput
        ``time_invalid`` for what is no ISO 8601 time with its zone, or is in UTC outside the years
        1 to 9999.
    """
    return _text(_time(text, where))


def utc_seconds(text: str, *, where: str) -> float:
    """Read a time as `in_utc` takes it; the last of the year 9999 may be rounded into the next."""
    return _time(text, where).timestamp()


def _time(text: str, where: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("is no ISO 8601 time", where=where, code="time_invalid") from error
    if time.tzinfo is None:
        raise InvalidInput("a time needs its zone", where=where, code="time_invalid")
    try:
        return time.astimezone(UTC)
    except OverflowError as error:
        raise InvalidInput(
            "is in UTC outside the years 1 to 9999", where=where, code="time_invalid"
        ) from error


def _text(time: datetime) -> str:
    return time.isoformat(timespec="microseconds").replace("+00:00", "Z")
