"""How many files the process may have open: each connection is one."""

import contextlib
import fcntl
import os
import resource

from seawall.errors import SeawallError

BESIDE_CONNECTIONS = 512
"""What a service has open beside them: the store for each reader, sockets, uploads, logs."""


def allow_connections(count: int) -> None:
    """Make room for so many connections: the soft limit of open files, which is never lowered.

    The system's table of them is made as large at once. It would double again and again as they
    come, and each time the thread that accepts stands still for 6 to 19 ms where there are several.

    Raises
    ------
    SeawallError
        ``open_files_limited`` when the hard limit, which is the system's, is too low.
    """
    needed = count + BESIDE_CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if not _is_enough(soft, needed):
        if not _is_enough(hard, needed):
            raise SeawallError(
                f"{count:,} connections need {needed:,} open files, and the system allows {hard:,}:"
                " raise the hard limit, or serve fewer --connections",
                where="ulimit -Hn",
                code="open_files_limited",
            )
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
    # Where it cannot be done now, it is done as they come.
    with open(os.devnull, "rb") as any_file, contextlib.suppress(OSError):
        os.close(fcntl.fcntl(any_file, fcntl.F_DUPFD_CLOEXEC, needed - 1))


def _is_enough(limit: int, needed: int) -> bool:
    return limit == resource.RLIM_INFINITY or limit >= needed
