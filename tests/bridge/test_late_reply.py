from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from app.storage.database import transaction
from app.storage.models import ConversationLink
from tests.bridge.conftest import Bridge


def grown_old(bridged: Bridge) -> None:
    """So long after the last message that the next one starts a new conversation."""
    long_ago = datetime.now(UTC) - timedelta(days=30)
    with bridged.app.app_context(), transaction(write=True) as connection:
        connection.execute(update(ConversationLink).values(last_activity_at=long_ago))


def test_a_reply_whose_answer_was_lost_is_looked_for_where_it_went_however_late(bridged: Bridge) -> None:
    bridged.telegram("Hello")
    bridged.work()
    bridged.workspace.faults.add("lost", when="after", path="/conversations/*/reply", count=1)
    bridged.telegram("Where is my order?")
    bridged.work()
    grown_old(bridged)
    bridged.hurry()
    bridged.work()
    assert bridged.threads() == [["<p>Hello</p>", "<p>Where is my order?</p>"]]


def test_a_new_message_after_a_long_time_starts_a_new_conversation(bridged: Bridge) -> None:
    bridged.telegram("Hello")
    bridged.work()
    grown_old(bridged)
    bridged.telegram("Hello again")
    bridged.work()
    assert bridged.threads() == [["<p>Hello</p>"], ["<p>Hello again</p>"]]
