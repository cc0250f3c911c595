"""Times of keys and tokens: text in the store, seconds since 1970 where they are compared."""

from datetime import UTC, datetime

from seawall.errors import InvalidInput


def utc_text(seconds: float) -> str:
    """Write a time in UTC with microseconds."""
    time = datetime.fromtimestamp(seconds, UTC)
    return time.isoformat(timespec="microseconds").replace("+00:00", "Z")


def utc_seconds(text: str, *, where: str) -> float:
    """Read an ISO 8601 time that states its zone.

    Raises
    ------
    InvalidInput
        ``time_invalid`` for any other text.
    """
    try:
        time = datetime.fromisoformat(text)
        if time.tzinfo is None:
            raise InvalidInput("a time needs its zone", where=where, code="time_invalid")
        return time.timestamp()
    except (ValueError, OverflowError) as error:
        raise InvalidInput("is no ISO 8601 time", where=where, code="time_invalid") from error
