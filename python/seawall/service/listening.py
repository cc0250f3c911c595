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
        with _unavailable(host, port):
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
        yield found


def in_place_of(listening: socket.socket) -> socket.socket:
    """Close a socket that is shared, and return another at its address, which does not listen yet.

    Until it listens the system gives those who come to the other processes.

    Raises
    ------
    SeawallError
        As `listening_on`.
    """
    host, port = listening.getsockname()[:2]
    with _unavailable(host, port):
        found = _bound(host, port, shared=True)  # first, so that the port stays taken
    listening.close()
    return found


def address_of(listening: socket.socket) -> str:
    """Return the URL that a socket listens at."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _unavailable(host: str, port: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SeawallError(
            error.strerror or str(error), where=f"{host}:{port}", code="port_unavailable"
        ) from error


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
