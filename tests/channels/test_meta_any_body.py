"""WhatsApp, Messenger and Instagram: whatever an authentic body holds, the parser answers and loses nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.channels.base import Account, Adapter, Parsed, UnreadableBody
from app.channels.instagram import InstagramAdapter
from app.channels.messenger import MessengerAdapter
from app.channels.whatsapp import WhatsAppAdapter
from tests.channels.expected import call

KINDS: list[type[Adapter]] = [WhatsAppAdapter, MessengerAdapter, InstagramAdapter]
OBJECTS: dict[type[Adapter], str] = {
    WhatsAppAdapter: "whatsapp_business_account",
    MessengerAdapter: "page",
    InstagramAdapter: "instagram",
}
NAMES = ["id", "mid", "type", "text", "url", "payload", "name", "body", "title", "phones", "user_id", "latitude"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("1793617812"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=6,
).map(lambda one: one)
"""Mapped, so that a union with it takes it as one choice and not as seven."""
IDS = st.sampled_from(["4915770012345", "DE.1", "m_1", 7, "\ud83d"])
ID = IDS | IDS.map(str) | JSON


def fields(**known: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object in which each field may be missing."""
    return st.fixed_dictionaries({}, optional=dict(known))


TYPES = ["text", "image", "location", "contacts", "interactive", "button", "order", "system", "unsupported", "x"]
INTERACTIVE = fields(type=st.sampled_from(["button_reply", "nfm_reply"]), button_reply=JSON, nfm_reply=JSON)
NEWS = fields(type=st.sampled_from(["user_changed_number", "user_changed_user_id"]), wa_id=ID, user_id=ID)
WHATSAPP_EVENT = st.fixed_dictionaries(
    {"id": ID, "from": ID, "type": st.sampled_from(TYPES)},
    optional={
        **dict.fromkeys(("timestamp", "group_id", "from_user_id", *TYPES), JSON),
        "interactive": INTERACTIVE,
        "system": NEWS,
    },
)
CONTACT = JSON | fields(wa_id=ID, user_id=ID, profile=JSON)
ATTACHMENT = JSON | fields(type=st.sampled_from(["image", "sticker", "fallback", "location"]), payload=JSON, url=ID)
SAID = fields(mid=ID, text=ID, title=ID, attachments=st.lists(ATTACHMENT, max_size=3), is_echo=st.booleans())
MESSAGING_EVENT = st.fixed_dictionaries(
    {"sender": st.fixed_dictionaries({"id": ID}), "timestamp": ID},
    optional={"message": SAID, "postback": SAID | JSON, "recipient": fields(id=ID), "read": JSON},
)


def parse(kind: type[Adapter], entry: Any) -> Parsed:
    body = {"object": OBJECTS[kind], "entry": entry}
    return kind(Account(address="1", secrets={"app_secret": "s"})).parse(call(json.dumps(body).encode()))


def assert_storable(parsed: Parsed) -> None:
    """Every message has its ids, and comes back from its stored form unchanged."""
    for message in parsed.messages:
        assert message.sender_id.strip()
        assert message.event_id.strip()
        stored = json.dumps(message.to_json(), ensure_ascii=False).encode()
        assert message.from_json(json.loads(stored)) == message
    for kept in parsed.poison:
        kept.raw.encode()


@given(events=st.lists(WHATSAPP_EVENT | JSON, max_size=4), contacts=st.lists(CONTACT, max_size=2), metadata=JSON)
def test_any_whatsapp_event_is_a_message_ignored_or_kept(events: list[Any], contacts: list[Any], metadata: Any) -> None:
    value = {"messages": events, "contacts": contacts, "metadata": metadata}
    parsed = parse(WhatsAppAdapter, [{"changes": [{"field": "messages", "value": value}]}])
    assert_storable(parsed)
    changed = {one.event_id.partition(":")[0] for one in parsed.alias_changes}
    told = len(parsed.messages) + len(parsed.poison) + parsed.ignored
    assert told <= len(events) <= told + len(parsed.alias_changes) + len(changed)


@pytest.mark.parametrize("kind", [MessengerAdapter, InstagramAdapter])
@given(events=st.lists(MESSAGING_EVENT | JSON, max_size=4), own_id=ID, time=JSON)
def test_any_inbox_event_is_a_message_ignored_or_kept(
    kind: type[Adapter], events: list[Any], own_id: Any, time: Any
) -> None:
    parsed = parse(kind, [{"id": own_id, "time": time, "messaging": events}])
    assert_storable(parsed)
    assert len(parsed.messages) + len(parsed.poison) + parsed.ignored == len(events)


@pytest.mark.parametrize("kind", KINDS)
@given(entry=st.lists(fields(changes=JSON, messaging=JSON, standby=JSON, id=JSON)) | JSON)
def test_no_envelope_makes_the_parser_fail(kind: type[Adapter], entry: Any) -> None:
    assert_storable(parse(kind, entry))


@pytest.mark.parametrize("kind", KINDS)
@given(body=st.binary())
def test_any_bytes_are_unreadable(kind: type[Adapter], body: bytes) -> None:
    with pytest.raises(UnreadableBody):
        kind(Account(address="1")).parse(call(body))
