"""A conversation as the workspace keeps it, and as REST serves it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from app.sandbox.bodies import to_plain
from app.sandbox.contact_records import CURRENT, Version

Json = dict[str, Any]

MAX_PARTS_SERVED = 500


def author_of(contact: Mapping[str, Any]) -> Json:
    return {"type": contact["role"], "id": contact["id"], "name": contact["name"], "email": contact["email"]}


def admin_author(admin: Mapping[str, Any]) -> Json:
    return {"type": "admin", "id": admin["id"], "name": admin["name"], "email": admin["email"]}


def new_conversation(conversation_id: str, source: Json, contact_id: str, at_s: int) -> Json:
    """An open conversation that a contact started with `source`."""
    return {
        "type": "conversation",
        "id": conversation_id,
        "title": None,
        "created_at": at_s,
        "updated_at": at_s,
        "waiting_since": at_s,
        "snoozed_until": None,
        "open": True,
        "state": "open",
        "read": False,
        "priority": "none",
        "admin_assignee_id": 0,
        "team_assignee_id": 0,
        "custom_attributes": {},
        "source": source,
        "_contacts": [contact_id],
        "_tags": [],
        "_parts": [],
        "_first_reply": {"created_at": at_s, "type": source["type"], "url": source["url"]},
    }


def new_source(message_id: str, kind: str, body: str, author: Json, subject: str = "") -> Json:
    return {
        "type": kind,
        "id": message_id,
        "delivered_as": "customer_initiated",
        "subject": subject,
        "body": body,
        "author": author,
        "attachments": [],
        "url": None,
        "redacted": False,
    }


def new_part(part_id: str, kind: str, body: str | None, author: Json, at_s: int) -> Json:
    return {
        "type": "conversation_part",
        "id": part_id,
        "part_type": kind,
        "body": body,
        "created_at": at_s,
        "updated_at": at_s,
        "notified_at": at_s,
        "assigned_to": None,
        "author": {**author, "from_ai_agent": False, "is_ai_answer": False},
        "attachments": [],
        "external_id": None,
        "redacted": False,
        "state": "open",
        "tags": [],
        "event_details": {},
        "app_package_code": None,
    }


def render_conversation(
    record: Mapping[str, Any],
    contacts: Mapping[str, Json],
    tags: Mapping[str, Json],
    *,
    version: Version = CURRENT,
    with_parts: bool = True,
    plain: bool = False,
) -> Json:
    """The conversation as REST serves it; lists leave the parts out, `plain` turns bodies into text."""
    served = copy.deepcopy({key: value for key, value in record.items() if not key.startswith("_")})
    served["contacts"] = {
        "type": "contact.list",
        "contacts": [_reference(contacts[contact_id]) for contact_id in record["_contacts"]],
    }
    served["tags"] = {
        "type": "tag.list",
        "tags": [{"type": "tag", "name": tags[tag["id"]]["name"], **tag} for tag in record["_tags"]],
    }
    parts = copy.deepcopy(record["_parts"][-MAX_PARTS_SERVED:]) if with_parts else []
    served["teammates"] = {"type": "admin.list", "admins": _teammates(record["_parts"])}
    served["first_contact_reply"] = dict(record["_first_reply"])
    served["statistics"] = {
        "type": "conversation_statistics",
        "count_conversation_parts": len(record["_parts"]),
    }
    served["channel"] = {"initial": record["source"]["type"], "current": record["source"]["type"]}
    served.update(conversation_rating=None, sla_applied=None, company=None, ai_agent=None)
    served.update(ai_agent_participated=False, external_references=[])
    served["linked_objects"] = {"type": "list", "data": [], "total_count": 0, "has_more": False}
    if with_parts:
        count = len(record["_parts"])
        parts_list = {"type": "conversation_part.list", "conversation_parts": parts, "total_count": count}
        served["conversation_parts"] = parts_list
    if version < CURRENT:
        served["priority"] = "priority" if served["priority"] in {"high", "urgent"} else "not_priority"
        for key in ("admin_assignee_id", "team_assignee_id"):
            served[key] = served[key] or None
    if plain:
        for message in (served["source"], *parts):
            message["body"] = to_plain(message["body"]) if message["body"] else message["body"]
    return served


def _reference(contact: Mapping[str, Any]) -> Json:
    return {"type": "contact", "id": contact["id"], "external_id": contact["external_id"]}


def _teammates(parts: list[Json]) -> list[Json]:
    """Teammates who wrote in the conversation, in the order of their first part."""
    seen: dict[str, Json] = {}
    for part in parts:
        if part["author"]["type"] == "admin":
            seen.setdefault(part["author"]["id"], {"type": "admin", "id": part["author"]["id"]})
    return list(seen.values())
