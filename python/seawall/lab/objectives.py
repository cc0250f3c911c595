"""Whether a load met what its profile asks of it."""

import msgspec

from seawall.lab.load import LoadResult
from seawall.lab.load_profile import Objective
from seawall.lab.load_samples import figures_of


class Verdict(msgspec.Struct, frozen=True):
    """One objective and the figure that was measured."""

    objective: Objective
    measured: float | None  # None: there was nothing to measure
    met: bool  # strictly below or above; nothing measured is not met


def judge(result: LoadResult) -> list[Verdict]:
    """Hold a run against its profile's objectives, in their order."""
    by_request = {"": figures_of(result.counted)} | result.figures_by_request()
    verdicts = []
    for objective in result.profile.objectives:
        figures = by_request[objective.request]
        measured: float | None = getattr(figures, objective.figure) if figures.requests else None
        verdicts.append(
            Verdict(objective=objective, measured=measured, met=_is_met(objective, measured))
        )
    return verdicts


def _is_met(objective: Objective, measured: float | None) -> bool:
    if measured is None:
        return False
    if objective.below is not None:
        return measured < objective.below
    return objective.above is not None and measured > objective.above
