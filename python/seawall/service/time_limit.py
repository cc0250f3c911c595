"""How long is computed for a request that waits: what takes longer is for a job."""

from time import monotonic

from seawall.errors import Cancelled, LimitExceeded
from seawall.native import RunControl


class TimeLimit:
    """Stops what is computed for requests after a time, and all of it when the service ends.

    Parameters
    ----------
    seconds : float
        Of one computation; what comes before it does not count.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._has_ended = False

    def control(self) -> RunControl:
        """Return the control of a computation that begins now.

        Where it is over, the computation raises LimitExceeded (``time_limit_exceeded``), or
        Cancelled at the end of the service.
        """
        ends = monotonic() + self._seconds

        def look(_: int) -> None:
            if self._has_ended:
                raise Cancelled("the service has ended")
            if monotonic() >= ends:
                raise LimitExceeded(
                    f"takes longer than {self._seconds:g} s: ask for it as a job",
                    code="time_limit_exceeded",
                )

        return RunControl(look)

    def end(self) -> None:
        """Stop all that is computed: nobody waits for it any more."""
        self._has_ended = True
