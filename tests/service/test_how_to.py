"""The how-to runs as written."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "how_to" / "service.md"


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def test_the_how_to_leads_from_a_key_to_a_traced_finding(tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("there is no curl")
    command = tmp_path / "bin" / "seawall"
    command.parent.mkdir()
    main = "from seawall.cli.app import main; main()"
    command.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c '{main}' \"$@\"\n")
    command.chmod(0o755)
    blocks = re.findall(r"```bash\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert len(blocks) >= 8
    port = str(free_port())
    # A step that fails must not leave the server behind.
    script = "set -eu\ntrap 'kill \"${SERVER:-}\" 2>/dev/null || :' EXIT\n"
    script += "\n".join(blocks).replace("8400", port)
    walk = subprocess.Popen(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{command.parent}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = walk.communicate(timeout=120)
    except subprocess.TimeoutExpired:
        os.killpg(walk.pid, signal.SIGKILL)  # the server too: it is of the walk's own group
        raise
    assert walk.returncode == 0, said
    assert '"proved":true' in said
    assert "intact" in said
