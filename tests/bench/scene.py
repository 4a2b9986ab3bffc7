"""The scene of every figure: an Intercom workspace, one user with a conversation, and what Kinbox stored of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet
from flask import Flask

from app import create_app
from app.domain import workspace as domain
from app.domain.identity import Match
from app.domain.merge_record import MergeOrder
from app.domain.merging import Consent
from app.domain.teammate import Teammate
from app.intercom.client import Intercom
from app.sandbox.server import create_sandbox, serve
from app.sandbox.signed_bodies import to_bytes
from app.sandbox.store import empty_state
from app.sandbox.workbench import canvas_fields
from app.sandbox.workspace import Workspace
from app.services import services
from app.settings import Settings
from app.storage import identities, merges
from app.storage.database import db, transaction
from tests.sidebar_driver import ADMIN

Json = dict[str, Any]

CLIENT_SECRET = "client-secret-of-the-benchmark"
_KEY = Fernet.generate_key().decode()
_PHONE = "+35315550123"
_LINES = (
    "Hello, this is Ivy. I ordered two oak shelves and a coat rack last week, and only the shelves came today.",
    "The box of the coat rack was not in the van, the driver said that he had no second parcel for me.",
    "My order number is HP-20418. I was written to from my other phone before, perhaps that is why you cannot find me?",
    "Could you send the rack to my office instead? It is 12 Quay Street, second floor, open until six.",
    "And please check whether the brackets are in the same parcel, I need them on Friday <b>at the latest</b>.",
    "Thank you, that is kind & quick.",
)
"""What the customer wrote: with Intercom's fields around it, a request of some 6 kB."""
_ACCOUNTS = (
    ("whatsapp", "Shop WhatsApp", "10951", "35315550123", _PHONE),
    ("telegram", "Shop bot", "7701", "882001734", "@ivystone"),
    ("twilio", "Shop SMS", "+35315550000", _PHONE, _PHONE),
)


@dataclass(frozen=True)
class Scene:
    """Intercom as a sandbox on loopback, and the user who is shown."""

    workspace: Workspace
    url: str
    user_id: str
    initialize: bytes

    @property
    def intercom(self) -> Intercom:
        return Intercom(self.url, self.workspace.token)

    def environment(self, database_url: str, *, log_level: str = "INFO") -> dict[str, str]:
        """Kinbox's settings in this scene; the workspace itself is stored in the database."""
        return {
            "DATABASE_URL": database_url,
            "INTERCOM_API_URL": self.url,
            "INTERCOM_CLIENT_SECRET": CLIENT_SECRET,
            "KINBOX_ENCRYPTION_KEYS": _KEY,
            "KINBOX_LOG_LEVEL": log_level,
        }

    @contextmanager
    def kinbox(self, database_url: str) -> Iterator[Flask]:
        """Kinbox in this process, with its context pushed; it logs errors only."""
        app = create_app(Settings.load(self.environment(database_url, log_level="ERROR")))
        with app.app_context():
            try:
                yield app
            finally:
                db.engine.dispose()


@contextmanager
def open_scene() -> Iterator[Scene]:
    """Runs the sandbox as long as it is needed."""
    workspace = Workspace(seed=_one_teammate)
    server = serve(create_sandbox(workspace))
    try:
        ivy = {"role": "user", "name": "Ivy Stone", "email": "ivy@shop.example", "phone": _PHONE}
        user_id = Intercom(server.url, workspace.token).create_contact(ivy).id
        yield Scene(workspace, server.url, user_id, _initialize(workspace, user_id))
    finally:
        server.stop()


def _one_teammate(now: float) -> Json:
    state = empty_state(now)
    state["admins"] = [ADMIN]
    return state


def _initialize(workspace: Workspace, user_id: str) -> bytes:
    """The request as Intercom would send it."""
    conversation: Json = {"id": None}
    for line in _LINES:
        conversation = workspace.add_customer_message(user_id, line, "whatsapp", conversation["id"])
    fields = canvas_fields.request_fields(
        workspace_id=workspace.app_id,
        region=workspace.region,
        admin=ADMIN,
        conversation=conversation,
        contact=workspace.contact(user_id),
    )
    return to_bytes(fields)


def store_rows(scene: Scene) -> None:
    """The workspace, three identities of the user and a merge that is done, in the current app's database."""
    now = datetime.now(UTC)
    sandbox = scene.workspace
    workspace = domain.Workspace(
        id=sandbox.app_id,
        region=domain.read_region(sandbox.region),
        name=sandbox.account.name,
        timezone=sandbox.account.timezone,
        token=sandbox.token,
    )
    with transaction(write=True) as session:
        services().workspaces.save(session, workspace, now)
        for days, (slug, name, address, sender_id, handle) in enumerate(_ACCOUNTS):
            account = services().channels.ensure(
                session, workspace.id, slug=slug, address=address, name=name, secrets={"key": "secret"}, at=now
            )
            sender = identities.Sender(account_id=account.id, sender_id=sender_id, handle=handle, display_name="Ivy")
            match = Match("phone", _PHONE, ("b" * 24,)).to_json()
            written = now - timedelta(days=days)
            identities.link(session, workspace.id, sender, scene.user_id, match=match, at=now, message_at=written)
    _store_merge(scene, workspace.id, now)


def _store_merge(scene: Scene, workspace_id: str, now: datetime) -> None:
    """A lead that became part of the user yesterday."""
    at = now - timedelta(days=1)
    lead_id = "a" * 24
    order = MergeOrder(
        workspace_id=workspace_id,
        lead_id=lead_id,
        user_id=scene.user_id,
        teammate=Teammate(ADMIN["id"], ADMIN["name"]),
        conversation_id=None,
        consents=frozenset({Consent.IRREVERSIBLE}),
    )
    user = scene.workspace.contact(scene.user_id)
    lead = {**user, "id": lead_id, "role": "lead", "name": "Ivy", "email": None}
    with transaction(write=True) as session:
        claimed = merges.claim(session, order, at)
        assert claimed is not None
        merges.mark_sent(session, claimed.id, lead_before=lead, user_before=user, at=at)
        merges.mark_done(session, claimed.id, at=at)
        merges.mark_verified(session, claimed.id, user_after=user, at=at)
