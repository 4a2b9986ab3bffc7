"""What this app's workers do with an event: a message is brought to Intercom, a notification of Intercom's followed."""

from __future__ import annotations

from app.domain.work import Hold, Outcome
from app.services import Services
from app.storage.inbox_records import StoredEvent
from app.worker.base import Work
from app.worker.bridge import bridge
from app.worker.notifications import following


def work_of(objects: Services) -> Work:
    by_source = {"channel": bridge(objects), "intercom": following(objects)}

    def work(event: StoredEvent, hold: Hold) -> Outcome:
        return by_source[event.source](event, hold)

    return work
