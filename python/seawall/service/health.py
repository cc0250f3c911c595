"""Tries real paths over and over, so that nobody who asks has to wait for it."""

import logging
import threading
import time
from collections.abc import Callable, Mapping

from seawall.errors import SeawallError

_log = logging.getLogger("seawall.service")


class HealthMonitor:
    """What works, as last tried.

    Parameters
    ----------
    tries : mapping of str to callable
        By name; each raises what fails. They are tried one after the other, on a thread.
    period_s : float
        From the end of one round to the next.
    stale_s : float
        An older result says nothing any more.
    now : callable
        Monotonic seconds.
    """

    def __init__(
        self,
        tries: Mapping[str, Callable[[], None]],
        *,
        period_s: float,
        stale_s: float,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tries = tries
        self._period_s = period_s
        self._stale_s = stale_s
        self._now = now
        self._found = dict.fromkeys(tries, "starting")
        self._tried_at = now()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._repeat, name="seawall-health", daemon=True)

    def start(self) -> None:
        """Try once now, then again and again."""
        self.try_once()
        self._thread.start()

    def stop(self) -> None:
        """Stop trying."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def checks(self) -> dict[str, str]:
        """Return each check's last result: ``ok``, or a code."""
        if self._now() - self._tried_at > self._stale_s:
            return dict.fromkeys(self._found, "timeout")
        return self._found

    def try_once(self) -> None:
        """Try every path now."""
        self._found = {name: _tried(check) for name, check in self._tries.items()}
        self._tried_at = self._now()

    def _repeat(self) -> None:
        while not self._stop.wait(self._period_s):
            self.try_once()


def _tried(check: Callable[[], None]) -> str:
    try:
        check()
    except TimeoutError:
        return "timeout"
    except SeawallError as error:
        return error.code
    except Exception:
        _log.exception("a health check broke")
        return "failed"
    return "ok"
