"""What a loan owes by its terms: slow, in decimals, written from the model's sections 1 to 3.

Nothing of it is shared with the engine. See docs/explanation/cash_flows.md.
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext

ZERO, ONE = Decimal(0), Decimal(1)
_DIGITS = 40


@dataclass(frozen=True, kw_only=True)
class LoanTerms:
    """Terms as a tape states them; what is None is absent."""

    balance: Decimal
    rate_pct: Decimal
    maturity_date: date | None = None
    floating: bool = False
    spread_pct: Decimal = ZERO
    floor_pct: Decimal = ZERO
    cap_pct: Decimal | None = None
    next_payment_date: date | None = None
    first_payment_date: date | None = None
    origination_date: date | None = None
    payment_interval_months: int = 1
    interest_accrual_method: str = "30/360"
    amortisation: str | None = None
    amortization_term_months: int | None = None
    original_amount: Decimal | None = None
    original_term_months: int | None = None
    interest_only_term_months: int | None = None
    interest_only_until: date | None = None
    scheduled_payment: Decimal | None = None
    prepayment_rate_pct: Decimal = ZERO
    default_rate_pct: Decimal = ZERO
    principal_schedule: tuple[tuple[date, Decimal], ...] = ()


@dataclass(frozen=True)
class Flow:
    """One payment day of a loan."""

    step: int  # 1 is the month after as_of
    period_begin: date
    payment_date: date
    rate_pct: Decimal
    year_fraction: Decimal
    opening_balance: Decimal
    defaulted: Decimal
    interest: Decimal
    principal: Decimal  # scheduled
    prepayment: Decimal
    maturity: Decimal
    balance: Decimal  # performing, after the payment


def contractual_flows(
    terms: LoanTerms,
    as_of: date,
    months: int,
    *,
    rate_factors: Sequence[Decimal] | None = None,
    rate_deltas_pct: Sequence[Decimal] | None = None,
) -> list[Flow]:
    """Return the payments after ``as_of`` up to ``months`` months later, in order.

    ``rate_factors`` and ``rate_deltas_pct`` are what a case does to a floating index in each
    step; without them it stays where it is.
    """
    last = maturity(terms)
    if last is not None and last <= as_of:
        raise ValueError("the loan has matured")
    factors = rate_factors or [ONE] * months
    deltas = rate_deltas_pct or [ZERO] * months
    ends = [step_end(as_of, m) for m in range(months + 1)]
    flows: list[Flow] = []
    with localcontext() as context:
        context.prec = _DIGITS
        state = _Repayment(terms)
        step = 0
        for begin, day in payment_days(terms, as_of, ends[-1]):
            # One payment a step: a second one, such as a maturity between payment days, is late.
            step = max(step + 1, next(m for m in range(1, months + 1) if day <= ends[m]))
            if step > months:
                break
            rate = case_rate(terms, factors[step - 1], deltas[step - 1])
            flows.append(state.pay(step, begin, day, rate))
    return flows


# --- time


def add_months(day: date, months: int) -> date:
    """The same day of another month, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def step_end(as_of: date, step: int) -> date:
    """t_m: from a month's last day to months' last days."""
    if (as_of + timedelta(days=1)).day == 1:
        first = add_months(as_of.replace(day=1), step)
        return first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return add_months(as_of, step)


def maturity(terms: LoanTerms) -> date | None:
    """As stated, else by the term; None: the loan is open-ended."""
    if terms.maturity_date is not None or terms.original_term_months is None:
        return terms.maturity_date
    if terms.first_payment_date is not None:
        past_first = terms.original_term_months - terms.payment_interval_months
        return add_months(terms.first_payment_date, past_first)
    if terms.origination_date is not None:
        return add_months(terms.origination_date, terms.original_term_months)
    return None


def payment_days(terms: LoanTerms, after: date, until: date) -> list[tuple[date, date]]:
    """Every accrual period that ends in a window: its beginning and its payment day."""
    interval, last = terms.payment_interval_months, maturity(terms)
    if interval == 0:
        if last is None:
            raise ValueError("a loan that pays at maturity needs one")
        return [(terms.origination_date or after, last)] if last <= until else []
    stated = terms.next_payment_date or terms.first_payment_date
    anchor = stated or last or after
    k = 0
    while stated is None and add_months(anchor, k * interval) > after:
        k -= 1  # days go back from a maturity, and not from the first or next of all
    while add_months(anchor, k * interval) <= after:
        k += 1
    periods: list[tuple[date, date]] = []
    while True:
        begin, day = add_months(anchor, (k - 1) * interval), add_months(anchor, k * interval)
        if terms.origination_date is not None:
            begin = max(begin, terms.origination_date)  # no interest before there is a loan
        if last is not None:
            day = min(day, last)
        if day > until:
            return periods
        periods.append((begin, day))
        if day == last:
            return periods
        k += 1


def year_fraction(begin: date, end: date, method: str) -> Decimal:
    """Of a period, from its first day to the day after its last."""
    days = Decimal((end - begin).days)
    if method in ("30/360", "30e/360"):
        first, second = min(begin.day, 30), end.day
        if second == 31 and (method == "30e/360" or first == 30):
            second = 30
        months = (end.year - begin.year) * 12 + end.month - begin.month
        return Decimal(months * 30 + second - first) / 360
    if method == "actual/360":
        return days / 360
    if method == "actual/365":
        return days / 365
    if method == "actual/actual":
        day, found = begin, ZERO
        while day < end:
            until = min(end, date(day.year + 1, 1, 1))
            found += Decimal((until - day).days) / (366 if calendar.isleap(day.year) else 365)
            day = until
        return found
    raise ValueError(f"{method} is no method of accrual")


