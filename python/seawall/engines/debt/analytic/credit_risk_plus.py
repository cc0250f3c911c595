"""CreditRisk+: defaults whose rates move with gamma sectors."""

import msgspec
import numpy as np
from numpy.typing import ArrayLike

from seawall import native
from seawall.engines.debt.analytic.columns import Numbers, column, matrix
from seawall.engines.debt.analytic.loss_distribution import TailFigures, tail_figures


class CreditRiskPlus(msgspec.Struct, frozen=True):
    """The loss distribution of a book in units of exposure."""

    probabilities: Numbers  # of 0, 1, 2, … units, until next to nothing is left
    unit: float
    expected_loss: float  # in the unit of the exposures, as all below
    standard_deviation: float  # as exposures in whole units have it
    unbanded_standard_deviation: float  # as the exposures have it

    def tail(self, confidence_level: float) -> TailFigures:
        """Return value at risk and expected shortfall, in units of `unit`.

        Raises
        ------
        InvalidInput
            Unless the level is above 0 and below 1.
        """
        return tail_figures(self.probabilities, confidence_level)


def credit_risk_plus(
    default_probabilities: ArrayLike,
    exposures: ArrayLike,
    *,
    unit: float,
    sector_shares: ArrayLike,
    sector_variances: ArrayLike,
) -> CreditRiskPlus:
    """Compute the loss distribution of CreditRisk+.

    Source: Credit Suisse First Boston, "CreditRisk+", 1997. An exposure is rounded to the nearest
    number of units, at least 1, and its default rate scaled so that the expected loss stays. The
    recursion adds positive terms alone (H. Haaf, O. Reiss, J. Schoenmakers, "Numerically Stable
    Computation of CreditRisk+", Journal of Risk 6, 2004).

    Parameters
    ----------
    default_probabilities : array of shape (obligor_count,)
        A year, from 0 to 1; an obligor may default more than once, as a Poisson count has it.
    exposures : array of shape (obligor_count,)
        Lost on default, above 0.
    unit : float
        Of exposure, above 0.
    sector_shares : array of shape (obligor_count, sector_count)
        From 0 to 1; what a row's sum leaves of 1 moves with no sector.
    sector_variances : array of shape (sector_count,)
        Of the sectors' gamma factors of mean 1, 0 or more.

    Returns
    -------
    CreditRiskPlus
        Probabilities by units, and figures in the unit of the exposures.

    Raises
    ------
    InvalidInput
        On columns of different lengths and values out of their ranges.
    LimitExceeded
        Where the distribution takes more than 100,000 units, and where no loss has a probability
        below 1e-290.
    """
    shares, _ = matrix(sector_shares, "sector_shares")
    found = native.credit_risk_plus(
        column(default_probabilities, "default_probabilities"),
        column(exposures, "exposures"),
        unit,
        shares,
        column(sector_variances, "sector_variances"),
    )
    return CreditRiskPlus(
        **(found | {"probabilities": np.asarray(found["probabilities"]), "unit": unit})
    )
