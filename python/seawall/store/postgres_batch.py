"""Statements that go to the server in one message and are answered in one.

psycopg sends the statements of a pipeline one by one, for it cannot know whether another comes; of
a group of small requests that took more of the writer's time than its rows.
"""

from collections.abc import Generator, Sequence

import psycopg
from psycopg import errors
from psycopg.pq import ConnStatus, ExecStatus, Format
from psycopg.pq.abc import PGresult
from psycopg.waiting import Ready, Wait

from seawall.store.postgres_deadlines import Session

Sent = tuple[str, Sequence[bytes] | None]
"""A statement with the binary values of its parameters; with none at all it is not prepared."""

_Sending = Generator[Wait, Ready | int, None]
_Waiting = Generator[Wait, Ready | int, list[PGresult]]


class Batch:
    """Sends statements of one session, each prepared when it first comes."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._names: dict[str, bytes] = {}
        self._prepared = 0

    def send(self, statements: Sequence[Sent]) -> None:
        """Send statements, of which none is done after one that fails; `answer` must follow.

        Raises
        ------
        psycopg.Error
            The end of the session.
        """
        wire = self.session.pgconn
        try:
            wire.enter_pipeline_mode()
            for statement in statements:
                self._send(*statement)
            wire.pipeline_sync()
            self.session.wait(self._flushed())
        except BaseException:
            self.session.close()  # nobody knows what arrived
            raise

    def answer(self) -> str:
        """Wait until the server has done what was sent.

        Returns
        -------
        str
            What it says of the last statement.

        Raises
        ------
        psycopg.Error
            What the first that failed did so with, or the end of the session.
        """
        try:
            results = self.session.wait(self._answers())
        except BaseException:
            self.session.close()  # nobody knows what it would answer next
            raise
        self.session.pgconn.exit_pipeline_mode()
        failed = next((r for r in results if r.status == ExecStatus.FATAL_ERROR), None)
        if failed is not None:
            self.forget()  # some may not have been prepared
            raise errors.error_from_result(failed)
        return (results[-1].command_status or b"").decode()

    def forget(self) -> None:
        """Prepare all anew: what was prepared may not be so any more."""
        self._names.clear()

    def _send(self, sql: str, values: Sequence[bytes] | None) -> None:
        wire = self.session.pgconn
        if values is None:
            wire.send_query_params(sql.encode(), None)
            return
        name = self._names.get(sql)
        if name is None:
            self._prepared += 1  # a name is never used twice: the server may still know the former
            name = self._names[sql] = f"seawall_{self._prepared}".encode()
            wire.send_prepare(name, sql.encode())
        wire.send_query_prepared(name, values, [Format.BINARY] * len(values))

    def _flushed(self) -> _Sending:
        wire = self.session.pgconn
        while wire.flush():
            if (yield Wait.RW) & Ready.R:
                wire.consume_input()  # or neither end could say any more

    def _answers(self) -> _Waiting:
        wire = self.session.pgconn
        results: list[PGresult] = []
        while True:
            while wire.is_busy():
                yield Wait.R
                wire.consume_input()
            result = wire.get_result()
            if result is None:  # between the answers to two statements
                if wire.status == ConnStatus.BAD:
                    raise psycopg.OperationalError("the session has ended")
            elif result.status == ExecStatus.PIPELINE_SYNC:
                return results
            else:
                results.append(result)
