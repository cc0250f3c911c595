"""How far a mean of scenarios is from its exact value, on the scale of a normal variable.

The distances hold for any number of scenarios, and for losses that hardly ever occur: they come
from bounds of the tails of bounded variables, and tend to standard errors as scenarios grow.
"""

import math
from statistics import NormalDist

_MISS = 5e-7  # the probability, to each side, that some twin of a right run is beyond its limit


def twin_limit(count: int) -> float:
    """Return Φ⁻¹(1 − 5e−7 / m), the distance that m figures of a right run keep within."""
    return -NormalDist().inv_cdf(_MISS / count)


def distance_of_known_spread(
    miss: float, *, variance: float, room: float, width: float, count: int
) -> float:
    """Return the distance of a mean of independent variables of a known variance.

    Bennett's bound exp(−n·v/b²·h(b·t/v)), h(u) = (1 + u)·ln(1 + u) − u, of a mean that is t off,
    written as exp(−d²/2); t is taken less by the width over n, one event of a Poisson variable,
    whose tail is then not above Φ(−d) (M. Short, "Improved Inequalities for the Poisson and
    Binomial Distribution and Upper Tail Quantile Functions", 2013).

    Parameters
    ----------
    miss : float
        t >= 0.
    variance : float
        v of one variable, or more than that.
    room : float
        b, how far a variable can be from its mean on the side of the miss.
    width : float
        From the least to the largest value.
    """
    off = max(0.0, miss - width / count)
    if off == 0:
        return 0.0
    if variance == 0:
        return math.inf
    ratio = room * off / variance
    if ratio < 1e-4:  # h(u) / u² → ½ − u / 6, without its cancellation
        return off * math.sqrt(count / variance * (1 - ratio / 3))
    rate = ((1 + ratio) * math.log1p(ratio) - ratio) / ratio**2
    return off * math.sqrt(2 * count / variance * rate)


def distance_of_own_spread(
    miss: float, *, variance: float, width: float, count: int, limit: float
) -> float:
    """Return the distance of a mean by the variance of the same variables.

    What a variance of n values may miss is taken off first: 7/3·b·ln(2/δ) / (n − 1), with δ the
    mass beyond the limit (A. Maurer, M. Pontil, "Empirical Bernstein Bounds and Sample Variance
    Penalization", COLT 2009).
    """
    if count < 2:
        return 0.0
    beyond = NormalDist().cdf(-limit)
    off = max(0.0, miss - 7 / 3 * width * math.log(2 / beyond) / (count - 1))
    if off == 0:
        return 0.0
    return off / math.sqrt(variance / count) if variance > 0 else math.inf


def distance_of_scrambles(miss: float, *, standard_error: float, count: int) -> float:
    """Return the distance of a mean by the spread of ``count`` means, as a normal one.

    Of Student's t with count − 1 degrees of freedom (D. L. Wallace, "Bounds on Normal
    Approximations to Student's and the Chi-Square Distributions", 1959).
    """
    if miss == 0:
        return 0.0
    if standard_error == 0:
        return math.inf
    freedom = count - 1
    scale = (8 * freedom + 1) / (8 * freedom + 3)
    return scale * math.sqrt(freedom * math.log1p((miss / standard_error) ** 2 / freedom))
