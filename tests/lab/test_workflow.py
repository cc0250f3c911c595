"""The workflow for CI asks for what there is."""

import re
from pathlib import Path
from typing import Any

import yaml
from typer.main import get_command

from seawall.cli.app import app

ROOT = Path(__file__).parents[2]


def test_every_command_of_the_workflow_has_its_options() -> None:
    workflow: dict[Any, Any] = yaml.safe_load((ROOT / "deploy/ci/performance.yaml").read_text())
    (inputs,) = [part["workflow_call"]["inputs"] for key, part in workflow.items() if key is True]
    assert (ROOT / inputs["slo"]["default"]).is_file()
    lab = get_command(app).commands["lab"].commands  # type: ignore[attr-defined]
    lines = [step["run"] for step in workflow["jobs"]["gate"]["steps"] if "run" in step]
    asked = [line for line in lines if "seawall" in line]
    assert len(asked) == 3
    for line in asked:
        (name,) = re.findall(r"seawall lab (\w+)", line)
        known = {option for parameter in lab[name].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z]+", line)) <= known
        assert "${{" not in line
    assert re.search(r"^install:", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
