"""What processes cost while something runs: looked at again and again."""

import contextlib
import itertools
import os
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
import psutil

from seawall.errors import InvalidInput

SELDOM_S = 1.0
"""How often is looked up what costs more than all else: what a process has started, for which every
process there is is read, and which files it has open, of which a busy server has thousands.
"""


class ProcessSample(msgspec.Struct, frozen=True):
    """One look at one process and those that it started."""

    at_s: float  # from the beginning of the sampling
    cpu_s: float  # of user and system, since the process began
    rss_bytes: int
    threads: int
    open_files: int  # descriptors on the file that was asked for, up to `SELDOM_S` ago
    descriptors: int  # all that are open
    read_bytes: int  # from the disk, by those there are and those waited for; 0 where not told
    written_bytes: int
    voluntary_switches: int  # of the threads there are: they waited
    involuntary_switches: int  # their time was up, or another was more urgent


class ProcessUse(msgspec.Struct, frozen=True):
    """What a process cost between two looks."""

    cpu_pct: float  # of one core: 200 is two cores
    peak_rss_bytes: int
    peak_memory_pct: float  # of the machine's memory
    peak_open_files: int  # on the file that was asked for: a store's connections
    peak_threads: int
    read_bytes: int
    written_bytes: int
    voluntary_switches: int
    involuntary_switches: int
    samples: tuple[ProcessSample, ...]


class _Family(msgspec.Struct, frozen=True):
    """A process and all that it started."""

    found_s: float
    members: list[psutil.Process]
    open_files: int  # descriptors of them all on the file that was asked for


class ProcessSampling:
    """Looks at processes in a thread of its own, from `with` to the end of its block.

    Parameters
    ----------
    pids : iterable of int
        Those to look at, each with all that it started.
    interval_s : float
        Between two looks.
    file : Path, optional
        How often each process has it open is counted too.
    """

    def __init__(
        self, pids: Iterable[int], *, interval_s: float = 0.1, file: Path | None = None
    ) -> None:
        if interval_s <= 0:
            raise InvalidInput("must be above 0", where="interval_s")
        self._processes = {pid: psutil.Process(pid) for pid in pids}
        self._interval_s = interval_s
        self._file = str(file.resolve()) if file else ""
        self._families: dict[int, _Family] = {}
        self._samples: dict[int, list[ProcessSample]] = {pid: [] for pid in self._processes}
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._began_s = 0.0

    def __enter__(self) -> Self:
        self._began_s = time.monotonic()
        self._look()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()
        self._look()

    def use(self, pid: int) -> ProcessUse:
        """Return what one of the processes cost.

        Raises
        ------
        InvalidInput
            If the process was not there at two looks.
        """
        samples = tuple(self._samples.get(pid, ()))
        if len(samples) < 2:
            raise InvalidInput(f"process {pid} was not seen twice", where="pid")
        first, last = samples[0], samples[-1]
        peak = max(sample.rss_bytes for sample in samples)
        return ProcessUse(
            cpu_pct=100 * (last.cpu_s - first.cpu_s) / max(last.at_s - first.at_s, 1e-9),
            peak_rss_bytes=peak,
            peak_memory_pct=100 * peak / psutil.virtual_memory().total,
            peak_open_files=max(sample.open_files for sample in samples),
            peak_threads=max(sample.threads for sample in samples),
            read_bytes=_growth([sample.read_bytes for sample in samples]),
            written_bytes=_growth([sample.written_bytes for sample in samples]),
            voluntary_switches=_growth([sample.voluntary_switches for sample in samples]),
            involuntary_switches=_growth([sample.involuntary_switches for sample in samples]),
            samples=samples,
        )

    def _follow(self) -> None:
        while not self._is_over.wait(self._interval_s):
            self._look()

    def _look(self) -> None:
        at_s = time.monotonic() - self._began_s
        for pid, process in self._processes.items():
            family = self._family(process, at_s)
            looks = [(one, _seen(one)) for one in family.members]
            if looks[0][1] is None:  # ended: what was seen stands
                continue
            known = [(one, look) for one, look in looks if look is not None]
            self._samples[pid].append(
                ProcessSample(
                    at_s=at_s,
                    # Of those waited for too, so that the time of one that ends is not lost.
                    cpu_s=sum(sum(look["cpu_times"][:4]) for _, look in known),
                    rss_bytes=sum(look["memory_info"].rss for _, look in known),
                    threads=sum(look["num_threads"] for _, look in known),
                    open_files=family.open_files,
                    descriptors=sum(_descriptors(one) for one, _ in known),
                    read_bytes=sum(look["bytes"][0] for _, look in known),
                    written_bytes=sum(look["bytes"][1] for _, look in known),
                    voluntary_switches=sum(look["switches"][0] for _, look in known),
                    involuntary_switches=sum(look["switches"][1] for _, look in known),
                )
            )

    def _family(self, process: psutil.Process, at_s: float) -> _Family:
        """Return a process and all that it started, as they were found last."""
        family = self._families.get(process.pid)
        if family is None or at_s - family.found_s >= SELDOM_S:
            members = [process] if family is None else family.members
            with contextlib.suppress(psutil.NoSuchProcess):
                members = [process, *process.children(recursive=True)]
            open_files = sum(_count_open(self._file, one.pid) for one in members)
            family = self._families[process.pid] = _Family(at_s, members, open_files)
        return family


def _count_open(file: str, pid: int) -> int:
    """Return how often a process has a file open; 0 of one that has ended."""
    if not file:
        return 0
    count = 0
    with contextlib.suppress(OSError):
        folder = f"/proc/{pid}/fd"
        for descriptor in os.listdir(folder):
            with contextlib.suppress(OSError):  # closed in the meantime, or not ours to see
                count += os.readlink(f"{folder}/{descriptor}") == file
    return count


def _descriptors(process: psutil.Process) -> int:
    """Return how many are open; 0 of a process that has ended."""
    with contextlib.suppress(OSError):
        # Linux tells it since 6.2; before, and elsewhere, they are listed.
        if told := os.stat(f"/proc/{process.pid}/fd").st_size:
            return told
    try:
        return int(process.num_fds())
    except psutil.Error:
        return 0


def _seen(process: psutil.Process) -> dict[str, Any] | None:
    """Return what a process costs now; None if it has ended."""
    try:
        with process.oneshot():
            return {
                "cpu_times": process.cpu_times(),
                "memory_info": process.memory_info(),
                "num_threads": process.num_threads(),
                "bytes": _disk_bytes(process),
                "switches": _switches(process.pid),
            }
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None


def _disk_bytes(process: psutil.Process) -> tuple[int, int]:
    try:
        counted = process.io_counters()
    except psutil.AccessDenied:  # some containers tell nobody
        return 0, 0
    return counted.read_bytes, counted.write_bytes


def _switches(pid: int) -> tuple[int, int]:
    """Add up the threads: a process's own status counts its first thread only."""
    voluntary = involuntary = 0
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        with contextlib.suppress(OSError):  # the thread has ended
            for line in status.read_bytes().splitlines()[-2:]:
                name, _, count = line.partition(b":")
                voluntary += int(count) if name == b"voluntary_ctxt_switches" else 0
                involuntary += int(count) if name == b"nonvoluntary_ctxt_switches" else 0
    return voluntary, involuntary


def _growth(counts: Sequence[int]) -> int:
    """Add up what a count grew: one falls when a process or a thread ends."""
    return sum(max(after - before, 0) for before, after in itertools.pairwise(counts))
