"""Books to try things on: realistic, of any size, the same for the same seed."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from seawall.errors import InvalidInput

DIRTY_SHARE = 0.02

_RATINGS = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC")
_RATING_WEIGHTS = (0.01, 0.05, 0.17, 0.33, 0.26, 0.14, 0.04)
_SPREADS_PCT = (0.5, 0.7, 1.1, 1.9, 3.4, 5.6, 9.8)
_SECTORS = (
    "real estate",
    "manufacturing",
    "retail",
    "energy",
    "transport",
    "health care",
    "hospitality",
    "technology",
)
_COLLATERAL = ("office", "industrial", "multifamily", "receivables", "machinery", "shares", "")
_COLLATERAL_WEIGHTS = (0.2, 0.12, 0.1, 0.2, 0.2, 0.06, 0.12)
_COVERAGE = (1.15, 1.1, 1.3, 0.65, 0.6, 0.8, 0.0)  # median collateral, as a share of the loan
_CURRENCIES = ("EUR", "USD", "GBP", "JPY", "RUB")
_CURRENCY_WEIGHTS = (0.62, 0.22, 0.1, 0.055, 0.005)
_PER_EUR = (1.0, 1.17, 0.87, 184.0, 91.0)  # about: only the size of the amounts depends on them
_REGIONS = ("DE", "US", "GB", "JP", "RU")  # of a currency's collateral
_HEADER = (
    "loan_id,obligor_id,sector,rating,currency,outstanding_principal,interest_rate_pct,rate_type,"
    "collateral_type,collateral_region,collateral_value,assets_value,origination_date,maturity_date"
)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def write_demo_tape(path: Path, *, instruments: int, obligors: int, seed: int) -> None:
    """Write a CSV tape for the profile ``generic``: one row a loan, in five currencies.

    2 % of the rows are dirty.

    Parameters
    ----------
    path : Path
        Written anew.
    instruments, obligors : int
        Rows, and the borrowers they are spread over.
    seed : int
        The same seed gives the same bytes.

    Raises
    ------
    InvalidInput
        Unless there are at least as many instruments as obligors, and one of each.
    """
    if not 1 <= obligors <= instruments:
        raise InvalidInput("a book needs 1 obligor and as many instruments", where="obligors")
    random = np.random.default_rng(seed)
    dirty = random.random(instruments) < DIRTY_SHARE
    damage = random.integers(0, len(_DAMAGE), instruments)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(_HEADER + "\n")
        previous = ""
        for index, row in enumerate(_rows(instruments, obligors, random)):
            text = ",".join(row)
            if dirty[index] and previous:
                text = _DAMAGE[damage[index]](list(row), previous)
            file.write(text + "\n")
            previous = text


def _rows(
    instruments: int, obligors: int, random: np.random.Generator
) -> Iterator[tuple[str, ...]]:
    rating = random.choice(len(_RATINGS), obligors, p=_RATING_WEIGHTS)
    sector = random.integers(0, len(_SECTORS), obligors)
    size = random.lognormal(12.4, 1.0, obligors)  # a borrower's usual loan
    # Every obligor has one loan; the rest go to few, as in real books.
    owner = np.concatenate(
        [np.arange(obligors), (obligors * random.random(instruments - obligors) ** 1.6).astype(int)]
    )
    currency = random.choice(len(_CURRENCIES), instruments, p=_CURRENCY_WEIGHTS)
    size = size[owner] * np.array(_PER_EUR)[currency]
    principal = np.round(size * random.lognormal(0.0, 0.6, instruments), 2)
    kind = random.choice(len(_COLLATERAL), instruments, p=_COLLATERAL_WEIGHTS)
    floating = random.random(instruments) < 0.35
    spread = np.array(_SPREADS_PCT)[rating[owner]]
    rate = np.round(2.2 + spread * random.lognormal(0.0, 0.15, instruments), 3)
    coverage = np.array(_COVERAGE)[kind] * random.lognormal(0.0, 0.25, instruments)
    collateral = np.round(principal * coverage, 2)
    assets = np.round(principal * random.lognormal(0.7, 0.35, instruments), 2)
    origin = np.datetime64("2016-01-01") + random.integers(0, 3600, instruments)
    maturity = np.datetime64("2026-07-01") + (365 * random.gamma(2.2, 1.9, instruments)).astype(int)
    style = random.random(instruments)
    for i in range(instruments):
        yield (
            f"LN{i + 1:07d}",
            f"OB{owner[i] + 1:05d}",
            _SECTORS[sector[owner[i]]],
            _RATINGS[rating[owner[i]]],
            _CURRENCIES[currency[i]],
            f"{principal[i]:.2f}" if style[i] < 0.8 else f'"{principal[i]:,.2f}"',
            f"{rate[i]:.3f}",
            "floating" if floating[i] else "fixed",
            _COLLATERAL[kind[i]],
            _REGIONS[currency[i]] if _COLLATERAL[kind[i]] else "",
            f"{collateral[i]:.2f}" if _COLLATERAL[kind[i]] else "",
            f"{assets[i]:.2f}",
            str(origin[i]),
            _written_date(str(maturity[i]), style[i]),
        )


def _written_date(iso: str, style: float) -> str:
    year, month, day = iso.split("-")
    if style < 0.7:
        return iso
    return f"{day}.{month}.{year}" if style < 0.9 else f"{day}-{_MONTHS[int(month) - 1]}-{year}"


def _with(row: list[str], cell: int, text: str) -> str:
    return ",".join([*row[:cell], text, *row[cell + 1 :]])


# What real tapes hold: each takes a row and the one before it, and gives the row as it arrives.
_DAMAGE = (
    lambda row, _: _with(row, 5, row[5].strip('"').replace(",", "").replace("0", "O") + "O"),
    lambda row, _: _with(row, 5, "NaN"),
    lambda row, _: _with(row, 5, "-" + row[5].strip('"').replace(",", "")),
    lambda row, _: _with(row, 5, ""),
    lambda row, _: _with(row, 4, "EURO"),
    lambda row, _: _with(row, 0, ""),
    lambda row, _: _with(row, 13, "31.02.2031"),
    lambda row, _: _with(row, 6, "450"),
    lambda row, _: ",".join(row) + ",see file",
    lambda _, previous: previous,
)


def bench_records(count: int, *, seed: int, currencies: tuple[str, ...]) -> bytes:
    """Return records of the profile ``todiscope`` (about 250 bytes each) as one JSON array."""
    random = np.random.default_rng(seed)
    principal = random.integers(1_000_000, 100_000_000, count)
    collateral = random.integers(500_000, 90_000_000, count)
    assets = random.integers(2_000_000, 300_000_000, count)
    rate = random.integers(100, 1_400, count)
    currency = random.integers(0, len(currencies), count)
    rows = [
        f'{{"source_system":"bench-{seed}","source_record_id":"LN{i:08d}","payload":'
        f'{{"currency":"{currencies[currency[i]]}","sector":"{_SECTORS[i % 8]}","financial":'
        f'{{"debt":{{"principal":{principal[i] / 100},"interest_rate_pct":{rate[i] / 100},'
        f'"collateral_value":{collateral[i] / 100}}},"assets":{{"total":{assets[i] / 100}}}}}}}}}'
        for i in range(count)
    ]
    return ("[" + ",\n".join(rows) + "]").encode()


def debt_record(instruments: int, distressed_assets: int, *, records: int, seed: int) -> bytes:
    """Return nested records with instruments and distressed assets, spread evenly, as NDJSON."""
    random = np.random.default_rng(seed)
    rows = []
    for r in range(records):
        own = len(range(r, instruments, records))
        bad = len(range(r, distressed_assets, records))
        lines = ",".join(
            f'{{"principal":{p / 100},"interest_rate_pct":{i / 100},"collateral_value":{c / 100}}}'
            for p, i, c in zip(
                random.integers(1_000_000, 100_000_000, own),
                random.integers(100, 1_400, own),
                random.integers(500_000, 90_000_000, own),
                strict=True,
            )
        )
        assets = ",".join(
            f'{{"name":"A{r}-{k}","value":{v / 100},"recovery_rate_pct":{q}}}'
            for k, (v, q) in enumerate(
                zip(
                    random.integers(100_000, 10_000_000, bad),
                    random.integers(5, 90, bad),
                    strict=True,
                )
            )
        )
        rows.append(
            f'{{"source_system":"bench","source_record_id":"R{r:07d}","payload":{{"currency":"EUR",'
            f'"financial":{{"debt":{{"instruments":[{lines}]}},"assets":1000000.0}},'
            f'"distressed_assets":[{assets}]}}}}'
        )
    return "\n".join(rows).encode()
