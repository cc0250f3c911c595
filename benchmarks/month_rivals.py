"""A book of loans over two years, and the same months, tests and waterfall in numpy.

Vectorised over loans, a loop over months: what a user would write. Every obligor earns enough, and
new debt repays all that matures, so that the contract is what is paid.
"""

from datetime import date
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from seawall import native
from seawall.table import Table

AS_OF = date(2026, 1, 15)
MONTHS = 24
DSCR_LIMIT, LTV_LIMIT = 1.2, 0.8
HAIRCUT, SALE_COST = 0.2, 0.05
MONTHS_PAID = 73  # of amortisation, before the first payment of the book's horizon

Floats = np.ndarray[Any, np.dtype[np.float64]]


class Loans(msgspec.Struct, frozen=True):
    """Columns of shape (loan_count,); rates in percent, amounts in units."""

    balance: Floats
    original: Floats
    rate_pct: Floats
    is_floating: np.ndarray[Any, np.dtype[np.bool_]]
    kind: np.ndarray[Any, np.dtype[np.int64]]  # index of KINDS
    term: np.ndarray[Any, np.dtype[np.int64]]
    maturity: np.ndarray[Any, np.dtype[np.int64]]  # months from the first day
    income: Floats  # a year
    collateral: Floats


class BookSums(msgspec.Struct, frozen=True):
    """What both compute of the book."""

    interest: Floats  # (MONTHS,), as the next three
    principal: Floats
    maturity: Floats
    debt: Floats
    dscr_breaches: int
    ltv_breaches: int
    recovered: float


KINDS = ("bullet", "linear", "annuity")
SPREAD_PCT = 2.0
CHANGE_FACTOR, DELTA_PCT, COLLATERAL_FACTOR = 1.3, 0.25, 0.85


def month_loans(count: int, *, seed: int) -> Loans:
    """Return loans of three kinds, a part of them floating, that mature within 20 years."""
    random = np.random.default_rng(seed)
    balance = random.uniform(1e5, 1e7, count).round(2)
    kind = random.integers(0, len(KINDS), count)
    rate_pct = random.uniform(2.5, 9.0, count).round(3)
    term = random.choice([240, 300, 360], count)
    loans = Loans(
        balance=balance,
        original=balance * 1.1,
        rate_pct=rate_pct,
        is_floating=(kind < 2) & (random.random(count) < 0.5),
        kind=kind,
        term=term,
        maturity=random.integers(1, 240, count),
        income=np.zeros(count),
        collateral=balance * random.uniform(0.7, 2.0, count),
    )
    rate, level, linear = payments(loans)
    service = np.where(loans.kind == 2, level, balance * rate / 12 + linear)
    income = 12 * service * random.uniform(1.12, 1.8, count)
    return msgspec.structs.replace(loans, income=income)


def payments(loans: Loans) -> tuple[Floats, Floats, Floats]:
    """Return the rate in the case, as a fraction, and what annuities and linear loans pay."""
    stressed = (loans.rate_pct - SPREAD_PCT) * CHANGE_FACTOR + DELTA_PCT + SPREAD_PCT
    rate = np.where(loans.is_floating, np.maximum(stressed, 0.0), loans.rate_pct) / 100
    monthly = loans.rate_pct / 1200
    level = loans.original * monthly / (1 - (1 + monthly) ** -loans.term)
    linear = np.where(loans.kind == 1, loans.balance / (loans.term - MONTHS_PAID), 0.0)
    return rate, level, linear


def month_book(loans: Loans) -> native.DebtBook:
    """Return the loans as a decoded book, an obligor each."""
    count = len(loans.balance)
    month = np.datetime64(AS_OF, "M") + loans.maturity
    days = month.astype("datetime64[D]") + (AS_OF.day - 1)
    return native.DebtBook(
        Table(
            pa.table(
                {
                    "record": np.arange(count),
                    "source_record_id": [f"loan {i}" for i in range(count)],
                    "currency": ["USD"] * count,
                    "rate_type": np.where(loans.is_floating, "floating", "fixed"),
                    "interest_accrual_method": ["30/360"] * count,
                    "amortisation": np.array(KINDS)[loans.kind],
                    "total_outstanding": loans.balance,
                    "interest_rate_pct": loans.rate_pct,
                    "spread_pct": np.full(count, SPREAD_PCT),
                    "collateral_value": loans.collateral,
                    "net_operating_income": loans.income,
                    "original_amount": loans.original,
                    "amortization_term_months": loans.term,
                    "maturity_date": pa.array(days),
                    "first_payment_date": pa.array([date(2020, 1, AS_OF.day)] * count),
                }
            )
        ).native
    )


