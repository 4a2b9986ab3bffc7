"""What teammates do with a conversation besides writing: close, open, snooze, assign, edit, delete, add people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.sandbox.bodies import from_teammate
from app.sandbox.contact_records import CURRENT, Version
from app.sandbox.contacts import Contacts
from app.sandbox.conversation_records import admin_author
from app.sandbox.conversations import Conversations
from app.sandbox.problems import ApiError, invalid, missing, user_not_found
from app.sandbox.store import Store
from app.sandbox.webhooks.notices import Notices

Json = dict[str, Any]

TOPICS = {
    "close": "conversation.admin.closed",
    "open": "conversation.admin.opened",
    "snoozed": "conversation.admin.snoozed",
    "assignment": "conversation.admin.assigned",
}
"""Kind of part -> what a webhook calls it."""


class Managing:
    def __init__(self, store: Store, contacts: Contacts, inbox: Conversations, notices: Notices) -> None:
        self._store = store
        self._contacts = contacts
        self._inbox = inbox
        self._notices = notices

    def manage(self, conversation_id: str, body: Mapping[str, Any]) -> Json:
        """`POST /conversations/{id}/parts`. Raises ApiError 400 or 404."""
        record = self._inbox.find(conversation_id)
        kind = body.get("message_type")
        if kind not in TOPICS:
            raise invalid(f"message_type must be one of {', '.join(TOPICS)}", "message_type")
        admin = self._inbox.admin(body.get("admin_id"))
        changes = self._changes(str(kind), body)
        given = body.get("body")
        text = from_teammate(given) if isinstance(given, str) and given.strip() else None
        record.update(changes)
        part = self._inbox.append(record, str(kind), text, admin_author(admin), self._store.clock_s())
        if kind == "assignment":
            part["assigned_to"] = _assignee(record)
        self._inbox.tell(TOPICS[str(kind)], record, part)
        return record

    def delete(self, conversation_id: str) -> Json:
        """`DELETE /conversations/{id}`. Raises ApiError 404."""
        record = self._inbox.find(conversation_id)
        del self._inbox.table[conversation_id]
        self._store.touch()
        self._notices.conversation_gone(record)
        return {"type": "conversation", "id": conversation_id, "deleted": True}

    def attach(self, conversation_id: str, body: Mapping[str, Any], version: Version = CURRENT) -> Json:
        """`POST /conversations/{id}/customers`; an email that nobody has makes a lead. Raises ApiError 400 or 404."""
        record = self._inbox.find(conversation_id)
        admin = self._inbox.admin(body.get("admin_id"))
        customer = body.get("customer")
        if not isinstance(customer, dict):
            raise missing("customer")
        contact = self._customer(customer, version)
        if contact["id"] not in record["_contacts"]:
            record["_contacts"] = [*record["_contacts"], contact["id"]]
            self._note_participants(record, "attached", admin)
        return record

    def detach(self, conversation_id: str, contact_id: str, body: Mapping[str, Any]) -> Json:
        """`DELETE /conversations/{id}/customers/{contact_id}`. Raises ApiError 404, or 422 for the last one."""
        record = self._inbox.find(conversation_id)
        admin = self._inbox.admin(body.get("admin_id"))
        if contact_id not in record["_contacts"]:
            raise user_not_found()
        if len(record["_contacts"]) == 1:
            raise ApiError(422, "parameter_invalid", "Removing the last customer is not allowed")
        record["_contacts"] = [each for each in record["_contacts"] if each != contact_id]
        self._note_participants(record, "detached", admin)
        return record

    def edit(self, conversation_id: str, body: Mapping[str, Any]) -> Json:
        """`PUT /conversations/{id}`: read, title and custom attributes."""
        record = self._inbox.find(conversation_id)
        attributes = body.get("custom_attributes") or {}
        for name in attributes:
            if name not in self._store.state["conversation_attributes"]:
                raise invalid(f"Conversation attribute '{name}' does not exist")
        record.update({key: body[key] for key in ("read", "title") if key in body})
        kept = {**record["custom_attributes"], **attributes}
        record["custom_attributes"] = {name: value for name, value in kept.items() if value is not None}
        record["updated_at"] = self._store.clock_s()
        self._store.touch()
        if body.get("read") is True:
            self._inbox.tell("conversation.read", record)
        return record

    def team(self, team_id: object) -> Json:
        for team in self._store.state["teams"]:
            if team["id"] == str(team_id):
                found: Json = team
                return found
        raise ApiError(404, "team_not_found", "Team not found")

    def _customer(self, customer: Mapping[str, Any], version: Version) -> Json:
        try:
            return self._inbox.sender(customer, version)
        except ApiError as error:
            if error.status != 404 or not customer.get("email"):
                raise
            return self._contacts.create({"role": "lead", "email": customer["email"]})

    def _note_participants(self, record: Json, change: str, admin: Json) -> None:
        kind = "participant_added" if change == "attached" else "participant_removed"
        part = self._inbox.append(record, kind, None, admin_author(admin), self._store.clock_s())
        self._inbox.tell(f"conversation.contact.{change}", record, part)

    def _changes(self, kind: str, body: Mapping[str, Any]) -> Json:
        if kind == "close":
            return {"state": "closed", "open": False, "waiting_since": None, "snoozed_until": None}
        if kind == "open":
            return {"state": "open", "open": True, "snoozed_until": None}
        if kind == "snoozed":
            until = body.get("snoozed_until")
            if isinstance(until, bool) or not isinstance(until, int):
                raise invalid("snoozed_until must be a UNIX timestamp in seconds", "snoozed_until")
            return {"state": "snoozed", "open": True, "snoozed_until": until}
        return self._assignment(body)

    def _assignment(self, body: Mapping[str, Any]) -> Json:
        assignee = str(body.get("assignee_id", ""))
        if assignee == "0":
            return {"admin_assignee_id": 0, "team_assignee_id": 0}
        if body.get("type") == "team":
            return {"team_assignee_id": int(self.team(assignee)["id"])}
        return {"admin_assignee_id": int(self._inbox.admin(assignee)["id"])}


def _assignee(record: Json) -> Json | None:
    for kind in ("admin", "team"):
        if record[f"{kind}_assignee_id"]:
            return {"type": kind, "id": str(record[f"{kind}_assignee_id"])}
    return None
