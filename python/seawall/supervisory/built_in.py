"""The paths that come with seawall, and those of a user's own file."""

import importlib.resources
from functools import cache
from pathlib import Path

from seawall.errors import NotFound, SourceUnreadable
from seawall.supervisory.path import SupervisoryPath, parse_path


@cache
def _built_in() -> tuple[SupervisoryPath, ...]:
    folder = importlib.resources.files("seawall.supervisory") / "built_in"
    return tuple(
        parse_path(file.read_bytes(), where=file.name)
        for file in folder.iterdir()
        if file.name.endswith(".json")
    )


def built_in_paths() -> dict[str, SupervisoryPath]:
    """Return the paths that lie as JSON files in this package, by identifier."""
    return {path.path_id: path for path in sorted(_built_in(), key=lambda p: p.path_id)}


def load_path(name_or_file: str) -> SupervisoryPath:
    """Return a built-in path by identifier, or a user's own by its JSON file.

    Raises
    ------
    NotFound
        When there is neither; the message names the built-in ones.
    InvalidInput
        As `parse_path`.
    """
    file = Path(name_or_file)
    if file.suffix == ".json":
        if not file.is_file():
            raise NotFound("there is no such path file", where=name_or_file)
        try:
            data = file.read_bytes()
        except OSError as error:
            raise SourceUnreadable(error.strerror or str(error), where=name_or_file) from error
        return parse_path(data, where=file.name)
    known = built_in_paths()
    if name_or_file not in known:
        raise NotFound(
            f"there is no supervisory path of this name; built in are {', '.join(known)}, "
            "or give the path of a .json file",
            where=name_or_file,
        )
    return known[name_or_file]
