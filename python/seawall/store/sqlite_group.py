"""The rows of one group of requests: hurried while all goes well, careful once something did not.

In a hurried group the few rows of a request wait for those of its neighbours and go with them in
few statements when the group ends. Where one of them is refused nobody knows whose it is: the group
is undone and run again, carefully, so that each request learns what it did where it does it.
"""

from collections.abc import Sequence

import apsw

from seawall.errors import Conflict, InvalidInput, NotFound, SeawallError, StoreError
from seawall.store.commit_driver import RunAgain
from seawall.store.fresh_leaves import HASHED_ROWS, FreshLeaves
from seawall.store.kept_rows import KeptRows
from seawall.store.known_ids import KnownIds
from seawall.store.row_writes import Values
from seawall.store.sqlite_connection import translated
from seawall.store.sqlite_links import finding_numbers
from seawall.store.sqlite_members import RUN_MEMBERS, MembersTable
from seawall.store.sqlite_references import References
from seawall.store.sqlite_tables import MOST_TOGETHER, TABLES, Table
from seawall.store.tables import EVIDENCE, FINDING, LINK

GATHERED_ROWS = 20_000
"""So many gathered rows are sent before the group ends, for the sake of memory."""

_LINKS = TABLES[LINK]

# Each finds what it refers to. Entries of the audit do not wait: the next one continues them.
_GATHERED: tuple[Table | MembersTable, ...] = (
    *(TABLES[table] for table in (EVIDENCE, FINDING, LINK)),
    RUN_MEMBERS,
)

# What several runs may leave behind alike, each by an identifier of its own.
_SHARED = frozenset(TABLES[table] for table in (EVIDENCE, FINDING, LINK))


class SqliteGroup:
    """Puts the rows of one group after the other, on the writer's connection."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self.fresh = FreshLeaves()
        self._known = KnownIds()
        self._kept = KeptRows()
        self._is_open = False
        self._is_careful = True
        self._was_at_fault = False
        self._gathered: dict[Table | MembersTable, list[Values]] = {
            table: [] for table in _GATHERED
        }
        self._waiting = 0
        self._marks = [0] * len(_GATHERED)  # how many rows waited when the request began
        self._sent_neighbours = False  # since then
        self._in_request = False
        self._is_saved = False  # whether the request has a savepoint

    def begin(self) -> None:
        """Start a group, carefully where its last run was at fault."""
        self._is_careful, self._was_at_fault = self._was_at_fault, False
        if self._is_open:  # the last one was rolled back
            self._kept.forget()
        self._is_open = True
        self._in_request = self._is_saved = False
        self._clear()
        self.fresh.forget()
        self._known.forget()

    def mark(self) -> None:
        """Remember where the rows of one request begin."""
        self._marks = [len(rows) for rows in self._gathered.values()]
        self._sent_neighbours = False
        self._in_request = True

    def save(self) -> None:
        """Set the savepoint of the request that is under way, before its first statement.

        Most requests have none: their rows wait. Each statement would let other threads take the
        interpreter's lock.
        """
        if self._in_request and not self._is_saved:
            self._connection.execute("SAVEPOINT request")
            self._is_saved = True

    def release(self) -> None:
        """Keep the request since the mark."""
        if self._is_saved:
            with translated():
                self._connection.execute("RELEASE request")
        self._in_request = self._is_saved = False

    def undo(self) -> None:
        """Undo the request since the mark.

        Raises
        ------
        RunAgain
            When rows of neighbours went with it.
        """
        if self._is_saved:
            self._undo_since("request")
        self._in_request = self._is_saved = False
        if self._sent_neighbours:
            raise self._again(StoreError("The group could not be told apart.", code="store_busy"))
        for rows, mark in zip(self._gathered.values(), self._marks, strict=True):
            del rows[mark:]
        self._waiting = sum(self._marks)

    def put(self, table: Table | MembersTable, rows: Sequence[Values]) -> int:
        """Insert what is missing, require the rest to be the same; return how many were new."""
        with translated():
            self.save()
            if not self._in_request:
                return self._put(table, rows)
            self._connection.execute("SAVEPOINT put")
        try:
            with translated():
                created = self._put(table, rows)
        except (Conflict, InvalidInput, NotFound):
            self._undo_since("put")  # the request may go on
            raise
        with translated():
            self._connection.execute("RELEASE put")
        return created

    def _put(self, table: Table | MembersTable, rows: Sequence[Values]) -> int:
        is_shared = table in _SHARED
        unknown = self._kept.unknown(table.name, rows) if is_shared else rows
        references = References(table, self._known)
        created = 0
        for first in range(0, len(unknown), HASHED_ROWS):
            some = list(unknown[first : first + HASHED_ROWS])
            new = table.put(self._connection, some, self._numbers(table, some))
            created += new
            if new:
                references.add(some)
            if new == len(some):
                self.fresh.add(table.name, some)
                last = self._connection.last_insert_rowid()
                self._known.add(table.name, some, last_number=last)
        references.require(self._connection)
        if created < len(unknown) and is_shared:
            self._kept.add(table.name, unknown)  # some were there, and may be meant again
        return created

    def _numbers(self, table: Table | MembersTable, rows: Sequence[Values]) -> list[int]:
        return finding_numbers(self._connection, self._known, rows) if table is _LINKS else []

    def put_later(self, table: Table | MembersTable, rows: Sequence[Values]) -> None:
        """Put rows at once if they are many or the group is careful, else with the neighbours'."""
        if table not in self._gathered:
            self.put(table, rows)
            return
        count = len(rows)
        if self._is_careful or count > MOST_TOGETHER:
            self.send()
            self.put(table, rows)
            return
        self._gathered[table] += rows[:]
        self._waiting += count
        if self._waiting >= GATHERED_ROWS:
            self.send()

    def send(self) -> None:
        """Put what has waited; raises RunAgain where any of it is refused."""
        if not self._waiting:
            return
        self._sent_neighbours = self._sent_neighbours or any(self._marks)
        try:
            for table, rows in self._gathered.items():
                self.put(table, rows)
        except (Conflict, InvalidInput, NotFound) as error:
            raise self._again(error) from error
        self._clear()

    def end(self) -> None:
        """Note that the group was committed."""
        self._is_open = False
        self.fresh.forget()
        self._known.keep()

    def _undo_since(self, savepoint: str) -> None:
        with translated():
            self._connection.execute(f"ROLLBACK TO {savepoint}; RELEASE {savepoint}")
        self.fresh.forget()
        self._known.forget()
        self._kept.forget()

    def _again(self, cause: SeawallError) -> RunAgain:
        self._was_at_fault = True
        return RunAgain(cause)

    def _clear(self) -> None:
        for rows in self._gathered.values():
            rows.clear()
        self._waiting = 0
        self._marks = [0] * len(_GATHERED)
