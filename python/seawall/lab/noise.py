"""How much the machine itself moves a figure: the same work held against itself."""

import hashlib
import os
import statistics
import time
from pathlib import Path

import msgspec

from seawall.lab.measure import Measurement, compare_paired

PAIRS = 40
SYNCS = 50
_WORK_BYTES = 4_000_000


class NoiseFloor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a comparison would show where nothing differs."""

    ratio_low: float  # of the work against itself, 95 % interval of the median
    ratio_high: float
    spread: float  # (p90 - p10) / median of the work's wall-clock times
    wall_over_cpu: float  # median; above 1 the core was shared
    sync_ms: float  # median of 4 KiB written and brought to the disk
    load: float  # processes that wanted to run, the last minute's mean

    @property
    def floor(self) -> float:
        """A ratio nearer to 1 than this is no difference."""
        return max(self.ratio_high - 1, 1 - self.ratio_low)


def measure_noise(folder: Path, *, pairs: int = PAIRS) -> NoiseFloor:
    """Time one work against itself, A B B A, and the disk that holds a folder.

    Parameters
    ----------
    folder : Path
        Where the benchmarks' stores are.
    pairs : int
        As of `seawall.lab.measure.compare_paired`.
    """
    work = bytes(_WORK_BYTES)
    digest = hashlib.sha256(work).digest()

    def run() -> bytes:
        return hashlib.sha256(work).digest()

    found = compare_paired(run, run, pairs=pairs, check=lambda answer: answer == digest)
    both = Measurement(found.a.samples + found.b.samples)
    tenths = statistics.quantiles(both.wall_ns, n=10)
    return NoiseFloor(
        ratio_low=found.ratio_low,
        ratio_high=found.ratio_high,
        spread=(tenths[-1] - tenths[0]) / both.median_ns,
        wall_over_cpu=statistics.median(
            sample.wall_ns / max(sample.cpu_ns, 1) for sample in both.samples
        ),
        sync_ms=_sync_ms(folder / f".noise.{os.getpid()}"),
        load=os.getloadavg()[0],
    )


def _sync_ms(file: Path) -> float:
    times = []
    try:
        with file.open("wb", buffering=0) as opened:
            for _ in range(SYNCS):
                before = time.perf_counter_ns()
                opened.write(bytes(4096))
                os.fdatasync(opened.fileno())
                times.append((time.perf_counter_ns() - before) / 1e6)
    finally:
        file.unlink(missing_ok=True)
    return statistics.median(times)
