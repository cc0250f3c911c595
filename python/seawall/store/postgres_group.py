"""The transaction of one group: hurried while all goes well, careful once something did not.

A hurried group has no savepoints, and rows whose put answers nothing are gathered and sent when the
group ends: a hundred requests cost a few statements, sent one after the other without waiting for
an answer between. Whatever goes wrong, the group is undone and run again, carefully where the fault
was: there each put is sent at once, inside a savepoint, so that the request learns it where it
happens and its neighbours are kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from itertools import islice
from typing import Any

import psycopg
from psycopg import errors

from seawall.errors import Conflict, SeawallError
from seawall.store.commit_driver import RunAgain
from seawall.store.fresh_leaves import HASHED_ROWS, FreshLeaves
from seawall.store.postgres_arrays import array_of
from seawall.store.postgres_connection import failure, unavailable
from seawall.store.postgres_deadlines import Deadlines, Session
from seawall.store.postgres_tables import GATHERED, TABLES, Table
from seawall.store.refusals import kept_otherwise
from seawall.store.tables import AUDIT_ENTRY

BULK_ROWS = 1_000
"""As many rows go by COPY, which first supposes that none of them is kept."""

GATHERED_ROWS = 20_000
"""So many gathered rows are sent before the group ends, for the sake of memory."""

TURN_LOCK = 0x5EA_0A0D17  # a number that other programs of the database hardly use

NONE, ALL = 0, -1
"""Requests of a group to take care of."""

_Rows = Sequence[tuple[Any, ...]]
_Values = Sequence[Any] | Mapping[str, Any]
Statement = tuple[str, _Values]
_PASSING = (errors.DeadlockDetected, errors.SerializationFailure)


class PostgresGroup:
    """Sends the statements of one group; dead once the group has ended.

    Parameters
    ----------
    session : Session
        Where they are sent.
    deadlines : Deadlines
        Of their answers.
    number : int
        What the writer calls the group.
    care : int
        Which request is run carefully, counted from 1, or ``ALL`` or ``NONE`` of them.
    beside : bool
        Whether another group is under way before it, so that nothing can be asked.
    """

    def __init__(
        self,
        session: Session,
        deadlines: Deadlines,
        *,
        number: int = 0,
        care: int = NONE,
        beside: bool = False,
    ) -> None:
        self.session = session
        self._deadlines = deadlines
        self.number = number
        self.care = care
        self.beside = beside  # until it is sent itself
        self.request = 0  # the one that runs
        self.mark = 0  # what had been sent or gathered when it began
        self.careful = care == ALL  # of the request that runs now, if not of all
        self.at_fault = False  # so that it must run again carefully
        self.gathered_at_fault = False  # and nobody knows by whose rows
        self.statements = 0  # sent or gathered so far: what a savepoint would have to undo
        self._gathered: dict[Table, list[tuple[Any, ...]]] = {table: [] for table in GATHERED}
        self._waiting = 0
        self._has_begun = False
        self._has_turn = False
        self.fresh = FreshLeaves()
        self.is_logged = False  # whether it may have added rows to a tree of the log

    @contextmanager
    def guarded(self, *, rows: int = 0, together: bool = False) -> Iterator[Session]:
        """Lend the session for the statements of one put, which fail together.

        Parameters
        ----------
        rows : int
            How many they send, which gives them time.
        together : bool
            Whether all are sent before the first answer is read, at the end of the block.

        Raises
        ------
        RunAgain
            When the group must be run again, carefully or on a new session.
        """
        self.statements += 1
        if self.beside:
            raise RunAgain(unavailable())
        try:
            with (
                self._deadlines.answering(self.session, rows=rows),
                self.session.pipeline() if together else nullcontext(),
            ):
                self._begin()
                if self.careful:
                    self.session.execute("SAVEPOINT put")
                yield self.session
                if self.careful:
                    self.session.execute("RELEASE put")
        except (psycopg.Error, UnicodeEncodeError) as error:
            if self.session.closed:
                raise RunAgain(unavailable()) from error
            refusal = failure(error)
            if not self.careful or isinstance(error, _PASSING):
                raise self.again(refusal) from error
            self._undo_put()
            raise refusal from error

    def _begin(self) -> None:
        # Not before there is something to say: it goes with the first statement.
        if not self._has_begun:
            self.session.execute("BEGIN")
            self._has_begun = True

    def _undo_put(self) -> None:
        try:
            self.session.execute("ROLLBACK TO put")
            self.fresh.forget()
        except psycopg.Error as error:
            raise RunAgain(unavailable()) from error

    def begin(self) -> None:
        """Start the transaction, where no statement has."""
        if not self._has_begun:
            with self.guarded():
                pass

    def rows(self, sql: str, values: _Values = ()) -> list[Any]:
        """Ask one statement of its own."""
        with self.guarded() as connection:
            return _answer(connection.execute(sql, values, binary=True))

    def wait_for_turn(self) -> None:
        """Let nobody else add rows to the log or the audit until the group has ended.

        What is asked afterwards sees what was committed while this waited.
        """
        with self.guarded() as connection:
            self._wait_for_turn(connection)

    def _wait_for_turn(self, connection: Session) -> None:
        self.is_logged = True
        if not self._has_turn:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (TURN_LOCK,))
            self._has_turn = not self.careful  # else a savepoint may take it back

    def put_later(self, table: Table, rows: _Rows) -> None:
        """Put rows now if careful, else with those of the neighbours."""
        if self.careful or len(rows) >= BULK_ROWS:
            self.send()
            self.put(table, rows)
            return
        self.statements += 1
        self._gathered[table].extend(rows)
        self._waiting += len(rows)
        if self._waiting >= GATHERED_ROWS:
            self.send()

    def waits(self) -> bool:
        """Tell whether rows were gathered that are not sent yet."""
        return self._waiting > 0

    def all_gathered(self) -> dict[Table, list[tuple[Any, ...]]] | None:
        """Return all rows of a hurried group of which nothing was sent; None of another."""
        if self.careful or self._has_begun or self._waiting >= BULK_ROWS:
            return None
        return {table: rows for table, rows in self._gathered.items() if rows} or None

    def send(self, *asked: Statement) -> list[list[Any]]:
        """Send what was gathered, and statements after it; return their answers.

        Nothing waits for an answer between, unless the rows are many or the group is careful.
        """
        waiting = [(table, rows) for table, rows in self._gathered.items() if rows]
        if not waiting and not asked:
            return []
        self._gathered = {table: [] for table in GATHERED}
        waited, self._waiting = self._waiting, 0
        self.gathered_at_fault = bool(waiting)
        if waited >= BULK_ROWS:  # some may go by COPY, which needs its answers
            with self.guarded(rows=waited) as connection:
                for table, rows in waiting:
                    self._put(connection, table, rows)
            waiting = []
        with self.guarded(rows=waited, together=not self.careful) as connection:
            inserted = [(*put, self._inserted(connection, *put)) for put in waiting]
            answers = [connection.execute(*statement, binary=True) for statement in asked]
        if inserted:
            with self.guarded() as connection:
                for table, rows, cursor in inserted:
                    self._check(connection, table, rows, cursor.rowcount)
        self.gathered_at_fault = False
        return [_answer(cursor) for cursor in answers]

    def put(self, table: Table, rows: _Rows) -> int:
        """Insert what is missing, require the rest to be the same; return how many were new."""
        if not rows:
            return 0
        if self.careful or len(rows) > min(table.together, BULK_ROWS - 1):
            with self.guarded(rows=len(rows)) as connection:
                return self._put(connection, table, rows)
        with self.guarded(rows=len(rows), together=True) as connection:
            inserted = self._inserted(connection, table, rows)
        with self.guarded() as connection:
            self._check(connection, table, rows, inserted.rowcount)
        return inserted.rowcount

    def _put(self, connection: Session, table: Table, rows: _Rows) -> int:
        if len(rows) >= BULK_ROWS and self._copied(connection, table, rows):
            return len(rows)
        created = 0
        for first in range(0, len(rows), table.together):
            part = rows[first : first + table.together]
            new = self._inserted(connection, table, part).rowcount
            self._check(connection, table, part, new)
            created += new
        return created

    def _inserted(self, connection: Session, table: Table, rows: _Rows) -> psycopg.Cursor[Any]:
        """Insert what is missing; how many those were, the cursor knows once it is answered."""
        if table.is_logged:
            self._wait_for_turn(connection)
            rows = _distinct(table, rows)
        return connection.execute(table.insert, columns_of(rows, len(table.types)))

    def _check(self, connection: Session, table: Table, rows: _Rows, new: int) -> None:
        """Require the rows that were not inserted to be the same as those kept."""
        if new == len(rows):
            self.fresh.add(table.name, rows)
        elif table is TABLES[AUDIT_ENTRY]:
            raise self.again(Conflict("Another entry has this place."))
        else:
            self._require_kept(connection, table, rows)

    def _copied(self, connection: Session, table: Table, rows: _Rows) -> bool:
        if table.is_logged:
            self._wait_for_turn(connection)
        connection.execute("SAVEPOINT bulk")
        try:
            first = connection.execute(table.next_index).fetchall()[0][0] if table.is_logged else 0
            with connection.cursor().copy(table.copy) as copy:
                copy.set_types([*table.types, "int8"] if table.is_logged else table.types)
                for begin in range(0, len(rows), HASHED_ROWS):
                    some = rows[begin : begin + HASHED_ROWS]
                    for index, row in enumerate(some, first + begin):
                        copy.write_row((*row, index) if table.is_logged else row)
                    self.fresh.add(table.name, some)  # while the server writes the rows
        except errors.UniqueViolation:
            connection.execute("ROLLBACK TO bulk")
            self.fresh.forget()
            return False
        connection.execute("RELEASE bulk")
        return True

    def _require_kept(self, connection: Session, table: Table, rows: _Rows) -> None:
        wanted = columns_of(rows, table.content_columns)
        changed = connection.execute(table.first_changed, wanted).fetchall()[0][0]
        if changed is not None:
            where = f"{table.name}[{rows[changed - 1][1]}]"
            refusal = kept_otherwise(where)
            raise refusal if self.careful else self.again(refusal)

    def next_care(self) -> int:
        """Tell of what the next run of these requests must take care."""
        if not self.at_fault:
            return NONE
        return self.request if self.care == NONE and not self.gathered_at_fault else ALL

    def again(self, cause: SeawallError) -> RunAgain:
        """Make what has the group run again, carefully."""
        self.at_fault = True
        return RunAgain(cause)


def _answer(cursor: psycopg.Cursor[Any]) -> list[Any]:
    return cursor.fetchall() if cursor.description else []


def _distinct(table: Table, rows: _Rows) -> _Rows:
    """Leave out rows that a former one of the same put has the identity of."""
    first: dict[Any, tuple[Any, ...]] = {}
    for row in rows:
        first.setdefault(table.identity(row), row)
    return list(first.values())


def columns_of(rows: _Rows, count: int | None = None) -> list[Any]:
    """Turn rows into the arrays that a statement unnests; of the first columns, if so many."""
    return [array_of(column) for column in islice(zip(*rows, strict=True), count)]
