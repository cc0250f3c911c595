"""Libraries of optional parts: what is missing is said before anything is imported."""

from importlib.util import find_spec
from typing import Literal

from seawall.errors import SeawallError

Extra = Literal["postgres", "report", "service"]

_LIBRARIES: dict[Extra, tuple[str, ...]] = {
    "postgres": ("psycopg", "tenacity"),
    "report": ("altair", "jinja2", "vl_convert"),
    "service": (
        *("litestar", "uvicorn", "uvloop", "httptools"),
        *("jwt", "cryptography", "prometheus_client", "structlog"),
    ),
}


def require_extra(extra: Extra) -> None:
    """Go on only where the libraries of an extra are installed.

    Raises
    ------
    SeawallError
        ``library_missing`` with the first that is not there, and how to install it.
    """
    for library in _LIBRARIES[extra]:
        if find_spec(library) is None:
            raise SeawallError(
                f"this needs a library that is not installed: pip install 'seawall[{extra}]'",
                code="library_missing",
                where=library,
            )
