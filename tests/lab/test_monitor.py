"""A block's processor time, memory, disk and switches are seen, its children's too."""

import os
import subprocess
import sys
import time

import pytest

from seawall.errors import InvalidInput
from seawall.lab.disk import disk_folder
from seawall.lab.monitor import PerformanceMonitor

MB = 2**20


def test_memory_that_a_block_holds_is_seen() -> None:
    with PerformanceMonitor(interval_s=0.02, trace_python=True) as monitor:
        held = bytearray(os.urandom(64)) * MB  # 64 MB, touched
        time.sleep(0.2)
        del held
    use = monitor.use
    assert use.rss_growth_bytes > 48 * MB
    assert use.python_peak_bytes is not None
    assert 64 * MB <= use.python_peak_bytes < 200 * MB
    assert use.wall_s >= 0.2
    assert len(use.own.samples) >= 3


def test_a_process_that_works_uses_a_core_and_one_that_sleeps_none() -> None:
    code = (
        "import sys, time; end = time.process_time() + 0.4\nwhile time.process_time() < end: pass"
    )
    with PerformanceMonitor(interval_s=0.05) as busy:
        subprocess.run([sys.executable, "-c", code], check=True)
    with PerformanceMonitor(interval_s=0.05) as idle:
        time.sleep(0.3)
    cpu_s = busy.use.own.samples[-1].cpu_s - busy.use.own.samples[0].cpu_s
    assert cpu_s >= 0.35
    assert idle.use.own.cpu_pct < 80


def test_bytes_to_the_disk_and_switches_are_counted() -> None:
    with disk_folder() as folder, PerformanceMonitor(interval_s=0.02) as monitor:
        with (folder / "file").open("wb") as file:
            file.write(os.urandom(4 * MB))
            file.flush()
            os.fsync(file.fileno())
        for _ in range(20):
            time.sleep(0.005)
    assert monitor.use.own.written_bytes >= 4 * MB
    assert monitor.use.own.voluntary_switches >= 20


def test_another_process_is_watched_beside_this_one() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        with PerformanceMonitor(other.pid, interval_s=0.02) as monitor:
            time.sleep(0.1)
        other.communicate(b"\n")
    assert monitor.use.processes.keys() == {os.getpid(), other.pid}
    assert monitor.use.processes[other.pid].peak_rss_bytes > MB


def test_before_its_end_nothing_is_known() -> None:
    monitor = PerformanceMonitor()
    with pytest.raises(InvalidInput, match="has not ended"):
        _ = monitor.use
    with monitor:
        pass
    assert monitor.use.wall_s >= 0
