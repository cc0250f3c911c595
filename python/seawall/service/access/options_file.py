"""The options of access, as a file says them."""

from pathlib import Path

import msgspec

from seawall.errors import InvalidInput
from seawall.service.access.doors import AccessOptions

_MAX_BYTES = 1 << 20


def load_access_options(path: Path) -> AccessOptions:
    """Read the options of access from a TOML file.

    Paths in it are of the folder that the file is in.

    Raises
    ------
    InvalidInput
        With the file, for what is no TOML, an unknown name or a value that is not allowed.
    """
    try:
        with path.open("rb") as file:
            found = msgspec.toml.decode(file.read(_MAX_BYTES), type=AccessOptions)
    except OSError as error:
        raise InvalidInput(f"cannot be read: {error.strerror}", where=str(path)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(str(error), where=str(path)) from error
    placed = [
        msgspec.structs.replace(issuer, keys=str(path.parent / issuer.keys))
        for issuer in found.issuers
    ]
    secrets_file = str(path.parent / found.secrets_file) if found.secrets_file else ""
    return msgspec.structs.replace(found, issuers=tuple(placed), secrets_file=secrets_file)
