"""The commands of these tests are typed in an empty folder."""

from pathlib import Path

import pytest

from .typed import Command, command_line


@pytest.fixture
def seawall(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    monkeypatch.chdir(tmp_path)
    return command_line(monkeypatch, capsys)
