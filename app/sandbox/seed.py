"""Furnishes a workspace as the shop Harbour & Pine: the same people and ids in every run."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from app.sandbox import people
from app.sandbox.furnish import DAY_S, add_attributes, add_contact, add_conversation, new_admin, new_company
from app.sandbox.seed_contacts import rows
from app.sandbox.seed_threads import THREADS
from app.sandbox.store import empty_state
from app.sandbox.tagging import new_tag
from app.sandbox.webhooks.sender import Webhooks
from app.sandbox.workspace import Account, Workspace

Json = dict[str, Any]

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
    state["admins"] = [new_admin(*row, "harbourandpine.example", teams=[people.SALES_TEAM]) for row in ADMINS]
    state["admins"][-1]["_email_verified"] = False
    state["teams"] = [
        {"type": "team", "id": people.SALES_TEAM, "name": "Sales", "admin_ids": [int(people.ROSA), int(people.DECLAN)]}
    ]
    state["tags"] = {tag_id: new_tag(tag_id, name) for tag_id, name in TAGS}
    state["tags"][people.TAG_VIP]["_dependents"] = ["workflow"]
    state["companies"] = {slug: new_company(slug, name, app_id, now_s) for slug, name in COMPANIES.items()}
    state["conversation_attributes"] = ["Order number"]
    add_attributes(state, ATTRIBUTES, now_s)
    state["data_attributes"]["3001"]["_dependents"] = ["workflow"]
    for row in rows():
        add_contact(state, row, app_id, now_s)
    _merge_niamh(state, now_s)
    for thread in THREADS:
        add_conversation(state, thread, now_s)
    return state


def furnished(path: Path | None = None, account: Account | None = None, webhooks: Webhooks | None = None) -> Workspace:
    """A workspace with everybody in it; with a `path` it goes on where it was left."""
    chosen = account or Account()
    return Workspace(chosen, seed=partial(harbour_and_pine, app_id=chosen.app_id), path=path, webhooks=webhooks)


def _merge_niamh(state: Json, now_s: int) -> None:
    """What the merge of three weeks ago left behind."""
    lead, user = state["contacts"][people.MERGED_LEAD], state["contacts"][people.MERGED_SURVIVOR]
    lead["_state"] = "merged"
    user["custom_attributes"] = {**lead["custom_attributes"], **user["custom_attributes"]}
    entry = {"type": "merge_history", "source_contact_id": lead["id"], "source_contact_role": "lead"}
    user["_merges"] = [{**entry, "merged_at": now_s - 20 * DAY_S}]