# --- rate


def case_rate(terms: LoanTerms, factor: Decimal, delta_pct: Decimal) -> Decimal:
    """The rate of a period that ends in a step, in percent."""
    if not terms.floating:
        return terms.rate_pct
    index = (terms.rate_pct - terms.spread_pct) * factor + delta_pct
    rate = max(terms.floor_pct, index + terms.spread_pct)
    return rate if terms.cap_pct is None else min(terms.cap_pct, rate)


def level_payment(amount: Decimal, rate: Decimal, count: int) -> Decimal:
    """level(A, j, n), the rate being that of one interval, a fraction."""
    if rate == 0:
        return amount / count
    return amount * rate / (1 - (1 + rate) ** -count)


# --- what is due


class _Repayment:
    """The performing balance, carried from payment day to payment day."""

    def __init__(self, terms: LoanTerms) -> None:
        self.terms = terms
        self.balance = terms.balance
        self.surviving = ONE  # of what the terms state in money: neither defaulted nor prepaid
        self.interest_only_until = _interest_only_until(terms)
        self.linear: Decimal | None = None  # of the whole loan, once amortisation has begun
        self.level: Decimal | None = None  # likewise
        self.left: int | None = None  # payments of the table, once amortisation has begun
        self.kind = terms.amortisation or (
            "annuity" if (terms.amortization_term_months or 0) > 0 else "bullet"
        )

    def pay(self, step: int, begin: date, day: date, rate_pct: Decimal) -> Flow:
        terms, opening = self.terms, self.balance
        fraction = year_fraction(begin, day, terms.interest_accrual_method)
        years = Decimal(terms.payment_interval_months) / 12 or fraction
        defaulting = 1 - (1 - terms.default_rate_pct / 100) ** years
        defaulted = opening * defaulting
        self.balance -= defaulted
        self.surviving *= 1 - defaulting
        interest = self.balance * rate_pct / 100 * fraction
        principal = self._principal(begin, day, rate_pct, interest)
        principal = min(max(principal, ZERO), self.balance)
        prepayment = matured = ZERO
        if day == maturity(terms):
            matured = self.balance - principal
        else:
            prepaying = 1 - (1 - terms.prepayment_rate_pct / 100) ** years
            prepayment = (self.balance - principal) * prepaying
            self.surviving *= 1 - prepaying
        self.balance -= principal + prepayment + matured
        return Flow(
            step,
            begin,
            day,
            rate_pct,
            fraction,
            opening,
            defaulted,
            interest,
            principal,
            prepayment,
            matured,
            self.balance,
        )

    def _principal(self, begin: date, day: date, rate_pct: Decimal, interest: Decimal) -> Decimal:
        if self.kind == "bullet":
            return ZERO
        if self.interest_only_until is not None and day <= self.interest_only_until:
            return ZERO
        if self.kind == "linear":
            if self.linear is None:
                self.linear = self.balance / self.surviving / self._payments_left(day)
            return self.linear * self.surviving
        if self.kind == "annuity":
            return self._level(day, rate_pct) - interest
        if self.kind == "custom":
            stated = [paid for on, paid in self.terms.principal_schedule if begin < on <= day]
            return sum(stated, ZERO) * self.surviving
        raise ValueError(f"{self.kind} is no kind of amortisation")

    def _level(self, day: date, rate_pct: Decimal) -> Decimal:
        terms = self.terms
        rate = rate_pct / 100 * terms.payment_interval_months / 12
        if terms.scheduled_payment is not None:
            return terms.scheduled_payment * self.surviving
        if terms.floating:
            return level_payment(self.balance, rate, self._payments_left(day))
        if self.level is None:
            count = self._payments_left(day)
            amount = self.balance / self.surviving
            if terms.original_amount and terms.amortization_term_months:
                count = terms.amortization_term_months // terms.payment_interval_months
                amount = terms.original_amount
            self.level = level_payment(amount, rate, count)
        return self.level * self.surviving

    def _payments_left(self, day: date) -> int:
        """From the first payment of principal in the horizon on, one fewer each time."""
        if self.left is None:
            self.left = self._payments_of_table(day)
        self.left -= 1
        return max(self.left + 1, 1)

    def _payments_of_table(self, day: date) -> int:
        """Of the table of repayment, which begins now where nothing says when; else to maturity."""
        terms, interval = self.terms, self.terms.payment_interval_months
        if terms.amortization_term_months:
            total, began = terms.amortization_term_months // interval, self._begin_of_table()
            if began is None or began >= day:
                return total
            months = (day.year - began.year) * 12 + day.month - began.month
            return max(total - months // interval, 1)
        last = maturity(terms)
        if last is None:
            raise ValueError("without a maturity or a table there is no count of payments left")
        return len(payment_days(terms, day - timedelta(days=1), last))

    def _begin_of_table(self) -> date | None:
        interval = self.terms.payment_interval_months
        if self.interest_only_until is not None:
            return add_months(self.interest_only_until, interval)
        if self.terms.first_payment_date is not None:
            return self.terms.first_payment_date
        if self.terms.origination_date is not None:
            return add_months(self.terms.origination_date, interval)
        return None


def _interest_only_until(terms: LoanTerms) -> date | None:
    """The last day of payment on which no principal is due."""
    if terms.interest_only_until is not None:
        return terms.interest_only_until
    if not terms.interest_only_term_months:
        return None
    if terms.first_payment_date is not None:
        past_first = terms.interest_only_term_months - terms.payment_interval_months
        return add_months(terms.first_payment_date, past_first)
    if terms.origination_date is not None:
        return add_months(terms.origination_date, terms.interest_only_term_months)
    raise ValueError("the interest-only months begin on no known day")
