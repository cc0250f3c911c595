"""The runner of clang-tidy looks at every source, and at each as clang-tidy does alone."""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
DEFECTS = """
namespace {of} {{
int* nowhere();
int* nowhere() {{ return 0; }}
int divided(int amount);
int divided(int amount) {{
    int parts = 0;
    return amount / parts;
}}
}}
"""
CHECKS = {"modernize-use-nullptr", "misc-const-correctness", "clang-analyzer-core.DivideZero"}


def look(folder: Path, *compiled: Path) -> subprocess.CompletedProcess[str]:
    """Run the runner on a folder of which so much is compiled."""
    build = folder / "build"
    build.mkdir()
    entries = [
        {"directory": str(build), "file": str(path), "command": f"c++ -O2 -o {path}.o -c {path}"}
        for path in compiled
    ]
    (build / "compile_commands.json").write_text(json.dumps(entries))
    command = [sys.executable, "tools/tidy.py", str(build), str(folder / "cpp")]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


def source(folder: Path, name: str) -> Path:
    path = folder / "cpp" / f"{name}.cpp"
    path.parent.mkdir(exist_ok=True)
    path.write_text(DEFECTS.format(of=name))
    return path


def test_what_is_wrong_is_found_in_each_source_of_a_batch(tmp_path: Path) -> None:
    alone = source(tmp_path, "alone")
    batched = tmp_path / "Unity" / "unity_0_cxx.cxx"  # as CMake writes one
    batched.parent.mkdir()
    names = ["first", "last"]
    batched.write_text("".join(f'#include "{source(tmp_path, name)}"\n' for name in names))
    done = look(tmp_path, alone, batched)
    assert done.returncode == 1
    found = set(re.findall(r"(\w+)\.cpp:\d+:\d+: error: .*\[([\w.-]+)", done.stdout))
    assert found == {(name, check) for name in ["alone", *names] for check in CHECKS}


def test_a_source_that_is_not_compiled_is_no_source_that_was_looked_at(tmp_path: Path) -> None:
    compiled, forgotten = source(tmp_path, "compiled"), source(tmp_path, "forgotten")
    done = look(tmp_path, compiled)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [f"no compilation has {forgotten}"]
