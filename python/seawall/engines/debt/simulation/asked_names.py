"""The names of what a run is asked, by which its evidence and findings are told apart."""

from msgspec import UNSET

from seawall.engines.debt.simulation.question_types import Bump
from seawall.engines.debt.simulation.types import SimulationParameters
from seawall.errors import InvalidInput


def bump_name(bump: Bump) -> str:
    """Name a sensitivity: the figure, or the currency, with its change."""
    figure = bump.figure if bump.currency is UNSET else bump.currency
    return f"{figure}:{bump.change:g}"


def loss_name(loss: float) -> str:
    """Name a loss whose likeliest cause is searched, in the book's currency."""
    return f"{loss:.2f}"


def refuse_repeated(asked: SimulationParameters) -> None:
    """Refuse to be asked the same twice in one run.

    Raises
    ------
    InvalidInput
        With the place of the second, such as ``parameters.confidence_levels[1]``.
    """
    named = {
        "confidence_levels[{}]": [f"{level:.10g}" for level in asked.confidence_levels],
        "what_if[{}].what_if_id": [entry.what_if_id for entry in asked.what_if],
        "sensitivities[{}]": [bump_name(bump) for bump in asked.sensitivities],
        "reverse_losses[{}]": [loss_name(loss) for loss in asked.reverse_losses],
    }
    for place, names in named.items():
        for index, name in enumerate(names):
            if name in names[:index]:
                where = f"parameters.{place.format(index)}"
                raise InvalidInput(f'"{name}" stands twice', where=where)
