"""A merge or a deletion in Intercom while a message of that very person is on its way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app.domain.identity import Match
from app.domain.workspace import Workspace
from app.services import services
from app.storage import identities, redirects
from app.storage.database import transaction
from app.usecases.bridge import deliver, link_contact
from app.usecases.following import follow
from app.usecases.notifications import standing
from tests.bridge.conftest import Bridge
from tests.bridge.intercom_events import Intercom
from tests.bridge.leftovers import leftovers
from tests.bridge.test_erase_person import erase

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)


def interrupt(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, *, before: bool, do: Callable[[], None]) -> None:
    """Let `do` happen once, right before or right after this step of the bridge."""
    step, left = getattr(module, name), [do]

    def interrupted(*given: Any, **named: Any) -> Any:
        if before and left:
            left.pop()()
        result = step(*given, **named)
        if left:
            left.pop()()
        return result

    monkeypatch.setattr(module, name, interrupted)


STEPS = {
    "after it was found": (link_contact, "find_contact", False),
    "before it is posted": (deliver, "post_message", True),
    "after it was posted": (deliver, "post_message", False),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_a_message_to_a_contact_that_is_merged_meanwhile(
    step: tuple[Any, str, bool], bridged: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lead of a Telegram sender also has the phone from which a text message comes in."""
    there = Intercom(bridged)
    lead, user = there.lead_of(), there.user()
    bridged.intercom.update_contact(lead, {"phone": "+14155550100"})

    def merge() -> None:
        there.merge(lead, user)
        there.tell_merged(lead, user)
        bridged.work()  # the notification's lane; the message's own is taken

    module, name, before = step
    interrupt(monkeypatch, module, name, before=before, do=merge)
    bridged.sms("By text", "+14155550100")
    bridged.work()
    bridged.telegram("By Telegram")
    bridged.work()
    assert [contact_id for _, contact_id, _ in bridged.linked()] == [user, user]
    assert sorted(body for thread in bridged.threads() for body in thread) == [
        "<p>By Telegram</p>",
        "<p>By text</p>",
        "<p>Hello</p>",
    ]
    assert {state for state, _ in bridged.events()} == {"done"}


def test_a_link_that_is_saved_late_does_not_bring_a_merged_lead_back(
    bridged: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even until the message is posted, which would show it."""
    there = Intercom(bridged)
    lead, user = there.lead_of(), there.user()
    bridged.intercom.update_contact(lead, {"phone": "+14155550100"})
    saved: list[str | None] = []

    def merge() -> None:
        there.merge(lead, user)
        there.tell_merged(lead, user)
        bridged.work()

    interrupt(monkeypatch, link_contact, "find_contact", before=False, do=merge)
    interrupt(monkeypatch, deliver, "post_message", before=True, do=lambda: saved.append(there.link_of("+14155550100")))
    bridged.sms("By text", "+14155550100")
    bridged.work()
    assert saved == [user]


@pytest.mark.parametrize("told", [True, False], ids=["told", "not told"])
def test_a_lead_that_is_merged_as_soon_as_it_is_made(
    told: bool, bridged: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = Intercom(bridged)
    user = there.user()

    def merge() -> None:
        [lead] = [one["id"] for one in bridged.workspace.contacts() if one["role"] == "lead"]
        there.merge(lead, user)
        if told:
            there.tell_merged(lead, user)
            bridged.work()

    interrupt(monkeypatch, link_contact, "_new_lead", before=False, do=merge)
    bridged.telegram("Hello")
    bridged.work()
    assert there.link_of() == user
    assert bridged.threads() == [["<p>Hello</p>"]]
    assert [one["id"] for one in bridged.workspace.contacts()] == [user]


def test_a_contact_that_is_deleted_after_it_was_found_is_not_linked(
    bridged: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = Intercom(bridged)
    lead = there.lead_of()
    bridged.intercom.update_contact(lead, {"phone": "+14155550100"})

    def delete() -> None:
        bridged.workspace.lifecycle.delete(lead)
        there.notifier.deleted(lead)
        bridged.work()

    interrupt(monkeypatch, link_contact, "find_contact", before=False, do=delete)
    bridged.sms("By text", "+14155550100")
    bridged.work()
    assert there.link_of("+14155550100") not in {None, lead}
    assert there.state(lead) in {"deleted", "erased"}


def test_a_link_and_a_merge_at_the_same_instant(database: Flask) -> None:
    """Neither sees what the other has not committed yet, so one has to wait for the other."""
    with transaction(write=True) as connection:
        services().workspaces.save(connection, Workspace(id="abc12", region="us"), NOW)
        account = services().channels.ensure(connection, "abc12", slug="twilio", address="+1555", name="Main", at=NOW)
    sender = identities.Sender(account_id=account.id, sender_id="+14155550100")
    is_linking, may_commit = threading.Event(), threading.Event()

    def link() -> None:
        with database.app_context(), transaction(write=True) as connection:
            contact_id = redirects.settled(connection, "abc12", "lead")
            identities.link(connection, "abc12", sender, contact_id, match=Match("phone").to_json(), at=NOW)
            is_linking.set()
            may_commit.wait(0.3)

    def merge() -> None:
        is_linking.wait(5)
        with database.app_context(), transaction(write=True) as connection:
            follow(connection, "abc12", "lead", "user", at=NOW)

    threads = [threading.Thread(target=link), threading.Thread(target=merge)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with transaction() as connection:
        assert len(identities.of_contact(connection, "abc12", "user")) == 1
        assert identities.of_contact(connection, "abc12", "lead") == ()


@pytest.mark.parametrize("gone", ["deleted", "erased"])
def test_a_look_that_is_older_than_the_end_of_a_person_brings_nobody_back(
    gone: str, bridged_anywhere: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The merge is worked in the lead's lane, and reads the user whose end is worked in a lane of its own."""
    bridged = bridged_anywhere
    there = Intercom(bridged)
    lead, user = there.lead_of(), there.user(name="Maya", phone="+14155550100")

    def end() -> None:
        if gone == "erased":
            erase(bridged, user)
            return
        bridged.workspace.lifecycle.delete(user)
        there.notifier.deleted(user)
        bridged.work()

    def beside() -> None:
        other = threading.Thread(target=end)
        other.start()
        other.join()

    interrupt(monkeypatch, standing, "look", before=False, do=beside)
    there.merge(lead, user)
    there.tell_merged(lead, user)
    bridged.work()
    assert (there.link_of(), there.known(user), there.state(user)) == (None, None, gone)
    assert there.survivor(lead) == user
    assert leftovers(bridged.app, ["Hello", "5201340987", "+14155550100"]) == []
