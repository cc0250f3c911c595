"""Notebooks run as they are, and their two files are one: ``jupytext --sync notebooks/*.py``."""

import shutil
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SCRIPTS = sorted(NOTEBOOKS.glob("*.py"))


def cells(notebook: Any) -> list[tuple[str, str]]:
    return [(cell.cell_type, cell.source) for cell in notebook.cells]


def test_each_notebook_is_a_pair() -> None:
    assert SCRIPTS
    assert [path.stem for path in sorted(NOTEBOOKS.glob("*.ipynb"))] == [s.stem for s in SCRIPTS]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_the_two_files_of_a_notebook_say_the_same(script: Path) -> None:
    notebook = nbformat.read(script.with_suffix(".ipynb"), as_version=4)
    assert cells(notebook) == cells(jupytext.read(script))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(script: Path) -> None:
    notebook = nbformat.read(script.with_suffix(".ipynb"), as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not [cell for cell in code if cell.outputs or cell.execution_count is not None]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_notebook_runs_without_a_warning(
    script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (
        "IPYTHONDIR",
        "JUPYTER_CONFIG_DIR",
        "JUPYTER_RUNTIME_DIR",
    ):  # nothing is left in the user's home
        monkeypatch.setenv(name, str(tmp_path / name))
    # A notebook runs in its folder, and finds what stands beside it; it leaves nothing there.
    folder = tmp_path / "notebooks"
    shutil.copytree(NOTEBOOKS / "data", folder / "data")
    (tmp_path / "docs").symlink_to(NOTEBOOKS.parent / "docs")
    notebook = nbformat.read(script.with_suffix(".ipynb"), as_version=4)
    sockets = {"transport": "ipc", "ip": str(tmp_path / "kernel")}  # files: a test opens no port
    NotebookClient(
        notebook,
        timeout=60,
        startup_timeout=60,
        kernel_name="python3",
        resources={"metadata": {"path": folder}},
        config=Config({"KernelManager": sockets}),
    ).execute()
    assert [path.name for path in folder.iterdir()] == ["data"]
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert not [output.text for output in outputs if output.get("name") == "stderr"]
    assert any("image/svg+xml" in output.get("data", ()) for output in outputs)
