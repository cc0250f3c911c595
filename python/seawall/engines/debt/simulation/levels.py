"""Confidence levels as the decimal fractions that they are written as."""

from decimal import Decimal

from seawall.errors import InvalidInput

_MOST_DIGITS = 9


def rational_level(level: float, *, where: str = "level") -> tuple[int, int]:
    """Return n and D of a level n / D: 0.999 is 999 / 1000, which no double is.

    Raises
    ------
    InvalidInput
        For a level that is not between 0 and 1, and for more than nine decimals.
    """
    if not 0 < level < 1:  # false for NaN too
        raise InvalidInput("must be above 0 and below 1", where=where)
    exponent = Decimal(repr(float(level))).normalize().as_tuple().exponent
    digits = -int(exponent)
    if digits > _MOST_DIGITS:
        raise InvalidInput(f"has more than {_MOST_DIGITS} decimals", where=where)
    denominator = 10**digits
    return int(Decimal(repr(float(level))) * denominator), denominator
