"""What a piece of a test costs: processes looked at every 100 ms, and peaks of memory."""

import os
import time
import tracemalloc
from types import TracebackType
from typing import Self

import msgspec

from seawall.errors import InvalidInput
from seawall.lab.process_sampling import ProcessSampling, ProcessUse


class PerformanceUse(msgspec.Struct, frozen=True):
    """What a block cost."""

    wall_s: float
    processes: dict[int, ProcessUse]  # by pid, each with all that it started
    rss_growth_bytes: int  # of this process: its peak above where it began, native memory included
    python_peak_bytes: int | None  # most that Python held above where it began; None: not asked

    @property
    def own(self) -> ProcessUse:
        """Of this process."""
        return self.processes[os.getpid()]


class PerformanceMonitor:
    """Watches this process, and others, from `with` to the end of its block.

    Parameters
    ----------
    *pids : int
        Further processes, such as a server that the block asks.
    interval_s : float
        Between two looks.
    trace_python : bool
        Follow what Python allocates. It makes Python code several times slower.

    Examples
    --------
    >>> with PerformanceMonitor() as monitor:
    ...     ingest()
    >>> assert monitor.use.own.peak_rss_bytes < 200 * 2**20
    """

    def __init__(self, *pids: int, interval_s: float = 0.1, trace_python: bool = False) -> None:
        self._pids = tuple(dict.fromkeys((os.getpid(), *pids)))
        self._sampling = ProcessSampling(self._pids, interval_s=interval_s)
        self._trace = trace_python
        self._began_s = 0.0
        self._held_bytes = 0
        self._was_tracing = False
        self._use: PerformanceUse | None = None

    @property
    def use(self) -> PerformanceUse:
        """What the block cost.

        Raises
        ------
        InvalidInput
            Before its end.
        """
        if self._use is None:
            raise InvalidInput("the block has not ended", where="use")
        return self._use

    def __enter__(self) -> Self:
        if self._trace:
            self._was_tracing = tracemalloc.is_tracing()
            if not self._was_tracing:
                tracemalloc.start()
            tracemalloc.reset_peak()
            self._held_bytes, _ = tracemalloc.get_traced_memory()
        self._sampling.__enter__()
        self._began_s = time.monotonic()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        wall_s = time.monotonic() - self._began_s
        self._sampling.__exit__(kind, error, traceback)
        python_peak = None
        if self._trace:
            python_peak = tracemalloc.get_traced_memory()[1] - self._held_bytes
            if not self._was_tracing:
                tracemalloc.stop()
        processes = {pid: self._sampling.use(pid) for pid in self._pids}
        own = processes[os.getpid()]
        self._use = PerformanceUse(
            wall_s=wall_s,
            processes=processes,
            rss_growth_bytes=own.peak_rss_bytes - own.samples[0].rss_bytes,
            python_peak_bytes=python_peak,
        )
