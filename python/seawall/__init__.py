"""seawall: stress a book of debt natively and keep evidence for every figure.

>>> import seawall as sw
>>> session = sw.Session("book.db")
>>> tape = session.ingest("tape.csv", profile="generic")
>>> run = session.stress(tape)
>>> session.trace(run.findings[0])
"""

from seawall import errors
from seawall.engines.debt import DebtStressParameters, ScenarioEntry
from seawall.ingest import TapeProfile
from seawall.native import RunControl
from seawall.session import Dataset, Run, Session, Trace, Verification
from seawall.table import Table

__version__ = "0.1.0"

__all__ = [
    "Dataset",
    "DebtStressParameters",
    "Run",
    "RunControl",
    "ScenarioEntry",
    "Session",
    "Table",
    "TapeProfile",
    "Trace",
    "Verification",
    "errors",
]
