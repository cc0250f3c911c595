"""Exchange rates of a day, from a dataset that is a table of quotes against one base currency."""

import importlib.resources
from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec

from seawall.errors import InvalidInput
from seawall.ingest.redenominations import EURO_CONVERSIONS, REDENOMINATIONS, FixedConversion
from seawall.table import Table

if TYPE_CHECKING:
    import numpy
    import numpy.typing
    import pyarrow

_LARGEST_QUOTE = 1e100  # no currency is quoted beyond it, and ratios of quotes stay finite


class CurrencyRate(msgspec.Struct, frozen=True):
    """A conversion between two currencies, as evidence shows it.

    Each of ``legs`` is a quote that was used (``currency``, ``per_base``, ``date``, ``record`` of
    the table), or a replacement fixed by law (``from``, ``to``, ``factor``, ``date``).
    """

    currency: str
    book_currency: str
    rate: float  # units of the book's currency per unit of the currency
    rate_date: str  # ISO; of the table's row, or the day asked for where no row was needed
    legs: list[dict[str, Any]]


class RefusedCurrency(msgspec.Struct, frozen=True):
    """A currency that the table cannot convert on the day asked for."""

    currency: str
    rule: Literal["currency_rate_missing", "currency_rate_stale"]
    reason: str
    newest_date: str | None = None  # ISO; the last quote that is too old


class _Route(NamedTuple):
    """How a currency is counted in one that the table may quote."""

    quoted: str
    units: Fraction  # of the currency, per unit of the quoted one
    conversion: FixedConversion | None = None


class RateTable:
    """Quotes of many days, each in units of a currency per unit of the base currency.

    Parameters
    ----------
    records : Table
        Normalised records as the profile ``ecb_rates`` makes them: the base in ``currency``, the
        day in ``rate_date``, and a column of numbers for each currency, named by its code.

    Raises
    ------
    InvalidInput
        When the records are no such table, name several bases, repeat a day, or hold a quote that
        is no exchange rate.
    """

    def __init__(self, records: Table) -> None:
        arrow = records.to_arrow()
        for name in ("currency", "rate_date", "record"):
            if name not in arrow.column_names:
                raise InvalidInput(
                    f'the dataset has no field "{name}": was it read with the profile ecb_rates?',
                    where="rates",
                )
        self.base_currency = _only_currency(arrow["currency"])
        days = arrow["rate_date"].to_pylist()
        if None in days:
            raise InvalidInput("a record has no day", where="rates.rate_date")
        order = sorted(range(len(days)), key=days.__getitem__)
        self._days: list[date] = [days[row] for row in order]
        for earlier, later in zip(self._days, self._days[1:], strict=False):
            if earlier == later:
                raise InvalidInput(f"{later} is there twice", where="rates.rate_date")
        self._records = arrow["record"].to_numpy()[order]
        self._quotes = _quotes(arrow, order, self.base_currency)

    def rate(
        self, currency: str, book_currency: str, *, as_of: date, max_age_days: int
    ) -> CurrencyRate | RefusedCurrency:
        """Convert by the last day on or before ``as_of`` that quotes both currencies.

        Parameters
        ----------
        currency, book_currency : str
            ISO 4217 codes, in capitals.
        as_of : date
            No later quote is ever used.
        max_age_days : int
            Calendar days that a quote may be older than ``as_of``.

        Returns
        -------
        CurrencyRate or RefusedCurrency
            A rate is the correctly rounded quotient of the numbers in its legs: units of the book's
            currency per base, by units of the currency per base.

        Raises
        ------
        InvalidInput
            When ``max_age_days`` is below 0.
        """
        if max_age_days < 0:
            raise InvalidInput("must be at least 0", where="max_age_days")
        if currency == book_currency:
            return CurrencyRate(currency, book_currency, 1.0, as_of.isoformat(), [])
        routes = list(product(_routes(currency, as_of), _routes(book_currency, as_of)))
        for own, book in routes:
            if own.quoted == book.quoted:  # fixed by law: no quote is needed
                rate = float(book.units / own.units)
                legs = _conversion_legs(own, book)
                return CurrencyRate(currency, book_currency, rate, as_of.isoformat(), legs)
        rows = [self._last_row(own.quoted, book.quoted, as_of) for own, book in routes]
        row = max(rows)
        if row < 0:
            return RefusedCurrency(
                currency, "currency_rate_missing", self._why_missing(currency, book_currency, as_of)
            )
        age_days = (as_of - self._days[row]).days
        if age_days > max_age_days:
            newest = self._days[row].isoformat()
            reason = (
                f"the last rate of {currency} in {book_currency} is of {newest}, {age_days} days "
                f"before {as_of}; {max_age_days} are allowed"
            )
            return RefusedCurrency(currency, "currency_rate_stale", reason, newest)
        return self._cross(currency, book_currency, *routes[rows.index(row)], row)

    def convert_all(
        self, currencies: Iterable[str], book_currency: str, *, as_of: date, max_age_days: int
    ) -> tuple[list[CurrencyRate], list[RefusedCurrency]]:
        """Convert each currency once, sorted by code; arguments as `rate`.

        Returns
        -------
        rates : list of CurrencyRate
        refused : list of RefusedCurrency
            Money in these must not be added up.
        """
        answers = [
            self.rate(currency, book_currency, as_of=as_of, max_age_days=max_age_days)
            for currency in sorted(set(currencies))
        ]
        rates = [answer for answer in answers if isinstance(answer, CurrencyRate)]
        refused = [answer for answer in answers if isinstance(answer, RefusedCurrency)]
        return rates, refused

    def _last_row(self, first: str, second: str, as_of: date) -> int:
        """Return the last row that quotes both; -1 without one."""
        import numpy

        quoted = numpy.ones(bisect_right(self._days, as_of), dtype=bool)
        for currency in (first, second):
            if currency == self.base_currency:
                continue
            if currency not in self._quotes:
                return -1
            quoted &= ~numpy.isnan(self._quotes[currency][: len(quoted)])
        rows = numpy.flatnonzero(quoted)
        return int(rows[-1]) if len(rows) else -1

    def _cross(
        self, currency: str, book_currency: str, own: _Route, book: _Route, row: int
    ) -> CurrencyRate:
        per_base = [
            Fraction(self._per_base(route.quoted, row)) * route.units for route in (own, book)
        ]
        day = self._days[row].isoformat()
        quotes = [
            {
                "currency": route.quoted,
                "per_base": self._per_base(route.quoted, row),
                "date": day,
                "record": int(self._records[row]),
            }
            for route in (own, book)
            if route.quoted != self.base_currency
        ]
        rate = float(per_base[1] / per_base[0])
        return CurrencyRate(
            currency, book_currency, rate, day, quotes + _conversion_legs(own, book)
        )

    def _per_base(self, currency: str, row: int) -> float:
        return 1.0 if currency == self.base_currency else float(self._quotes[currency][row])

    def _why_missing(self, currency: str, book_currency: str, as_of: date) -> str:
        base = self.base_currency
        absent = [
            code
            for code in (currency, book_currency)
            if all(self._last_row(route.quoted, base, as_of) < 0 for route in _routes(code, as_of))
        ]
        if absent:
            return f"the rates hold no quote of {' or '.join(absent)} on or before {as_of}"
        return f"no day on or before {as_of} quotes both {currency} and {book_currency}"


