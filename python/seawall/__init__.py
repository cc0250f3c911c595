"""seawall: stress a book of debt natively and keep evidence for every figure.

>>> import seawall as sw
>>> session = sw.Session("book.db")
>>> tape = session.ingest("tape.csv", profile="generic")
>>> run = session.stress(tape)
>>> session.trace(run.findings[0])
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seawall.engines.debt import DebtStressParameters, ScenarioEntry
    from seawall.ingest import TapeProfile
    from seawall.native import RunControl
    from seawall.session import Dataset, Run, Session, Trace, Verification
    from seawall.supervisory import SupervisoryPath
    from seawall.table import Table

__version__ = "0.1.0"

# Names are imported when they are first used: an offline verifier needs seawall.provenance and
# must not load the native core, nor should `seawall --help`.
_HOMES = {
    "Dataset": "seawall.session",
    "DebtStressParameters": "seawall.engines.debt",
    "Run": "seawall.session",
    "RunControl": "seawall.native",
    "ScenarioEntry": "seawall.engines.debt",
    "Session": "seawall.session",
    "SupervisoryPath": "seawall.supervisory",
    "Table": "seawall.table",
    "TapeProfile": "seawall.ingest",
    "Trace": "seawall.session",
    "Verification": "seawall.session",
}

__all__ = [  # noqa: RUF022 (the order of first use)
    "Session",
    "Dataset",
    "Run",
    "Trace",
    "Verification",
    "Table",
    "TapeProfile",
    "DebtStressParameters",
    "ScenarioEntry",
    "SupervisoryPath",
    "RunControl",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'seawall' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
