"""Threads of a server take memory from one heap."""

import subprocess
import sys
from pathlib import Path

import pytest

IN_A_PROCESS = """
import ctypes, sys, threading
from seawall.service.heap import share_heap

if sys.argv[2] == "shared":
    share_heap()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
began = threading.Barrier(4)

def take():
    began.wait()
    libc.malloc(1_000)
    began.wait()

threads = [threading.Thread(target=take) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc.fopen.restype = ctypes.c_void_p
told = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, told)
libc.fclose(told)
"""


def heaps(tmp_path: Path, which: str) -> int:
    told = tmp_path / f"{which}.xml"
    subprocess.run([sys.executable, "-c", IN_A_PROCESS, str(told), which], check=True)
    return told.read_text().count("<heap nr=")


@pytest.mark.skipif(sys.platform != "linux", reason="heaps of threads are glibc's")
def test_threads_share_a_heap(tmp_path: Path) -> None:
    assert heaps(tmp_path, "own") > 1
    assert heaps(tmp_path, "shared") == 1
