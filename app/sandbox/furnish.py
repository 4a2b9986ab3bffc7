"""Puts teammates, contacts and conversations into the state of a new workspace."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.sandbox.attributes import new_attribute
from app.sandbox.bodies import from_plain, from_teammate
from app.sandbox.contact_records import new_record
from app.sandbox.conversation_records import admin_author, author_of, new_conversation, new_part, new_source
from app.sandbox.ids import named_uuid
from app.sandbox.seed_contacts import Row
from app.sandbox.seed_threads import Thread

Json = dict[str, Any]

DAY_S = 24 * 3600
LINE_GAP_S = 7 * 60
"""Between two lines of a thread."""


def new_admin(admin_id: str, name: str, job: str, domain: str, *, teams: Iterable[str] = ()) -> Json:
    """A teammate of the shop at `domain`."""
    admin: Json = {"type": "admin", "id": admin_id, "name": name, "job_title": job}
    admin["email"] = f"{name.split(maxsplit=1)[0].lower()}@{domain}"
    admin.update(away_mode_enabled=False, away_mode_reassign=False, has_inbox_seat=True)
    admin.update(team_ids=[int(team) for team in teams], avatar=None, role={"type": "role", "name": "Agent"})
    return admin


def new_company(slug: str, name: str, app_id: str, now_s: int) -> Json:
    company: Json = {"type": "company", "id": slug, "company_id": slug, "name": name, "custom_attributes": {}}
    company.update(created_at=now_s - 500 * DAY_S, updated_at=now_s - 30 * DAY_S, app_id=app_id)
    return company


def add_attributes(state: Json, attributes: Iterable[tuple[str, str]], now_s: int) -> None:
    """Custom attributes of contacts, by name and type."""
    for number, (name, data_type) in enumerate(attributes, start=3001):
        state["data_attributes"][str(number)] = new_attribute(number, name, data_type, now_s - 400 * DAY_S, {})


def add_contact(state: Json, row: Row, app_id: str, now_s: int) -> None:
    contact_id, role, name, email, phone, country, age_days, more = row
    created_s = now_s - age_days * DAY_S
    more = dict(more)
    tags = [{"id": tag, "applied_at": created_s, "applied_by": None} for tag in more.pop("tags", [])]
    values: Json = {"role": role, "name": name, "email": email, "phone": phone, "_tags": tags}
    values["_companies"] = more.pop("companies", [])
    values["_notes"] = _add_notes(state, contact_id, more.pop("notes", 0), created_s)
    values["_state"] = more.pop("state", "active")
    values["_merged_into"] = more.pop("merged_into", None)
    values["custom_attributes"] = more.pop("cdas", {})
    values["location"] = {"country": country, "region": None, "city": None}
    values["last_seen_at"] = now_s - age_days * 3600 if role == "user" else None
    values["updated_at"] = now_s - age_days * 1800
    if role == "lead":
        values["external_id"] = named_uuid(contact_id)
    if values["_state"] == "deleted":
        values["_deleted_at"] = now_s - 2 * DAY_S
    record = new_record(contact_id, app_id, created_s, {**values, **more})
    state["contacts"][contact_id] = record


def _add_notes(state: Json, contact_id: str, count: int, at_s: int) -> list[str]:
    texts = ("Prefers to be called after four.", "Delivery goes to the back door.")
    ids = []
    for text in texts[:count]:
        note_id = str(6001 + len(state["notes"]))
        note: Json = {"type": "note", "id": note_id, "created_at": at_s, "body": from_plain(text)}
        note.update(contact={"type": "contact", "id": contact_id}, author=admin_author(state["admins"][0]))
        state["notes"][note_id] = note
        ids.append(note_id)
    return ids


def add_conversation(state: Json, thread: Thread, now_s: int) -> None:
    conversation_id, contact_id, kind, minutes_ago, lines = thread
    contact = state["contacts"][contact_id]
    at_s = now_s - minutes_ago * 60 - LINE_GAP_S * (len(lines) - 1)
    source = new_source(f"{conversation_id}00", kind, from_plain(lines[0][1]), author_of(contact))
    record = new_conversation(conversation_id, source, contact_id, at_s)
    admins = {admin["id"]: admin for admin in state["admins"]}
    for number, (who, text) in enumerate(lines[1:], start=1):
        at_s += LINE_GAP_S
        role, _colon, admin_id = who.rpartition(":")
        part_kind = {"note": "note", "close": "close"}.get(role, "comment")
        customer = who == "customer"
        author = author_of(contact) if customer else admin_author(admins[admin_id])
        body = (from_plain(text) if customer else from_teammate(text)) if text else None
        record["_parts"].append(new_part(f"{conversation_id}{number:02}", part_kind, body, author, at_s))
        _follow(record, part_kind, at_s, customer=customer)
    record["updated_at"] = at_s
    state["conversations"][conversation_id] = record
    contact["last_replied_at"] = at_s


def _follow(record: Json, part_kind: str, at_s: int, *, customer: bool) -> None:
    """What a line does to its conversation: who waits, and whether it is still open."""
    if customer:
        record["waiting_since"] = record["waiting_since"] or at_s
    elif part_kind != "note":
        record["waiting_since"] = None
    if part_kind == "close":
        record.update(state="closed", open=False)
        record["_parts"][-1]["state"] = "closed"
