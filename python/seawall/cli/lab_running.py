"""What the commands of the laboratory share: where runs lie, what they need, how they end."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from seawall.errors import SeawallError

Results = Annotated[Path, typer.Option(help="Folder of the runs.")]
DEFAULT_RESULTS = Path("results/lab")


@contextmanager
def interruptible(
    kept: str = "what ended is kept, and the same command goes on",
) -> Iterator[None]:
    """Let SIGTERM end the benchmark too, and SIGINT also where a shell had it ignored."""
    before = {kind: signal.getsignal(kind) for kind in (signal.SIGINT, signal.SIGTERM)}
    try:
        for kind in before:
            signal.signal(kind, signal.default_int_handler)
        yield
    except KeyboardInterrupt:
        sys.stderr.write(f"interrupted\n{kept}\n")
        raise
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def needs(*libraries: str) -> None:
    """Go on only where libraries are installed; raise ``library_missing`` with the first."""
    for library in libraries:
        if find_spec(library) is None:
            raise SeawallError(
                "the laboratory needs this library: pip install 'seawall[lab,report]'",
                code="library_missing",
                where=library,
            )
