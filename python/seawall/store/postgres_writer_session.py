"""The one session of a writer, and the row that tells the last group which it has committed."""

import uuid
from contextlib import suppress

import psycopg

from seawall.store.commit_driver import RunAgain
from seawall.store.postgres_batch import Batch
from seawall.store.postgres_connection import Server, failure, translated, unavailable
from seawall.store.postgres_deadlines import Session


class WriterSession:
    """A session that is opened again when it was lost.

    Parameters
    ----------
    server : Server
        Where it is opened.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self.writer = uuid.uuid4().hex  # a name that nobody else has
        self._session: Session | None = None
        self.batch: Batch  # of the one that is open
        self._registered = False

    def opened(self) -> Session:
        """Return it as it is, or a new one where it is closed."""
        if self._session is None or self._session.closed:
            session = self._server.connect(writing=True)
            with translated(), self._server.deadlines.answering(session):
                self._end_former(session)
                session.execute("SELECT set_config('application_name', %s, false)", (self._title,))
            self._session = session
            self.batch = Batch(session)
        return self._session

    def register(self, number: int) -> None:
        """Have a row for the writer, if it has none, with a number that no group will have."""
        if not self._registered:
            self.execute(
                "INSERT INTO writer_mark (writer, group_number) VALUES (%s, %s)"
                " ON CONFLICT DO NOTHING",
                (self.writer, number),
            )
            self._registered = True

    def is_not_registered(self) -> None:
        """Know that another program has removed the row."""
        self._registered = False

    def execute(self, sql: str, values: tuple[object, ...] = ()) -> None:
        """Ask one statement; what it answers is of no interest."""
        session = self.opened() if self._session is None else self._session
        try:
            with self._server.deadlines.answering(session):
                session.execute(sql, values or None)
        except psycopg.Error as error:
            if session.closed:
                raise RunAgain(unavailable()) from error
            raise failure(error) from error

    def rollback(self) -> None:
        """Undo its transaction; harmless when there is none."""
        if self._session is not None and not self._session.closed:
            with suppress(psycopg.Error), self._server.deadlines.answering(self._session):
                # What was to be prepared among statements sent together may not have been, if one
                # of them failed. Prepared itself, this makes psycopg prepare all of them anew.
                self._session.execute("ROLLBACK", prepare=True)
            self.batch.forget()

    def last_kept(self) -> int | None:
        """Ask in another session for the number of the last group; this one is ended for good."""
        with (
            self._server.connect(writing=True) as session,
            self._server.deadlines.answering(session),
        ):
            self._end_former(session)
            session.execute("SET lock_timeout = '1s'")
            # The lock waits for the former session: what it has not committed now, it never will.
            rows = session.execute(
                "SELECT group_number FROM writer_mark WHERE writer = %s FOR UPDATE", (self.writer,)
            ).fetchall()
        return int(rows[0][0]) if rows else None

    def close(self) -> None:
        """Remove the row and close the session."""
        if self._session is not None:
            with suppress(psycopg.Error), self._server.deadlines.answering(self._session):
                if self._registered:
                    self._session.execute(
                        "DELETE FROM writer_mark WHERE writer = %s", (self.writer,)
                    )
            self._session.close()

    @property
    def _title(self) -> str:
        return f"seawall writer {self.writer}"

    def _end_former(self, session: Session) -> None:
        # It may live on where the network was cut, and hold locks.
        session.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s",
            (self._title,),
        )
