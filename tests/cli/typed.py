"""A command as a user types it, and what came of it."""

import json
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from seawall.cli.app import main
from seawall.cli.exit_codes import EXIT_FAILED


class Outcome(NamedTuple):
    exit_code: int
    out: str
    err: str

    def json(self) -> Any:
        assert self.exit_code == 0, self.err
        return json.loads(self.out)

    def refused(self, code: str, *says: str) -> None:
        """One line, with its code and what it must say."""
        assert self.exit_code == EXIT_FAILED
        assert self.err.count("\n") == 1, self.err
        assert self.err.endswith(f"[{code}]\n"), self.err
        for text in says:
            assert text in self.err


Command = Callable[..., Outcome]


def command_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*words: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["seawall", *words])
        with pytest.raises(SystemExit) as end:
            main()
        printed = capsys.readouterr()
        return Outcome(int(end.value.code or 0), printed.out, printed.err)

    return run
