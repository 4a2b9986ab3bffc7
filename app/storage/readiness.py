"""Whether the database can be worked with: it answers, and its tables are the ones that this code expects."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, column, inspect, select, table
from sqlalchemy.exc import SQLAlchemyError

from app.storage.database import DatabaseUnavailable, transaction

_VERSION = table("alembic_version", column("version_num"))


@dataclass(frozen=True)
class DatabaseFault:
    """What is wrong and how to mend it."""

    what: str
    mend: str
    lasts: bool = False
    """It does not end by itself, and nothing can be worked until then."""

    def __str__(self) -> str:
        return f"{self.what} {self.mend}"


class DatabaseCheck:
    """Compares the database with the newest migration in `folder`, which is read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._expected: frozenset[str] | None = None

    def expected(self) -> frozenset[str]:
        if self._expected is None:
            self._expected = frozenset(ScriptDirectory(str(self._folder)).get_heads())
        return self._expected

    def faults(self) -> tuple[DatabaseFault, ...]:
        """Empty when the current app's database is ready for work."""
        try:
            with transaction() as connection:
                found = _found(connection)
        except DatabaseUnavailable as fault:
            return (DatabaseFault(fault.what, fault.mend, lasts=fault.damaged),)
        except SQLAlchemyError:
            silent = DatabaseUnavailable(begun=True)
            return (DatabaseFault(silent.what, silent.mend),)
        if found == self.expected():
            return ()
        what = "The database is at another version than this code." if found else "The database has no tables yet."
        return (DatabaseFault(what, "Run `flask --app wsgi db upgrade`, with the newest code.", lasts=not found),)


def _found(connection: Connection) -> frozenset[str]:
    if not inspect(connection).has_table(_VERSION.name):
        return frozenset()
    return frozenset(connection.execute(select(_VERSION.c.version_num)).scalars())
