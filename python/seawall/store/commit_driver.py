"""What a group commit asks of a database."""

from typing import Protocol, TypeVar, runtime_checkable

from seawall.errors import SeawallError

TxOut = TypeVar("TxOut", covariant=True)


class RunAgain(BaseException):  # what a request's work catches is never this
    """Raised by a driver: nothing of the group was kept, and it may run again.

    Parameters
    ----------
    cause : SeawallError
        What the requests fail with when the group has run too often.
    """

    def __init__(self, cause: SeawallError) -> None:
        super().__init__(str(cause))
        self.cause = cause


class CommitDriver(Protocol[TxOut]):
    """The few statements that differ between databases; called by the writer thread only."""

    def begin(self) -> TxOut:
        """Start a transaction that already holds the right to write."""

    def savepoint(self) -> None:
        """Mark the start of one request, or of several that are done together."""

    def release(self) -> None:
        """Keep what was done since the mark."""

    def rollback_to_savepoint(self) -> None:
        """Undo what was done since the mark, and the mark itself."""

    def commit(self) -> None:
        """Return once the transaction is durable."""

    def rollback(self) -> None:
        """Undo the transaction; harmless when there is none."""

    def tidy(self) -> None:
        """Do housekeeping between two groups; never fails."""


@runtime_checkable
class SendingDriver(CommitDriver[TxOut], Protocol[TxOut]):
    """A driver that can send a whole group and make the next one ready while the server works.

    At most one group is under way. Beside it, what `begin` started raises `RunAgain` as soon as it
    would have to ask the server, for it runs as if that one were kept; so may any other call.
    """

    def prepare(self) -> None:
        """Write down what is to be sent, if the group can be sent whole."""

    def send(self) -> bool:
        """Send the group whole, while none is under way; False where it can only be committed."""

    def finish(self) -> None:
        """Return once the group that was sent is durable; fail as `commit` does."""
