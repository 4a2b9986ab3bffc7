"""Which fields search knows, of which type, and how they are read from a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.sandbox.contact_records import FLAGS, TIMES, email_domain, formatted_phone

Record = Mapping[str, Any]

TEXT, FLAG, NUMBER, DAY, TIME, TAG = "String", "Boolean", "Integer", "Date", "Timestamp", "Tag"
"""`Date` is compared by day (contacts), `Timestamp` to the second (conversations)."""


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    read: Callable[[Record], Any]
    """The value, or a list of values of which any may match."""


def path(*keys: str) -> Callable[[Record], Any]:
    def read(record: Record) -> Any:
        value: Any = record
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    return read


def _contact_fields() -> dict[str, Field]:
    plain = ("id", "role", "name", "email", "phone", "external_id", "language_override", "os")
    texts = [*plain, "browser", "browser_version", "browser_language"]
    texts += [f"ios_{name}" for name in ("app_version", "device", "app_device", "os_version", "app_name")]
    texts += [f"android_{name}" for name in ("app_version", "device", "app_name")]
    texts += ["ios_sdk_version", "andoid_sdk_version"]
    days = ["created_at", "updated_at", *TIMES, "ios_last_seen_at", "android_last_seen_at"]
    fields = [Field(name, TEXT, path(name)) for name in texts]
    fields += [Field(f"location.{part}", TEXT, path("location", part)) for part in ("country", "region", "city")]
    fields += [Field(name, DAY, path(name)) for name in days]
    fields += [Field(name, FLAG, path(name)) for name in FLAGS]
    fields += [
        Field("avatar", TEXT, path("avatar", "image_url")),
        Field("email_domain", TEXT, lambda record: email_domain(record["email"])),
        Field("formatted_phone", TEXT, lambda record: formatted_phone(record["phone"])),
        Field("owner_id", NUMBER, lambda record: int(record["owner_id"]) if record["owner_id"] else None),
        Field("segment_id", TAG, lambda _record: []),
        Field("tag_id", TAG, lambda record: [tag["id"] for tag in record["_tags"]]),
    ]
    return {field.name: field for field in fields}


def _conversation_fields() -> dict[str, Field]:
    fields = [Field(name, TEXT, path(name)) for name in ("id", "title", "state", "priority")]
    fields += [Field(f"source.{name}", TEXT, path("source", name)) for name in ("type", "id", "delivered_as")]
    fields += [Field(f"source.{name}", TEXT, path("source", name)) for name in ("subject", "body", "url")]
    fields += [
        Field(f"source.author.{name}", TEXT, path("source", "author", name)) for name in ("id", "type", "name", "email")
    ]
    times = ("created_at", "updated_at", "waiting_since", "snoozed_until")
    fields += [Field(name, TIME, path(name)) for name in times]
    fields += [Field(name, FLAG, path(name)) for name in ("open", "read")]
    fields += [Field(name, NUMBER, path(name)) for name in ("admin_assignee_id", "team_assignee_id")]
    fields += [
        Field("contact_ids", TEXT, path("_contacts")),
        Field("tag_ids", TEXT, lambda record: [tag["id"] for tag in record["_tags"]]),
    ]
    return {field.name: field for field in fields}


CONTACT_FIELDS = _contact_fields()
CONVERSATION_FIELDS = _conversation_fields()
ATTRIBUTE_KINDS = {"string": TEXT, "integer": NUMBER, "float": NUMBER, "boolean": FLAG, "date": DAY}
