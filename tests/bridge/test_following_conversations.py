"""Conversations are closed, opened, deleted and left inside Intercom; the next message goes where it belongs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.storage.database import transaction
from app.storage.models import ConversationLink
from app.usecases.desk import utc_now
from tests.bridge.conftest import Bridge
from tests.bridge.intercom_events import Intercom
from tests.sidebar_driver import ADMIN


@pytest.fixture
def there(bridged: Bridge) -> Intercom:
    return Intercom(bridged)


def conversation(there: Intercom) -> str:
    return str(there.conversation().conversation_id)


def manage(there: Intercom, kind: str, **more: Any) -> None:
    body = {"message_type": kind, "type": "admin", "admin_id": ADMIN["id"], **more}
    workspace = there.bridge.workspace
    with workspace.store.change():
        workspace.managing.manage(conversation(there), body)


def tell(there: Intercom, topic: str, conversation_id: str | None = None) -> None:
    item = {"type": "conversation", "id": conversation_id or conversation(there)}
    there.notifier.tell(topic, item)
    there.bridge.work()


def hours_pass(there: Intercom, hours: int, *, closed_too: bool = True) -> None:
    ago = utc_now() - timedelta(hours=hours)
    with there.bridge.app.app_context(), transaction(write=True) as connection:
        values = {"last_activity_at": ago, **({"closed_at": ago} if closed_too else {})}
        connection.execute(update(ConversationLink).values(**values))


def test_a_closing_is_known_and_an_opening_too(there: Intercom) -> None:
    there.lead_of()
    manage(there, "close")
    tell(there, "conversation.admin.closed")
    link = there.conversation()
    assert (link.state, abs(link.closed_at - utc_now()) < timedelta(seconds=30)) == ("closed", True)
    manage(there, "snoozed", snoozed_until=2_000_000_000)
    tell(there, "conversation.admin.snoozed")
    assert (there.conversation().state, there.conversation().closed_at) == ("open", None)


def test_late_word_of_a_closing_does_not_close_what_is_open_again(there: Intercom) -> None:
    there.lead_of()
    manage(there, "close")
    manage(there, "open")
    tell(there, "conversation.admin.opened")
    tell(there, "conversation.admin.closed")
    assert (there.conversation().state, there.conversation().closed_at) == ("open", None)


def test_the_hours_count_from_the_closing(there: Intercom) -> None:
    there.lead_of()
    set_up = ["workspaces", "set", there.bridge.workspace.app_id, "new_conversation_after_hours=1"]
    there.bridge.app.test_cli_runner().invoke(args=set_up)
    manage(there, "close")
    hours_pass(there, 2, closed_too=False)
    tell(there, "conversation.admin.closed")
    there.bridge.telegram("Soon after it was closed")
    there.bridge.work()
    assert [body for body in there.bridge.threads()[0] if body] == ["<p>Hello</p>", "<p>Soon after it was closed</p>"]
    assert len(there.bridge.threads()) == 1
    manage(there, "close")
    tell(there, "conversation.admin.closed")
    hours_pass(there, 2)
    there.bridge.telegram("Hours later")
    there.bridge.work()
    assert there.bridge.threads()[1:] == [["<p>Hours later</p>"]]


def test_a_message_that_opened_it_meanwhile_is_believed_over_an_older_look(
    there: Intercom, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.lead_of()
    manage(there, "close")
    read = there.bridge.intercom.conversations.__class__.read

    def read_slowly(self: Any, conversation_id: str) -> Any:
        seen = read(self, conversation_id)
        monkeypatch.undo()
        there.bridge.telegram("I am still here")
        there.bridge.work()
        return seen

    monkeypatch.setattr(there.bridge.intercom.conversations.__class__, "read", read_slowly)
    tell(there, "conversation.admin.closed")
    assert (there.conversation().state, there.conversation().closed_at) == ("open", None)


def test_a_deleted_conversation_is_left(there: Intercom) -> None:
    lead = there.lead_of()
    gone = conversation(there)
    tell(there, "conversation.deleted")
    assert conversation(there) == gone, "Intercom still has it"
    with there.bridge.workspace.store.change():
        del there.bridge.workspace.inbox.table[gone]
    tell(there, "conversation.deleted")
    assert there.conversation() is None
    there.bridge.telegram("Again")
    there.bridge.work()
    assert (there.bridge.threads(), there.link_of()) == ([["<p>Again</p>"]], lead)


def participants(there: Intercom, conversation_id: str) -> list[str]:
    ids: list[str] = there.bridge.workspace.inbox.table[conversation_id]["_contacts"]
    return ids


def test_who_is_taken_out_of_a_conversation_starts_another(there: Intercom) -> None:
    lead, user = there.lead_of(), there.user()
    old = conversation(there)
    participants(there, old).append(user)
    tell(there, "conversation.contact.attached")
    assert conversation(there) == old
    participants(there, old).remove(lead)
    tell(there, "conversation.contact.detached")
    assert there.conversation() is None
    there.bridge.telegram("Again")
    there.bridge.work()
    assert there.bridge.threads() == [["<p>Hello</p>"], ["<p>Again</p>"]]


def test_who_was_merged_still_takes_part_also_when_the_merge_was_not_told(there: Intercom) -> None:
    lead, user = there.lead_of(), there.user()
    there.merge(lead, user)
    tell(there, "conversation.contact.detached")
    assert (there.conversation() is not None, there.link_of()) == (True, user)
    there.bridge.telegram("Again")
    there.bridge.work()
    assert there.bridge.threads() == [["<p>Hello</p>", "<p>Again</p>"]]
