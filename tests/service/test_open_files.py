"""How many files a server may have open: raised to what its connections need, or refused."""

import resource
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from service.served import COMMAND, served

LIMIT = resource.RLIMIT_NOFILE

IN_A_PROCESS = """
import resource
from seawall.service.open_files import allow_connections
resource.setrlimit(resource.RLIMIT_NOFILE, (int({soft}), int({hard})))
allow_connections({connections})
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def allowed(*, soft: int, hard: int, connections: int) -> tuple[int, ...]:
    script = IN_A_PROCESS.format(soft=soft, hard=hard, connections=connections)
    said = subprocess.check_output([sys.executable, "-c", script], text=True)
    return tuple(int(part) for part in said.split())


def test_the_soft_limit_becomes_what_the_connections_need() -> None:
    assert allowed(soft=256, hard=2_048, connections=1_000) == (1_512, 2_048)


def test_a_soft_limit_that_is_enough_stays() -> None:
    assert allowed(soft=2_000, hard=2_048, connections=1_000) == (2_000, 2_048)


def test_a_server_has_the_limit_of_its_connections(tmp_path: Path) -> None:
    before = resource.getrlimit(LIMIT)
    with served(tmp_path) as server:
        soft, _ = psutil.Process(server.process.pid).rlimit(LIMIT)
    assert soft >= 10_512
    assert resource.getrlimit(LIMIT) == before


def test_a_server_never_waits_for_room_for_more_files(tmp_path: Path) -> None:
    # To make a table of them larger that threads share, the system waits for every processor.
    with served(tmp_path) as server:
        lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    (size,) = (int(line.split()[1]) for line in lines if line.startswith("FDSize:"))
    assert size >= 10_512


@pytest.mark.parametrize("asked", ["1000", "10000"])
def test_a_server_does_not_start_where_its_connections_cannot_be_open(
    tmp_path: Path, asked: str
) -> None:
    found = subprocess.run(
        ["bash", "-c", 'ulimit -n 1024 && exec "$@"', "", *COMMAND, "--connections", asked],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 1
    assert "open_files_limited" in found.stderr
    assert "1,024" in found.stderr
    assert not (tmp_path / "seawall.db").exists()
