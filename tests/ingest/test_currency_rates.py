"""Rates of a day: which quote counts, what law fixed, and what is refused."""

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.errors import InvalidInput
from seawall.ingest import built_in_profiles, ingest_source, open_source
from seawall.ingest.currency_rates import (
    CurrencyRate,
    RateTable,
    RefusedCurrency,
    built_in_rates,
)
from seawall.ingest.redenominations import EURO_CONVERSIONS
from seawall.table import Table

FRIDAY, SATURDAY, MONDAY = date(2023, 3, 31), date(2023, 4, 1), date(2023, 4, 3)


def table(days: list[date], *, base: str = "EUR", **quotes: list[float | None]) -> RateTable:
    columns: dict[str, Any] = {
        "record": pyarrow.array(range(len(days)), pyarrow.int64()),
        "currency": [base] * len(days),
        "rate_date": pyarrow.array(days, pyarrow.date32()),
    }
    for name, values in quotes.items():
        columns[name] = pyarrow.array(values, pyarrow.float64())
    return RateTable(Table(pyarrow.table(columns)))


def converted(
    rates: RateTable, currency: str, book: str, as_of: date, age: int = 7
) -> CurrencyRate:
    answer = rates.rate(currency, book, as_of=as_of, max_age_days=age)
    assert isinstance(answer, CurrencyRate), answer
    return answer


def refused(
    rates: RateTable, currency: str, book: str, as_of: date, age: int = 7
) -> RefusedCurrency:
    answer = rates.rate(currency, book, as_of=as_of, max_age_days=age)
    assert isinstance(answer, RefusedCurrency), answer
    return answer


@pytest.fixture
def two_days() -> RateTable:
    return table([MONDAY, FRIDAY], usd=[1.09, 1.0875], gbp=[0.88, 0.8792])


# --- which quote counts


def test_a_quote_is_of_the_currency_per_base(two_days: RateTable) -> None:
    assert converted(two_days, "EUR", "USD", FRIDAY).rate == 1.0875
    assert converted(two_days, "USD", "EUR", FRIDAY).rate == 1 / 1.0875


def test_a_cross_is_the_quotient_of_two_quotes_of_one_row(two_days: RateTable) -> None:
    cross = converted(two_days, "GBP", "USD", MONDAY)
    assert cross.rate == 1.09 / 0.88
    assert cross.legs == [
        {"currency": "GBP", "per_base": 0.88, "date": "2023-04-03", "record": 0},
        {"currency": "USD", "per_base": 1.09, "date": "2023-04-03", "record": 0},
    ]


def test_a_weekend_takes_the_business_day_before_it(two_days: RateTable) -> None:
    assert converted(two_days, "USD", "EUR", SATURDAY).rate_date == "2023-03-31"


def test_a_later_quote_is_never_taken(two_days: RateTable) -> None:
    assert refused(two_days, "USD", "EUR", FRIDAY - timedelta(days=1)).rule == (
        "currency_rate_missing"
    )


def test_a_day_without_a_quote_of_the_currency_takes_the_last_that_has_one() -> None:
    rates = table([FRIDAY, MONDAY], usd=[1.0875, None], gbp=[0.8792, 0.88])
    assert converted(rates, "USD", "EUR", MONDAY).rate_date == "2023-03-31"
    assert converted(rates, "GBP", "EUR", MONDAY).rate_date == "2023-04-03"


def test_a_cross_goes_back_to_a_day_that_quotes_both() -> None:
    rates = table([FRIDAY, MONDAY], usd=[1.0875, None], gbp=[0.8792, 0.88])
    cross = converted(rates, "GBP", "USD", MONDAY)
    assert (cross.rate_date, cross.rate) == ("2023-03-31", 1.0875 / 0.8792)


def test_a_currency_in_itself_is_one_and_needs_no_row(two_days: RateTable) -> None:
    long_after = date(2099, 1, 1)
    same = converted(two_days, "XOF", "XOF", long_after)
    assert same == CurrencyRate("XOF", "XOF", 1.0, "2099-01-01", [])


def test_a_table_may_have_another_base() -> None:
    rates = table([FRIDAY], base="USD", eur=[0.92], gbp=[0.81])
    assert converted(rates, "USD", "GBP", FRIDAY).rate == 0.81
    assert converted(rates, "EUR", "GBP", FRIDAY).rate == 0.81 / 0.92


quote = st.floats(min_value=1e-6, max_value=1e6)


@given(usd=quote, gbp=quote, jpy=quote)
def test_conversions_around_a_triangle_and_back_are_one(usd: float, gbp: float, jpy: float) -> None:
    rates = table([FRIDAY], usd=[usd], gbp=[gbp], jpy=[jpy])

    def rate(a: str, b: str) -> float:
        return converted(rates, a, b, FRIDAY).rate

    assert rate("USD", "GBP") * rate("GBP", "USD") == pytest.approx(1, rel=1e-14)
    around = rate("USD", "GBP") * rate("GBP", "JPY") * rate("JPY", "USD")
    assert around == pytest.approx(1, rel=1e-14)
    assert rate("USD", "GBP") == float(Fraction(gbp) / Fraction(usd))


