"""How many files the process may have open: each connection is one."""

import resource

from seawall.errors import SeawallError

BESIDE_CONNECTIONS = 512
"""What a service has open beside them: the store for each reader, sockets, uploads, logs."""


def allow_connections(count: int) -> None:
    """Raise the soft limit of open files to what so many connections need; it is never lowered.

    Raises
    ------
    SeawallError
        ``open_files_limited`` when the hard limit, which is the system's, is too low.
    """
    needed = count + BESIDE_CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _is_enough(soft, needed):
        return
    if not _is_enough(hard, needed):
        raise SeawallError(
            f"{count:,} connections need {needed:,} open files, and the system allows {hard:,}:"
            " raise the hard limit, or serve fewer --connections",
            where="ulimit -Hn",
            code="open_files_limited",
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def _is_enough(limit: int, needed: int) -> bool:
    return limit == resource.RLIM_INFINITY or limit >= needed
