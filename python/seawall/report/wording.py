"""How figures and the texts of a tape are written for a reader."""

from collections.abc import Mapping, Sequence
from typing import Any

from seawall.engines.debt.link_types import Link, LinkGap
from seawall.supervisory import PathSource

_SHOWN_CHARACTERS = 300


def cut(text: str) -> str:
    """Shorten a text that would fill a page."""
    if len(text) <= _SHOWN_CHARACTERS:
        return text
    return f"{text[:_SHOWN_CHARACTERS]} … ({len(text):,} characters)"


def amount(value: float) -> str:
    """Write an amount in whole units of its currency."""
    return fixed(value, 0)


def exact(value: float) -> str:
    """Write an amount to the hundredth."""
    return fixed(value, 2)


def percent(fraction: float, digits: int = 1) -> str:
    """Write a fraction in percent."""
    return _signed(f"{100 * fraction:,.{digits}f} %")


def known_percent(percentage: float | None, digits: int = 1) -> str:
    """Write a percentage; a dash where there is none."""
    return "—" if percentage is None else percent(percentage / 100, digits)


def fixed(value: float, digits: int) -> str:
    """Write a figure with a number of digits behind the point."""
    return _signed(f"{value:,.{digits}f}")


def signed(value: float, digits: int) -> str:
    """Write a change of a figure with its sign; a nought has none."""
    text = fixed(value, digits)
    return f"+{text}" if value > 0 and text.strip("0.,") else text


def tidy(value: float) -> str:
    """Write a figure with the digits it needs, four behind the point at most."""
    return _signed(f"{value:,.4f}".rstrip("0").rstrip("."))


def cited(source: PathSource) -> str:
    """Name a publication."""
    return f"{source.publisher}, {source.document} ({source.year})"


def series(links: Sequence[Link]) -> list[tuple[str, str, list[float]]]:
    """Lay out what the links gave by quarter: link, input and values."""
    return [(link.name, name, values) for link in links for name, values in link.values.items()]


def part(gap: LinkGap) -> str:
    """Say which part of the book a link does not reach."""
    stated = (gap.currency, gap.collateral_type, gap.collateral_region, gap.rate_type)
    return ", ".join(text for text in stated if text) or "all"


def leg(quote: Mapping[str, Any]) -> str:
    """Write one quote that a rate was made of, or a conversion that the law fixed."""
    if "from" in quote:
        return f"{quote['factor']:,.10g} {quote['from']} = 1 {quote['to']} from {quote['date']}"
    return f"{quote['per_base']:,.10g} {quote['currency']} per unit of the base, {quote['date']}"


def rate(value: float) -> str:
    """Write an exchange rate: at least four digits behind the point, six significant ones."""
    digits = 4 if abs(value) >= 1 else 6 if abs(value) >= 0.01 else 10
    return _signed(f"{value:,.{digits}f}")


def _signed(text: str) -> str:
    """Put a minus sign where a hyphen is; none before a nought."""
    return text.removeprefix("-") if not text.strip("-0., %") else text.replace("-", "−")