# --- refused


def test_a_quote_may_be_as_old_as_the_limit_and_no_day_older(two_days: RateTable) -> None:
    at_limit = MONDAY + timedelta(days=7)
    assert converted(two_days, "USD", "EUR", at_limit).rate_date == "2023-04-03"
    stale = refused(two_days, "USD", "EUR", at_limit + timedelta(days=1))
    assert (stale.rule, stale.newest_date) == ("currency_rate_stale", "2023-04-03")
    assert "8 days before 2023-04-11; 7 are allowed" in stale.reason


def test_no_age_at_all_may_be_allowed(two_days: RateTable) -> None:
    assert converted(two_days, "EUR", "USD", FRIDAY, age=0).rate == 1.0875
    assert refused(two_days, "USD", "EUR", SATURDAY, age=0).rule == "currency_rate_stale"


def test_an_age_below_zero_is_an_error(two_days: RateTable) -> None:
    with pytest.raises(InvalidInput) as caught:
        two_days.rate("USD", "EUR", as_of=FRIDAY, max_age_days=-1)
    assert caught.value.where == "max_age_days"


def test_a_currency_without_a_column_is_missing_and_named(two_days: RateTable) -> None:
    for pair in (("XOF", "EUR"), ("USD", "XOF")):
        missing = refused(two_days, *pair, FRIDAY)
        assert missing.rule == "currency_rate_missing"
        assert "no quote of XOF on or before 2023-03-31" in missing.reason
        assert missing.newest_date is None


def test_a_column_without_a_quote_is_missing() -> None:
    rates = table([FRIDAY], usd=[None], gbp=[0.88])
    assert refused(rates, "USD", "EUR", FRIDAY).rule == "currency_rate_missing"


def test_two_currencies_never_quoted_on_one_day_have_no_cross() -> None:
    rates = table([FRIDAY, MONDAY], usd=[1.0875, None], gbp=[None, 0.88])
    missing = refused(rates, "USD", "GBP", MONDAY)
    assert missing.rule == "currency_rate_missing"
    assert "no day on or before 2023-04-03 quotes both USD and GBP" in missing.reason


def test_all_currencies_are_answered_once_and_in_order(two_days: RateTable) -> None:
    rates, without = two_days.convert_all(
        ["USD", "XOF", "EUR", "USD", "GBP"], "USD", as_of=FRIDAY, max_age_days=7
    )
    assert [rate.currency for rate in rates] == ["EUR", "GBP", "USD"]
    assert [currency.currency for currency in without] == ["XOF"]


# --- replaced by law


@pytest.fixture
def lira() -> RateTable:
    """The ECB's rows around the redenomination of the Turkish lira."""
    return table(
        [date(2004, 12, 31), date(2005, 1, 3)],
        usd=[1.3621, 1.3507],
        trl=[1836200, None],
        **{"try": [None, 1.815]},
    )


def test_old_money_after_its_redenomination_goes_through_the_new_quotes(lira: RateTable) -> None:
    rate = converted(lira, "TRL", "EUR", date(2005, 1, 3))
    assert rate.rate == pytest.approx(1 / 1_815_000, rel=1e-15)
    assert rate.legs == [
        {"currency": "TRY", "per_base": 1.815, "date": "2005-01-03", "record": 1},
        {"from": "TRL", "to": "TRY", "factor": 1_000_000, "date": "2005-01-01"},
    ]


def test_new_money_before_its_redenomination_goes_through_the_old_quotes(lira: RateTable) -> None:
    for day in (date(2004, 12, 31), date(2005, 1, 2)):
        rate = converted(lira, "USD", "TRY", day)
        assert rate.rate == pytest.approx(1.8362 / 1.3621, rel=1e-15)
        assert rate.rate_date == "2004-12-31"
        assert [leg.get("currency") for leg in rate.legs] == ["USD", "TRL", None]


def test_old_and_new_money_of_one_country_need_no_quote(lira: RateTable) -> None:
    for day in (date(2004, 6, 1), date(2030, 1, 1)):
        rate = converted(lira, "TRL", "TRY", day)
        assert (rate.rate, rate.rate_date) == (1e-6, day.isoformat())
        assert converted(lira, "TRY", "TRL", day).rate == 1e6


def test_old_money_is_refused_when_the_new_quotes_are_stale(lira: RateTable) -> None:
    assert refused(lira, "TRL", "EUR", date(2005, 1, 11)).newest_date == "2005-01-03"


@pytest.mark.parametrize("change", EURO_CONVERSIONS, ids=lambda change: change.predecessor)
def test_a_currency_that_the_euro_replaced_is_fixed_from_that_day_on(change: Any) -> None:
    day = change.effective_date
    rates = table([day], usd=[1.2])
    fixed = converted(rates, change.predecessor, "EUR", day + timedelta(days=5000))
    assert fixed.rate == float(1 / Fraction(change.factor))
    assert converted(rates, "EUR", change.predecessor, day).rate == change.factor
    cross = converted(rates, change.predecessor, "USD", day)
    assert cross.rate == float(Fraction(1.2) / Fraction(change.factor))
    assert cross.legs[-1] == {
        "from": change.predecessor,
        "to": "EUR",
        "factor": change.factor,
        "date": day.isoformat(),
    }


