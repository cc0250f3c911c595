"""Whether an engine answers: switched in the store, known here within a moment."""

import time
from collections.abc import Callable, Mapping
from threading import Lock

from seawall.errors import SeawallError
from seawall.store import Store
from seawall.store.types import EngineSwitch

FRESH_S = 0.25
"""How old what is known may be before the store is read again."""

KNOWN_S = 0.75
"""How old it may be while it is read again; another process's switch is in force by then."""


class EngineDisabled(SeawallError):
    """An engine that an administrator switched off."""

    default_code = "engine_disabled"


class EngineSwitches:
    """The switches of the store, as they were a moment ago at most.

    Parameters
    ----------
    store : Store
        Where they are kept, for every process.
    now : callable
        Monotonic seconds.
    """

    def __init__(self, store: Store, *, now: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._now = now
        self._lock = Lock()
        self._read_at = float("-inf")
        self._due_at = float("-inf")
        self._version = -1
        self._switches: Mapping[str, EngineSwitch] = {}

    def switch_of(self, engine: str) -> EngineSwitch | None:
        """Return an engine's switch; None for one that was never switched, and answers."""
        with self._lock:
            if self._now() - self._read_at > FRESH_S:
                version = self._store.data_version()
                if version != self._version:
                    self._switches = {s.engine: s for s in self._store.engine_switches()}
                    self._version = version
                self._read_at = self._now()
            return self._switches.get(engine)

    def is_known_enabled(self, engine: str) -> bool:
        """Whether an engine answers, as far as that is known without asking the store."""
        if self._now() - self._read_at > KNOWN_S:
            return False
        switch = self._switches.get(engine)
        return switch is None or switch.enabled

    def is_due(self) -> bool:
        """Tell one caller, the event loop's, that the store is to be read again by a thread.

        The others go on with what is known: or all that came in that moment would wait for it.
        """
        now = self._now()
        if now - max(self._read_at, self._due_at) <= FRESH_S:
            return False
        self._due_at = now
        return True

    def is_enabled(self, engine: str) -> bool:
        """Whether an engine answers."""
        switch = self.switch_of(engine)
        return switch is None or switch.enabled

    def check(self, engine: str) -> None:
        """Raise EngineDisabled for an engine that is switched off."""
        switch = self.switch_of(engine)
        if switch is not None and not switch.enabled:
            raise EngineDisabled(
                f"{engine} was switched off: {switch.reason or 'no reason given'}",
                where=engine,
            )

    def forget(self) -> None:
        """Read the store again at the next question: this process has changed it."""
        with self._lock:
            self._read_at = float("-inf")
