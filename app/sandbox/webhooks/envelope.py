"""The notification around a changed object, and how webhooks spell contacts and conversations."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.sandbox.contact_records import TIMES, render_contact

Json = dict[str, Any]

CONTACT_TIMES = ("created_at", "updated_at", *TIMES)


def contact_item(record: Mapping[str, Any]) -> Json:
    """A contact as a webhook carries it: REST's, but for its times, which are ISO 8601."""
    served = render_contact(record)
    return served | {name: iso(served[name]) for name in CONTACT_TIMES}


def gone_contact(record: Mapping[str, Any]) -> Json:
    """All that a notification tells of a deleted contact."""
    named = {name: record[name] for name in ("type", "id", "workspace_id", "external_id", "role")}
    return {**named, "deleted": True}


def gone_conversation(record: Mapping[str, Any]) -> Json:
    return {"type": "conversation", "id": record["id"], "deleted": True}


def conversation_item(served: Json, new_parts: list[str] | None) -> Json:
    """A conversation that is served as plain text; with `new_parts` only the parts of those ids."""
    if new_parts is None:
        return served
    parts = served["conversation_parts"]
    kept = [part for part in parts["conversation_parts"] if part["id"] in new_parts]
    return {**served, "conversation_parts": {**parts, "conversation_parts": kept, "total_count": len(kept)}}


def notification(topic: str, app_id: str, item: Json, now_s: int) -> Json:
    """A notification that was not sent yet, with an id of its own."""
    return {
        "type": "notification_event",
        "id": f"notif_{uuid.uuid4()}",
        "topic": topic,
        "app_id": app_id,
        "self": None,
        "created_at": now_s,
        "first_sent_at": now_s,
        "delivered_at": 0,
        "delivery_attempts": 1,
        "delivery_status": "pending",
        "links": {},
        "data": {"type": "notification_event_data", "item": item},
    }


def without_merged_from(told: Json) -> Json:
    """The same notification, silent about who was merged."""
    changed = copy.deepcopy(told)
    changed["data"]["item"].pop("merged_from", None)
    return changed


def iso(seconds: int | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
