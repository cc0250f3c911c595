"""How long GET /health takes while the service is at work that takes long."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from seawall.errors import SeawallError
from seawall.lab.http_target import ask, sample_records
from seawall.lab.load import run_load
from seawall.lab.load_profile import AnswerCheck, LoadProfile, LoadRequest, LoadStage
from seawall.lab.load_samples import figures_of
from seawall.lab.load_subject import LoadSubject
from seawall.lab.table import Cell

PROBES_PER_S = 50.0
SIMULATIONS_AT_ONCE = 8  # of one tenant: more than the service computes at once
_WORK_TIMEOUT_S = 600.0
_SIMULATE = "/api/v3/engines/distressed-asset-debt-simulation/run"
_SLICE = 100_000  # records that are written at once

Ask = Callable[[], None]


def health_rows(
    subject: LoadSubject, *, records: int, scenarios: int, duration_s: float
) -> list[dict[str, Cell]]:
    """Ask for health at a rate, on a clock, beside nothing, large ingests, and simulations.

    Parameters
    ----------
    subject : LoadSubject
        With a dataset that is simulated.
    records : int
        Of each ingest, in one body; the next follows at once.
    scenarios : int
        Of each simulation.
    duration_s : float
        Of each row's questions about health; work that is under way then is waited for.
    """
    return [
        _row("nothing", subject, [], duration_s),
        _row(f"ingests of {records:,} records", subject, [_ingests(subject, records)], duration_s),
        _row(
            f"{SIMULATIONS_AT_ONCE} simulations at once, of one tenant",
            subject,
            [_simulations(subject, first, scenarios) for first in range(SIMULATIONS_AT_ONCE)],
            duration_s,
        ),
    ]


def _row(beside: str, subject: LoadSubject, works: list[Ask], duration_s: float) -> dict[str, Cell]:
    with _repeated(works) as done:
        result = run_load(
            LoadProfile(
                name="health",
                stages=(LoadStage(duration_s=duration_s, rate=PROBES_PER_S),),
                requests=(LoadRequest(path="/health", check=AnswerCheck(statuses=(200,))),),
                connections=64,
            ),
            base_url=subject.base_url,
        )
        finished = len(done)
    figures = figures_of(result.counted)
    return {
        "beside": beside,
        "finished meanwhile": finished,
        "asked": figures.requests,
        "p50 ms": figures.p50_ms,
        "p99 ms": figures.p99_ms,
        "max ms": figures.max_ms,
        "errors": figures.errors,
    }


@contextmanager
def _repeated(works: list[Ask]) -> Iterator[list[None]]:
    """Ask over and over, each on a thread, until the end; what is under way then is waited for."""
    over, done, failures = threading.Event(), list[None](), list[SeawallError]()

    def repeat(work: Ask) -> None:
        try:
            while not over.is_set():
                work()
                done.append(None)
        except SeawallError as error:
            failures.append(error)

    threads = [threading.Thread(target=repeat, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield done
    finally:
        over.set()
        for thread in threads:
            thread.join()
    if failures:
        raise failures[0]


def _ingests(subject: LoadSubject, records: int) -> Ask:
    """Make the body before the clock runs; each ingest is of another source, and so a new one."""
    begins = range(0, records, _SLICE)
    slices = [
        json.dumps(sample_records(min(_SLICE, records - begin), source_system=f"busy-{begin}"))
        for begin in begins
    ]
    body = ('{"records": [' + ", ".join(text[1:-1] for text in slices) + "]}").encode()
    numbers = count()

    def ingest() -> None:
        of_its_own = body.replace(b'"busy-0"', b'"busy-0-%d"' % next(numbers), 1)
        _expect(subject, "/api/v3/ingest-records", of_its_own)

    return ingest


def _simulations(subject: LoadSubject, first: int, scenarios: int) -> Ask:
    seeds = count(first, SIMULATIONS_AT_ONCE)

    def simulate() -> None:
        parameters = {
            "scenario_count": scenarios,
            "seed": next(seeds),
            "default_probability": {"assumed_pct": 5},
        }
        question = {
            "dataset_version_id": subject.dataset_version_id,
            "started_at": "2026-01-01T00:00:00Z",
            "parameters": parameters,
        }
        _expect(subject, _SIMULATE, json.dumps(question).encode())

    return simulate


def _expect(subject: LoadSubject, path: str, body: bytes) -> None:
    headers = {"X-API-Key": subject.api_key}
    found = ask(subject.base_url, path, body=body, headers=headers, timeout_s=_WORK_TIMEOUT_S)
    if found.status != 200:
        shown = found.error or found.body[:500].decode(errors="replace")
        raise SeawallError(f"{path} answered {found.status}: {shown}", code="wrong_answer")
