"""The write side over PostgreSQL: one session, used by the writer thread alone."""

from typing import NamedTuple

import psycopg
from psycopg import errors
from psycopg.pq import TransactionStatus
from tenacity import (
    RetryError,
    Retrying,
    retry_if_exception_type,
    stop_after_delay,
    wait_random_exponential,
)

from seawall.errors import StoreError
from seawall.store.commit_driver import RunAgain
from seawall.store.postgres_ahead import Ahead, Patience, ahead
from seawall.store.postgres_arrays import takes_utf8
from seawall.store.postgres_connection import Server, failure, unavailable
from seawall.store.postgres_deadlines import Session
from seawall.store.postgres_group import ALL, NONE, PostgresGroup, Statement
from seawall.store.postgres_log import GROWN, PostgresLogExtension, Tails
from seawall.store.postgres_transaction import PostgresTransaction
from seawall.store.postgres_writer_session import WriterSession

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.02, 0.2
"""Between two attempts: at random below a bound that doubles, so that services that lost one server
in one moment do not ask together."""

_SUPPOSED_WRONGLY = (errors.IntegrityError, errors.DivisionByZero)
"""What a group that was sent ahead fails with where it is not as this writer knew."""

_MARK = (
    "UPDATE writer_mark SET group_number = %s, marked_at = clock_timestamp()"
    " WHERE writer = %s RETURNING 1"
)


class _Sent(NamedTuple):
    group: PostgresGroup
    tails: Tails  # of the log, once it is kept
    lost: psycopg.Error | None  # the session, so that nobody knows what arrived