def built_in_rates() -> Path:
    """Return the file of the ECB's reference rates at month ends that comes with seawall.

    It is as published, and ingested like a user's own: ``session.ingest(built_in_rates(),
    profile="ecb_rates")``.
    """
    return Path(str(importlib.resources.files("seawall.ingest.rates") / "ecb_month_ends.csv"))


def _routes(currency: str, as_of: date) -> list[_Route]:
    """Return what may stand for a currency, its own quotes first."""
    for euro in EURO_CONVERSIONS:
        if euro.predecessor == currency and euro.effective_date <= as_of:
            return [_Route(euro.successor, Fraction(euro.factor), euro)]
    routes = [_Route(currency, Fraction(1))]
    for change in REDENOMINATIONS:
        if currency == change.predecessor:
            routes.append(_Route(change.successor, Fraction(change.factor), change))
        if currency == change.successor:
            routes.append(_Route(change.predecessor, 1 / Fraction(change.factor), change))
    return routes


def _conversion_legs(*routes: _Route) -> list[dict[str, Any]]:
    return [
        {
            "from": route.conversion.predecessor,
            "to": route.conversion.successor,
            "factor": route.conversion.factor,
            "date": route.conversion.effective_date.isoformat(),
        }
        for route in routes
        if route.conversion is not None
    ]


def _only_currency(column: "pyarrow.ChunkedArray") -> str:
    bases = column.unique().to_pylist()
    if len(bases) != 1 or bases[0] is None:
        raise InvalidInput(
            f"a table of rates has one base currency, this has {bases}", where="rates.currency"
        )
    return str(bases[0])


def _quotes(
    arrow: "pyarrow.Table", order: list[int], base: str
) -> dict[str, "numpy.typing.NDArray[numpy.float64]"]:
    """Return the columns named by a currency's code, by day; NaN where there is no quote."""
    import numpy
    import pyarrow

    quotes = {}
    for field in arrow.schema:
        if field.type != pyarrow.float64() or len(field.name) != 3:
            continue
        column = arrow[field.name].to_numpy()[order]
        code = field.name.upper()
        given = column[~numpy.isnan(column)]
        bounds = (1.0, 1.0) if code == base else (1 / _LARGEST_QUOTE, _LARGEST_QUOTE)
        wrong = given[(given < bounds[0]) | (given > bounds[1])]
        if len(wrong):
            raise InvalidInput(
                f"{float(wrong[0])} {code} per {base} is no exchange rate",
                where=f"rates.{field.name}",
            )
        quotes[code] = column
    if not quotes:
        raise InvalidInput("no column is named by a currency's code", where="rates")
    return quotes
