"""What the tail of a book tends to as its loans become many and small: a limit, not a twin."""

import math

import msgspec
import numpy as np

from seawall.engines.debt.analytic import large_pool_figures
from seawall.engines.debt.simulation.credit_book import CreditBook
from seawall.engines.debt.simulation.decimal_amounts import Numbers
from seawall.engines.debt.simulation.macro import conditional_obligors


class LargePoolLimit(msgspec.Struct, frozen=True):
    """Figures of a book whose obligors have no risk of their own, in the book's currency."""

    confidence_level: float
    value_at_risk: float
    expected_shortfall: float


class _Lots(msgspec.Struct, frozen=True):
    """Amounts that are lost with a probability, all of shape (lot_count,)."""

    probability: Numbers
    loading: Numbers  # on the one factor
    amount_minor: Numbers


def large_pool_limit(book: CreditBook, level: float) -> LargePoolLimit | None:
    """Return value at risk and expected shortfall of E[L | Z]; None where they have no closed form.

    There is one for one Gaussian factor that is bad for all: the loss that is expected given the
    factor falls in it, so that its quantiles are those losses at a quantile of the factor, loan by
    loan (O. Vasicek, "The Distribution of Loan Portfolio Value", 2002; of unlike loans M. Gordy, "A
    Risk-Factor Model Foundation for Ratings-Based Bank Capital Rules", 2003).
    """
    lots = _lots(book)
    if lots is None or (lots.loading < 0).any() or (lots.amount_minor < 0).any():
        return None
    kinds, kind = np.unique(
        np.stack([lots.probability, lots.loading], axis=1), axis=0, return_inverse=True
    )
    amounts = np.bincount(kind.ravel(), weights=lots.amount_minor, minlength=len(kinds))
    found = [_of_kind(p, loading**2, level) for p, loading in kinds.tolist()]
    value_at_risk, shortfall = (
        math.fsum(amount * figures[place] for amount, figures in zip(amounts, found, strict=True))
        for place in (0, 1)
    )
    return LargePoolLimit(level, book.amount(value_at_risk), book.amount(shortfall))


def _of_kind(probability: float, correlation: float, level: float) -> tuple[float, float]:
    if not (0 < probability < 1 and 0 < correlation < 1):
        return probability, probability  # certain, or by luck of its own alone
    figures = large_pool_figures(probability, correlation, confidence_level=level)
    return figures.value_at_risk, figures.expected_shortfall


def _lots(book: CreditBook) -> _Lots | None:
    model, inputs = book.loss_model, book.inputs
    if model.model == "waterfall" or math.isfinite(inputs.degrees_of_freedom):
        return None
    if len(book.groups.names) > 1:
        return None
    obligors, positions = inputs.obligors, inputs.positions
    owed_by = positions["obligor"]
    if model.model == "parametric":
        if len(set(model.discount_factors)) > 1:
            return None
        # The expected loss goes through the copula as the default probability does.
        lost = positions["exposure_minor"].reshape(len(owed_by), -1)[:, :1]
        reached = obligors["default_probability"][owed_by] * positions["loss_given_default"]
        reached, weight = reached[:, np.newaxis], obligors["factor_weight"][owed_by]
    else:
        lost = np.zeros((len(obligors["slot"]), max(1, model.quarter_count)))
        np.add.at(lost, owed_by, positions["loss_minor"].reshape(len(owed_by), -1))
        probability = obligors["default_probability"][:, np.newaxis]
        reached = obligors.get("cumulative_default_probability", probability)
        weight = obligors["factor_weight"]
    # Who is lost by a quarter costs what that quarter's default does more than the next one's.
    amount = lost - np.append(lost[:, 1:], np.zeros((len(lost), 1)), axis=1)
    laws = [_law(book, column, weight) for column in reached.T]
    return _Lots(
        np.concatenate([probability for probability, _ in laws]),
        np.concatenate([loading for _, loading in laws]),
        amount.T.ravel(),
    )


def _law(book: CreditBook, probability: Numbers, weight: Numbers) -> tuple[Numbers, Numbers]:
    """Probabilities and loadings, given macroeconomic values if there are any."""
    if not book.is_conditional:
        return probability, weight[:, 0]
    given = conditional_obligors(book.simulation, probability, weight)
    return given.default_probability, given.loading[:, 0]
