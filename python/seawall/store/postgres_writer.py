"""The write side over PostgreSQL: one session, used by the writer thread alone."""

import uuid
from contextlib import suppress

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
from seawall.store.group_commit import RunAgain
from seawall.store.postgres_ahead import Patience, ahead
from seawall.store.postgres_arrays import takes_utf8
from seawall.store.postgres_batch import Batch
from seawall.store.postgres_connection import Server, failure, translated, unavailable
from seawall.store.postgres_deadlines import Session
from seawall.store.postgres_group import PostgresGroup, Statement
from seawall.store.postgres_log import GROWN, PostgresLogExtension
from seawall.store.postgres_transaction import PostgresTransaction

RESOLVE_S = 10.0
"""How long the writer tries to learn what became of a COMMIT whose answer was lost."""

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.02, 0.2
"""Between two attempts: at random below a bound that doubles, so that services that lost one server
in one moment do not ask together."""

_NONE, _ALL = 0, -1

_SUPPOSED_WRONGLY = (errors.IntegrityError, errors.DivisionByZero)
"""What a group that was sent ahead fails with where it is not as this writer knew."""

_MARK = (
    "UPDATE writer_mark SET group_number = %s, marked_at = clock_timestamp()"
    " WHERE writer = %s RETURNING 1"
)


