"""Archive, unarchive, delete and block a contact."""

from __future__ import annotations

from typing import Any

from app.sandbox.contact_records import CURRENT, Version
from app.sandbox.contacts import Contacts
from app.sandbox.conversations import Conversations
from app.sandbox.problems import ApiError, user_not_found
from app.sandbox.store import Store
from app.sandbox.webhooks.notices import Notices

Json = dict[str, Any]

NOT_RESTORABLE = {
    "deleted": (400, "bad_request", "User has been marked for permanent deletion and is not restorable."),
    "merged": (400, "bad_request", "User has been merged and is not restorable."),
    "blocked": (422, "not_restorable", "User has been blocked and is not restorable."),
}


class Lifecycle:
    def __init__(self, store: Store, contacts: Contacts, inbox: Conversations, notices: Notices) -> None:
        self._store = store
        self._contacts = contacts
        self._inbox = inbox
        self._notices = notices

    def archive(self, contact_id: str, version: Version = CURRENT) -> Json:
        record = self._contacts.served(contact_id, version, writing=True)
        self._notices.contact("contact.archived", self._contacts.put(record, _state="archived"))
        return _answer(record, archived=True)

    def unarchive(self, contact_id: str) -> Json:
        """Raises ApiError for contacts that are deleted, merged or blocked: those do not come back."""
        record = self._contacts.record(contact_id)
        if record is None:
            raise user_not_found()
        if record["_state"] in NOT_RESTORABLE:
            raise ApiError(*NOT_RESTORABLE[record["_state"]])
        if record["_state"] != "active":
            self._notices.contact("contact.unarchive", self._contacts.put(record, _state="active"))
        return _answer(record, archived=False)

    def delete(self, contact_id: str, version: Version = CURRENT) -> Json:
        """For good after seven days; until then the identifiers of a user stay locked."""
        record = self._contacts.record(contact_id)
        if record is None or record["_state"] != "archived":
            record = self._contacts.served(contact_id, version, writing=True)
        self._contacts.put(record, _state="deleted", _deleted_at=self._store.clock_s())
        self._notices.contact_gone(record)
        return _answer(record, deleted=True)

    def block(self, contact_id: str, version: Version = CURRENT) -> Json:
        """Blocks the contact and closes its conversations. No webhook tells of it."""
        record = self._contacts.served(contact_id, version, writing=True)
        self._contacts.put(record, _state="blocked")
        for conversation in self._inbox.table.values():
            if contact_id in conversation["_contacts"]:
                conversation.update(state="closed", open=False)
        return _answer(record, blocked=True)


def _answer(record: Json, **outcome: bool) -> Json:
    return {"type": "contact", "id": record["id"], "external_id": record["external_id"], **outcome}
