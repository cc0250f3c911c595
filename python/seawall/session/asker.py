"""Who asks, of whose data, and with what."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from seawall.engine import Execution
from seawall.native import RunControl
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
    default_control: Callable[[], RunControl] | None = None

    @property
    def store(self) -> Store:
        """The store, opened at its first use."""
        return self.holdings.store(self.now)

    def now(self) -> str:
        """The present time (UTC, ISO 8601)."""
        return iso_time(self.clock())

    def followed(self, execution: Execution) -> Execution:
        """Give an execution that its caller does not follow the default control, where one is."""
        if execution.control is not None or self.default_control is None:
            return execution
        return msgspec.structs.replace(execution, control=self.default_control())

    def version(self, dataset: Dataset | str) -> DatasetVersion:
        """Return a dataset version of the tenant; raises NotFound."""
        wanted = dataset if isinstance(dataset, str) else dataset.dataset_version_id
        return self.holdings.version(self.store, self.tenant, wanted)
