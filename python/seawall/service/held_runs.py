"""Runs whose outcome is at hand, so that a question about one does not compute it again."""

from collections import OrderedDict
from threading import Lock

from seawall.session import Run, Session


class HeldRuns:
    """The runs that were asked about last; safe for several threads.

    Parameters
    ----------
    most : int
        How many are held: each keeps its book and its losses in memory.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[tuple[str, str], Run] = OrderedDict()
        self._lock = Lock()

    def run(self, session: Session, tenant: str, run_id: str) -> Run:
        """Return a run of a tenant; raises NotFound."""
        key = (tenant, run_id)
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        found = session.run_of(run_id)
        self.keep(tenant, found)
        return found

    def keep(self, tenant: str, run: Run) -> None:
        """Hold a run that was just made, or that is not held yet."""
        with self._lock:
            if run.created or (tenant, run.run_id) not in self._held:
                self._held[tenant, run.run_id] = run
            while len(self._held) > self._most:
                self._held.popitem(last=False)