def test_before_the_euro_replaced_it_a_currency_has_its_own_quote() -> None:
    days = [date(2006, 12, 28), date(2006, 12, 29)]
    rates = table(days, sit=[239.64, 239.65])
    assert converted(rates, "SIT", "EUR", date(2006, 12, 31)).rate == 1 / 239.65
    assert converted(rates, "SIT", "EUR", date(2007, 1, 1)).rate == float(1 / Fraction(239.64))


def test_before_the_euro_replaced_it_a_currency_without_a_quote_is_missing() -> None:
    rates = table([date(2000, 12, 29)], usd=[0.9305])
    assert refused(rates, "GRD", "USD", date(2000, 12, 31)).rule == "currency_rate_missing"


def test_two_currencies_that_the_euro_replaced_are_fixed_to_each_other() -> None:
    rates = table([date(2010, 1, 4)], usd=[1.4389])
    rate = converted(rates, "SIT", "DEM", date(2020, 1, 1))
    assert rate.rate == float(Fraction(1.95583) / Fraction(239.64))
    assert [leg["from"] for leg in rate.legs] == ["SIT", "DEM"]


def test_a_table_with_another_base_has_the_euro_s_fixed_rates_too() -> None:
    rates = table([date(2010, 1, 4)], base="USD", eur=[0.7])
    cross = converted(rates, "SIT", "USD", date(2010, 1, 4))
    assert cross.rate == float(1 / (Fraction(0.7) * Fraction(239.64)))


# --- no table of rates


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"rate_date": None}, "rates"),
        ({"currency": None}, "rates"),
        ({"currency": ["EUR", "USD"]}, "rates.currency"),
        ({"rate_date": pyarrow.array([FRIDAY, FRIDAY], pyarrow.date32())}, "rates.rate_date"),
        ({"rate_date": pyarrow.array([FRIDAY, None], pyarrow.date32())}, "rates.rate_date"),
        ({"usd": [1.0, 0.0]}, "rates.usd"),
        ({"usd": [1.0, -2.0]}, "rates.usd"),
        ({"usd": [1.0, float("inf")]}, "rates.usd"),
        ({"eur": [1.0, 1.1]}, "rates.eur"),
        ({"usd": None}, "rates"),
    ],
    ids=lambda change: ",".join(change) if isinstance(change, dict) else change,
)
def test_records_that_are_no_table_of_rates_are_refused(change: dict[str, Any], where: str) -> None:
    columns: dict[str, Any] = {
        "record": [0, 1],
        "currency": ["EUR", "EUR"],
        "rate_date": pyarrow.array([FRIDAY, MONDAY], pyarrow.date32()),
        "usd": [1.1, 1.2],
    }
    columns.update(change)
    given = {name: column for name, column in columns.items() if column is not None}
    with pytest.raises(InvalidInput) as caught:
        RateTable(Table(pyarrow.table(given)))
    assert caught.value.where == where


# --- the table that comes with seawall


@pytest.fixture(scope="module")
def month_ends() -> Any:
    profile = built_in_profiles(["seawall.ingest.profiles"])["ecb_rates"]
    return ingest_source(open_source(built_in_rates(), format=None), profile)


def test_the_built_in_rates_are_a_tape_without_a_refusal(month_ends: Any) -> None:
    assert month_ends.record_count == len(month_ends.records) == 328
    assert len(month_ends.rejects) == 0
    assert month_ends.unread_fields == []


def test_the_built_in_rates_have_one_day_a_month_and_none_is_left_out(month_ends: Any) -> None:
    days = month_ends.records["rate_date"].to_pylist()
    months = [day.year * 12 + day.month for day in days]
    assert months == list(range(2026 * 12 + 4, 1999 * 12, -1))


def test_inside_a_month_the_built_in_rates_are_stale(month_ends: Any) -> None:
    rates = RateTable(month_ends.records)
    assert converted(rates, "GBP", "USD", date(2023, 3, 31)).rate_date == "2023-03-31"
    stale = refused(rates, "GBP", "USD", date(2023, 3, 20))
    assert (stale.rule, stale.newest_date) == ("currency_rate_stale", "2023-02-28")


def test_the_bank_s_daily_file_is_read_too(tmp_path: Path) -> None:
    profile = built_in_profiles(["seawall.ingest.profiles"])["ecb_rates"]
    daily = tmp_path / "eurofxref.csv"
    daily.write_text("Date, USD, GBP, \n13 April 2026, 1.1684, 0.87058, \n")
    tape = ingest_source(open_source(daily, format=None), profile)
    rate = converted(RateTable(tape.records), "EUR", "USD", date(2026, 4, 14))
    assert (rate.rate, rate.rate_date) == (1.1684, "2026-04-13")


def test_a_rate_comes_back_from_its_json(two_days: RateTable) -> None:
    rate = converted(two_days, "GBP", "USD", MONDAY)
    assert msgspec.json.decode(msgspec.json.encode(rate), type=CurrencyRate) == rate
