"""What teammates do with a conversation besides writing: close, open, snooze, assign, edit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.sandbox.bodies import from_teammate
from app.sandbox.conversation_records import admin_author
from app.sandbox.conversations import Conversations
from app.sandbox.problems import ApiError, invalid
from app.sandbox.store import Store

Json = dict[str, Any]

PART_TYPES = ("close", "open", "snoozed", "assignment")


class Managing:
    def __init__(self, store: Store, inbox: Conversations) -> None:
        self._store = store
        self._inbox = inbox

    def manage(self, conversation_id: str, body: Mapping[str, Any]) -> Json:
        """`POST /conversations/{id}/parts`. Raises ApiError 400 or 404."""
        record = self._inbox.find(conversation_id)
        kind = body.get("message_type")
        if kind not in PART_TYPES:
            raise invalid(f"message_type must be one of {', '.join(PART_TYPES)}", "message_type")
        admin = self._inbox.admin(body.get("admin_id"))
        changes = self._changes(str(kind), body)
        given = body.get("body")
        text = from_teammate(given) if isinstance(given, str) and given.strip() else None
        record.update(changes)
        part = self._inbox.append(record, str(kind), text, admin_author(admin), self._store.clock_s())
        if kind == "assignment":
            part["assigned_to"] = _assignee(record)
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
        return record

    def team(self, team_id: object) -> Json:
        for team in self._store.state["teams"]:
            if team["id"] == str(team_id):
                found: Json = team
                return found
        raise ApiError(404, "team_not_found", "Team not found")

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
