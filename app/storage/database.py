"""The database: one pool of connections for each app, and short transactions on it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from app.errors import AppError
from app.storage.models import Base

BUSY_TIMEOUT_MS = 2_000
"""How long SQLite waits for another writer."""
POOL_TIMEOUT_S = 3
"""How long a thread waits for a connection, and a connection for its server: a canvas has 4 s in all."""
_NOTICE_SILENCE = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 3000,
}
"""A PostgreSQL that went silent (a frozen host, a firewall) is given up within seconds. The last is in milliseconds."""
PING_AFTER_S = 1.0
"""A pooled PostgreSQL connection that was idle for longer is tried before it is used."""
IDLE_IN_TRANSACTION_MS = 15_000
"""When PostgreSQL ends a transaction whose process says nothing more: one that is frozen must not keep its locks."""
_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
)
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_SILENT = "The database does not answer.", "Check that it runs and that DATABASE_URL names it."
_DAMAGED = (
    "The database file is damaged, or it is no SQLite file.",
    "Check that DATABASE_URL names the right file; if it does, stop Kinbox and put a good copy in its place.",
)
_EXTENSION = "kinbox.database"
_ROLE = "kinbox_role"

db = SQLAlchemy(metadata=Base.metadata)


class DatabaseUnavailable(AppError):
    """The database could not be reached, was locked for too long, broke off, or is `damaged`.

    `begun` says whether the transaction had begun: if not, nothing was changed and it may be tried again.
    """

    def __init__(self, *, begun: bool, damaged: bool = False) -> None:
        self.what, self.mend = _DAMAGED if damaged else _SILENT
        super().__init__(f"{self.what} {self.mend}")
        self.damaged = damaged
        self.begun = begun
        self.retryable = not begun


class WriteInReadTransaction(AppError):
    """Code wrote in a transaction that it had opened for reading: a bug. Nothing was changed."""

    def __init__(self) -> None:
        super().__init__("This transaction is for reading; open it with transaction(write=True).")


def _refuse_write(_connection: Connection, statement: Any, *_: Any) -> None:
    """On PostgreSQL a reader's statements are no unit, on SQLite it could not wait for the lock."""
    if getattr(statement, "is_dml", False):
        raise WriteInReadTransaction


@dataclass(frozen=True)
class _Engines:
    """Two views of one pool."""

    readers: Engine
    writers: Engine


@contextmanager
def transaction(*, write: bool = False) -> Iterator[Connection]:
    """A short transaction of the current app: committed at the end, rolled back on any exception.

    The connection is taken on entry and goes back at the end, so never keep one open over an HTTP call.
    A writer on SQLite waits for its turn on entry, up to BUSY_TIMEOUT_MS. A reader sees what was committed
    before each statement. Raises DatabaseUnavailable, and WriteInReadTransaction where `write` was left out.
    """
    engines: _Engines = current_app.extensions[_EXTENSION]
    begun = False
    try:
        with engines.writers.begin() if write else engines.readers.connect() as connection:
            begun = True
            yield connection
    except (OperationalError, InterfaceError, PoolTimeout) as fault:
        raise DatabaseUnavailable(begun=begun) from fault
    except DatabaseError as fault:
        if not _is_damage(fault):
            raise
        raise DatabaseUnavailable(begun=begun, damaged=True) from fault


def _is_damage(fault: DatabaseError) -> bool:
    """SQLite's driver has no class of its own for a broken file, and our own mistakes come as the same class."""
    code = getattr(fault.orig, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF in _DAMAGE  # the upper bits tell more of the same fault


def connect_database(app: Flask, url: str) -> None:
    """Give `app` its pool of connections to `url`. Connects nothing yet."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(url)
    db.init_app(app)
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        readers = engine.execution_options(**{_ROLE: "reader"})
    else:
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", _ping_when_idle)
        event.listen(engine, "connect", _prepare_postgres)
        # READ COMMITTED shows each commit anyway; without BEGIN and COMMIT a query is one round trip.
        readers = engine.execution_options(isolation_level="AUTOCOMMIT")
    event.listen(readers, "before_execute", _refuse_write)
    writers = engine.execution_options(**{_ROLE: "writer"})
    app.extensions[_EXTENSION] = _Engines(readers, writers)


def empty_journal() -> None:
    """Overwrite SQLite's journal, where what was deleted stands until then. Readers may hold it back for a while.

    PostgreSQL does this by itself, with its next vacuum.
    """
    with current_app.extensions[_EXTENSION].readers.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def writing_engine() -> Engine:
    """The current app's engine as writers use it; for migrations."""
    engines: _Engines = current_app.extensions[_EXTENSION]
    return engines.writers


def _engine_options(url: str) -> dict[str, Any]:
    """A pool as wide as a web process has threads; errors show no parameters, for they are personal data."""
    options: dict[str, Any] = {
        "hide_parameters": True,
        "pool_size": 10,
        "max_overflow": 20,
        "pool_timeout": POOL_TIMEOUT_S,
    }
    if make_url(url).get_backend_name() == "postgresql":
        options |= {"connect_args": {"connect_timeout": POOL_TIMEOUT_S, **_NOTICE_SILENCE}}
    return options


def _note_use(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["used_at_s"] = time.monotonic()


def _ping_when_idle(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """A connection that nobody used for a while may be dead: a server was restarted, a firewall forgot it."""
    if time.monotonic() - record.info.get("used_at_s", time.monotonic()) < PING_AFTER_S:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.OperationalError as fault:
        raise DisconnectionError from fault


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """Transactions begin where we say so: the driver would begin late and without the lock."""
    connection.isolation_level = None
    try:
        for pragma in _PRAGMAS:
            connection.execute(pragma)
    except sqlite3.Error:
        connection.close()  # the pool forgets it without closing it
        raise


def _prepare_postgres(connection: psycopg.Connection, _record: object) -> None:
    connection.execute(f"SET idle_in_transaction_session_timeout = {IDLE_IN_TRANSACTION_MS:d}")
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock at once: one that asks for it later fails without waiting. A reader needs none."""
    role = connection.get_execution_options().get(_ROLE)
    if role != "reader":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if role == "writer" else "BEGIN")
