"""An answer's head and the beginning of its body are sent by one call of the system.

The server's protocol writes them apart, which costs the event loop and the client a second call.
"""

from typing import Any

JOINED_BYTES = 1 << 16
"""A piece from here on is not copied behind the head."""


class JoinedWrites:
    """The transport of one answer, whose head waits for the first piece of the body.

    ASGI has it so: nothing is sent before there is a piece of the body, be it empty.

    Parameters
    ----------
    transport : transport
        Of the connection.
    cycle : RequestResponseCycle
        The server's, which writes.
    """

    __slots__ = ("_cycle", "_head", "_transport")

    def __init__(self, transport: Any, cycle: Any) -> None:
        self._transport = transport
        self._cycle = cycle  # until it begins, so that none refers to the other for good
        self._head = b""

    def write(self, data: bytes) -> None:
        """Keep the head; send everything else."""
        if self._cycle is not None and self._cycle.response_started:
            self._cycle, self._head = None, data
            return
        if self._head:
            head, self._head = self._head, b""
            if len(data) < JOINED_BYTES:
                data = head + data
            else:
                self._transport.write(head)
        self._transport.write(data)

    def is_closing(self) -> bool:
        """Tell whether nothing more is sent."""
        return bool(self._transport.is_closing())

    def close(self) -> None:
        """Send what is there, and close."""
        if self._head:
            self.write(b"")
        self._transport.close()
