"""The rates of a book: from a dataset of dated rates to what an engine converts with."""

from collections.abc import Iterable
from datetime import date

import msgspec

from seawall.engine import CurrencyConversion, CurrencyRates
from seawall.errors import InvalidInput
from seawall.ingest import RateTable
from seawall.table import Table


def find_conversion(
    rates: Table, chosen: CurrencyRates, *, currency: str, held: Iterable[str]
) -> CurrencyConversion:
    """Find a rate into a book's currency for each currency it holds.

    Parameters
    ----------
    rates : Table
        The normalised records of the dataset of rates.
    chosen : CurrencyRates
        The day, and how old a rate may be on it.
    currency : str
        The book's.
    held : iterable of str
        The currencies of its records.

    Raises
    ------
    InvalidInput
        For a day that is none, or a dataset that is no table of rates.
    """
    try:
        as_of = date.fromisoformat(chosen.as_of)
    except ValueError as error:
        raise InvalidInput(
            f'"{chosen.as_of}" is no ISO date', where="parameters.currency_rates.as_of"
        ) from error
    found, refused = RateTable(rates).convert_all(
        sorted(held), currency, as_of=as_of, max_age_days=chosen.max_age_days
    )
    return CurrencyConversion(
        currency=currency,
        chosen=chosen,
        rates={rate.currency: rate.rate for rate in found},
        quotes=tuple(msgspec.to_builtins(rate) for rate in found),
        refused=tuple(msgspec.to_builtins(one) for one in refused),
    )
