"""Conversations of Intercom's REST API 2.16: start as a contact, reply, tag, and look at what is there."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from app.intercom.answers import UnreadableAnswer
from app.intercom.errors import Unreadable
from app.intercom.transport import Answer


class Call(Protocol):
    """One REST call by its path template, as `app.intercom.client` makes it."""

    def __call__(
        self,
        method: str,
        path: str,
        ids: Mapping[str, str] | None = None,
        *,
        params: Mapping[str, str] | None = None,
        json: Mapping[str, Any] | None = None,
    ) -> Answer: ...


@dataclass(frozen=True)
class File:
    """A file to be sent with a reply."""

    name: str = field(repr=False)
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Written:
    """Something written in a conversation: its first message or a part. `body` is HTML."""

    author_id: str | None
    body: str = field(repr=False)
    created_at: datetime | None


@dataclass(frozen=True)
class Conversation:
    id: str
    state: str
    """open, closed or snoozed."""
    written: tuple[Written, ...]
    is_assigned: bool = False
    """To a teammate or to a team."""
    closed_at: datetime | None = None
    """When it was closed last, or changed last where no part tells; None where nothing does."""
    contact_ids: frozenset[str] | None = None
    """Who takes part; None where the answer does not tell."""


class Conversations:
    """What Kinbox does with conversations. Writes are sent at most once; see `app.intercom.errors` for `maybe_done`."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def start(self, contact_id: str, role: str, body: str, *, created_at: datetime | None = None) -> str:
        """Start a conversation as this contact and return its id. `body` is plain text."""
        sender = {"type": role if role in {"lead", "user"} else "contact", "id": contact_id}
        asked: dict[str, Any] = {"from": sender, "body": body, **_stamp(created_at)}
        answer = self._call("POST", "/conversations", json=asked)
        conversation_id = answer.json.get("conversation_id")
        if not isinstance(conversation_id, str | int):
            raise Unreadable(answer.facts, write=True)
        return str(conversation_id)

    def reply(
        self,
        conversation_id: str,
        contact_id: str,
        body: str,
        *,
        created_at: datetime | None = None,
        files: Sequence[File] = (),
    ) -> None:
        """Write a part as this contact; leads too are `user` here. Raises Refused with status 404 without it."""
        asked: dict[str, Any] = {
            "message_type": "comment",
            "type": "user",
            "intercom_user_id": contact_id,
            "body": body,
            **_stamp(created_at),
        }
        if files:
            asked["attachment_files"] = [_encoded(file) for file in files]
        self._call("POST", "/conversations/{conversation_id}/reply", {"conversation_id": conversation_id}, json=asked)

    def read(self, conversation_id: str) -> Conversation:
        """The conversation with its newest 500 parts. Raises Refused with status 404 without it."""
        answer = self._call("GET", "/conversations/{conversation_id}", {"conversation_id": conversation_id})
        try:
            return read_conversation(answer.json)
        except UnreadableAnswer:
            raise Unreadable(answer.facts, write=False) from None

    def newest_of(self, contact_id: str, *, limit: int = 5) -> tuple[str, ...]:
        """The ids of the contact's conversations that changed last, as far as Intercom's search knows yet."""
        asked = {
            "query": {"field": "contact_ids", "operator": "=", "value": contact_id},
            "sort": {"field": "updated_at", "order": "descending"},
            "pagination": {"per_page": limit},
        }
        answer = self._call("POST", "/conversations/search", json=asked)
        found = answer.json.get("conversations") or answer.json.get("data") or []
        listed = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
        return tuple(str(one["id"]) for one in listed if isinstance(one.get("id"), str | int))

    def tag(self, conversation_id: str, tag_id: str, admin_id: str) -> None:
        """Attach a tag; attaching it again changes nothing."""
        asked = {"id": tag_id, "admin_id": admin_id}
        self._call("POST", "/conversations/{conversation_id}/tags", {"conversation_id": conversation_id}, json=asked)

    def assign(self, conversation_id: str, kind: str, assignee_id: str, admin_id: str) -> None:
        """Assign to an `admin` or a `team`, in the name of an admin. Raises Refused with status 404 without them."""
        asked = {"message_type": "assignment", "type": kind, "admin_id": admin_id, "assignee_id": assignee_id}
        self._call("POST", "/conversations/{conversation_id}/parts", {"conversation_id": conversation_id}, json=asked)

    def mark_seen(self, conversation_id: str) -> None:
        """Mark as read; doing so again changes nothing."""
        ids = {"conversation_id": conversation_id}
        self._call("PUT", "/conversations/{conversation_id}", ids, json={"read": True})

    def tag_id(self, name: str) -> str:
        """The id of the tag with this name, made when there is none."""
        answer = self._call("POST", "/tags", json={"name": name})
        tag_id = answer.json.get("id")
        if not isinstance(tag_id, str | int):
            raise Unreadable(answer.facts, write=True)
        return str(tag_id)


def read_conversation(json: Mapping[str, Any]) -> Conversation:
    """Read a conversation object. Raises UnreadableAnswer without an id."""
    conversation_id = json.get("id")
    if not isinstance(conversation_id, str | int):
        raise UnreadableAnswer("a conversation without an id")
    source = json.get("source")
    listed = json.get("conversation_parts")
    parts = listed.get("conversation_parts") if isinstance(listed, Mapping) else None
    written = []
    if isinstance(source, Mapping):
        written.append(_written(source, json.get("created_at")))
    if isinstance(parts, list):
        written += [_written(part, part.get("created_at")) for part in parts if isinstance(part, Mapping)]
    is_assigned = any(json.get(f"{kind}_assignee_id") not in {None, 0, "0", ""} for kind in ("admin", "team"))
    return Conversation(
        str(conversation_id),
        str(json.get("state") or "open"),
        tuple(written),
        is_assigned,
        closed_at=_closed_at(json.get("updated_at"), parts if isinstance(parts, list) else []),
        contact_ids=_contact_ids(json.get("contacts")),
    )


def _closed_at(updated_at: object, parts: Sequence[object]) -> datetime | None:
    closings = (one.get("created_at") for one in parts if isinstance(one, Mapping) and one.get("part_type") == "close")
    times = [one for one in closings if isinstance(one, int)]
    latest = max(times, default=updated_at if isinstance(updated_at, int) else None)
    return None if latest is None else datetime.fromtimestamp(latest, UTC)


def _contact_ids(contacts: object) -> frozenset[str] | None:
    listed = contacts.get("contacts") if isinstance(contacts, Mapping) else None
    if not isinstance(listed, list):
        return None
    ids = (one.get("id") for one in listed if isinstance(one, Mapping))
    return frozenset(str(one) for one in ids if isinstance(one, str | int))


def _written(part: Mapping[str, Any], created_at: object) -> Written:
    author = part.get("author")
    author_id = author.get("id") if isinstance(author, Mapping) else None
    body = part.get("body")
    at = datetime.fromtimestamp(created_at, UTC) if isinstance(created_at, int) else None
    return Written(
        str(author_id) if isinstance(author_id, str | int) else None, body if isinstance(body, str) else "", at
    )


def _stamp(created_at: datetime | None) -> dict[str, int]:
    return {"created_at": int(created_at.timestamp())} if created_at else {}


def _encoded(file: File) -> dict[str, str]:
    data = base64.b64encode(file.content).decode()
    return {"content_type": file.content_type, "name": file.name, "data": data}
