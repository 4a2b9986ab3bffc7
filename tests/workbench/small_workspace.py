"""A workspace of a few people, made by the sandbox's own means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.sandbox.store import empty_state
from app.sandbox.workspace import Account, Workspace

ADMINS = [
    {"type": "admin", "id": "11", "name": "Rosa Byrne", "email": "rosa@shop.example", "_secret": "never sent"},
    {"type": "admin", "id": "12", "name": "Sean Daly", "email": "sean@shop.example"},
]
CLIENT_SECRET = "s3cret-of-the-sandbox"


@dataclass(frozen=True)
class Shop:
    """The workspace and the ids of who is in it."""

    workspace: Workspace
    lead_id: str
    user_id: str
    conversation_id: str
    other_conversation_id: str

    def merge_lead_into_user(self) -> None:
        with self.workspace.store.change():
            pair = {"from": self.lead_id, "into": self.user_id, "skip_duplicate_validation": True}
            self.workspace.merging.merge(pair)

    def remove(self, contact_id: str, how: str) -> None:
        """`how` is archive, delete or block."""
        with self.workspace.store.change():
            getattr(self.workspace.lifecycle, how)(contact_id)


def open_shop() -> Shop:
    """Ivy, a lead, wrote by SMS; Ivy Stone, a user, wrote by email and was answered."""
    workspace = Workspace(Account(client_secret=CLIENT_SECRET), seed=_seed)
    lead = workspace.directory.create({"role": "lead", "name": "Ivy", "phone": "+353 1 555 0123"})
    user = workspace.directory.create({"role": "user", "name": "Ivy Stone", "email": "ivy@shop.example"})
    by_email = workspace.add_customer_message(user["id"], "The oak table wobbles.", "email")
    by_sms = workspace.add_customer_message(lead["id"], "Hello <b>there</b> & good day, café?", "sms")
    workspace.inbox.reply(
        by_email["id"],
        {"type": "admin", "message_type": "note", "admin_id": "11", "body": "<p>Ask the <b>carpenter</b>.</p>"},
    )
    return Shop(workspace, lead["id"], user["id"], by_sms["id"], by_email["id"])


def _seed(_now: float) -> dict[str, Any]:
    return empty_state() | {"admins": ADMINS}
