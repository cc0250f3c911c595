"""What a process may be told: by a flag, else SEAWALL_*, else seawall.toml, else a default."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec

from seawall.errors import InvalidInput

_PREFIX = "SEAWALL_"
_FILE = "seawall.toml"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of one process."""

    store: str = "seawall.db"  # a path, or a database's URL
    tenant: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] = "default"
    threads: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0  # 0: all cores


def load_settings(
    flags: Mapping[str, Any], *, environment: Mapping[str, str], folder: Path
) -> Settings:
    """Bring together what was said where.

    Parameters
    ----------
    flags : mapping
        Settings by name as the caller gave them; ``None`` means not given.
    environment : mapping
        The process's environment: ``SEAWALL_STORE`` and so on.
    folder : Path
        Where ``seawall.toml`` is looked for.

    Raises
    ------
    InvalidInput
        For an unknown name or a value of the wrong type, with the place that said it.
    """
    path = folder / _FILE
    merged: dict[str, Any] = {}
    if path.is_file():
        try:
            from_file = msgspec.toml.decode(path.read_bytes(), type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InvalidInput(str(error), where=_FILE) from error
        merged |= _checked(from_file, where=_FILE)
    from_environment = {
        name: environment[_PREFIX + name.upper()]
        for name in Settings.__struct_fields__
        if _PREFIX + name.upper() in environment
    }
    merged |= _checked(from_environment, where="environment", strict=False)
    merged |= _checked({k: v for k, v in flags.items() if v is not None}, where="flags")
    return msgspec.convert(merged, Settings)


def _checked(values: Mapping[str, Any], *, where: str, strict: bool = True) -> dict[str, Any]:
    try:
        settings = msgspec.convert(values, Settings, strict=strict)
    except msgspec.ValidationError as error:
        raise InvalidInput(str(error), where=where) from error
    return {name: getattr(settings, name) for name in values}
