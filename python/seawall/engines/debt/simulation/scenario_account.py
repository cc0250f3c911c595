"""One scenario told: what the factors were, who defaulted, and what that cost."""

from typing import Any

import msgspec
import numpy as np

from seawall.engines.debt.simulation.credit_book import CreditBook
from seawall.table import Table


class ScenarioAccount(msgspec.Struct, frozen=True):
    """Why a scenario lost what it lost."""

    scenario: int
    loss: float
    factors: dict[str, float]  # of variance 1 over all states; low is bad
    mixing: float  # W / ν of Student's t copula, below 1 is bad; 1 under the Gaussian copula
    defaulted_obligor_count: int
    translation: float | None  # of what performs, at the last quarter's rates; None: they stay
    positions: Table  # those of defaulted obligors, by falling loss; with quarters, in which


def scenario_account(book: CreditBook, scenario: int, loss_minor: int) -> ScenarioAccount:
    """Draw a scenario of the book again, which loses this much."""
    found = book.simulation.scenario(
        seed=book.inputs.seed, scenario=scenario, sampling=book.inputs.native_sampling
    )
    defaulted = np.frombuffer(found["defaulted"], np.uint8).astype(bool)
    lost_minor = np.frombuffer(found["loss_minor"], np.int64)
    rows = np.flatnonzero(defaulted[book.obligor])
    rows = rows[np.argsort(-lost_minor[rows], kind="stable")]
    lost = lost_minor[rows] / book.minor_per_unit
    names = ["record", "source_record_id", "element", "obligor_id", "exposure"]
    positions = book.positions.select(names).take(rows)
    if "quarter" in found:
        quarter = np.frombuffer(found["quarter"], np.uint8).astype(np.int64) + 1
        positions = positions.append_column("default_quarter", [quarter[book.obligor[rows]]])
    return ScenarioAccount(
        scenario=scenario,
        loss=book.amount(loss_minor),
        factors=dict(zip(book.groups.names, found["factor"], strict=True)),
        mixing=found["mixing_root"] ** 2,
        defaulted_obligor_count=int(defaulted.sum()),
        translation=_translation(book, defaulted),
        positions=Table(positions.append_column("loss", [lost])),
    )


def _translation(book: CreditBook, defaulted: Any) -> float | None:
    if not book.loss_model.rates.currencies:
        return None
    performs = ~defaulted[book.obligor]
    return book.amount(int(book.translation_minor[performs].sum()))
