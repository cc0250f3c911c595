"""Rules of the layout that no other tool checks."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from seawall import errors, native

ROOT = Path(__file__).parent.parent
CPP = ROOT / "cpp"

# Which folder's headers a folder may include, beside its own.
ALLOWED = {
    "errors": set(),
    "numeric": {"errors"},
    "table": {"errors", "numeric"},
    "provenance": {"errors", "numeric", "table"},
    "calendar": {"errors", "numeric", "table"},
    "ingest": {"errors", "numeric", "table", "provenance", "calendar"},
    "engines": {"errors", "numeric", "table", "provenance", "calendar"},
    "load": {"errors", "numeric"},
    "bindings": {
        "errors",
        "numeric",
        "table",
        "provenance",
        "calendar",
        "ingest",
        "engines",
        "load",
    },
}
SOURCES = sorted(
    path
    for path in CPP.rglob("*.?pp")
    if path.parent != CPP and not path.name.endswith("_test.cpp")
)


def room(path: Path) -> str:
    """Return numeric, table, …; an engine is a room of its own."""
    parts = path.relative_to(CPP).parts
    return "/".join(parts[:2]) if parts[0] == "engines" else parts[0]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(CPP)))
def test_includes_point_one_way(path: Path) -> None:
    own = room(path)
    for name in re.findall(r'#include "([^"]+)"', path.read_text()):
        assert (CPP / name).is_file(), f"{name} is not included from the root"
        target = room(CPP / name)
        assert target == own or target.split("/")[0] in ALLOWED[own.split("/")[0]], name


def test_only_bindings_know_python() -> None:
    outside = [path for path in SOURCES if room(path) != "bindings"]
    assert not [path for path in outside if re.search(r"pybind11|Python\.h", path.read_text())]


def test_an_instruction_set_unit_emits_no_weak_symbol() -> None:
    objects = [
        path
        for unit in ("*_sha_ni.cpp.o", "*_avx2.cpp.o", "*_avx512.cpp.o")
        for path in (ROOT / "build").rglob(unit)
        if "seawall_core_sanitized.dir" not in path.parts
    ]
    assert len({path.name for path in objects}) == 11, "build first"
    for path in objects:
        listed = subprocess.run(["nm", "-C", path], capture_output=True, text=True, check=True)
        weak = [line for line in listed.stdout.splitlines() if re.search(r" [WVu] ", line)]
        # References to weak symbols of others are harmless; definitions have an address.
        assert not [line for line in weak if line.split()[0] != "w"], weak


def test_the_build_needs_the_same_with_and_without_isolation() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    isolated = set(project["build-system"]["requires"])
    group = set(project["dependency-groups"]["build"])
    assert {line for line in group if not line.startswith(("cmake>", "ninja>"))} == isolated


def test_no_room_is_a_dumping_room() -> None:
    tracked = [
        path
        for folder in ("python", "cpp", "tests", "benchmarks", "tools")
        for path in (ROOT / folder).rglob("*")
    ]
    names = {path.stem for path in tracked} & {
        "utils",
        "util",
        "common",
        "misc",
        "helpers",
        "helper",
        "base",
        "shared",
    }
    assert not names


def all_codes() -> set[str]:
    found = set()
    for path in (ROOT / "python" / "seawall").rglob("*.py"):
        text = path.read_text()
        found |= set(re.findall(r'code="([a-z_]+)"', text))
        found |= set(re.findall(r'default_code = "([a-z_]+)"', text))
    return found - {"error"}


def test_every_error_code_is_documented() -> None:
    page = (ROOT / "docs" / "reference" / "errors.md").read_text()
    assert not {code for code in all_codes() if f"`{code}`" not in page}


def test_every_rule_is_documented() -> None:
    page = (ROOT / "docs" / "reference" / "rules.md").read_text()
    assert not {rule for rule in native.rules() if f"`{rule}`" not in page}


def test_every_command_is_documented() -> None:
    from typer.main import get_command

    from seawall.cli.app import app

    page = (ROOT / "docs" / "reference" / "command_line.md").read_text()
    commands = get_command(app).commands  # type: ignore[attr-defined]
    assert not {name for name in commands if f"seawall {name}" not in page}


def test_every_setting_is_documented() -> None:
    from seawall.settings import Settings

    page = (ROOT / "docs" / "reference" / "command_line.md").read_text()
    assert not {
        name for name in Settings.__struct_fields__ if f"SEAWALL_{name.upper()}" not in page
    }


def test_errors_are_one_family() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    assert all(issubclass(kind, errors.SeawallError) for kind in kinds)
