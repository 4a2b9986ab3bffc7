"""A contact as the workspace keeps it, and as REST serves it.

Names with a leading underscore are the workspace's own and never served.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import phonenumbers

Json = dict[str, Any]
Version = tuple[int, int]

CURRENT: Version = (2, 16)
LIST_STUB_LENGTH = 10
"""Entries that a contact carries of each of its lists; the rest is behind the list's url."""

TIMES = (
    "signed_up_at",
    "last_seen_at",
    "last_replied_at",
    "last_contacted_at",
    "last_email_opened_at",
    "last_email_clicked_at",
)
FLAGS = ("unsubscribed_from_emails", "has_hard_bounced", "marked_email_as_spam")
TEXTS = (
    "language_override",
    "browser",
    "browser_version",
    "browser_language",
    "os",
    *(f"android_{name}" for name in ("app_name", "app_version", "device", "os_version", "sdk_version")),
    *(f"ios_{name}" for name in ("app_name", "app_version", "device", "os_version", "sdk_version")),
    "android_last_seen_at",
    "ios_last_seen_at",
    *(f"utm_{name}" for name in ("campaign", "content", "medium", "source", "term")),
    "referrer",
)


def new_record(contact_id: str, workspace_id: str, now_s: int, values: Mapping[str, Any]) -> Json:
    """A contact with every field that REST serves, empty but for `values`."""
    record: Json = {
        "type": "contact",
        "id": contact_id,
        "workspace_id": workspace_id,
        "external_id": None,
        "role": "user",
        "email": None,
        "phone": None,
        "name": None,
        "avatar": None,
        "owner_id": None,
        "created_at": now_s,
        "updated_at": now_s,
    }
    record.update(dict.fromkeys(TIMES))
    record.update(dict.fromkeys(FLAGS, False))
    record.update(dict.fromkeys(TEXTS))
    record.update(custom_attributes={}, location={"country": None, "region": None, "city": None})
    record.update(
        _state="active",
        _merged_into=None,
        _deleted_at=None,
        _merges=[],
        _tags=[],
        _notes=[],
        _companies=[],
        _channel=None,
        _email_verified=False,
    )
    record.update(values)
    return record


def render_contact(record: Mapping[str, Any], version: Version = CURRENT, *, merges: bool = False) -> Json:
    """The contact as REST serves it in this version; a new object that the caller may keep."""
    served = {key: value for key, value in record.items() if not key.startswith("_")}
    url = f"/contacts/{record['id']}"
    served["custom_attributes"] = dict(record["custom_attributes"])
    served["location"] = {"type": "location", **record["location"]}
    served["avatar"] = dict(record["avatar"]) if record["avatar"] else None
    served["email_domain"] = email_domain(record["email"])
    served["social_profiles"] = {"type": "list", "data": []}
    served["tags"] = list_stub("tag", [tag["id"] for tag in record["_tags"]], f"{url}/tags", "/tags")
    served["notes"] = list_stub("note", record["_notes"], f"{url}/notes", "/notes")
    served["companies"] = list_stub("company", record["_companies"], f"{url}/companies", "/companies")
    for kind in ("in", "out"):
        stub = list_stub("subscription", [], f"{url}/subscriptions", "/subscription_types")
        served[f"opted_{kind}_subscription_types"] = stub
    if version < CURRENT and served["owner_id"] is not None:
        served["owner_id"] = int(served["owner_id"])
    if merges and record["role"] == "user" and version >= CURRENT:
        served["merge_history"] = [dict(entry) for entry in record["_merges"][:LIST_STUB_LENGTH]]
    return served


def list_stub(kind: str, ids: list[str], url: str, item_url: str) -> Json:
    shown = [{"type": kind, "id": item, "url": f"{item_url}/{item}"} for item in ids[:LIST_STUB_LENGTH]]
    return {
        "type": "list",
        "data": shown,
        "url": url,
        "total_count": len(ids),
        "has_more": len(ids) > len(shown),
    }


def email_domain(email: str | None) -> str | None:
    if not email or "@" not in email:
        return None
    return email.rpartition("@")[2]


@lru_cache(maxsize=8192)
def formatted_phone(phone: str | None) -> str | None:
    """The phone in E.164, or nothing when its text carries no country code (`+` or `00`)."""
    text = (phone or "").strip()
    if text.startswith("00"):
        text = "+" + text[2:]
    if not text.startswith("+"):
        return None
    try:
        read = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(read):
        return None
    return phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)
