"""Who asks, of whose data, and with what."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from seawall.session.dataset import Dataset
from seawall.session.holdings import Holdings
from seawall.session.question import iso_time
from seawall.store import Store
from seawall.store.types import DatasetVersion


class Asker(msgspec.Struct, frozen=True):
    """What everything that a session does depends on."""

    tenant: str
    actor: str
    clock: Callable[[], datetime]
    threads: int
    holdings: Holdings

    @property
    def store(self) -> Store:
        """The store, opened at its first use."""
        return self.holdings.store(self.now)

    def now(self) -> str:
        """The present time (UTC, ISO 8601)."""
        return iso_time(self.clock())

    def version(self, dataset: Dataset | str) -> DatasetVersion:
        """Return a dataset version of the tenant; raises NotFound."""
        wanted = dataset if isinstance(dataset, str) else dataset.dataset_version_id
        return self.holdings.version(self.store, self.tenant, wanted)
