from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.metrics import Metrics
from app.storage import inbox
from app.storage.database import transaction
from app.storage.inbox import NewEvent
from app.storage.inbox_numbers import inbox_numbers


def told(folder: Path | None = None) -> list[str]:
    metrics = Metrics(str(folder) if folder else None)
    metrics.watch_inbox(inbox_numbers)
    metrics.render()
    return metrics.render().decode().splitlines()


@pytest.mark.parametrize("shared", [False, True], ids=["one process", "several processes"])
def test_the_depth_of_the_inbox_is_told_once(database: Flask, tmp_path: Path, shared: bool) -> None:
    folder = tmp_path / "metrics" if shared else None
    if folder:
        folder.mkdir()
    assert told(folder).count('kinbox_inbox_events{state="waiting"} 0.0') == 1
    event = NewEvent(workspace_id="abc12", account_id=None, event_id="e1", lane="intercom:c1", payload={})
    with transaction(write=True) as connection:
        inbox.store(connection, [event], datetime.now(UTC) - timedelta(minutes=5))
    lines = told(folder)
    assert lines.count('kinbox_inbox_events{state="waiting"} 1.0') == 1
    [oldest] = [line for line in lines if line.startswith("kinbox_inbox_oldest_waiting_seconds ")]
    assert 300 <= float(oldest.split()[1]) < 400


def test_nothing_is_told_when_the_database_is_not_ready(app: Flask) -> None:
    with app.app_context():
        with transaction(write=True) as connection:
            connection.exec_driver_sql("DROP TABLE inbound_event")
        assert inbox_numbers() is None
        assert not any("kinbox_inbox" in line for line in told())
