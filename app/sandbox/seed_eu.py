"""Furnishes a second workspace, in the EU: Lindqvist Cykel, a bicycle shop in Gothenburg that has not met Kinbox yet.

It shares with Harbour & Pine what real workspaces may share: numbers of conversations, and a customer with one phone.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from app.sandbox.furnish import DAY_S, add_attributes, add_contact, add_conversation, new_admin
from app.sandbox.ids import named_id
from app.sandbox.seed_contacts import Row
from app.sandbox.seed_threads import Thread
from app.sandbox.store import empty_state
from app.sandbox.tagging import new_tag
from app.sandbox.webhooks.sender import Webhooks
from app.sandbox.workspace import Account, Workspace

Json = dict[str, Any]

APP_ID, NAME = "lq4c8w1z", "Lindqvist Cykel"
ASTRID, JONAS, ELIN = "4420031", "4420032", "4420033"
"""The teammates. Elin has not verified her email."""
WORKSHOP = "5520001"
MAYA = named_id("eu-maya")
"""The same person as Harbour & Pine's Maya Reilly, with the same phone; the two shops know nothing of each other."""
OSKAR = named_id("eu-oskar")
"""A user whose phone is stored as `0703-55 01 23`."""
OSKAR_LEAD = named_id("eu-oskar-lead")
FREJA = named_id("eu-freja")
BJORN = named_id("eu-bjorn")
"""A user whose phone is stored as `031-755 01 88`, and nobody else's."""
FREJA_CONVERSATION, OSKAR_CONVERSATION, MAYA_CONVERSATION = "8001", "8002", "8003"

_ADMINS = (
    (ASTRID, "Astrid Lindqvist", "Owner"),
    (JONAS, "Jonas Berg", "Workshop"),
    (ELIN, "Elin Sand", "Weekends"),
)
_ROWS: tuple[Row, ...] = (
    (MAYA, "user", "Maya Reilly", "maya.reilly@quayside.example", "+353 1 555 0123", "Ireland", 30, {}),
    (OSKAR, "user", "Oskar Nyström", "oskar@nystrom.example", "0703-55 01 23", "Sweden", 400, {"external_id": "k-17"}),
    (OSKAR_LEAD, "lead", "Oskar", None, "+46703550123", "Sweden", 2, {}),
    (FREJA, "lead", "Freja", None, None, "Denmark", 1, {}),
    (named_id("eu-1"), "user", "Åsa Öberg", "asa.oberg@vasa.example", "+46 31 755 01 44", "Sweden", 210, {}),
    (named_id("eu-2"), "user", "Matti Virtanen", "matti@saimaa.example", "+358 40 5550155", "Finland", 95, {}),
    (BJORN, "user", "Björn Ek", "bjorn.ek@klippan.example", "031-755 01 88", "Sweden", 800, {"external_id": "k-3"}),
    (named_id("eu-4"), "lead", "Greta", "greta@haga.example", None, "Sweden", 12, {}),
    (named_id("eu-5"), "user", "Ingrid Dahl", "ingrid@fjell.example", "+47 22 55 01 66", "Norway", 320, {}),
    (named_id("eu-6"), "lead", None, None, "+46 70 755 01 77", "Sweden", 6, {}),
)
_THREADS: tuple[Thread, ...] = (
    (FREJA_CONVERSATION, FREJA, "conversation", 11, (
        ("customer", "Hej! Can you true a wheel while I wait?"),
        (JONAS, "Sure, come before four."),
    )),
    (OSKAR_CONVERSATION, OSKAR_LEAD, "sms", 25, (
        ("customer", "Is my bike ready? The green one, ticket 311."),
    )),
    (MAYA_CONVERSATION, MAYA, "email", 60 * 24, (
        ("customer", "Do you ship the Styrsö basket to Dublin?"),
        (ASTRID, "We do, it takes five days."),
        (f"close:{ASTRID}", ""),
    )),
)  # fmt: skip


def lindqvist(now: float, app_id: str = APP_ID) -> Json:
    """The state of the workspace, its times counted back from `now`."""
    state = empty_state()
    now_s = int(now)
    state["created_at"] = now_s - 700 * DAY_S
    state["admins"] = [new_admin(*row, "lindqvistcykel.example", teams=[WORKSHOP]) for row in _ADMINS]
    state["admins"][-1]["_email_verified"] = False
    team = {"type": "team", "id": WORKSHOP, "name": "Workshop", "admin_ids": [int(JONAS)]}
    state["teams"] = [team]
    state["tags"] = {"7001": new_tag("7001", "Repair")}
    add_attributes(state, (("frame_number", "string"), ("service_plan", "string")), now_s)
    for row in _ROWS:
        add_contact(state, row, app_id, now_s)
    for thread in _THREADS:
        add_conversation(state, thread, now_s)
    return state


def furnished_in_the_eu(client_secret: str, webhooks: Webhooks, path: Path | None = None) -> Workspace:
    """The workspace without the app; with a `path` it goes on where it was left."""
    account = Account(
        app_id=APP_ID, name=NAME, region="EU", timezone="Europe/Stockholm", token="", client_secret=client_secret
    )
    return Workspace(account, seed=partial(lindqvist), path=path, webhooks=webhooks)
