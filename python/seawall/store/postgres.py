"""The store in one PostgreSQL database, which several processes may use at once."""

from collections.abc import Mapping
from typing import Any

from seawall.store.ledger_store import LedgerStore
from seawall.store.migrations import migrate, migrations_of
from seawall.store.postgres_connection import Server
from seawall.store.postgres_log import LOG_STATEMENTS
from seawall.store.postgres_migrator import Migrator
from seawall.store.postgres_readers import Readers
from seawall.store.postgres_writer import PostgresWriter
from seawall.store.tables import LEDGER_TABLES


class PostgresStore(LedgerStore):
    """`Store` over one PostgreSQL database, durable at every commit.

    Parameters
    ----------
    url : str
        ``postgresql://…``: see `seawall.store.postgres_url`.
    opened_at : str
        ISO 8601, recorded with migrations applied now.

    Raises
    ------
    InvalidInput
        When the URL cannot be read.
    StoreError
        When the database cannot be opened, or has another schema.
    """

    # An index that begins with the tenant and has the identifier at its end looks as good while a
    # table is small, and the plan is kept: each reading would walk through all of the tenant.
    tenant_beside = "(tenant || '')"
    log_statements = LOG_STATEMENTS

    def __init__(self, url: str, *, opened_at: str = "") -> None:
        self._server = Server(url)
        self._writer = PostgresWriter(self._server)
        try:
            with Migrator(self._server) as migrator:
                migrate(migrator, migrations_of("postgres"), applied_at=opened_at)
            self._writer.begin_logging()
        except BaseException:
            self._writer.close()
            self._server.close()
            raise
        self._readers: Readers = Readers(self._server)
        super().__init__(self._writer)

    def integrity_problems(self) -> list[str]:
        """What is wrong with references and indexes; the pages check themselves when read."""
        broken = self._rows("SELECT indexrelid::text FROM pg_index WHERE NOT indisvalid", {})
        found = [f"the index {name} is not valid" for (name,) in broken]
        # Asked here too, because a superuser can switch triggers and foreign keys off.
        for child, parent in ((t.name, kept) for t in LEDGER_TABLES for kept in t.refers_to):
            column = parent.primary_key[0]
            orphans = self._rows(
                f"SELECT count(*) FROM {child} WHERE NOT EXISTS (SELECT FROM {parent.name} AS kept"
                f" WHERE kept.{column} = {child}.{column} AND kept.tenant = {child}.tenant)",
                {},
            )
            found += [f"{child} refers to a missing {parent.name}"] * int(orphans[0][0])
        return found

    def _close_connections(self) -> None:
        self._readers.close()
        self._writer.close()
        self._server.close()

    def _rows(self, sql: str, values: Mapping[str, Any]) -> list[Any]:
        return self._readers.rows(sql, values)
