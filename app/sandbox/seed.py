"""Furnishes a workspace as the shop Harbour & Pine: the same people and ids in every run."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from app.sandbox import people
from app.sandbox.attributes import new_attribute
from app.sandbox.bodies import from_plain, from_teammate
from app.sandbox.contact_records import new_record
from app.sandbox.conversation_records import admin_author, author_of, new_conversation, new_part, new_source
from app.sandbox.ids import named_uuid
from app.sandbox.seed_contacts import Row, rows
from app.sandbox.seed_threads import THREADS, Thread
from app.sandbox.store import empty_state
from app.sandbox.tagging import new_tag
from app.sandbox.workspace import Account, Workspace

Json = dict[str, Any]

DAY_S = 24 * 3600
LINE_GAP_S = 7 * 60
"""Between two lines of a thread."""
ADMINS = (
    (people.ROSA, "Rosa Teammate", "Support lead"),
    (people.DECLAN, "Declan Doyle", "Trade accounts"),
    (people.MIKA, "Mika Tanaka", "Customer support"),
)
TAGS = ((people.TAG_VIP, "VIP"), (people.TAG_TRADE, "Trade"), (people.TAG_DELIVERY, "Delivery"))
COMPANIES = {
    "quayside": "Quayside Letting",
    "bakehouse": "The Bakehouse",
    "atelier": "Atelier Marino",
    "fjord": "Fjord Fittings",
}
CHANNEL_IDS = ("telegram", "messenger", "instagram", "line", "viber", "wechat")
ATTRIBUTES = (
    ("plan", "string"),
    ("lifetime_value", "float"),
    ("favourite_wood", "string"),
    ("newsletter", "boolean"),
    ("last_order_on", "date"),
    ("orders", "integer"),
    ("kinbox_channel", "string"),
    *((f"kinbox_{slug}_id", "string") for slug in CHANNEL_IDS),
)


def harbour_and_pine(now: float, app_id: str = Account.app_id) -> Json:
    """The state of the furnished workspace, its times counted back from `now`."""
    state = empty_state()
    now_s = int(now)
    state["created_at"] = now_s - 1500 * DAY_S
    state["admins"] = [_admin(*row) for row in ADMINS]
    state["teams"] = [
        {"type": "team", "id": people.SALES_TEAM, "name": "Sales", "admin_ids": [int(people.ROSA), int(people.DECLAN)]}
    ]
    state["tags"] = {tag_id: new_tag(tag_id, name) for tag_id, name in TAGS}
    state["tags"][people.TAG_VIP]["_dependents"] = ["workflow"]
    state["companies"] = {slug: _company(slug, name, app_id, now_s) for slug, name in COMPANIES.items()}
    state["conversation_attributes"] = ["Order number"]
    for number, (name, data_type) in enumerate(ATTRIBUTES, start=3001):
        state["data_attributes"][str(number)] = new_attribute(number, name, data_type, now_s - 400 * DAY_S, {})
    state["data_attributes"]["3001"]["_dependents"] = ["workflow"]
    for row in rows():
        _add_contact(state, row, app_id, now_s)
    _merge_niamh(state, now_s)
    for thread in THREADS:
        _add_conversation(state, thread, now_s)
    return state


def furnished(path: Path | None = None, account: Account | None = None) -> Workspace:
    """A workspace with everybody in it; with a `path` it goes on where it was left."""
    chosen = account or Account()
    return Workspace(chosen, seed=partial(harbour_and_pine, app_id=chosen.app_id), path=path)


def _admin(admin_id: str, name: str, job: str) -> Json:
    admin: Json = {"type": "admin", "id": admin_id, "name": name, "job_title": job}
    admin["email"] = f"{name.split(maxsplit=1)[0].lower()}@harbourandpine.example"
    admin.update(away_mode_enabled=False, away_mode_reassign=False, has_inbox_seat=True)
    admin.update(team_ids=[int(people.SALES_TEAM)], avatar=None, role={"type": "role", "name": "Agent"})
    return admin


def _company(slug: str, name: str, app_id: str, now_s: int) -> Json:
    company: Json = {"type": "company", "id": slug, "company_id": slug, "name": name, "custom_attributes": {}}
    company.update(created_at=now_s - 500 * DAY_S, updated_at=now_s - 30 * DAY_S, app_id=app_id)
    return company


def _add_contact(state: Json, row: Row, app_id: str, now_s: int) -> None:
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


def _merge_niamh(state: Json, now_s: int) -> None:
    """What the merge of three weeks ago left behind."""
    lead, user = state["contacts"][people.MERGED_LEAD], state["contacts"][people.MERGED_SURVIVOR]
    lead["_state"] = "merged"
    user["custom_attributes"] = {**lead["custom_attributes"], **user["custom_attributes"]}
    entry = {"type": "merge_history", "source_contact_id": lead["id"], "source_contact_role": "lead"}
    user["_merges"] = [{**entry, "merged_at": now_s - 20 * DAY_S}]


def _add_conversation(state: Json, thread: Thread, now_s: int) -> None:
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
