from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, func, select, text, update

from app.storage import audit
from app.storage.database import DatabaseUnavailable, WriteInReadTransaction, db, transaction
from app.storage.models import AuditRecord

Serve = Callable[[Mapping[str, str]], Flask]
NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)


def note(connection: Connection, action: str) -> None:
    audit.record(connection, "abc12", action=action, teammate=None, contact_id="c1", details={}, at=NOW)


def actions() -> list[str]:
    with transaction() as connection:
        return list(connection.execute(select(AuditRecord.action).order_by(AuditRecord.id)).scalars())


def test_a_transaction_is_kept_at_its_end(database: Flask) -> None:
    with transaction(write=True) as connection:
        note(connection, "first")
        note(connection, "second")
    assert actions() == ["first", "second"]


def test_a_transaction_that_fails_leaves_nothing(database: Flask) -> None:
    def fail() -> None:
        with transaction(write=True) as connection:
            note(connection, "first")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert actions() == []


@pytest.mark.parametrize("method", ["execute", "scalar", "scalars"])
def test_a_write_in_a_reading_transaction_is_refused(database: Flask, method: str) -> None:
    change = update(AuditRecord).values(action="changed").returning(AuditRecord.id)
    with transaction() as connection, pytest.raises(WriteInReadTransaction):
        getattr(connection, method)(change)


def test_no_connection_is_kept_after_a_transaction(database: Flask) -> None:
    for _ in range(50):
        with transaction() as connection:
            connection.execute(select(func.count(AuditRecord.id)))
        with transaction(write=True) as connection:
            note(connection, "noted")
    assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # the pool is a QueuePool


def test_writers_take_turns_and_lose_nothing(database: Flask) -> None:
    def add_ten() -> None:
        with database.app_context():
            for _ in range(10):
                with transaction(write=True) as connection:
                    count = connection.execute(select(func.count(AuditRecord.id))).scalar_one()
                    note(connection, f"after {count}")

    threads = [threading.Thread(target=add_ten) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(actions()) == 60


def test_on_sqlite_what_a_writer_read_stays_true_until_it_wrote(app: Flask) -> None:
    """BEGIN IMMEDIATE: count, then write, without anybody in between."""

    def add_one() -> None:
        with app.app_context(), transaction(write=True) as connection:
            count = connection.execute(select(func.count(AuditRecord.id))).scalar_one()
            time.sleep(0.01)
            note(connection, str(count))

    threads = [threading.Thread(target=add_one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert actions() == [str(number) for number in range(8)]


def test_on_sqlite_a_reader_does_not_wait_for_a_writer(app: Flask) -> None:
    with app.app_context(), transaction(write=True) as writer:
        note(writer, "unseen")
        assert actions() == []


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 2_000)],
)
def test_sqlite_is_set_up_to_lose_nothing(app: Flask, pragma: str, value: object) -> None:
    with app.app_context(), transaction() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value


def test_a_database_that_is_not_there_is_named_and_may_be_tried_again(
    serve: Serve, environment: dict[str, str]
) -> None:
    nobody = environment | {"DATABASE_URL": "postgresql://kin:hunter22@127.0.0.1:1/kinbox"}
    app = serve(nobody)
    with app.app_context(), pytest.raises(DatabaseUnavailable) as caught, transaction():
        pytest.fail("there is no database")
    assert caught.value.retryable
    assert "hunter22" not in str(caught.value)


def test_a_database_that_breaks_off_midway_must_be_looked_at(make_app: Callable[..., Flask]) -> None:
    context, broken = make_app().app_context(), text("SELECT * FROM a_table_that_is_not_there")
    with context, pytest.raises(DatabaseUnavailable) as caught, transaction(write=True) as connection:
        connection.execute(broken)
    assert not caught.value.retryable


def test_the_folder_of_an_sqlite_file_is_made(serve: Serve, environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "kinbox.db"
    app = serve(environment | {"DATABASE_URL": f"sqlite:///{path}"})
    with app.app_context(), transaction() as connection:
        connection.execute(text("SELECT 1"))
        assert path.exists()
