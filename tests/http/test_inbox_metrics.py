from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask

from app.metrics import Metrics
from app.storage import inbox
from app.storage.database import transaction
from app.storage.inbox import NewEvent


def scraped(app: Flask) -> str:
    return app.test_client().get("/metrics").text


def test_the_depth_of_the_inbox_is_told(database: Flask) -> None:
    assert 'kinbox_inbox_events{state="waiting"} 0.0' in scraped(database)
    event = NewEvent(workspace_id="abc12", account_id=None, event_id="e1", lane="intercom:c1", payload={})
    with transaction(write=True) as connection:
        inbox.store(connection, [event], datetime.now(UTC) - timedelta(minutes=5))
    told = scraped(database)
    assert 'kinbox_inbox_events{state="waiting"} 1.0' in told
    [oldest] = [line for line in told.splitlines() if line.startswith("kinbox_inbox_oldest_waiting_seconds ")]
    assert 300 <= float(oldest.split()[1]) < 400


def test_other_numbers_are_told_when_the_database_is_not_ready(app: Flask) -> None:
    with app.app_context(), transaction(write=True) as connection:
        connection.exec_driver_sql("DROP TABLE inbound_event")
    app.test_client().get("/health/live")
    told = scraped(app)
    assert "kinbox_inbox" not in told
    assert "kinbox_http_requests_total" in told


def test_processes_that_share_their_numbers_tell_the_inbox_once(tmp_path: Path) -> None:
    def ask() -> Mapping[str, float]:
        return {"waiting": 3, "oldest_waiting_s": 1.5}

    metrics = Metrics(str(tmp_path))
    metrics.watch_inbox(ask)
    for _ in range(2):
        told = metrics.render().decode()
        assert told.count('kinbox_inbox_events{state="waiting"} 3.0') == 1
