"""What a result was measured on."""

import importlib.metadata
import os
import platform
import re
import subprocess
from pathlib import Path

import msgspec

from seawall import native


class MachineRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The machine, the build and the libraries of one process."""

    cpu_model: str
    physical_cores: int
    logical_cores: int
    usable_cores: int  # logical ones that the scheduler grants this process
    memory_bytes: int
    kernel: str
    python: str
    build: dict[str, str]  # of seawall.native.build_info: compiler, flags, build_type, …
    dependencies: dict[str, str]  # those of seawall that are installed: name to version


def machine_record() -> MachineRecord:
    """Return the record of this process."""
    cpu_model, physical_cores = _processor(Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    logical_cores = os.cpu_count() or 1
    return MachineRecord(
        cpu_model=cpu_model or platform.machine(),
        physical_cores=physical_cores or logical_cores,
        logical_cores=logical_cores,
        usable_cores=len(os.sched_getaffinity(0)),
        memory_bytes=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        kernel=f"{platform.system()} {platform.release()}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
        build=dict(native.build_info()),
        dependencies=_dependencies(),
    )


def source_commit(folder: Path) -> str | None:
    """Return the commit that a folder's repository has checked out.

    Parameters
    ----------
    folder : Path
        Anywhere in the working tree.

    Returns
    -------
    str or None
        40 hexadecimal digits, with ``-dirty`` where tracked files are changed; None where there is
        no commit, no repository or no git.
    """
    command = ["git", "-C", str(folder), "describe", "--always", "--dirty", "--abbrev=40"]
    try:
        answer = subprocess.run(  # noqa: S603  (a fixed command)
            [*command, "--exclude=*"], capture_output=True, text=True, check=False, timeout=60
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def _processor(cpuinfo: str) -> tuple[str, int]:
    """Return the model's name and the number of physical cores; "" and 0 where not told."""
    model = re.search(r"^model name\s*: *(.+)$", cpuinfo, flags=re.MULTILINE)
    cores = re.findall(
        r"^physical id\s*: *(\d+)$.*?^core id\s*: *(\d+)$", cpuinfo, flags=re.MULTILINE | re.DOTALL
    )
    return model[1].strip() if model else "", len(set(cores))


def _dependencies() -> dict[str, str]:
    found: dict[str, str] = {}
    for requirement in importlib.metadata.requires("seawall") or []:
        name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