def month_case(book: native.DebtBook, name: str) -> tuple[Any, ...]:
    """Return a case for the core: rates up, values down."""
    drivers = np.ones((MONTHS, len(book.segments), 7))
    drivers[:, :, 2] = CHANGE_FACTOR
    drivers[:, :, 3] = DELTA_PCT
    drivers[:, :, 4] = COLLATERAL_FACTOR
    return (name, drivers, [0.0] * MONTHS, 1.0, 0, 0)


def month_settings() -> dict[str, Any]:
    """Return the settings of a run: two covenants tested month by month, and a liquidation."""
    settings: dict[str, Any] = {
        "default_after_months": 3,
        "retains_surplus": False,
        "test_months": 1,
        "refinancing_rate_pct": None,
        "refinancing_amortization_months": 0,
        "refinancing_max_ltv": None,
        "refinancing_min_dscr": None,
        "refinancing_min_debt_yield": None,
        "refinancing_cap_rate": None,
        "cure_months": 3,
        "reset_month": 0,
        "haircut": HAIRCUT,
        "sale_cost": SALE_COST,
        "administration_cost": 0.0,
        "enterprise_multiple": None,
        "enterprise_cap_rate": None,
        "months_to_sale": 12,
        "months_to_distribution": 18,
        "priming_amount": 0.0,
    }
    for name in ("dscr", "icr", "ltv", "leverage", "debt_yield"):
        settings[f"limit_{name}"] = settings[f"reset_limit_{name}"] = None
    return settings | {"limit_dscr": DSCR_LIMIT, "limit_ltv": LTV_LIMIT}


def native_sums(run: native.DebtPaths) -> BookSums:
    """Return the sums of a run's first case."""
    steps = Table(run.steps(0))
    covenants = {row["covenant"]: row for row in run.covenant_summary(0)}

    def column(name: str) -> Floats:
        return np.asarray(steps[name].to_numpy())

    return BookSums(
        interest=column("interest_paid"),
        principal=column("principal_paid"),
        maturity=column("maturity_due"),
        debt=column("debt"),
        dscr_breaches=covenants["dscr"]["breach_count"],
        ltv_breaches=covenants["ltv"]["breach_count"],
        recovered=run.waterfall(0, "liquidation", False)["paid_to_creditors"],
    )


def numpy_sums(loans: Loans) -> BookSums:
    """Run the months over whole columns."""
    count = len(loans.balance)
    rate, level, linear = payments(loans)
    is_annuity = loans.kind == 2
    collateral = loans.collateral * COLLATERAL_FACTOR
    balance = loans.balance.copy()
    dscr_breach, ltv_breach = np.zeros(count, bool), np.zeros(count, bool)
    sums = np.zeros((4, MONTHS))
    for month in range(1, MONTHS + 1):
        interest = balance * rate / 12
        principal = np.where(is_annuity, level - interest, linear)
        principal = np.minimum(np.maximum(principal, 0.0), balance)
        maturity = np.where(loans.maturity == month, balance - principal, 0.0)
        balance -= principal + maturity
        service = interest + principal
        income = loans.income / 12
        dscr_breach |= (service > 0) & (income < DSCR_LIMIT * service)
        ltv_breach |= balance > LTV_LIMIT * collateral
        sums[:, month - 1] = interest.sum(), principal.sum(), maturity.sum(), balance.sum()
    proceeds = np.round(collateral, 2) * (1 - HAIRCUT) * (1 - SALE_COST)
    recovered = np.round(np.minimum(proceeds, balance), 2)
    return BookSums(
        interest=sums[0],
        principal=sums[1],
        maturity=sums[2],
        debt=sums[3],
        dscr_breaches=int(dscr_breach.sum()),
        ltv_breaches=int(ltv_breach.sum()),
        recovered=float(recovered.sum()),
    )
