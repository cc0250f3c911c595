"""What a run does with all its scenarios, one pass after the other: counted, and stopped."""

from seawall.engines.debt.simulation.types import SimulationParameters
from seawall.errors import Cancelled
from seawall.native import RunControl


def pass_count(parameters: SimulationParameters) -> int:
    """How many passes a run has.

    Two a level (its contributions, its figures), one for each question on top, and four more: the
    draws, their judgement by exact twins, moments with histogram and hash, and who contributes.
    """
    on_top = (parameters.what_if, parameters.sensitivities, parameters.reverse_losses)
    return 4 + 2 * len(parameters.confidence_levels) + sum(len(asked) for asked in on_top)


def count_units(parameters: SimulationParameters, _: int) -> int:
    """How many units the control of a run counts: every scenario once a pass."""
    return parameters.scenario_count * pass_count(parameters)


def stop_if_cancelled(control: RunControl | None) -> None:
    """Raise Cancelled where the work is no longer wanted, or what its follower raises."""
    if control is None:
        return
    if control.cancelled:
        raise Cancelled("the work was stopped")
    control.advance(0)  # tells who follows it, and who may stop it so


class Passes:
    """The passes of one run on its control.

    Parameters
    ----------
    control : RunControl, optional
        Native work counts on it too, at most every scenario once a pass.
    scenario_count : int
        What a pass counts.
    """

    def __init__(self, control: RunControl | None, scenario_count: int) -> None:
        self._control = control
        self._scenario_count = scenario_count
        self._counted = 0 if control is None else control.completed_units

    def ended(self) -> None:
        """Count what of a pass is not counted yet; raises Cancelled."""
        if self._control is None:
            return
        stop_if_cancelled(self._control)
        self._counted += self._scenario_count
        self._control.advance(self._counted - self._control.completed_units)


def uncounted(control: RunControl | None) -> RunControl:
    """Return a control for work whose units are others: it stops where the given one is stopped."""
    return RunControl(lambda _: stop_if_cancelled(control))
