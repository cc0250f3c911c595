"""py-spy draws where a step spends its time; what it cannot do is said with a code."""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from seawall.errors import InvalidInput, SeawallError
from seawall.lab.flame_graph import graph_path, record_flame_graph, step_named
from seawall.lab.sections import Step

SCRIPT = """
import subprocess, sys, time
from seawall.lab.command import benchmark_parser, write_answer

def turn_the_handle():
    end = time.process_time() + 0.7
    while time.process_time() < end:
        sum(range(1000))

options = benchmark_parser("stub").parse_args()
turn_the_handle()
subprocess.run([sys.executable, "-c", '''
import time
def turn_the_child_s_handle():
    end = time.process_time() + 0.7
    while time.process_time() < end:
        sum(range(1000))
turn_the_child_s_handle()
'''], check=True)
write_answer({}, output=options.output)
"""
REFUSAL = """#!/bin/sh
echo "Error: Permission Denied: Try running again with elevated permissions" >&2
exit 1
"""


def step(folder: Path, script: str) -> Step:
    (folder / "stub.py").write_text(script)
    return Step("stub", "stub.py", (), timeout_s=120, records=False)


@pytest.mark.parametrize("native", [True, False], ids=["native", "python"])
def test_a_graph_names_what_the_step_and_its_processes_do(tmp_path: Path, native: bool) -> None:
    path = tmp_path / "results" / "graph.svg"
    record_flame_graph(step(tmp_path, SCRIPT), benchmarks=tmp_path, path=path, native=native)
    text = path.read_text()
    assert ElementTree.fromstring(text).tag.endswith("svg")  # noqa: S314 (made here)
    assert re.findall(r'id="title"[^>]*>([^<]*)', text) == ["stub"]
    assert "turn_the_handle" in text
    assert "turn_the_child_s_handle" in text
    assert list(path.parent.iterdir()) == [path]


def test_a_step_that_failed_is_told_with_its_words_and_leaves_no_graph(tmp_path: Path) -> None:
    path = tmp_path / "results" / "graph.svg"
    failing = step(tmp_path, "import time, sys; time.sleep(0.5); sys.exit('told to fail')")
    with pytest.raises(SeawallError) as refusal:
        record_flame_graph(failing, benchmarks=tmp_path, path=path, native=False)
    assert refusal.value.code == "process_failed"
    assert list(path.parent.iterdir()) == []


def test_without_py_spy_it_is_said_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SeawallError, match=r"pip install 'seawall\[lab\]'") as refusal:
        record_flame_graph(step(tmp_path, ""), benchmarks=tmp_path, path=tmp_path / "graph.svg")
    assert (refusal.value.code, refusal.value.where) == ("library_missing", "py-spy")


def test_where_it_may_not_look_at_processes_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    (tmp_path / "py-spy").write_text(REFUSAL)
    (tmp_path / "py-spy").chmod(0o755)
    with pytest.raises(SeawallError, match="CAP_SYS_PTRACE") as refusal:
        record_flame_graph(step(tmp_path, ""), benchmarks=tmp_path, path=tmp_path / "graph.svg")
    assert refusal.value.code == "profiling_refused"


def test_a_step_is_found_by_its_name() -> None:
    assert step_named("modeling", "ci").arguments != step_named("modeling", "full").arguments
    with pytest.raises(InvalidInput, match="no step modelling; there are ingestion, "):
        step_named("modelling", "quick")


def test_a_graph_is_named_as_runs_are(tmp_path: Path) -> None:
    path = graph_path(tmp_path, step_named("modeling", "ci"), "ci")
    assert path.parent == tmp_path
    assert path.name.endswith("-ci-modeling.svg")
