"""Conversations: started by contacts, answered by both sides, managed by teammates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.sandbox.bodies import from_plain, from_teammate
from app.sandbox.contact_records import CURRENT, Version
from app.sandbox.contacts import Contacts
from app.sandbox.conversation_records import (
    admin_author,
    author_of,
    new_conversation,
    new_part,
    new_source,
    render_conversation,
)
from app.sandbox.files import MAX_FILES, Files
from app.sandbox.problems import ApiError, invalid, missing, resource_not_found, user_not_found
from app.sandbox.store import Store
from app.sandbox.webhooks.notices import Notices

Json = dict[str, Any]

FROM_TYPES = ("lead", "user", "contact")
TEAMMATE_PARTS = {"comment": "comment", "note": "note", "quick_reply": "quick_reply"}
TEAMMATE_TOPICS = {"note": "conversation.admin.noted"}


class Conversations:
    def __init__(self, store: Store, contacts: Contacts, files: Files, notices: Notices) -> None:
        self._store = store
        self._contacts = contacts
        self._files = files
        self._notices = notices

    @property
    def table(self) -> dict[str, Json]:
        table: dict[str, Json] = self._store.state["conversations"]
        return table

    def newest_first(self) -> list[Json]:
        return sorted(self.table.values(), key=lambda item: (item["updated_at"], int(item["id"])), reverse=True)

    def find(self, conversation_id: str) -> Json:
        found = self.table.get(conversation_id)
        if found is None:
            raise resource_not_found()
        return found

    def render(self, record: Json, version: Version = CURRENT, *, with_parts: bool = True, plain: bool = False) -> Json:
        tags = self._store.state["tags"]
        served = render_conversation(
            record, self._contacts.table, tags, version=version, with_parts=with_parts, plain=plain
        )
        parts = served["conversation_parts"]["conversation_parts"] if with_parts else []
        for message in (served["source"], *parts):
            message["attachments"] = [self._files.address(item) for item in message["attachments"]]
        return served

    def start(self, body: Mapping[str, Any], version: Version = CURRENT) -> Json:
        """`POST /conversations`: the Message that Intercom answers with, not the conversation."""
        sender = body.get("from")
        if not isinstance(sender, dict) or not sender.get("id"):
            raise missing("from")
        if sender.get("type") not in FROM_TYPES:
            raise invalid("from.type must be one of lead, user, contact", "from")
        text = _required_text(body)
        contact = self._contacts.served(str(sender["id"]), version, writing=True)
        wrong = sender["type"] not in {"contact", contact["role"]}
        if wrong and self._store.unconfirmed.wrong_from_type_refused:
            raise user_not_found()
        links = _linked(body)
        at_s = _created_at(body, self._store.clock_s())
        record = self.begin(contact, text, "conversation", at_s, subject=str(body.get("subject") or ""))
        record["source"]["attachments"] = links
        self.tell("conversation.user.created", record)
        return {
            "type": "user_message",
            "id": record["source"]["id"],
            "created_at": at_s,
            "body": text,
            "message_type": "inapp",
            "conversation_id": record["id"],
        }

    def begin(self, contact: Json, text: str, kind: str, at_s: int, *, subject: str = "") -> Json:
        """A conversation that this contact starts, from the source type `kind` (sms, whatsapp, ...)."""
        ids = self._store.ids
        source = new_source(ids.number("message"), kind, from_plain(text), author_of(contact), subject)
        record = new_conversation(ids.number("conversation"), source, contact["id"], at_s)
        self.table[record["id"]] = record
        self._contacts.put(contact, last_replied_at=at_s)
        self._store.touch()
        return record

    def reply(self, conversation_id: str, body: Mapping[str, Any], version: Version = CURRENT) -> Json:
        """`POST /conversations/{id}/reply`, by a contact or a teammate; `last` is a contact's newest."""
        as_contact = body.get("type") == "user"
        if not as_contact and body.get("type") != "admin":
            raise invalid("type must be one of user, admin", "type")
        uploads = self._files.read_uploads(body.get("attachment_files"))
        may_be_empty = bool(uploads) and self._store.unconfirmed.empty_body_with_files
        text = "" if may_be_empty and not body.get("body") else _required_text(body)
        links = _linked(body)
        at_s = _created_at(body, self._store.clock_s())
        contact = self.sender(body, version) if as_contact else None
        record = self._addressed(conversation_id, contact)
        if contact is None:
            part = self._teammate_part(record, body, text, at_s)
        else:
            part = self.add_contact_part(record, contact, text, at_s)
        part["attachments"] = links + [self._files.keep(meta, data) for meta, data in uploads]
        by_teammate = TEAMMATE_TOPICS.get(part["part_type"], "conversation.admin.replied")
        self.tell("conversation.user.replied" if as_contact else by_teammate, record, part)
        return record

    def tell(self, topic: str, record: Json, *parts: Json) -> None:
        """Notify of a change to this conversation, and of the parts that it added."""
        self._notices.conversation(topic, lambda: self.render(record, plain=True), *parts)

    def add_contact_part(self, record: Json, contact: Json, text: str, at_s: int) -> Json:
        """A customer's message: it reopens a closed conversation, and is then itself the part `open`."""
        kind = "comment" if record["state"] == "open" else "open"
        part = self.append(record, kind, from_plain(text) if text else None, author_of(contact), at_s)
        record.update(state="open", open=True, snoozed_until=None, read=False)
        record["waiting_since"] = record["waiting_since"] or at_s
        part["state"] = "open"
        self._contacts.put(contact, last_replied_at=at_s)
        return part

    def append(self, record: Json, kind: str, body: str | None, author: Json, at_s: int) -> Json:
        part = new_part(self._store.ids.number("part"), kind, body, author, at_s)
        part["state"] = record["state"]
        record["_parts"].append(part)
        record["updated_at"] = max(record["updated_at"], at_s)
        self._store.touch()
        return part

    def admin(self, admin_id: object) -> Json:
        """Raises ApiError 404 `admin_not_found`."""
        for admin in self._store.state["admins"]:
            if admin["id"] == str(admin_id):
                found: Json = admin
                return found
        raise ApiError(404, "admin_not_found", "Admin for admin_id not found")

    def sender(self, body: Mapping[str, Any], version: Version) -> Json:
        """The contact that a body names by exactly one of Intercom id, external id or email."""
        given = [key for key in ("intercom_user_id", "user_id", "email") if body.get(key)]
        if len(given) != 1:
            raise invalid("Exactly one of intercom_user_id, user_id, email is required")
        value = str(body[given[0]])
        if given[0] == "intercom_user_id":
            return self._contacts.served(value, version, writing=True)
        if given[0] == "user_id":
            return self._contacts.by_external_id(value)
        for record in self._contacts.active():
            if (record["email"] or "").casefold() == value.casefold():
                return record
        raise user_not_found()

    def _addressed(self, conversation_id: str, contact: Json | None) -> Json:
        if conversation_id != "last" or contact is None:
            return self.find(conversation_id)
        own = [item for item in self.table.values() if contact["id"] in item["_contacts"]]
        if not own:
            raise ApiError(422, "unprocessable_entity", "The contact has no conversations")
        return max(own, key=lambda item: (item["created_at"], int(item["id"])))

    def _teammate_part(self, record: Json, body: Mapping[str, Any], text: str, at_s: int) -> Json:
        kind = TEAMMATE_PARTS.get(str(body.get("message_type", "comment")))
        if kind is None:
            raise invalid("message_type must be one of comment, note, quick_reply", "message_type")
        author = admin_author(self.admin(body.get("admin_id")))
        part = self.append(record, kind, from_teammate(text) if text else None, author, at_s)
        if kind != "note":
            record["waiting_since"] = None
            for contact_id in record["_contacts"]:
                self._contacts.put(self._contacts.table[contact_id], last_contacted_at=at_s)
        return part


def _required_text(body: Mapping[str, Any]) -> str:
    text = body.get("body")
    if not isinstance(text, str) or not text.strip():
        raise missing("body")
    return text


def _created_at(body: Mapping[str, Any], now_s: int) -> int:
    value = body.get("created_at", now_s)
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid("created_at must be a UNIX timestamp in seconds", "created_at", "type_mismatch")
    return value


def _linked(body: Mapping[str, Any]) -> list[Json]:
    """`attachment_urls` as attachments; the sandbox fetches nothing."""
    urls = body.get("attachment_urls") or []
    if not isinstance(urls, list) or len(urls) > MAX_FILES or not all(isinstance(url, str) for url in urls):
        raise invalid(f"attachment_urls takes at most {MAX_FILES} addresses", "attachment_urls")
    blank = {"content_type": "image/jpeg", "filesize": None, "width": None, "height": None}
    return [{"type": "upload", "name": url.rpartition("/")[2], "url": url, **blank} for url in urls]
