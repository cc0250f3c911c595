"""Books of the reference cases as the core simulates them."""

from typing import Any

import numpy as np

from seawall import native

Losses = np.ndarray[Any, np.dtype[np.int64]]


def simulated(
    *,
    probability: Any,
    weight: Any,
    loss: Any,
    correlation: Any = ((1.0,),),
    degrees_of_freedom: float = float("inf"),
    scenarios: int,
    seed: int = 1,
) -> Losses:
    """Return the losses of obligors with these columns, each with one position."""
    count = len(probability)
    obligors = {
        "slot": np.arange(count),
        "default_probability": np.array(probability, float),
        "factor_weight": np.array(weight, float).reshape(count, -1),
    }
    book = native.DefaultSimulation(
        obligors,
        {"obligor": np.arange(count), "loss_minor": np.array(loss, np.int64)},
        {"correlation": np.array(correlation, float)},
        degrees_of_freedom=degrees_of_freedom,
    )
    return np.frombuffer(book.losses(seed=seed, first_scenario=0, count=scenarios), np.int64)
