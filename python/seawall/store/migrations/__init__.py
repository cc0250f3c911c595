"""Numbered schema changes, applied in order, each once and each in its own transaction."""

import hashlib
from collections.abc import Sequence
from importlib.resources import files
from typing import NamedTuple, Protocol

from seawall.errors import StoreError


class Migration(NamedTuple):
    """One numbered file, such as ``0001_ledger.sql``."""

    version: int
    name: str
    text: str

    @property
    def sha256(self) -> str:
        """Hexadecimal digest of the text; a changed text is refused."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class MigrationTarget(Protocol):
    """What the runner needs of a driver."""

    def applied_migrations(self) -> dict[int, str]:
        """Version → sha256 of what was applied; empty in a fresh database."""

    def apply_migration(self, migration: Migration, *, applied_at: str) -> None:
        """Run the text and record the migration, inside the transaction begun before."""

    def begin_migration(self) -> None:
        """Start a transaction that no other process can hold at the same time."""

    def commit(self) -> None:
        """Make the transaction durable."""

    def rollback(self) -> None:
        """Undo the transaction."""


def migrations_of(dialect: str) -> list[Migration]:
    """Read the migrations of a dialect, such as ``sqlite``, in ascending order."""
    folder = files(__name__) / dialect
    found = []
    for entry in folder.iterdir():
        stem, dot, suffix = entry.name.rpartition(".")
        if dot and suffix == "sql":
            number, _, name = stem.partition("_")
            found.append(Migration(int(number), name, entry.read_text(encoding="utf-8")))
    return sorted(found)


def migrate(
    target: MigrationTarget, migrations: Sequence[Migration], *, applied_at: str
) -> list[int]:
    """Bring the database to the newest version.

    Parameters
    ----------
    target : MigrationTarget
        The driver of the database to change.
    migrations : Sequence[Migration]
        All of them, in ascending order.
    applied_at : str
        ISO 8601, recorded with each migration.

    Returns
    -------
    list[int]
        The versions applied by this call.

    Raises
    ------
    StoreError
        ``schema_newer`` when the database knows more than this code, ``migration_changed`` when
        an applied text is not the one in this code.
    """
    done = []
    for migration in _pending(target, migrations):
        target.begin_migration()
        try:
            # Another process may have applied it while this one waited for the lock.
            if migration in _pending(target, migrations):
                target.apply_migration(migration, applied_at=applied_at)
                done.append(migration.version)
            target.commit()
        except BaseException:
            target.rollback()
            raise
    return done


def _pending(target: MigrationTarget, migrations: Sequence[Migration]) -> list[Migration]:
    applied = target.applied_migrations()
    known = {migration.version: migration for migration in migrations}
    newest = max(known, default=0)
    for version, sha256 in applied.items():
        if version > newest:
            raise StoreError(
                f"The database has schema version {version}, this program knows {newest}.",
                code="schema_newer",
            )
        if version not in known or known[version].sha256 != sha256:
            raise StoreError(
                f"Migration {version} is not the one that this database was made with.",
                code="migration_changed",
            )
    return [migration for migration in migrations if migration.version not in applied]
