"""Whether each engine computes: a small question is read, asked and compared with its answer."""

from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from seawall.engine import EngineDeclaration, Execution
from seawall.errors import SeawallError
from seawall.ingest import ingest_source, load_profile, open_source
from seawall.registry import PROFILE_PACKAGES
from seawall.service.health import HealthMonitor
from seawall.table import Table

PERIOD_S = 5.0  # milliseconds of computing each time
STALE_S = 30.0  # on a busy machine a round may wait


def engine_monitor(engines: Mapping[str, EngineDeclaration[Any, Any]]) -> HealthMonitor:
    """Make the monitor of engines, each under its name."""
    return HealthMonitor(
        {name: partial(ask_what_is_known, engine) for name, engine in engines.items()},
        period_s=PERIOD_S,
        stale_s=STALE_S,
    )


def ask_what_is_known(engine: EngineDeclaration[Any, Any]) -> None:
    """Ask an engine its known question, as every run asks, without a store.

    Raises
    ------
    SeawallError
        ``engine_wrong`` for another answer than the known one; or what the run fails with.
    """
    known = engine.known_answer
    tables = _read(known.records, known.profile)
    book = engine.decode(tables, engine.choose_book(known.parameters), None, ())
    found = known.figures(engine.run(book, known.parameters, Execution(threads=1)).result)
    if found != known.answer:
        raise SeawallError(
            f"answers {found} and not {known.answer}", where=engine.name, code="engine_wrong"
        )


@cache
def _read(records: bytes, profile: str) -> dict[str, Table]:
    """Read the records once: they stay what they are, and their reading is no engine's."""
    tape = ingest_source(
        open_source(records, format="json"),
        load_profile(profile, packages=PROFILE_PACKAGES),
        normalise=True,
        threads=1,
    )
    return {"records": tape.records, **tape.lists}
