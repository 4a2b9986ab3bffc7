"""The merge of a lead into a user: what moves, what is taken over, what is lost. There is no undo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.sandbox import merge_rules
from app.sandbox.contact_records import CURRENT, TEXTS, TIMES, Version
from app.sandbox.contacts import Contacts
from app.sandbox.conversations import Conversations
from app.sandbox.problems import contact_not_found, invalid, missing, user_not_found
from app.sandbox.store import Store
from app.sandbox.webhooks.notices import Notices

Json = dict[str, Any]

ADOPTED = ("name", "avatar", "owner_id", *TIMES, *TEXTS)
"""Taken over from the lead where the user has nothing; where both have a value, the user's stays."""
MAX_PER_PAGE = 150


class Merging:
    def __init__(self, store: Store, contacts: Contacts, inbox: Conversations, notices: Notices) -> None:
        self._store = store
        self._contacts = contacts
        self._inbox = inbox
        self._notices = notices
        store.on_enter.append(self.settle)

    def merge(self, body: Mapping[str, Any], version: Version = CURRENT) -> Json:
        """`POST /contacts/merge`: the survivor. Raises ApiError for every merge that Intercom refuses."""
        for field in ("from", "into"):
            if not isinstance(body.get(field), str) or not body[field]:
                raise missing(field)
        skip = body.get("skip_duplicate_validation", False)
        if not isinstance(skip, bool):
            raise invalid("skip_duplicate_validation must be a boolean", "skip_duplicate_validation")
        source, target = self._mergeable(body["from"], version), self._mergeable(body["into"], version)
        merge_rules.check(source, target, skip=skip, version=version, switches=self._store.unconfirmed)
        return self._join(source, target)

    def history(self, contact_id: str, query: Mapping[str, str]) -> Json:
        """`GET /contacts/{id}/merge_history`, newest first unless `order=asc`. ApiError 404 for leads."""
        record = self._contacts.served(contact_id)
        if record["role"] != "user":
            raise user_not_found()
        per_page = _whole(query.get("per_page", "50"), "per_page")
        if not 1 <= per_page <= MAX_PER_PAGE:
            raise invalid(f"per_page must be between 1 and {MAX_PER_PAGE}", "per_page")
        start = _whole(query.get("cursor", "0"), "cursor")
        entries = [dict(entry) for entry in record["_merges"]]
        if query.get("order", "desc") == "asc":
            entries.reverse()
        more = len(entries) > start + per_page
        return {
            "type": "list",
            "data": entries[start : start + per_page],
            "has_more": more,
            "next_cursor": str(start + per_page) if more else None,
        }

    def settle(self) -> None:
        """Finish the moves of merges whose time has come."""
        pending = self._store.state["pending_moves"]
        due = [move for move in pending if move["due"] <= self._store.now()]
        for move in due:
            pending.remove(move)
            self._move(self._contacts.table[move["from"]], self._contacts.table[move["into"]])
            self._store.touch()

    def _mergeable(self, contact_id: str, version: Version) -> Json:
        record = self._contacts.record(contact_id)
        if record is not None and record["_state"] == "merged":
            status = self._store.unconfirmed.merge_of_merged_status if version >= CURRENT else 404
            raise self._contacts.gone(record, contact_not_found, status)
        if record is None or record["_state"] != "active":
            raise contact_not_found()
        return record

    def _join(self, source: Json, target: Json) -> Json:
        now_s = self._store.clock_s()
        entry = {
            "type": "merge_history",
            "source_contact_id": source["id"],
            "source_contact_role": source["role"],
            "merged_at": now_s,
        }
        merges = [entry, *target["_merges"]]
        values = {**self._adopted(source, target), "_merges": merges, "updated_at": now_s}
        self._contacts.put(source, _state="merged", _merged_into=target["id"])
        survivor = self._contacts.put(target, **values)
        gone = {"type": "contact", "id": source["id"]}
        self._notices.contact("contact.merged", survivor, merged_from=gone)
        delay_s = self._store.unconfirmed.merge_settles_after_s
        if delay_s > 0:
            move = {"from": source["id"], "into": target["id"], "due": self._store.now() + delay_s}
            self._store.state["pending_moves"].append(move)
            return survivor
        return self._move(source, survivor)

    def _adopted(self, source: Json, target: Json) -> Json:
        """The values that the user takes over from the lead."""
        switches = self._store.unconfirmed
        names = list(ADOPTED)
        names += ["phone"] if switches.merge_fills_phone else []
        names += ["email", "_email_verified"] if switches.merge_fills_email and not target["email"] else []
        names += ["external_id"] if switches.merge_lead_external_id == "fills_empty" else []
        values = {name: source[name] for name in names if not target[name] and source[name]}
        if not any(target["location"].values()):
            values["location"] = source["location"]
        if switches.merge_fills_cdas:
            values["custom_attributes"] = {**source["custom_attributes"], **target["custom_attributes"]}
        return values

    def _move(self, source: Json, target: Json) -> Json:
        """Conversations, notes, tags and companies go to the user; conversation ids stay."""
        for conversation in self._inbox.table.values():
            if source["id"] in conversation["_contacts"]:
                self._repoint(conversation, source, target)
        for note_id in source["_notes"]:
            self._store.state["notes"][note_id]["contact"]["id"] = target["id"]
        held = {tag["id"] for tag in target["_tags"]}
        tags = [*target["_tags"], *(tag for tag in source["_tags"] if tag["id"] not in held)]
        companies = list(dict.fromkeys([*target["_companies"], *source["_companies"]]))
        notes = [*target["_notes"], *source["_notes"]]
        return self._contacts.put(target, _tags=tags, _companies=companies, _notes=notes)

    def _repoint(self, conversation: Json, source: Json, target: Json) -> None:
        ids = [target["id"] if item == source["id"] else item for item in conversation["_contacts"]]
        conversation["_contacts"] = list(dict.fromkeys(ids))
        if not self._store.unconfirmed.merge_rewrites_authors:
            return
        for message in (conversation["source"], *conversation["_parts"]):
            if message["author"]["id"] == source["id"]:
                message["author"].update({key: target[key] for key in ("id", "name", "email")}, type="user")


def _whole(text: str, name: str) -> int:
    if not text.isdecimal():
        raise invalid(f"{name} must be a whole number", name)
    return int(text)
