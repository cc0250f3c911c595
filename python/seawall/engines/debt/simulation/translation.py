"""What moving rates do to a book: to its losses, and to what performs."""

import math

import msgspec
import numpy as np
from msgspec import UNSET, UnsetType

from seawall.engines.debt.simulation.credit_book import CreditBook
from seawall.engines.debt.simulation.decimal_amounts import Numbers
from seawall.engines.debt.simulation.factor_groups import Rows
from seawall.engines.debt.simulation.macro import conditional_obligors
from seawall.engines.debt.simulation.rate_paths import RatePaths
from seawall.engines.debt.simulation.types import CurrencyTranslation


def translations(book: CreditBook) -> list[CurrencyTranslation] | UnsetType:
    """Return a line for each currency whose rate moves; without any, UNSET."""
    rates = book.loss_model.rates
    if not rates.currencies:
        return UNSET
    reached = _reached_probabilities(book)
    still = msgspec.structs.replace(book.loss_model, rates=RatePaths())
    at_book_rate = still.position_columns(book.terms, book.minor_digits)
    more = book.translation_minor
    lines = []
    for row, name in enumerate(rates.currencies, start=1):
        held = np.flatnonzero(book.terms.currency == row)
        performs = None if reached is None else 1 - reached[book.obligor[held], -1]
        lines.append(
            CurrencyTranslation(
                currency=name,
                exposure=book.amount(int(book.exposure_minor[held].sum())),
                expected_loss=_expected(book, reached, book.inputs.positions, held),
                expected_loss_at_book_rate=_expected(book, reached, at_book_rate, held),
                expected_translation=None
                if performs is None
                else book.amount(math.fsum(performs * more[held])),
            )
        )
    return lines


def _reached_probabilities(book: CreditBook) -> Numbers | None:
    """Of default by the end of each quarter, by obligor; None given values under Student's t."""
    reached: Numbers = book.inputs.obligors["cumulative_default_probability"]
    if not book.is_conditional:
        return reached
    if math.isfinite(book.inputs.degrees_of_freedom):
        return None
    weight = book.obligors.factor_weight
    given = [
        conditional_obligors(book.simulation, column, weight).default_probability
        for column in reached.T
    ]
    return np.stack(given, axis=1)


def _expected(
    book: CreditBook, reached: Numbers | None, columns: dict[str, Numbers], held: Rows
) -> float | None:
    """What some positions are expected to lose, where what they lose is fixed."""
    if reached is None or "loss_minor" not in columns:
        return None
    falls = np.diff(reached, axis=1, prepend=0.0)[book.obligor[held]]
    return book.amount(math.fsum((falls * columns["loss_minor"][held]).ravel()))
