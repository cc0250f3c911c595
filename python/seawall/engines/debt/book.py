"""A dataset's tables as the engine's book: which currency, which rates, which collateral counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from msgspec import UNSET

from seawall import native
from seawall.engine import BookChoice, CurrencyConversion, CurrencyRates
from seawall.engines.debt.types import (
    BookTerms,
    ConvertedCurrency,
    SharedCollateral,
    UnconvertedCurrency,
)
from seawall.errors import InvalidInput
from seawall.table import Table


class DebtBook:
    """The core's columns, and what was decided while they were made."""

    def __init__(
        self,
        columns: native.DebtBook,
        *,
        currency_rates: CurrencyRates | None,
        currencies: list[ConvertedCurrency],
        unconverted: list[UnconvertedCurrency],
        shared_collateral: SharedCollateral | None,
        latest_reporting_date: date | None,
        records: Table,
        instruments: Table | None,
        earlier: Sequence[Table],
    ) -> None:
        self.columns = columns
        self.currency_rates = currency_rates
        self.currencies = currencies
        self.unconverted = unconverted
        self.shared_collateral = shared_collateral
        self.latest_reporting_date = latest_reporting_date  # None where no record states one
        self.records = records
        self.instruments = instruments  # None where the profile has none
        self.earlier = earlier  # records of earlier datasets

    @cached_property
    def nbytes(self) -> int:
        """What its tables weigh in memory."""
        tables = [self.records, *self.earlier]
        if self.instruments is not None:
            tables.append(self.instruments)
        return sum(table.native.nbytes for table in tables)

    @cached_property
    def segments(self) -> Sequence[Mapping[str, Any]]:
        """What distinguishes each part of the book that a shock may reach by itself."""
        return self.columns.segments


def choose_book(parameters: BookTerms) -> BookChoice:
    """Say which book a question is about.

    Raises
    ------
    InvalidInput
        For rates without the currency that they are to convert into.
    """
    currency = None if parameters.currency is UNSET else parameters.currency
    rates = None if parameters.currency_rates is UNSET else parameters.currency_rates
    if rates is not None and currency is None:
        raise InvalidInput(
            "rates need the book's currency to convert into", where="parameters.currency"
        )
    options = (("shared_collateral", parameters.shared_collateral),)
    return BookChoice(currency=currency, rates=rates, options=options)


def decode_book(
    tables: Mapping[str, Table],
    choice: BookChoice,
    conversion: CurrencyConversion | None,
    earlier: Sequence[Table] = (),
) -> DebtBook:
    """Make the engine's columns from a dataset's normalised tables.

    Raises
    ------
    CurrencyMixed
        When the records are in more than one currency and no rates were chosen.
    InvalidInput
        When there is no record, no debt figure, or no record that could be converted.
    """
    lists = (
        tables[name].native if name in tables else None
        for name in ("instruments", "distressed_assets", "principal_schedule")
    )
    shared_collateral = dict(choice.options).get("shared_collateral", "withheld")
    columns = native.DebtBook(
        tables["records"].native,
        *lists,
        currency=None if conversion is None else conversion.currency,
        rates=None if conversion is None else dict(conversion.rates),
        shared_collateral=shared_collateral,
    )
    if conversion is None and choice.currency not in (None, columns.currency):
        raise InvalidInput(
            f"the book is in {columns.currency}: rates are needed to convert it",
            where="parameters.currency_rates",
        )
    return DebtBook(
        columns,
        currency_rates=None if conversion is None else conversion.chosen,
        currencies=[] if conversion is None else _converted(columns, conversion),
        unconverted=[] if conversion is None else _unconverted(columns, conversion),
        shared_collateral=_shared_collateral(columns, shared_collateral),
        latest_reporting_date=_latest_reporting_date(tables["records"]),
        records=tables["records"],
        instruments=tables.get("instruments"),
        earlier=earlier,
    )


def _latest_reporting_date(records: Table) -> date | None:
    if "reporting_date" not in records.column_names:
        return None
    from pyarrow import compute

    latest: date | None = compute.max(records["reporting_date"]).as_py()
    return latest


def _converted(columns: native.DebtBook, conversion: CurrencyConversion) -> list[ConvertedCurrency]:
    quotes = {quote["currency"]: quote for quote in conversion.quotes}
    return [
        ConvertedCurrency(
            currency=part["currency"],
            rate=part["rate"],
            rate_date=quotes[part["currency"]]["rate_date"],
            legs=list(quotes[part["currency"]]["legs"]),
            record_count=part["record_count"],
            original_total_outstanding=part["original_total_outstanding"],
            total_outstanding=part["total_outstanding"],
        )
        for part in columns.currencies
        if part["rate"] is not None
    ]


def _unconverted(
    columns: native.DebtBook, conversion: CurrencyConversion
) -> list[UnconvertedCurrency]:
    reasons = {refused["currency"]: refused for refused in conversion.refused}
    return [
        UnconvertedCurrency(
            currency=part["currency"],
            rule=reasons[part["currency"]]["rule"],
            reason=reasons[part["currency"]]["reason"],
            record_count=part["record_count"],
        )
        for part in columns.currencies
        if part["rate"] is None
    ]


def _shared_collateral(columns: native.DebtBook, rule: str) -> SharedCollateral | None:
    bases = Counter(Table(columns.shared_collateral)["basis"].to_pylist())
    if not bases:
        return None
    return SharedCollateral(
        rule=rule,
        count=bases.total(),
        stated_share_count=bases["stated"],
        debt_service_share_count=bases["debt_service"],
        withheld_count=columns.collateral_withheld_count,
        withheld_total_outstanding=columns.collateral_withheld_outstanding,
    )
