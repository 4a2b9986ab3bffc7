"""A contact, as Intercom describes it and as Kinbox reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.errors import AppError

_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
"""The escape of NUL in JSON text; the pairs of backslashes before it are escaped backslashes."""


class UnreadableContact(AppError):
    """A JSON object that should be a contact has no usable id."""


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Anyone in Intercom: a `lead` or a `user`.

    Built from REST 2.16 answers and from the copy inside a canvas request, so everything but the id may be
    missing. `record` is the object as it came, kept for snapshots. Its repr names nobody: it may end up in a log.
    """

    id: str
    role: str
    workspace_id: str | None = None
    external_id: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)
    owner_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    last_seen_at: datetime | None = None
    custom_attributes: Mapping[str, Any] = field(default_factory=dict, repr=False, hash=False)
    unsubscribed_from_emails: bool = False
    tag_count: int = 0
    note_count: int = 0
    company_count: int = 0
    merged_from: tuple[str, ...] = ()
    """Ids of the contacts merged into this one, newest first; filled only where Intercom was asked for it."""
    record: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_lead(self) -> bool:
        return self.role == "lead"

    @property
    def label(self) -> str:
        """The shortest text that tells a teammate who this is. Customer text: escape it before showing it."""
        return self.name or self.email or self.phone or f"{self.role} {self.id}"

    @property
    def snapshot(self) -> dict[str, Any]:
        """`record` as a database can keep it and look into it: no NUL, no half of a character, no NaN."""
        text = _NUL.sub(r"\1", json.dumps(self.record, ensure_ascii=False)).encode("utf-8", "replace").decode()
        kept: dict[str, Any] = json.loads(text, parse_constant=lambda _: None)
        return kept

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Contact:
        """Read Intercom's contact object, tolerating numbers for ids, nulls, blanks and missing fields.

        Raises UnreadableContact when there is no id.
        """
        contact_id = _text(record.get("id"))
        if contact_id is None:
            raise UnreadableContact("a contact without an id")
        attributes = record.get("custom_attributes")
        history = record.get("merge_history")
        return cls(
            id=contact_id,
            role=_text(record.get("role")) or "",
            workspace_id=_text(record.get("workspace_id")),
            external_id=_text(record.get("external_id")),
            email=_text(record.get("email")),
            phone=_text(record.get("phone")),
            name=_text(record.get("name")),
            owner_id=_text(record.get("owner_id")),
            created_at=_time(record.get("created_at")),
            updated_at=_time(record.get("updated_at")),
            last_seen_at=_time(record.get("last_seen_at")),
            custom_attributes=attributes if isinstance(attributes, Mapping) else {},
            unsubscribed_from_emails=record.get("unsubscribed_from_emails") is True,
            tag_count=_count(record.get("tags")),
            note_count=_count(record.get("notes")),
            company_count=_count(record.get("companies")),
            merged_from=_sources(history),
            record=record,
        )


def _text(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).strip() or None


def _time(value: object) -> datetime | None:
    """Unix seconds (REST) or ISO 8601 (webhooks) to aware UTC; anything else is unknown."""
    if isinstance(value, bool):
        return None
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
        if isinstance(value, str):
            read = datetime.fromisoformat(value)
            return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _count(listed: object) -> int:
    """Entries of a list stub (`{type: list, data, total_count, has_more}`)."""
    if not isinstance(listed, Mapping):
        return 0
    total = listed.get("total_count")
    if isinstance(total, int) and not isinstance(total, bool):
        return max(0, total)
    data = listed.get("data")
    return len(data) if isinstance(data, list) else 0


def _sources(history: object) -> tuple[str, ...]:
    if isinstance(history, Mapping):
        history = history.get("data")
    if not isinstance(history, list):
        return ()
    sources = (_text(entry.get("source_contact_id")) for entry in history if isinstance(entry, Mapping))
    return tuple(source for source in sources if source)
