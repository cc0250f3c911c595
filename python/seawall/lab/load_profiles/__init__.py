"""The load profiles that come with seawall: each is a TOML file beside this one."""

import importlib.resources
from pathlib import Path

from seawall.errors import NotFound
from seawall.lab.load_profile import LoadProfile, read_load_profile


def shipped_names() -> list[str]:
    """Return the names of the profiles that come with seawall."""
    files = importlib.resources.files(__package__).iterdir()
    return sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml"))


def find_load_profile(name_or_path: str) -> LoadProfile:
    """Return a shipped profile by its name, or one of the user's own by its file.

    Raises
    ------
    NotFound
        If there is neither; the message names those shipped.
    InvalidProfile
        If the file is no profile.
    """
    if name_or_path in shipped_names():
        file = importlib.resources.files(__package__) / f"{name_or_path}.toml"
        with importlib.resources.as_file(file) as path:
            return read_load_profile(path)
    path = Path(name_or_path)
    if not path.is_file():
        raise NotFound(
            f"there is no such file; of those shipped there are {', '.join(shipped_names())}",
            where=name_or_path,
        )
    return read_load_profile(path)
