"""Runs whose outcome is at hand, so that a question about one does not compute it again."""

from seawall.session import Run, Session
from seawall.session.cache import ByteBoundedCache, CacheUse

HELD_BYTES = 3 << 29
"""The losses of the largest simulation fit, with their weights and a book of middling size."""


class HeldRuns:
    """The runs that were asked about last; safe for several threads.

    Parameters
    ----------
    most : int
        How many are held.
    max_bytes : int
        What all of them may weigh: each keeps its book and its losses in memory. A heavier one is
        computed again for each question.
    """

    def __init__(self, most: int, *, max_bytes: int = HELD_BYTES) -> None:
        self._kept: ByteBoundedCache[Run] = ByteBoundedCache(max_bytes, max_entries=most)

    def at_hand(self, tenant: str, run_id: str) -> Run | None:
        """Return a run of a tenant that is held; None where its outcome has to be computed."""
        key = (tenant, run_id)
        # Who is told None asks `run`, which counts the miss.
        return self._kept.find(key) if key in self._kept else None

    def run(self, session: Session, tenant: str, run_id: str) -> Run:
        """Return a run of a tenant with its outcome at hand.

        Raises
        ------
        NotFound
            When the tenant has no such run.
        Conflict
            ``engine_version_differs`` when its engine answers otherwise now.
        """

        def make() -> tuple[Run, int]:
            found = session.run_of(run_id)
            return found, found.held_bytes

        return self._kept.get((tenant, run_id), make)

    def keep(self, tenant: str, run: Run) -> None:
        """Hold a run that was just made; of one that was there nothing is at hand yet."""
        if run.created:
            self._kept.put((tenant, run.run_id), run, run.held_bytes)

    def use(self) -> CacheUse:
        """Tell how they were used."""
        return self._kept.use()
