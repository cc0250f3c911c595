"""When defaults fall and what they are worth, against a textbook's credit default swap."""

import math

import numpy as np
import pytest

from seawall import native

YEARS = 5


def test_the_spread_of_hulls_credit_default_swap_is_124_basis_points() -> None:
    """J. Hull, "Options, Futures, and Other Derivatives", valuation of credit default swaps.

    Of who has survived, 2 % default in a year; interest is 5 %, continuous; recovery 40 %; five
    yearly payments at the end of a year, defaults in its middle. Printed: payments are worth
    4.0704 s, accruals 0.0426 s, the payoff 0.0511, so that s is 0.0124.
    """
    reached = np.frombuffer(
        native.quarterly_default_probabilities([1 - 0.98**YEARS], quarter_count=20)
    )
    discount = np.array(native.quarterly_discount_factors(math.expm1(0.05), quarter_count=20))
    by_year, at_its_end, in_its_middle = reached[3::4], discount[3::4], discount[1::4]
    falls = np.diff(by_year, prepend=0.0)
    payments = ((1 - by_year) * at_its_end).sum()
    accruals = (0.5 * falls * in_its_middle).sum()
    payoff = ((1 - 0.4) * falls * in_its_middle).sum()
    printed = pytest.approx([4.0704, 0.0426, 0.0511], abs=0.00005)
    assert [payments, accruals, payoff] == printed
    assert payoff / (payments + accruals) == pytest.approx(0.0124, abs=0.00005)
