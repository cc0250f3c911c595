"""The sockets that a service listens on, bound before anything else is begun."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from seawall.errors import SeawallError

BACKLOG = 4_096
"""Connections that may wait to be taken: who comes before the application is up waits there."""


@contextmanager
def listening_on(host: str, port: int, *, count: int = 1) -> Iterator[list[socket.socket]]:
    """Bind an address for so many processes, each of which takes one of the sockets.

    The system spreads new connections over them. The sockets stay bound here, so that who comes to
    a process that has ended waits for the one that takes its place.

    Parameters
    ----------
    host : str
        A name or an address.
    port : int
        0 for one that is free.

    Raises
    ------
    SeawallError
        ``port_unavailable`` when nobody may listen there.
    """
    with ExitStack() as stack:
        try:
            # The first alone, so that another service's port is not shared with it.
            found = [stack.enter_context(_bound(host, port, shared=False))]
            port = int(found[0].getsockname()[1])
            if count > 1:
                found[0].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                found += [
                    stack.enter_context(_bound(host, port, shared=True)) for _ in range(count - 1)
                ]
            for one in found:
                one.listen(BACKLOG)
        except OSError as error:
            raise SeawallError(
                error.strerror or str(error), where=f"{host}:{port}", code="port_unavailable"
            ) from error
        yield found


def address_of(listening: socket.socket) -> str:
    """Return the URL that a socket listens at."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _bound(host: str, port: int, *, shared: bool) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind((host, port))
    except BaseException:
        bound.close()
        raise
    return bound
