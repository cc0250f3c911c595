"""The page on tails does what it shows: its blocks, in their order, in an empty folder."""

import re
import shlex
from pathlib import Path

from .typed import Command

PAGE = Path(__file__).parents[2] / "docs" / "how_to" / "tail_risk.md"
BLOCK = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)
PRINTED = re.compile(r"\b(dv|run|fi)_[0-9a-z]{26}\b")


def test_the_page_on_tails_runs_as_written(seawall: Command) -> None:
    names: dict[str, str] = {}
    last: dict[str, str] = {}
    shown = ""
    for language, text in BLOCK.findall(PAGE.read_text()):
        if language == "python":
            exec(text, {})  # noqa: S102 (our own page)
        elif language == "toml":
            Path("question.toml").write_text(text)
        elif text.startswith(" "):  # what the command before it printed
            assert text.strip("\n") in shown
        else:
            for line in text.splitlines():
                if assigned := re.match(r"(\w+)=(\w+)_…", line):
                    names[assigned[1]] = last[assigned[2]]
                    continue
                words = [names.get(word[1:], word) for word in shlex.split(line)[1:]]
                outcome = seawall(*words)
                assert outcome.exit_code == 0, (line, outcome.err)
                shown = outcome.out
                last |= {found[1]: found[0] for found in PRINTED.finditer(shown)}
    assert set(names) == {"tape", "rates", "run", "gaussian", "finding"}
    assert Path("obligors.csv").read_text().count("\n") == 400
