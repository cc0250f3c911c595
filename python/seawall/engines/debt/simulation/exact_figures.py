"""What the losses of a book are by closed forms: beside a simulation, and to judge it by."""

import math

import msgspec
import numpy as np

from seawall.engines.debt.analytic import pool_moments
from seawall.engines.debt.simulation.credit_book import CreditBook
from seawall.engines.debt.simulation.macro import conditional_obligors

_MOST_KINDS = 400  # unlike obligors, whose pairs the exact standard deviation adds up


class ExactFigures(msgspec.Struct, frozen=True):
    """Of the loss of a scenario, in minor units."""

    expected_minor: float | None  # None: there is no closed form
    deviation_minor: float | None  # None: losses vary, or too many unlike obligors
    least_minor: float  # no scenario loses less
    most_minor: float  # or more
    rounding_minor: float  # what whole minor units may move the simulated mean by


def exact_figures(book: CreditBook) -> ExactFigures:
    """Return the exact figures of a book."""
    expected = book.expected_loss()
    least, most = book.loss_range_minor()
    is_fixed = book.loss_model.model == "fixed"
    probability = book.obligors.default_probability[book.obligor]
    # Half a unit a default, where each is rounded on its own; a path may make any default likely.
    rounded = np.ones(len(probability)) if book.is_conditional else probability
    return ExactFigures(
        expected_minor=None if expected is None else expected * book.minor_per_unit,
        deviation_minor=_deviation_minor(book),
        least_minor=least,
        most_minor=most,
        rounding_minor=0.0 if is_fixed else 0.5 * float(rounded.sum()),
    )


def _deviation_minor(book: CreditBook) -> float | None:
    """The standard deviation by pairs of obligors."""
    if "loss_minor" not in book.inputs.positions or book.loss_model.quarter_count:
        return None  # losses vary
    obligors, groups = book.obligors, book.groups
    kinds = np.stack([obligors.default_probability, groups.factor_of_obligor], axis=1)
    if len(np.unique(kinds, axis=0)) > _MOST_KINDS:
        return None
    losses = np.zeros(len(obligors.slot), np.int64)
    np.add.at(losses, book.obligor, book.inputs.positions["loss_minor"])
    freedom = book.inputs.degrees_of_freedom
    if book.is_conditional:
        if math.isfinite(freedom):
            return None
        given = conditional_obligors(
            book.simulation, obligors.default_probability, obligors.factor_weight
        )
        probability, loading = given.default_probability, given.loading
    else:
        size = len(groups.names)
        root = np.array(book.simulation.correlation_root).reshape(size, size)
        rows = np.arange(len(obligors.slot))
        weight = obligors.factor_weight[rows, groups.factor_of_obligor]
        probability = obligors.default_probability
        loading = weight[:, np.newaxis] * root[groups.factor_of_obligor]
    exact = pool_moments(
        probability,
        loading,
        losses,
        degrees_of_freedom=freedom if math.isfinite(freedom) else None,
    )
    return exact.standard_deviation
