"""Reverse stress: the nearest states of the factors in which a book loses an amount."""

from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta

from seawall import native
from seawall.engines.debt.simulation.credit_book import CreditBook
from seawall.errors import InvalidInput
from seawall.native import RunControl

_DRIVERS = 10


class LossDriver(msgspec.Struct, frozen=True):
    """An obligor in an adverse state."""

    obligor_id: Annotated[str, Meta(description="Who owes.")]
    default_probability: Annotated[float, Meta(description="In the state.")]
    expected_loss: Annotated[float, Meta(description="In the state.")]
    loss_at_default: Annotated[float, Meta(description="What its default costs.")]


class AdverseState(msgspec.Struct, frozen=True):
    """A systematic state that loses the amount, as near to the middle as any around it."""

    factors: Annotated[dict[str, float], Meta(description="Standard normal; low is bad.")]
    mixing: Annotated[
        float, Meta(description="W / ν of Student's t copula; 1 under the Gaussian copula.")
    ]
    expected_loss: Annotated[float, Meta(description="Given the state.")]
    radius: Annotated[
        float, Meta(description="Its distance from the middle, in standard deviations.")
    ]
    probability: Annotated[
        float, Meta(description="Of a state at least as bad, to first order: Φ(−radius).")
    ]
    curved_probability: Annotated[
        float, Meta(description="Corrected by the curvature of the losses there.")
    ]
    residual: Annotated[float, Meta(description="Of the conditions of a minimum; 0 at one.")]
    start_count: Annotated[int, Meta(description="Of the searches that led here.")]
    drivers: Annotated[list[LossDriver], Meta(description="The largest expected losses.")]


class DefaultSet(msgspec.Struct, frozen=True):
    """Obligors whose defaults lose the amount together."""

    obligor_ids: Annotated[list[str], Meta(description="By falling loss.")]
    loss: Annotated[float, Meta(description="With what is lost for certain.")]
    is_exact: Annotated[bool, Meta(description="No set is smaller, or likelier.")]


class ReverseStress(msgspec.Struct, frozen=True):
    """Ways to lose an amount, the likeliest found first; no search proves that there is no other.

    Without states the book's expected loss in the middle of all states is the amount already.
    """

    loss: Annotated[float, Meta(description="The amount that was asked for.")]
    states: Annotated[list[AdverseState], Meta(description="The likeliest first.")]
    start_count: Annotated[int, Meta(description="Searches.")]
    failed_start_count: Annotated[int, Meta(description="Searches that found no such state.")]
    smallest_set: Annotated[
        DefaultSet, Meta(description="The fewest obligors whose defaults lose the amount.")
    ]
    likeliest_set: Annotated[
        DefaultSet | None, Meta(description="In the first state; null without one.")
    ]


def reverse_stress(
    book: CreditBook,
    loss: float,
    *,
    random_starts: int = 8,
    threads: int = 0,
    control: RunControl | None = None,
    where: str = "loss",
) -> ReverseStress:
    """Find the most plausible ways in which a book loses an amount.

    Minimises |z|² + v² over independent factors z and the normal score v of the mixing variable,
    subject to an expected loss, given them, of the amount; from many starts.

    Parameters
    ----------
    loss : float
        In the book's currency.

    Raises
    ------
    InvalidInput
        For losses that vary by scenario or quarter; for an amount that is not above 0 or that no
        state loses.
    """
    columns = book.inputs.positions
    places = {
        "parameters.loss_given_default.model": book.loss_model.model != "fixed",
        "parameters.quarters": book.loss_model.quarter_count > 0,
    }
    for place, is_other in places.items():
        if is_other:
            message = "a reverse stress is of losses that are fixed over one period"
            raise InvalidInput(message, where=place)
    try:
        found = native.reverse_stress(
            book.simulation,
            loss_minor=loss * book.minor_per_unit,
            random_starts=random_starts,
            threads=threads,
            control=control,
        )
    except InvalidInput as error:
        raise InvalidInput(_with_bound(book, error.message), where=where) from error
    lost = np.zeros(len(book.obligor_ids), np.int64)
    np.add.at(lost, book.obligor, columns["loss_minor"])
    obligors: dict[str, Any] = {
        "slot": book.obligors.slot,
        "default_probability": book.obligors.default_probability,
        "loss_minor": lost,
    }
    least = int(np.ceil(loss * book.minor_per_unit))
    minima = found["minima"] if found["is_binding"] else []
    likeliest = None
    if minima:
        conditional = _probabilities(book, minima[0])
        likeliest = _default_set(
            book,
            native.likeliest_default_set(
                obligors | {"conditional_probability": conditional}, least_loss_minor=least
            ),
        )
    smallest = native.smallest_default_set(obligors, least_loss_minor=least)
    return ReverseStress(
        loss=loss,
        states=[_state(book, point, lost) for point in minima],
        start_count=found["start_count"],
        failed_start_count=found["failed_start_count"],
        smallest_set=_default_set(book, smallest | {"is_exact": True}),
        likeliest_set=likeliest,
    )


def _with_bound(book: CreditBook, message: str) -> str:
    """Say how much the book can lose at all, where it was asked for what it cannot."""
    most = book.amount(book.loss_range_minor()[1])
    return f"{message}; with all in default that can be, the book loses {most:,.2f} {book.currency}"


def _probabilities(book: CreditBook, point: dict[str, Any]) -> Any:
    found = native.conditional_default_probabilities(
        book.simulation, whitened=point["whitened"], mixing_root=point["mixing_root"]
    )
    return np.frombuffer(found, np.float64)


def _state(book: CreditBook, point: dict[str, Any], lost: Any) -> AdverseState:
    probability = _probabilities(book, point)
    expected = probability * lost
    return AdverseState(
        factors=dict(zip(book.groups.names, point["factor"], strict=True)),
        mixing=point["mixing_root"] ** 2,
        expected_loss=book.amount(point["conditional_loss_minor"]),
        radius=point["radius"],
        probability=point["first_order_probability"],
        curved_probability=point["second_order_probability"],
        residual=point["kkt_residual"],
        start_count=point["start_count"],
        drivers=[
            LossDriver(
                book.obligor_ids[row],
                float(probability[row]),
                book.amount(float(expected[row])),
                book.amount(int(lost[row])),
            )
            for row in np.argsort(-expected, kind="stable")[:_DRIVERS].tolist()
        ],
    )


def _default_set(book: CreditBook, found: dict[str, Any]) -> DefaultSet:
    return DefaultSet(
        [book.obligor_ids[row] for row in found["row"]],
        book.amount(found["loss_minor"] + found["certain_loss_minor"]),
        found["is_exact"],
    )
