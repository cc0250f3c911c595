"""Every fault as data: what is broken, how often, and what is promised."""

from collections.abc import Callable
from importlib import import_module
from typing import Literal, NamedTuple

from seawall.extras import require_extra
from seawall.lab.faults.backup import try_backups
from seawall.lab.faults.full_disk import try_full_disks
from seawall.lab.faults.io_failure import try_io_failures
from seawall.lab.faults.kill import try_kills
from seawall.lab.faults.power_cut import try_power_cuts
from seawall.lab.faults.row import Database, FaultRow, Limit, Tries
from seawall.lab.faults.simulation import try_simulation

Profile = Literal["quick", "full"]

REOPENS_S = 0.05
"""In which a killed store is open again and has written."""

RECOVERS_S = 1.0
"""Of what no time of its own is promised for: whoever asks again after a second is answered."""


class Fault(NamedTuple):
    """One fault of one database.

    Its limits are judged however often it is tried, so that the laboratory's command never calls
    promised what took too long. Tests that run beside others, on a machine that has no time, look
    at what was kept alone (`FaultRow.kept`); those of the full profile hold the limits as well.
    """

    name: str
    failure_mode: str
    promise: str
    tries: dict[Profile, int]
    attempt: Callable[[Tries], FaultRow]
    limits: tuple[Limit, ...]
    database: Database = "sqlite"


def _recovers(below_s: float) -> tuple[Limit, ...]:
    return (Limit("recovery_p95_s", below_s),)


def _of_module(name: str) -> Callable[[Tries], FaultRow]:
    """Return what tries the fault of a module, which needs the libraries of an extra."""

    def attempt(tries: Tries) -> FaultRow:
        require_extra("postgres")
        row: FaultRow = import_module(f"seawall.lab.faults.{name}").attempt(tries)
        return row

    return attempt


FAULTS: tuple[Fault, ...] = (
    Fault(
        "kill",
        "kill -9 during ingests and group commits",
        "0 acknowledged lost, 0 in part",
        {"quick": 200, "full": 500},
        try_kills,
        _recovers(REOPENS_S),
    ),
    Fault(
        "power_cut",
        "power cut: unsynchronised writes dropped, torn, spoilt",
        "0 acknowledged lost, 0 in part",
        {"quick": 100, "full": 2_000},
        try_power_cuts,
        _recovers(RECOVERS_S),
    ),
    Fault(
        "io_failure",
        "each operation on a file fails once: ENOSPC, EIO, short",
        "0 lost, a code for each failure that matters",
        {"quick": 60, "full": 0},  # 0: every place, in every way
        try_io_failures,
        _recovers(RECOVERS_S),
    ),
    Fault(
        "full_disk",
        "a disk that is really full",
        "reads stay, writes are refused, both work once it is freed",
        {"quick": 1, "full": 10},
        try_full_disks,
        _recovers(RECOVERS_S),
    ),
    Fault(
        "simulation",
        "clients, faults and recovery from a seed",
        "model and store agree after every step",
        {"quick": 20, "full": 500},
        try_simulation,
        (),  # it measures no time
    ),
    Fault(
        "backup",
        "backup under load, then restore",
        "the copy has all that was acknowledged before, and nothing in part",
        {"quick": 3, "full": 20},
        try_backups,
        _recovers(RECOVERS_S),
    ),
    Fault(
        "server_stop",
        "PostgreSQL ended at once under load",
        "0 acknowledged lost, 0 twice",
        {"quick": 20, "full": 50},
        _of_module("server_stop"),
        _recovers(0.5),
        "postgres",
    ),
    Fault(
        "partition",
        "network parted: refuse, reset, stall, drop",
        "0 acknowledged that is not there, every client told in time",
        {"quick": 6, "full": 15},  # of each of the four
        _of_module("partition"),
        _recovers(1.5),
        "postgres",
    ),
    Fault(
        "exhaustion",
        "200 callers on 10 connections",
        "answered, or refused at once or within a second",
        {"quick": 1, "full": 10},
        _of_module("exhaustion"),
        (*_recovers(0.5), Limit("shed_p95_s", 0.01), Limit("longest_wait_s", 1.0)),
        "postgres",
    ),
    Fault(
        "replica",
        "a service killed behind nginx under load",
        "0 runs failed, lost or twice",
        {"quick": 2, "full": 15},
        _of_module("replica"),
        _recovers(RECOVERS_S),
        "postgres",
    ),
)
