"""Messages in at the webhook, worked off, and looked for in the sandbox's Inbox."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.intercom.client import Intercom
from app.sandbox.server import create_sandbox, serve
from app.sandbox.store import empty_state
from app.sandbox.workspace import Workspace
from app.services import services
from app.storage.database import transaction
from app.storage.models import Identity, InboundEvent
from app.worker.base import Performer
from app.worker.work import work_of
from tests.conftest import MakeApp
from tests.http.conftest import for_sandbox
from tests.sidebar_driver import ADMIN

Json = dict[str, Any]
SEARCH_LAG_S = 1
TELEGRAM = {"slug": "telegram", "address": "7712345678", "secrets": {"secret_token": "hook-secret"}}
SMS = {"slug": "africastalking", "address": "+35315550100", "secrets": {"username": "shop", "api_key": "k"}}


@dataclass
class Bridge:
    """Kinbox with a Telegram bot and a text number, beside an Intercom workspace."""

    app: Flask
    workspace: Workspace
    intercom: Intercom
    accounts: Json = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1000))

    def telegram(self, text: str | None, sender: int = 5201340987, *, update_id: int | None = None, **more: Any) -> int:
        """A private message to the bot, as Telegram posts it."""
        number = next(self.numbers)
        names = {name: more.pop(name) for name in ("first_name", "last_name", "username") if name in more}
        message: Json = {
            "message_id": number,
            "date": 1795300000 + number,
            "chat": {"id": sender, "type": "private"},
            "from": {"id": sender, "is_bot": False, **names},
            **more,
        }
        if text is not None:
            message["text"] = text
        body = {"update_id": update_id or number, "message": message}
        headers = {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM["secrets"]["secret_token"]}  # type: ignore[index]
        return self.app.test_client().post(self.accounts["telegram"], json=body, headers=headers).status_code

    def sms(self, text: str, sender: str) -> int:
        form = {
            "from": sender,
            "to": SMS["address"],
            "text": text,
            "id": f"at-{next(self.numbers)}",
            "linkId": "",
            "date": "2026-11-22 09:15:42",
        }
        return self.app.test_client().post(self.accounts["africastalking"], data=form).status_code

    def work(self, rounds: int = 50) -> None:
        """Work off all that can be worked now."""
        with self.app.app_context():
            performer = Performer(self.app, work_of(services()))
            for _ in range(rounds):
                with transaction() as connection:
                    waiting = InboundEvent.state == "waiting"
                    lanes = set(connection.execute(select(InboundEvent.lane).where(waiting)).scalars())
                if not [lane for lane in lanes if performer.work_lane(lane) is True]:
                    return

    def hurry(self) -> None:
        """Let everything that waits for its time be due."""
        with self.app.app_context(), transaction(write=True) as connection:
            connection.execute(
                update(InboundEvent).where(InboundEvent.state == "waiting").values(next_try_at=datetime.now(UTC))
            )

    def events(self) -> list[tuple[str, str | None]]:
        """The state and last error of each event, in order."""
        with self.app.app_context(), transaction() as connection:
            rows = connection.execute(select(InboundEvent.state, InboundEvent.last_error).order_by(InboundEvent.id))
            return [(row.state, row.last_error) for row in rows]

    def linked(self) -> list[tuple[str, str | None, Any]]:
        """Sender id, contact id and match of each identity."""
        with self.app.app_context(), transaction() as connection:
            rows = connection.execute(select(Identity.sender_id, Identity.contact_id, Identity.match))
            return [(row.sender_id, row.contact_id, row.match) for row in rows]

    def contact_of(self, sender_id: str) -> str | None:
        """The contact that this sender is linked to."""
        return next((contact_id for sender, contact_id, _ in self.linked() if sender == sender_id), None)

    def threads(self) -> list[list[str]]:
        """Every conversation of the workspace, oldest first, as the texts in it."""
        return [bodies(one) for one in sorted(self.workspace.list_conversations(), key=lambda one: int(one["id"]))]

    def calls(self) -> list[tuple[str, str]]:
        return [(call["method"], call["path"]) for call in self.workspace.calls]


def bodies(conversation: Json) -> list[str]:
    parts = conversation["conversation_parts"]["conversation_parts"]
    return [conversation["source"]["body"], *(part["body"] for part in parts if part["part_type"] != "note")]


def _one_admin(_now: float) -> Json:
    return {**empty_state(), "admins": [{**ADMIN, "has_inbox_seat": True, "avatar": None}]}


@contextmanager
def bridge(make_app: MakeApp, **environment: str) -> Iterator[Bridge]:
    """Kinbox beside a workspace of its own; keywords are further environment variables."""
    workspace = Workspace(seed=_one_admin)
    server = serve(create_sandbox(workspace))
    lag = {"KINBOX_SEARCH_LAG_S": str(SEARCH_LAG_S)}
    app = make_app(**for_sandbox(workspace, server.url), **(lag | environment))
    running = Bridge(app, workspace, Intercom(server.url, workspace.token))
    at = datetime.now(UTC)
    with app.app_context(), transaction(write=True) as connection:
        services().workspaces.ensure_row(connection, workspace.app_id, at)
        for account in (TELEGRAM, SMS):
            made = services().channels.ensure(connection, workspace.app_id, name="Shop", at=at, **account)  # type: ignore[arg-type]
            running.accounts[str(account["slug"])] = f"/channels/{account['slug']}/{made.webhook_key}"
    workspace.call_log.clear()
    try:
        yield running
    finally:
        server.stop()


@pytest.fixture
def bridged(make_app: MakeApp) -> Iterator[Bridge]:
    with bridge(make_app) as running:
        yield running


@pytest.fixture
def bridged_on_postgres(make_app: MakeApp, postgres_app: Flask, postgres_url: str) -> Iterator[Bridge]:
    """The same on PostgreSQL. It leaves empty tables behind, as `postgres_app` does."""
    with bridge(make_app, DATABASE_URL=postgres_url) as running:
        yield running


@pytest.fixture(params=["bridged", pytest.param("bridged_on_postgres", marks=pytest.mark.postgres)])
def bridged_anywhere(request: pytest.FixtureRequest) -> Bridge:
    """Once on each engine."""
    running: Bridge = request.getfixturevalue(request.param)
    return running
