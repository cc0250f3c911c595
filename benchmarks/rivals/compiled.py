"""The rivals in C++, compiled here and now for this very processor."""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from monte_carlo_book import CreditBook, Losses, Rival
from seawall.errors import SeawallError

FOLDER = Path(__file__).parent
CORE = FOLDER.parents[1] / "cpp"
FLAGS = ("-std=c++20", "-O3", "-fPIC", "-shared")
# Without these the compiler keeps comparisons of floats apart that raise flags or know NaN; the
# losses stay the engine's, bit by bit, which is asserted.
PLAIN_FLAGS = (
    "-ffp-contract=off",
    "-fno-trapping-math",
    "-fno-signed-zeros",
    "-ffinite-math-only",
)
PLAIN_CORE = ("numeric/normal_distribution.cpp", "numeric/exponential.cpp")


def compiled(
    source: str, *, flags: Sequence[str] = (), core: Sequence[str] = (), native: bool = True
) -> ctypes.CDLL:
    """Compile a file of this folder, with some of the core's, and load it.

    `native` lets the compiler take all instructions of this processor.

    Raises
    ------
    SeawallError
        Of code ``process_failed`` where there is no compiler or it refuses.
    """
    compiler = os.environ.get("CXX", "c++")
    if shutil.which(compiler) is None:
        raise failure(source, f"needs a C++ compiler, and there is no {compiler}; set CXX")
    with TemporaryDirectory() as folder:
        library = Path(folder) / "rival.so"
        sources = [FOLDER / source, *(CORE / name for name in core)]
        machine = ["-march=native"] if native else []
        command = [compiler, *FLAGS, *machine, *flags, f"-I{CORE}", "-o", str(library)]
        command += map(str, sources)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise failure(source, done.stderr[-2000:])
        return ctypes.CDLL(str(library))  # which stays mapped without its file


def failure(source: str, message: str) -> SeawallError:
    return SeawallError(message, code="process_failed", where=source)


def address(array: np.ndarray[Any, Any]) -> ctypes.c_void_p:
    assert array.flags.c_contiguous
    return ctypes.c_void_p(array.ctypes.data)


def compiled_rival(library: ctypes.CDLL, book: CreditBook, *, seed: int) -> Rival:
    """Return a library's simulation of a book."""

    def run(scenarios: int) -> Losses:
        losses = np.zeros(scenarios, dtype=np.int64)
        library.simulate(
            ctypes.c_size_t(len(book.threshold)),
            ctypes.c_size_t(book.loading.shape[1]),
            address(book.threshold),
            address(book.loading),
            address(book.loss_minor),
            ctypes.c_uint64(seed),
            ctypes.c_size_t(scenarios),
            address(losses),
        )
        return losses

    return run


def naive_rival(book: CreditBook, *, seed: int) -> Rival:
    """Return straight code with a normal for each obligor and scenario."""
    return compiled_rival(compiled("naive.cpp"), book, seed=seed)


def plain_rival(book: CreditBook, *, seed: int) -> Rival:
    """Return the engine's algorithm, left to the compiler's vectoriser."""
    flags = (*PLAIN_FLAGS, f"-DFACTOR_COUNT={book.loading.shape[1]}")
    return compiled_rival(compiled("plain.cpp", flags=flags, core=PLAIN_CORE), book, seed=seed)
