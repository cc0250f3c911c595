"""A server of its own process on a free port, ended by its process id."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

COMMAND = [sys.executable, "-c", "from seawall.cli.app import main; main()", "serve"]


class Served(msgspec.Struct, frozen=True):
    """Where a server answers, and with which key."""

    process: "subprocess.Popen[str]"
    address: str
    key: str

    def end(self) -> int:
        """Tell it to end, and wait for that."""
        self.process.terminate()
        return self.process.wait(60)


@contextmanager
def served(folder: Path, *, store: str = "seawall.db", processes: int = 1) -> Iterator[Served]:
    """Serve a folder's store, or one on a server, in development."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SEAWALL_")}
    process = subprocess.Popen(
        [*COMMAND, "--dev", "--port", "0", "--processes", str(processes)],
        cwd=folder,
        env={**environment, "SEAWALL_STORE": store},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = "".join(process.stdout.readline() for _ in range(4))
        address, key = re.search(r"http://\S+", said), re.search(r"seawall_dev_\w+", said)
        assert address, said
        assert key, said
        yield Served(process, address[0], key[0])
    finally:
        process.terminate()
        process.wait(60)
        if process.stdout is not None:
            process.stdout.close()
