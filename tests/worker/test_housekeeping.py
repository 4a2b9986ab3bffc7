from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from app.domain.message import InboundMessage, Part
from app.domain.workspace_settings import WorkspaceSettings
from app.storage import inbox, retention
from app.storage.database import transaction
from app.storage.inbox import NewEvent
from app.worker.housekeeping import PARTS_WAIT, purge_all
from tests.worker.conftest import Diary, Inbox, Working, until


def test_old_events_go_in_as_many_steps_as_it_takes(box: Inbox) -> None:
    now = datetime.now(UTC)
    old = [
        NewEvent(workspace_id="abc12", account_id=None, event_id=f"p{number}", lane="p", payload={}, poison="odd")
        for number in range(retention.AT_ONCE + 10)
    ]
    with transaction(write=True) as connection:
        inbox.store(connection, old, now - WorkspaceSettings().message_retention - timedelta(seconds=1))
    box.store("fresh")
    purge_all(now, threading.Event())
    assert not box.exists("p0")
    assert not box.exists(f"p{retention.AT_ONCE + 9}")
    assert box.exists("fresh")


def test_a_worker_brings_in_what_waited_too_long_for_its_parts(box: Inbox, at_work: Working, diary: Diary) -> None:
    part = Part("g1", 1, 2)
    message = InboundMessage(sender_id="s1", event_id="e1", message_id="e1", text="The start", part=part)
    payload = {**message.to_json(), "name": "the text"}
    event = NewEvent(
        workspace_id="abc12", account_id=None, event_id="e1", lane="intercom:a", payload=payload, part=part
    )
    with transaction(write=True) as connection:
        inbox.store(connection, [event], datetime.now(UTC) - PARTS_WAIT - timedelta(seconds=1))
    with at_work(diary.work, round_s=0.2):
        until(lambda: diary.done == ["the text"])
