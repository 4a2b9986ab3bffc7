from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.intercom.notifications import (
    CONTACT_TOPICS,
    CONVERSATION_TOPICS,
    EARLIEST,
    ContactFact,
    ConversationFact,
    UnreadableNotification,
    read_notification,
)
from tests.notifying import envelope

TOPICS = sorted(CONTACT_TOPICS | CONVERSATION_TOPICS | {"ping"})
LEAD, USER = "66a1f0c2d3e4f5a6b7c8d9e0", "5fb1c2d3e4f5a6b7c8d9e0f1"
MERGED = envelope(
    "contact.merged",
    {
        "type": "contact",
        "id": USER,
        "role": "user",
        "name": "Ivy Stone",
        "updated_at": "2026-11-22T09:05:00.000+00:00",
        "merged_from": {"type": "contact", "id": LEAD},
    },
    "ab12cd34",
    notification_id="notif_7c1e",
    at_s=1789000100,
)


def test_a_merge_names_the_survivor_and_the_lead() -> None:
    read = read_notification(json.dumps(MERGED).encode())
    assert (read.workspace_id, read.topic, read.id) == ("ab12cd34", "contact.merged", "notif_7c1e")
    assert read.created_at == datetime.fromtimestamp(1789000100, UTC)
    assert isinstance(read.fact, ContactFact)
    assert (read.fact.contact_id, read.fact.merged_from) == (USER, LEAD)
    assert read.fact.seen is not None
    assert read.fact.seen.updated_at == datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
    assert "Ivy" not in repr(read)


@pytest.mark.parametrize("source", [None, "text", [], {}, {"id": None}, {"id": USER}, {"id": {"a": 1}}, {"id": " "}])
def test_a_merge_may_leave_out_who_is_gone(source: Any) -> None:
    item = {**MERGED["data"]["item"], "merged_from": source}
    read = read_notification(json.dumps({**MERGED, "data": {"item": item}}).encode())
    assert isinstance(read.fact, ContactFact)
    assert (read.fact.contact_id, read.fact.merged_from) == (USER, None)


def test_only_a_merge_names_a_lead_that_is_gone() -> None:
    read = read_notification(json.dumps({**MERGED, "topic": "contact.user.updated"}).encode())
    assert isinstance(read.fact, ContactFact)
    assert read.fact.merged_from is None


@pytest.mark.parametrize("item", [{"id": "2781"}, {"id": 2781}, {"conversation_id": 2781}])
def test_a_conversation_is_known_by_its_id(item: Any) -> None:
    sent = envelope("conversation.deleted", item, "ab12cd34", notification_id=None, at_s=1789000100)
    read = read_notification(json.dumps(sent).encode())
    assert (read.fact, read.id) == (ConversationFact(conversation_id="2781"), None)


@pytest.mark.parametrize("at_s", [None, True, "1789000100", -62135596800, 0, 10**18, float("nan")])
def test_a_time_that_cannot_be_is_none(at_s: Any) -> None:
    assert read_notification(json.dumps({**MERGED, "created_at": at_s}).encode()).created_at is None


@pytest.mark.parametrize("topic", ["ping", "ticket.created", "contact.user.tag.created"])
def test_a_topic_without_use_has_no_fact(topic: str) -> None:
    assert read_notification(json.dumps({**MERGED, "topic": topic, "data": None}).encode()).fact is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMED = ("id", "topic", "app_id", "created_at", "data", "item", "merged_from", "custom_attributes", "updated_at")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    _read_or_refused(body)


@given(
    st.dictionaries(st.sampled_from(NAMED), JSON, max_size=9),
    st.dictionaries(st.sampled_from(NAMED), JSON, max_size=9),
    st.sampled_from(TOPICS),
    st.one_of(st.just("ab12cd34"), JSON),
)
def test_any_json_is_read_or_refused(sent: Any, item: Any, topic: str, app_id: Any) -> None:
    whole = {**MERGED, **sent, "topic": topic, "app_id": app_id, "data": {"item": {**item, "name": "x"}}}
    _read_or_refused(json.dumps(whole).encode())


def _read_or_refused(body: bytes) -> None:
    try:
        read = read_notification(body)
    except UnreadableNotification:
        return
    fact = read.fact
    ids = [read.workspace_id, read.topic, read.id]
    if isinstance(fact, ContactFact):
        ids += [fact.contact_id, fact.merged_from]
    elif fact is not None:
        ids += [fact.conversation_id]
    for one in ids:
        assert one is None or (0 < len(one) <= 255 and one.isascii() and one.isprintable() and one == one.strip())
    assert read.created_at is None or (read.created_at.tzinfo is UTC and read.created_at >= EARLIEST)