class PostgresWriter:
    """`CommitDriver` over one session, which is opened again when it is lost.

    Each group also writes its number into a row that is this writer's: after a lost answer the row
    says whether the group was kept.

    Parameters
    ----------
    server : Server
        Where the session is opened.
    resolve_s : float
        See ``RESOLVE_S``.
    """

    def __init__(self, server: Server, *, resolve_s: float = RESOLVE_S) -> None:
        self._server = server
        self._resolve_s = resolve_s
        self._name = uuid.uuid4().hex
        self._session: Session | None = None
        self._batch: Batch  # of this session
        self._group: PostgresGroup | None = None
        self._request = 0  # the one that runs, counted from 1
        self._mark = 0  # what its group had sent when it began
        self._care = _NONE  # the request that is run carefully
        self._group_number = 0
        self._registered = False
        self._log = PostgresLogExtension()
        self._patience = Patience()

    def begin(self) -> PostgresTransaction:
        """Start a group, carefully where its last run was at fault."""
        self._take_care(self._group)
        if self._group is not None:
            self._log.undone()
        session = self._opened()
        if not self._registered:
            self._execute(
                session,
                "INSERT INTO writer_mark (writer, group_number) VALUES (%s, %s)"
                " ON CONFLICT DO NOTHING",
                (self._name, self._group_number),
            )
            self._registered = True
        self._group = PostgresGroup(session, self._server.deadlines, careful=self._care == _ALL)
        self._request = 0
        return PostgresTransaction(self._group)

    def savepoint(self) -> None:
        """Mark the start of one request."""
        group = self._running()
        self._request += 1
        if self._care == self._request:
            group.send()  # what is undone below must not take the neighbours' rows with it
            group.careful = True
        if group.careful:
            group.begin()
            self._execute(group.session, "SAVEPOINT request")
        self._mark = group.statements

    def release(self) -> None:
        """Keep the request since the mark."""
        group = self._running()
        if group.careful:
            self._execute(group.session, "RELEASE request")
            group.careful = self._care == _ALL

    def rollback_to_savepoint(self) -> None:
        """Undo the request since the mark; what a hurried one has sent can only run again."""
        group = self._running()
        if group.careful:
            self._execute(group.session, "ROLLBACK TO request")
            group.fresh.forget()
            self.release()
        elif group.statements != self._mark:
            raise group.again(unavailable())

    def commit(self) -> None:
        """Return once the transaction is durable, its rows logged."""
        group = self._running()
        self._group_number += 1
        if not self._committed_ahead(group):
            self._commit_in_two_steps(group)
        self._log.kept()
        self._group = None

    def _commit_in_two_steps(self, group: PostgresGroup) -> None:
        asked: list[Statement] = [(_MARK, (self._group_number, self._name))]
        if group.is_logged or group.waits():
            asked.append(GROWN)
        marked, *grown = group.send(*asked)
        if not marked:  # another program has removed the row
            self._registered = False
            raise RunAgain(unavailable())
        self._end(group, self._log.extend_in(group, grown[0]) if grown else [])

    def _committed_ahead(self, group: PostgresGroup) -> bool:
        """Send the group and its COMMIT at once, if that can be; False when nothing was done."""
        session, gathered = group.session, group.all_gathered()
        if gathered is None or not self._patience.allows():
            return False
        if not takes_utf8(session.info.encoding):
            return False
        statements = ahead(gathered, self._log, writer=self._name, number=self._group_number)
        if statements is None:
            return False
        try:
            with self._server.deadlines.answering(session):
                ended = self._batch.run(statements)
        except psycopg.Error as error:
            if self._is_in_error(session) and isinstance(error, _SUPPOSED_WRONGLY):
                self.rollback()
                self._log.undone()
                self._patience.was_in_vain()
                return False
            group.gathered_at_fault = True
            self._resolve_or_refuse(group, error)
            return True
        if ended != "COMMIT":  # that is ROLLBACK where a statement had failed
            raise unavailable()
        self._patience.was_worth_it()
        return True

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
            self._resolve(error)
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
        if self._session is not None and not self._session.closed:
            with suppress(psycopg.Error), self._server.deadlines.answering(self._session):
                # What was to be prepared among statements sent together may not have been, if one
                # of them failed. Prepared itself, this makes psycopg prepare all of them anew.
                self._session.execute("ROLLBACK", prepare=True)
            self._batch.forget()

    def tidy(self) -> None:
        """Leave the housekeeping to the server."""

    def begin_logging(self) -> None:
        """Log the rows that a release without a log kept."""
        try:
            # A standby can be opened too: it is asked without a transaction that writes.
            asked = PostgresGroup(self._opened(), self._server.deadlines, careful=False)
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
        if self._session is not None:
            with suppress(psycopg.Error), self._server.deadlines.answering(self._session):
                if self._registered:
                    self._session.execute(
                        "DELETE FROM writer_mark WHERE writer = %s", (self._name,)
                    )
            self._session.close()

    def _take_care(self, last: PostgresGroup | None) -> None:
        if last is None or not last.at_fault:
            self._care = _NONE
        elif self._care == _NONE and not last.gathered_at_fault:
            self._care = self._request
        else:
            self._care = _ALL

    # --- the session

    def _running(self) -> PostgresGroup:
        if self._group is None:
            raise RuntimeError("there is no group")
        return self._group

    def _opened(self) -> Session:
        if self._session is None or self._session.closed:
            session = self._server.connect(writing=True)
            with translated(), self._server.deadlines.answering(session):
                self._end_former_session(session)
                session.execute("SELECT set_config('application_name', %s, false)", (self._title,))
            self._session = session
            self._batch = Batch(session)
        return self._session

    @property
    def _title(self) -> str:
        return f"seawall writer {self._name}"

    def _end_former_session(self, session: Session) -> None:
        # It may live on where the network was cut, and hold locks.
        session.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s",
            (self._title,),
        )

    def _execute(self, session: Session, sql: str, values: tuple[object, ...] = ()) -> None:
        try:
            with self._server.deadlines.answering(session):
                session.execute(sql, values or None)
        except psycopg.Error as error:
            if session.closed:
                raise RunAgain(unavailable()) from error
            raise failure(error) from error

    def _resolve(self, error: psycopg.Error) -> None:
        """Learn what became of the group: return if it was kept, else have it run again."""
        asking = Retrying(
            retry=retry_if_exception_type((StoreError, psycopg.Error)),
            wait=wait_random_exponential(multiplier=_FIRST_WAIT_S, max=_LONGEST_WAIT_S),
            stop=stop_after_delay(self._resolve_s),
        )
        try:
            kept = asking(self._last_kept)
        except RetryError:
            raise StoreError(
                "The answer to a commit was lost: it may be kept, or not.", code="outcome_unknown"
            ) from error
        if kept != self._group_number:
            raise RunAgain(unavailable()) from error

    def _last_kept(self) -> int | None:
        with (
            self._server.connect(writing=True) as session,
            self._server.deadlines.answering(session),
        ):
            self._end_former_session(session)
            session.execute("SET lock_timeout = '1s'")
            # The lock waits for the former session: what it has not committed now, it never will.
            rows = session.execute(
                "SELECT group_number FROM writer_mark WHERE writer = %s FOR UPDATE", (self._name,)
            ).fetchall()
        return int(rows[0][0]) if rows else None
