"""Which conversation a message goes into, also when things change between two tries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.storage.database import transaction
from app.storage.models import ConversationLink, Identity
from app.usecases.desk import utc_now
from tests.bridge.conftest import Bridge


def let_pass(bridged: Bridge, hours: int) -> None:
    """As if the conversation had been quiet for so long."""
    with bridged.app.app_context(), transaction(write=True) as connection:
        connection.execute(update(ConversationLink).values(last_activity_at=utc_now() - timedelta(hours=hours)))


def move_all_to(bridged: Bridge, contact_id: str) -> None:
    with bridged.app.app_context(), transaction(write=True) as connection:
        connection.execute(update(Identity).values(contact_id=contact_id))


def test_a_moved_sender_never_writes_into_the_former_contacts_conversation(bridged: Bridge) -> None:
    bridged.telegram("Hello")
    bridged.work()
    other = bridged.intercom.create_contact({"role": "user", "external_id": "u9"}).id
    move_all_to(bridged, other)
    bridged.telegram("for the other one only")
    bridged.work()
    assert bridged.threads() == [["<p>Hello</p>"], ["<p>for the other one only</p>"]]
    newest = max(bridged.workspace.list_conversations(), key=lambda one: int(one["id"]))
    assert [one["id"] for one in newest["contacts"]["contacts"]] == [other]


def test_a_merge_goes_on_in_the_same_conversation(bridged: Bridge) -> None:
    bridged.telegram("Hello")
    bridged.work()
    [lead] = bridged.workspace.contacts()
    user = bridged.intercom.create_contact({"role": "user", "external_id": "u9"}).id
    bridged.intercom.merge(lead["id"], user, skip_duplicate_validation=True)
    bridged.telegram("Again")
    bridged.work()
    bridged.telegram("And again")
    bridged.work()
    assert bridged.threads() == [["<p>Hello</p>", "<p>Again</p>", "<p>And again</p>"]]


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_one_try_began_the_next_goes_on_with(when: str, bridged: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time for a new conversation passes while a reply is in doubt."""
    bridged.telegram("Hello")
    bridged.work()
    bridged.workspace.faults.add("lost", when=when, path="/conversations/*/reply", count=1)
    bridged.telegram("Again")
    bridged.work()
    let_pass(bridged, 24 * 30)
    monkeypatch.setattr("app.usecases.bridge.post_message.SETTLES_WITHIN", timedelta(0))
    bridged.hurry()
    bridged.work()
    assert bridged.threads() == [["<p>Hello</p>", "<p>Again</p>"]]


def test_the_same_words_at_the_same_time_are_counted(bridged: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    bridged.telegram("ok", date=1795300000)
    bridged.telegram("ok", date=1795300000)
    bridged.work()
    bridged.workspace.faults.add("lost", when="after", path="/conversations/*/reply", count=1)
    bridged.telegram("ok", date=1795300000)
    bridged.work()
    bridged.hurry()
    bridged.work()
    assert bridged.threads() == [["<p>ok</p>"] * 3]


def test_the_same_words_of_one_person_on_two_channels_both_show(bridged: Bridge) -> None:
    bridged.telegram("Hello", sender=1)
    bridged.work()
    [contact] = bridged.workspace.contacts()
    bridged.sms("Hello", "+35315550123")
    bridged.work()
    move_all_to(bridged, contact["id"])
    assert sorted(map(len, bridged.threads())) == [1, 1]


def test_a_deleted_conversation_is_replaced(bridged: Bridge) -> None:
    bridged.telegram("Hello")
    bridged.work()
    bridged.workspace.faults.add("status", status=404, code="not_found", path="/conversations/*/reply", count=1)
    bridged.telegram("Again")
    bridged.work()
    assert bridged.threads() == [["<p>Hello</p>"], ["<p>Again</p>"]]
    assert bridged.events() == [("done", None), ("done", None)]
