"""What the sessions on one store have together: the store, and what is kept of it in memory."""

from collections.abc import Callable
from pathlib import Path
from threading import Lock

from seawall.session.books import Books
from seawall.session.cache import ByteBoundedCache, CacheUse
from seawall.session.held_run import HeldRun, MadeRun
from seawall.session.single_flight import SingleFlight
from seawall.store import Store, open_store
from seawall.store.types import DatasetVersion

VERSION_BYTES = 1 << 24
BOOK_BYTES = 1 << 30
RUN_BYTES = 1 << 27
ANSWER_BYTES = 1 << 27

_OBJECT_BYTES = 1_000  # of a kept row, beside its texts and bytes: about


class Holdings:
    """A store and its caches; any thread may use them.

    What is kept cannot change in the store, so it never grows old; that something is missing is
    not kept. The tenant is in every key.

    Parameters
    ----------
    store : str, Path or Store
        As of `Session`.
    """

    def __init__(self, store: str | Path | Store) -> None:
        self._opened = None if isinstance(store, str | Path) else store
        self._place = store
        self._opening = Lock()
        self._versions: ByteBoundedCache[DatasetVersion] = ByteBoundedCache(VERSION_BYTES)
        self.books = Books(BOOK_BYTES)
        self.runs: ByteBoundedCache[HeldRun] = ByteBoundedCache(RUN_BYTES)
        self.answers: ByteBoundedCache[bytes] = ByteBoundedCache(ANSWER_BYTES)
        self.questions: SingleFlight[MadeRun] = SingleFlight()

    def store(self, opened_at: Callable[[], str]) -> Store:
        """The store, opened at its first use: reading a bad tape must leave no file behind."""
        if self._opened is None:
            with self._opening:
                if self._opened is None:
                    self._opened = open_store(str(self._place), opened_at=opened_at())
        return self._opened

    def version(self, store: Store, tenant: str, dataset_version_id: str) -> DatasetVersion:
        """Return a dataset version; raises NotFound."""

        def read() -> tuple[DatasetVersion, int]:
            row = store.dataset(tenant, dataset_version_id)
            texts = len(row.profile) + len(row.chunk_roots) + len(row.source)
            return row, _OBJECT_BYTES + texts

        return self._versions.get((tenant, dataset_version_id), read)

    def use(self) -> dict[str, CacheUse]:
        """Tell how each cache was used."""
        return {
            "dataset_versions": self._versions.use(),
            "books": self.books.use(),
            "runs": self.runs.use(),
            "answers": self.answers.use(),
        }

    def close(self) -> None:
        """Finish what is queued, close the store and let go of what is kept."""
        with self._opening:
            if self._opened is not None:
                self._opened.close()
        for cache in (self._versions, self.books, self.runs, self.answers):
            cache.clear()
