"""What has been kept for long enough is found by index, and goes a few rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, event

from app.storage import retention
from app.storage.database import transaction

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)


@contextmanager
def statements(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """What is sent to the database meanwhile, with its parameters."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        seen.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    yield seen
    event.remove(connection, "before_cursor_execute", note)


@pytest.mark.parametrize("whose", [{"workspace_id": "abc12"}, {"others_than": ["abc12", "xyz77"]}, {}])
def test_old_events_are_found_by_the_index_of_the_ended_in_their_order(whose: dict[str, Any], app: Flask) -> None:
    with app.app_context(), transaction() as connection:
        with statements(connection) as sent:
            retention.old_events(connection, NOW, **whose)
        [(query, parameters)] = sent
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", parameters)]
    assert plan == ["SEARCH inbound_event USING INDEX ix_inbound_event_ended_finished_at (finished_at<?)"]
