"""Every fault as data: what is broken, how often, and what is promised."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from seawall.lab.faults.backup import try_backups
from seawall.lab.faults.full_disk import try_full_disks
from seawall.lab.faults.io_failure import try_io_failures
from seawall.lab.faults.kill import try_kills
from seawall.lab.faults.power_cut import try_power_cuts
from seawall.lab.faults.row import FaultRow, Tries
from seawall.lab.faults.simulation import try_simulation

Profile = Literal["quick", "full"]


class Fault(NamedTuple):
    """One fault of one database."""

    name: str
    failure_mode: str
    promise: str
    tries: dict[Profile, int]
    attempt: Callable[[Tries], FaultRow]


FAULTS: tuple[Fault, ...] = (
    Fault(
        "kill",
        "kill -9 during ingests and group commits",
        "0 acknowledged lost, 0 in part",
        {"quick": 200, "full": 500},
        try_kills,
    ),
    Fault(
        "power_cut",
        "power cut: unsynchronised writes dropped, torn, spoilt",
        "0 acknowledged lost, 0 in part",
        {"quick": 100, "full": 2_000},
        try_power_cuts,
    ),
    Fault(
        "io_failure",
        "each operation on a file fails once: ENOSPC, EIO, short",
        "0 lost, a code for each failure that matters",
        {"quick": 60, "full": 0},  # 0: every place, in every way
        try_io_failures,
    ),
    Fault(
        "full_disk",
        "a disk that is really full",
        "reads stay, writes are refused, both work once it is freed",
        {"quick": 1, "full": 10},
        try_full_disks,
    ),
    Fault(
        "simulation",
        "clients, faults and recovery from a seed",
        "model and store agree after every step",
        {"quick": 20, "full": 500},
        try_simulation,
    ),
    Fault(
        "backup",
        "backup under load, then restore",
        "the copy has all that was acknowledged before, and nothing in part",
        {"quick": 3, "full": 20},
        try_backups,
    ),
)