class PostgresWriter:
    """`SendingDriver` over one session, which is opened again when it is lost.

    Each group also writes its number into a row that is this writer's: after a lost answer the row
    says whether the group was kept.

    Parameters
    ----------
    server : Server
        Where the session is opened.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._own = WriterSession(server)
        self._group: PostgresGroup | None = None
        self._ready: Ahead | None = None  # how the group can be sent
        self._sent: _Sent | None = None
        self._group_number = 0
        self._log = PostgresLogExtension()
        self._patience = Patience()

    def begin(self) -> PostgresTransaction:
        """Start a group, carefully where its last run was at fault."""
        self._ready = None
        if self._sent is not None:
            self._group = self._new_group(self._sent.group.session, beside=True)
            return PostgresTransaction(self._group)
        last = self._group
        if last is not None:
            self._log.undone()
        session = self._own.opened()
        self._own.register(self._group_number)
        self._group = self._new_group(session, care=NONE if last is None else last.next_care())
        return PostgresTransaction(self._group)

    def _new_group(
        self, session: Session, *, care: int = NONE, beside: bool = False
    ) -> PostgresGroup:
        self._group_number += 1
        return PostgresGroup(
            session,
            self._server.deadlines,
            number=self._group_number,
            care=care,
            beside=beside,
        )

    def savepoint(self) -> None:
        """Mark the start of one request."""
        group = self._running()
        group.request += 1
        if group.care == group.request:
            group.send()  # what is undone below must not take the neighbours' rows with it
            group.careful = True
        if group.careful:
            group.begin()
            self._own.execute("SAVEPOINT request")
        group.mark = group.statements

    def release(self) -> None:
        """Keep the request since the mark."""
        group = self._running()
        if group.careful:
            self._own.execute("RELEASE request")
            group.careful = group.care == ALL

    def rollback_to_savepoint(self) -> None:
        """Undo the request since the mark; what a hurried one has sent can only run again."""
        group = self._running()
        if group.careful:
            self._own.execute("ROLLBACK TO request")
            group.fresh.forget()
            self.release()
        elif group.statements != group.mark:
            raise group.again(unavailable())

    def prepare(self) -> None:
        """Write down the group as it can be sent, if it can."""
        group = self._running()
        gathered = group.all_gathered()
        if gathered is None or not self._patience.allows():
            return
        if takes_utf8(group.session.info.encoding):
            self._ready = ahead(gathered, self._log, writer=self._own.writer, number=group.number)

    def send(self) -> bool:
        """Send the group with its COMMIT, if it is ready; False when nothing was done."""
        group, ready = self._running(), self._ready
        if ready is None or group.session.closed:
            return False
        lost = None
        try:
            with self._server.deadlines.answering(group.session):
                self._own.batch.send(ready.statements)
        except psycopg.Error as error:
            lost = error
        group.beside = False
        self._sent = _Sent(group, ready.tails, lost)
        self._group = self._ready = None
        return True

    def finish(self) -> None:
        """Return once the group that was sent is durable."""
        if self._sent is None:
            raise RuntimeError("nothing was sent")
        sent, self._sent = self._sent, None
        try:
            self._finish(sent)
        except BaseException:
            self._group = sent.group  # in place of the one beside it, which was not sent
            raise

    def _finish(self, sent: _Sent) -> None:
        group = sent.group
        try:
            ended = self._answer(sent)
        except psycopg.Error as error:
            if self._is_in_error(group.session) and isinstance(error, _SUPPOSED_WRONGLY):
                self._patience.was_in_vain()
                self._ready = None  # it was numbered after this one
                self.rollback()
                self._commit_by_steps(group)
                return
            group.gathered_at_fault = True
            self._resolve_or_refuse(group, error)
        else:
            if ended != "COMMIT":  # that is ROLLBACK where a statement had failed
                raise unavailable()
            self._patience.was_worth_it()
        self._log.kept(sent.tails)

    def _answer(self, sent: _Sent) -> str:
        if sent.lost is not None:
            raise sent.lost
        with self._server.deadlines.answering(sent.group.session):
            return self._own.batch.answer()

    def commit(self) -> None:
        """Return once the transaction is durable, its rows logged."""
        self._commit_by_steps(self._running())
        self._group = None

    def _commit_by_steps(self, group: PostgresGroup) -> None:
        self._log.undone()  # where it was to be sent ahead
        asked: list[Statement] = [(_MARK, (group.number, self._own.writer))]
        if group.is_logged or group.waits():
            asked.append(GROWN)
        marked, *grown = group.send(*asked)
        if not marked:  # another program has removed the row
            self._own.is_not_registered()
            raise RunAgain(unavailable())
        self._end(group, self._log.extend_in(group, grown[0]) if grown else [])
        self._log.kept()

    def _end(self, group: PostgresGroup, last: list[Statement]) -> None:
        """Send the last statements with the COMMIT, which is done only where they are."""
        session = group.session
        try:
            with self._server.deadlines.answering(session), session.pipeline():
                for statement in last:
                    session.execute(*statement)
                # Not prepared: its word is on the wire, where faults are injected.
                ended = session.execute("COMMIT", prepare=False)
        except psycopg.Error as error:
            self._resolve_or_refuse(group, error)
            return
        if ended.statusmessage != "COMMIT":  # that is ROLLBACK where a statement had failed
            raise unavailable()

    def _resolve_or_refuse(self, group: PostgresGroup, error: psycopg.Error) -> None:
        """Return if a group whose COMMIT was sent is kept all the same."""
        if group.session.closed:
            self._resolve(group, error)
            return
        refusal = failure(error)
        if not group.careful and self._is_in_error(group.session):
            raise group.again(refusal) from error  # it never came to the COMMIT
        raise refusal from error

    @staticmethod
    def _is_in_error(session: Session) -> bool:
        return session.info.transaction_status == TransactionStatus.INERROR

    def rollback(self) -> None:
        """Undo the transaction; harmless when there is none."""
        self._own.rollback()

    def tidy(self) -> None:
        """Leave the housekeeping to the server."""

    def begin_logging(self) -> None:
        """Log the rows that a release without a log kept."""
        try:
            # A standby can be opened too: it is asked without a transaction that writes.
            asked = PostgresGroup(self._own.opened(), self._server.deadlines)
            is_behind = self._log.is_behind_in(asked)
            self.rollback()
            if is_behind:
                self.begin()
                self._running().wait_for_turn()
                self.commit()
        except RunAgain as error:
            raise error.cause from error
        except StoreError as error:
            if error.code != "store_corrupt":  # a damaged ledger can still be read and verified
                raise
        finally:
            self.rollback()

    def close(self) -> None:
        """Remove this writer's row and close the session."""
        self._own.close()

    def _running(self) -> PostgresGroup:
        if self._group is None:
            raise RuntimeError("there is no group")
        return self._group

    def _resolve(self, group: PostgresGroup, error: psycopg.Error) -> None:
        """Learn what became of the group: return if it was kept, else have it run again."""
        asking = Retrying(
            retry=retry_if_exception_type((StoreError, psycopg.Error)),
            wait=wait_random_exponential(multiplier=_FIRST_WAIT_S, max=_LONGEST_WAIT_S),
            stop=stop_after_delay(self._server.resolve_s),
        )
        try:
            kept = asking(self._own.last_kept)
        except RetryError:
            raise StoreError(
                "The answer to a commit was lost: it may be kept, or not.", code="outcome_unknown"
            ) from error
        if kept != group.number:
            raise RunAgain(unavailable()) from error
