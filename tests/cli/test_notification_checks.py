"""What `doctor` says of Intercom's webhooks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from app.cli.notification_checks import check_notifications
from app.domain.workspace import Workspace
from app.services import services
from app.storage import inbox
from app.storage.database import transaction
from app.storage.identities import Sender, link
from app.storage.inbox import NewEvent

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def linked(database: Flask) -> None:
    """Somebody is linked in abc12, and nobody in xyz99."""
    objects = services()
    with transaction(write=True) as connection:
        for app_id in ("abc12", "xyz99"):
            objects.workspaces.save(connection, Workspace(id=app_id, region="us"), NOW)
        account = objects.channels.add(connection, "abc12", slug="line", address="U1", name="Shop", secrets={}, at=NOW)
        assert account is not None
        link(connection, "abc12", Sender(account_id=account.id, sender_id="U9"), "c1", match={}, at=NOW)


def told(app_id: str = "abc12") -> list[tuple[str, str]]:
    found = list(check_notifications(app_id, "https://kinbox.example.com"))
    assert all("https://kinbox.example.com/intercom/webhooks" in one.mend for one in found if one.level == "warn")
    return [(one.level, one.what) for one in found]


@pytest.mark.usefixtures("linked")
def test_silence_is_told_once_somebody_is_linked() -> None:
    assert told("xyz99") == []
    [(level, what)] = told()
    assert (level, "No notification" in what) == ("warn", True)


@pytest.mark.usefixtures("linked")
def test_the_last_notification_of_this_workspace_is_told() -> None:
    for app_id, at in (("abc12", NOW), ("xyz99", NOW.replace(hour=11))):
        event = NewEvent(workspace_id=app_id, account_id=None, event_id="n1", lane=f"intercom:{app_id}:c1", payload={})
        with transaction(write=True) as connection:
            inbox.store(connection, [event], at)
    assert told() == [("ok", "Intercom notified of something done inside it at 2026-11-22 09:00 UTC.")]
