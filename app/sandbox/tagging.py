"""Tags on contacts and conversations, notes on contacts, and the companies of a contact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.sandbox.bodies import from_teammate
from app.sandbox.contact_records import CURRENT, Version
from app.sandbox.contacts import Contacts
from app.sandbox.conversation_records import admin_author
from app.sandbox.conversations import Conversations
from app.sandbox.problems import ApiError, invalid, missing, resource_not_found
from app.sandbox.store import Store
from app.sandbox.webhooks.notices import Notices

Json = dict[str, Any]


def new_tag(tag_id: str, name: str, dependents: list[str] | None = None) -> Json:
    return {"type": "tag", "id": tag_id, "name": name, "_dependents": dependents or []}


class Tagging:
    def __init__(self, store: Store, contacts: Contacts, inbox: Conversations, notices: Notices) -> None:
        self._store = store
        self._contacts = contacts
        self._inbox = inbox
        self._notices = notices

    @property
    def _tags(self) -> dict[str, Json]:
        tags: dict[str, Json] = self._store.state["tags"]
        return tags

    def all_tags(self) -> list[Json]:
        return [_served(tag) for tag in self._tags.values()]

    def tag(self, tag_id: str) -> Json:
        return _served(self._find(tag_id, resource_not_found()))

    def create(self, body: Mapping[str, Any]) -> Json:
        """Find or create by name; names of tags ignore case."""
        name = body.get("name")
        if not isinstance(name, str) or not name.strip():
            raise invalid("Name is required", "name")
        alike = (tag for tag in self._tags.values() if tag["name"].casefold() == name.strip().casefold())
        found = next(alike, None)
        if found is None:
            found = new_tag(self._store.ids.number("tag"), name.strip())
            self._tags[found["id"]] = found
            self._store.touch()
        return _served(found)

    def delete(self, tag_id: str) -> None:
        tag = self._find(tag_id, resource_not_found())
        if tag["_dependents"]:
            raise ApiError(400, "tag_has_dependent_objects", "Unable to delete tag with dependent objects.")
        for record in list(self._contacts.table.values()):
            if any(item["id"] == tag_id for item in record["_tags"]):
                self._contacts.put(record, _tags=_without(record["_tags"], tag_id))
        for conversation in self._inbox.table.values():
            conversation["_tags"] = _without(conversation["_tags"], tag_id)
        del self._tags[tag_id]
        self._store.touch()

    def of_contact(self, contact_id: str, version: Version = CURRENT) -> list[Json]:
        record = self._contacts.served(contact_id, version)
        return [{**_served(self._tags[item["id"]]), **item} for item in record["_tags"]]

    def tag_contact(self, contact_id: str, body: Mapping[str, Any], version: Version = CURRENT) -> Json:
        record = self._contacts.served(contact_id, version, writing=True)
        tag = self._find(body.get("id"), resource_not_found())
        if all(item["id"] != tag["id"] for item in record["_tags"]):
            applied = self._applied(tag, None)
            tagged = self._contacts.put(record, _tags=[*record["_tags"], applied])
            self._notices.contact_tagged("contact.{role}.tag.created", tagged, _served(tag))
        return _served(tag)

    def untag_contact(self, contact_id: str, tag_id: str, version: Version = CURRENT) -> Json:
        record = self._contacts.served(contact_id, version, writing=True)
        tag = self._find(tag_id, resource_not_found())
        if any(item["id"] == tag_id for item in record["_tags"]):
            bare = self._contacts.put(record, _tags=_without(record["_tags"], tag_id))
            self._notices.contact_tagged("contact.{role}.tag.deleted", bare, _served(tag))
        return _served(tag)

    def tag_conversation(self, conversation_id: str, body: Mapping[str, Any]) -> Json:
        conversation = self._inbox.find(conversation_id)
        admin = self._inbox.admin(body.get("admin_id"))
        tag = self._find(body.get("id"), _tag_not_found())
        applied = self._applied(tag, {"type": "admin", "id": admin["id"]})
        conversation["_tags"] = [*_without(conversation["_tags"], tag["id"]), applied]
        self._store.touch()
        return {**_served(tag), **applied}

    def untag_conversation(self, conversation_id: str, tag_id: str, body: Mapping[str, Any]) -> Json:
        conversation = self._inbox.find(conversation_id)
        self._inbox.admin(body.get("admin_id"))
        tag = self._find(tag_id, _tag_not_found())
        conversation["_tags"] = _without(conversation["_tags"], tag_id)
        self._store.touch()
        return _served(tag)

    def notes_of(self, contact_id: str, version: Version = CURRENT) -> list[Json]:
        record = self._contacts.served(contact_id, version)
        return [self.note(note_id) for note_id in reversed(record["_notes"])]

    def note(self, note_id: str) -> Json:
        found = self._store.state["notes"].get(note_id)
        if found is None:
            raise resource_not_found()
        return {**found, "contact": dict(found["contact"])}

    def add_note(self, contact_id: str, body: Mapping[str, Any], version: Version = CURRENT) -> Json:
        record = self._contacts.served(contact_id, version, writing=True)
        text = body.get("body")
        if not isinstance(text, str) or not text.strip():
            raise missing("body")
        author = self._author(body.get("admin_id"))
        note_id = self._store.ids.number("note")
        note: Json = {"type": "note", "id": note_id, "created_at": self._store.clock_s()}
        note.update(contact={"type": "contact", "id": contact_id}, author=author, body=from_teammate(text))
        self._store.state["notes"][note_id] = note
        self._contacts.put(record, _notes=[*record["_notes"], note_id])
        return self.note(note_id)

    def companies_of(self, contact_id: str, version: Version = CURRENT) -> list[Json]:
        record = self._contacts.served(contact_id, version)
        return [dict(self._store.state["companies"][item]) for item in record["_companies"]]

    def _author(self, admin_id: object) -> Json:
        """The teammate a note names, or the app's own when it names none."""
        admins = self._store.state["admins"]
        for admin in admins:
            if admin_id is None or admin["id"] == str(admin_id):
                return admin_author(admin)
        raise resource_not_found()

    def _find(self, tag_id: object, absent: ApiError) -> Json:
        found = self._tags.get(str(tag_id))
        if found is None:
            raise absent
        return found

    def _applied(self, tag: Json, by: Json | None) -> Json:
        return {"id": tag["id"], "applied_at": self._store.clock_s(), "applied_by": by}


def _tag_not_found() -> ApiError:
    return ApiError(404, "tag_not_found", "Tag not found")


def _served(tag: Json) -> Json:
    return {key: value for key, value in tag.items() if not key.startswith("_")}


def _without(tags: list[Json], tag_id: str) -> list[Json]:
    return [item for item in tags if item["id"] != tag_id]
