"""Which change is told, with which topic and object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.sandbox import people
from app.sandbox.signed_bodies import sign_notification, to_bytes
from app.sandbox.webhooks.topics import KNOWN, WANTED
from app.sandbox.workspace import Workspace
from tests.sandbox.caller import Caller, Clock
from tests.sandbox.subscriber import URL, Subscriber

Json = dict[str, Any]
MAYA_THREAD = f"/conversations/{people.MAYA_CONVERSATION}"
MERGE = {"from": people.MAYA_LEAD, "into": people.MAYA_USER}


@pytest.fixture
def subscriber(workspace: Workspace) -> Subscriber:
    """Hears every topic that there is."""
    listening = Subscriber()
    workspace.webhooks.send = listening
    workspace.webhooks.subscribe(URL, KNOWN)
    return listening


Change = Callable[[Caller], object]
CHANGES: dict[str, Change] = {
    "contact.lead.created": lambda call: call.make(role="lead", name="Ada"),
    "contact.user.created": lambda call: call.make(email="ada@shop.example"),
    "contact.lead.updated": lambda call: call.put(f"/contacts/{people.MAYA_LEAD}", {"phone": "+353871234567"}),
    "contact.user.updated": lambda call: call.put(f"/contacts/{people.MAYA_USER}", {"name": "Maya"}),
    "contact.merged": lambda call: call.post("/contacts/merge", MERGE),
    "contact.archived": lambda call: call.post(f"/contacts/{people.MAYA_LEAD}/archive"),
    "contact.unarchive": lambda call: call.post(f"/contacts/{people.ARCHIVED_USER}/unarchive"),
    "contact.deleted": lambda call: call.delete(f"/contacts/{people.MAYA_LEAD}"),
    "contact.user.tag.created": lambda call: call.post(f"/contacts/{people.US_USER}/tags", {"id": people.TAG_TRADE}),
    "conversation.user.created": lambda call: call.post(
        "/conversations", {"from": {"type": "lead", "id": people.MAYA_LEAD}, "body": "Hello"}
    ),
    "conversation.user.replied": lambda call: call.post(
        f"{MAYA_THREAD}/reply", {"type": "user", "intercom_user_id": people.MAYA_LEAD, "body": "More"}
    ),
    "conversation.admin.replied": lambda call: call.post(
        f"{MAYA_THREAD}/reply", {"type": "admin", "admin_id": people.ROSA, "body": "<p>Yes</p>"}
    ),
    "conversation.admin.noted": lambda call: call.post(
        f"{MAYA_THREAD}/reply", {"type": "admin", "message_type": "note", "admin_id": people.ROSA, "body": "Look"}
    ),
    "conversation.admin.closed": lambda call: manage(call, "close"),
    "conversation.admin.opened": lambda call: manage(call, "open"),
    "conversation.admin.snoozed": lambda call: manage(call, "snoozed", snoozed_until=1_795_100_000),
    "conversation.admin.assigned": lambda call: manage(call, "assignment", assignee_id=people.MIKA),
    "conversation.deleted": lambda call: call.delete(MAYA_THREAD),
    "conversation.contact.attached": lambda call: attach(call, {"intercom_user_id": people.US_USER}),
    "conversation.read": lambda call: call.put(MAYA_THREAD, {"read": True}),
}


def manage(call: Caller, kind: str, **more: Any) -> object:
    answer = call.post(f"{MAYA_THREAD}/parts", {"message_type": kind, "admin_id": people.ROSA, **more})
    assert answer.status_code == 200, answer.json
    return answer


def attach(call: Caller, customer: Json) -> object:
    answer = call.post(f"{MAYA_THREAD}/customers", {"admin_id": people.ROSA, "customer": customer})
    assert answer.status_code == 200, answer.json
    return answer


@pytest.mark.parametrize("topic", CHANGES)
def test_a_change_is_told_once_under_its_topic(
    call: Caller, workspace: Workspace, subscriber: Subscriber, topic: str
) -> None:
    CHANGES[topic](call)
    workspace.webhooks.flush()
    assert subscriber.topics == [topic]
    [told] = subscriber.told
    assert (told["type"], told["app_id"]) == ("notification_event", workspace.app_id)
    assert told["id"].startswith("notif_")
    assert told["data"]["type"] == "notification_event_data"


def test_a_merge_names_the_survivor_and_the_one_that_is_gone(
    call: Caller, workspace: Workspace, subscriber: Subscriber
) -> None:
    call.post("/contacts/merge", MERGE)
    workspace.webhooks.flush()
    [item] = subscriber.items
    assert (item["id"], item["role"]) == (people.MAYA_USER, "user")
    assert item["merged_from"] == {"type": "contact", "id": people.MAYA_LEAD}


def test_a_contact_carries_its_times_as_iso_8601(
    call: Caller, workspace: Workspace, subscriber: Subscriber, clock: Clock
) -> None:
    call.make(role="lead", name="Ada <b>")
    workspace.webhooks.flush()
    [item] = subscriber.items
    assert clock.now_s == 1_795_000_000
    assert (item["created_at"], item["last_seen_at"]) == ("2026-11-18T11:06:40.000+00:00", None)
    assert subscriber.told[0]["created_at"] == clock.now_s


def test_a_deletion_tells_who_and_nothing_more(call: Caller, workspace: Workspace, subscriber: Subscriber) -> None:
    call.delete(f"/contacts/{people.MAYA_LEAD}")
    call.delete(MAYA_THREAD)
    workspace.webhooks.flush()
    contact, conversation = subscriber.items
    assert (contact["type"], contact["id"], contact["deleted"]) == ("contact", people.MAYA_LEAD, True)
    assert not {"name", "phone", "email"} & set(contact)
    assert conversation == {"type": "conversation", "id": people.MAYA_CONVERSATION, "deleted": True}


def test_a_lead_that_becomes_a_user_signed_up(call: Caller, workspace: Workspace, subscriber: Subscriber) -> None:
    call.put(f"/contacts/{people.MAYA_LEAD}", {"role": "user", "external_id": "cust-9"})
    workspace.webhooks.flush()
    assert subscriber.topics == ["contact.lead.signed_up"]
    assert subscriber.items[0]["role"] == "user"


def test_an_update_that_changes_nothing_is_not_told(call: Caller, workspace: Workspace, subscriber: Subscriber) -> None:
    call.put(f"/contacts/{people.US_USER}", {"phone": "(415) 555-0100"})
    assert workspace.webhooks.flush() == 0
    call.put(f"/contacts/{people.US_USER}", {"email": "new@shop.example"})
    workspace.webhooks.flush()
    assert subscriber.topics == ["contact.user.updated", "contact.email.updated"]


def test_a_conversation_carries_plain_text_and_its_new_part_only(
    call: Caller, workspace: Workspace, subscriber: Subscriber
) -> None:
    CHANGES["conversation.admin.replied"](call)
    workspace.unconfirmed = workspace.unconfirmed.changed({"webhook_parts": "all"})
    CHANGES["conversation.admin.replied"](call)
    workspace.webhooks.flush()
    new, everything = [item["conversation_parts"] for item in subscriber.items]
    assert [part["body"] for part in new["conversation_parts"]] == ["Yes"]
    assert (new["total_count"], everything["total_count"]) == (1, 4)


def test_people_are_added_to_a_conversation_and_taken_out_again(
    call: Caller, workspace: Workspace, subscriber: Subscriber
) -> None:
    attach(call, {"email": "nobody-yet@shop.example"})
    made = workspace.conversation(people.MAYA_CONVERSATION)["contacts"]["contacts"][-1]["id"]
    assert workspace.contact(made)["role"] == "lead"
    by = {"admin_id": people.ROSA}
    assert call.delete(f"{MAYA_THREAD}/customers/{made}", by).status_code == 200
    assert call.delete(f"{MAYA_THREAD}/customers/{made}", by).status_code == 404
    assert call.delete(f"{MAYA_THREAD}/customers/{people.MAYA_LEAD}", by).status_code == 422
    workspace.webhooks.flush()
    changes = ["conversation.contact.attached", "conversation.contact.detached"]
    assert subscriber.topics == ["contact.lead.created", *changes]


def test_a_message_from_a_customer_is_told_too(workspace: Workspace, subscriber: Subscriber) -> None:
    workspace.add_customer_message(people.MAYA_LEAD, "Hello", "sms")
    workspace.webhooks.flush()
    assert subscriber.topics == ["conversation.user.created"]


def test_only_what_was_subscribed_is_told(call: Caller, workspace: Workspace, subscriber: Subscriber) -> None:
    workspace.webhooks.subscribe(URL, WANTED)
    CHANGES["conversation.admin.replied"](call)
    CHANGES["conversation.admin.closed"](call)
    workspace.ping()
    workspace.webhooks.flush()
    assert subscriber.topics == ["conversation.admin.closed", "ping"]


def test_what_was_refused_is_not_told(call: Caller, workspace: Workspace, subscriber: Subscriber) -> None:
    assert call.post("/contacts/merge", {"from": people.MAYA_USER, "into": people.MAYA_LEAD}).status_code == 400
    assert workspace.webhooks.flush() == 0


def test_the_signature_is_sha1_over_the_bytes_as_sent() -> None:
    body = to_bytes({"topic": "contact.merged", "name": "Zo<ë"})
    assert body == '{"topic":"contact.merged","name":"Zo\\u003cë"}'.encode()
    assert sign_notification(body, "s3cret") == "sha1=f5682e8ac9893b209cbc9da1a9bfa56c8b63c870"
