"""What the page says to type, typed as it stands."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.seen_page import Seen
from service.served import Served, served


class Typed:
    """A shell in a server's folder, in which `seawall` is the command of these tests."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        command = folder / "bin" / "seawall"
        command.parent.mkdir()
        main = "from seawall.cli.app import main; main()"
        command.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c '{main}' \"$@\"\n")
        command.chmod(0o755)
        self._environment = {
            **{name: value for name, value in os.environ.items() if name[:8] != "SEAWALL_"},
            "PATH": f"{command.parent}:{os.environ['PATH']}",
            "SEAWALL_STORE": "seawall.db",
        }

    def __call__(self, command: str, **variables: str) -> str:
        # As in zsh, a name with a pattern that nothing matches is an error.
        done = subprocess.run(
            ["bash", "-O", "failglob", "-euc", command],
            cwd=self._folder,
            env={**self._environment, **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def test_the_commands_of_the_page_lead_from_no_key_to_a_run(browser: Any, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("there is no curl")
    (tmp_path / "tape.csv").write_text("loan_id,currency,outstanding\na,EUR,100\nb,EUR,250\n")
    typed = Typed(tmp_path)
    with served(tmp_path) as server:
        seen = Seen(browser, server.address)
        shown = seen.page.locator(".command")
        key = _key_as_made(typed(shown.text_content()), server)
        seen.sign_in(key)
        assert "dv_" in typed(shown.text_content(), KEY=key)
        seen.go("#/runs")
        assert "run_" in typed(shown.text_content(), KEY=key)
        seen.page.reload()
        seen.page.get_by_role("link", name="Debt stress").click()
        seen.page.get_by_role("heading", name="Debt stress").wait_for()
        seen.context.close()


def _key_as_made(said: str, server: Served) -> str:
    """Return a key with the roles of the one made: in development a server takes none of others."""
    roles = re.search(r"seawall_live_[^(]*\((.*)\)", said, re.DOTALL)
    assert roles, said
    asked = {"name": "analyst", "roles": roles[1].split(", ")}
    headers = {"X-API-Key": server.key}
    made = httpx.post(f"{server.address}/api/v3/keys", json=asked, headers=headers)
    return str(made.raise_for_status().json()["key"])
