"""Settings are changed all or none, and each change is kept with who and when."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.workspace import Workspace
from app.domain.workspace_settings import BadSettings
from app.services import services
from app.storage.database import transaction
from app.storage.models import AuditRecord
from app.usecases.change_settings import Change, change_settings
from app.usecases.office import NoSuchWorkspace, Office
from tests.usecases.conftest import ROSA


def stored(app_id: str = "abc12") -> Workspace:
    with transaction() as connection:
        found = services().workspaces.get(connection, app_id)
    assert found is not None
    return found


def records() -> list[tuple[object, ...]]:
    with transaction() as connection:
        columns = (AuditRecord.workspace_id, AuditRecord.admin_id, AuditRecord.admin_name, AuditRecord.details)
        return [tuple(row) for row in connection.execute(select(*columns).order_by(AuditRecord.id))]


def test_several_are_changed_at_once_and_told(office: Office) -> None:
    changed = change_settings(office, {"country": "ie", "snapshot_retention_days": "never", "priority": "latest"})
    assert changed.changes == (
        Change("country", "none", "IE"),
        Change("snapshot_retention_days", "365", "never"),
    )
    assert stored() == changed.workspace
    assert stored().token == "dG9r"
    assert stored("xyz99").settings.country is None
    assert records() == [
        ("abc12", "814860", "Rosa Teammate", {"key": "country", "old": "none", "new": "IE"}),
        ("abc12", "814860", "Rosa Teammate", {"key": "snapshot_retention_days", "old": "365", "new": "never"}),
    ]


def test_one_wrong_value_stops_all_and_each_is_told(office: Office) -> None:
    with pytest.raises(BadSettings) as refused:
        change_settings(office, {"country": "IE", "priority": "newest", "colour": "blue", "tag_names": "pigeon=Post"})
    assert set(refused.value.faults) == {"priority", "colour", "tag_names"}
    assert "whatsapp" in refused.value.faults["tag_names"]
    assert stored().settings.country is None
    assert records() == []


def test_two_admins_at_once_lose_neither_change(office: Office, database: Flask) -> None:
    keys = ("message_retention_days", "link_retention_days", "snapshot_retention_days", "new_conversation_after_hours")

    def change(key: str, number: int) -> None:
        with database.app_context():
            change_settings(office, {key: str(number)})

    for number in range(2, 6):
        threads = [threading.Thread(target=change, args=(key, number)) for key in keys]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [stored().settings.told()[key] for key in keys] == [str(number)] * len(keys)


def test_a_workspace_that_is_not_there_is_not_made(office: Office) -> None:
    with pytest.raises(NoSuchWorkspace):
        change_settings(services().office("other", ROSA), {"country": "IE"})
    assert records() == []
