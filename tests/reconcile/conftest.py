"""Linked contacts on either database, and the Intercom workspace that they are in, over real HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.channels.registry import adapters
from app.domain.identity import Match
from app.intercom.client import Intercom
from app.sandbox.limits import WINDOW_S
from app.sandbox.server import create_sandbox, serve
from app.sandbox.workspace import Workspace
from app.services import services
from app.storage import identities, reconcile_runs, redirects
from app.storage.database import transaction
from app.storage.models import Base, Identity
from app.storage.reconcile_runs import Run
from app.usecases.reconcile_links import Walk, Walked, reconcile_links
from tests.conftest import MakeApp, Serve
from tests.http.conftest import for_sandbox

Json = dict[str, Any]
BATCH = 5
"""Contacts of one search in these tests."""


class Clock:
    """The time of Intercom and of the walk: resting moves it, nothing else does."""

    def __init__(self) -> None:
        self.at = datetime.fromtimestamp(time.time() // WINDOW_S * WINDOW_S, UTC)
        self.rested_s = 0.0

    def __call__(self) -> datetime:
        return self.at

    def timestamp(self) -> float:
        return self.at.timestamp()

    def rest(self, seconds: float) -> None:
        self.rested_s += seconds
        self.at += timedelta(seconds=seconds)


@dataclass
class Links:
    app: Flask
    workspace: Workspace
    intercom: Intercom
    clock: Clock
    environment: Mapping[str, str]
    accounts: dict[str, int] = field(default_factory=dict)

    def contact(self, role: str = "lead", **fields: Any) -> str:
        return self.intercom.create_contact({"role": role, **fields}).id

    def user(self, name: str = "u1", **fields: Any) -> str:
        return self.contact("user", external_id=name, **fields)

    def link(self, contact_id: str, sender_id: str, *, channel: str = "telegram") -> None:
        """This sender is linked to the contact here, and has written lately."""
        self.link_all({sender_id: contact_id}, channel=channel)

    def link_all(self, contacts: Mapping[str, str], *, channel: str = "telegram") -> None:
        """The same for many senders and their contacts at once."""
        at, account_id = self.clock(), self._account(channel)
        with transaction(write=True) as connection:
            for sender_id, contact_id in contacts.items():
                identities.link(
                    connection,
                    self.workspace.app_id,
                    identities.Sender(account_id=account_id, sender_id=sender_id),
                    contact_id,
                    match=Match("new_lead").to_json(),
                    at=at,
                    message_at=at,
                )

    def lead(self, sender_id: str, *, channel: str = "telegram", **fields: Any) -> str:
        """A lead with everything that Kinbox keeps there, linked to this sender."""
        kept = {"kinbox_channel": channel, "kinbox_telegram_id": sender_id}
        contact_id = self.contact(custom_attributes=kept, **fields)
        self.link(contact_id, sender_id, channel=channel)
        return contact_id

    def leads(self, number: int) -> list[str]:
        """So many of them, in the order in which they are walked."""
        made: dict[str, str] = {}
        for sender_id in map(str, range(number)):
            kept = {"kinbox_channel": "telegram", "kinbox_telegram_id": sender_id}
            body = {"role": "lead", "custom_attributes": kept}
            made[sender_id] = self.workspace.directory.create(body)["id"]
        self.link_all(made)
        return sorted(made.values())

    def _account(self, channel: str) -> int:
        if channel not in self.accounts:
            with transaction(write=True) as connection:
                services().workspaces.ensure_row(connection, self.workspace.app_id, self.clock())
                made = services().channels.ensure(
                    connection, self.workspace.app_id, slug=channel, address="1", name="Shop", at=self.clock()
                )
            self.accounts[channel] = made.id
        return self.accounts[channel]

    def walk(self, **changes: Any) -> Walked:
        """Walk in this process, by the clock of the test."""
        is_wanted = changes.pop("is_wanted", lambda _: True)
        return reconcile_links(self.plan(**changes), is_wanted)

    def plan(self, **changes: Any) -> Walk:
        objects = services()
        with transaction() as connection:
            served = objects.workspaces.get(connection, self.workspace.app_id)
        assert served is not None
        facts: Json = {
            "workspace": served,
            "channels": {slug: adapter.channel() for slug, adapter in adapters().items()},
            "open_intercom": lambda patience: objects.intercom(served, pace=patience),
            "now": self.clock,
            "rest": self.clock.rest,
            "is_stopping": threading.Event().is_set,
        }
        return Walk(**{**facts, **changes})

    def contacts_of(self) -> dict[str, str | None]:
        """The contact of each sender."""
        with transaction() as connection:
            rows = connection.execute(select(Identity.sender_id, Identity.contact_id))
            return {row.sender_id: row.contact_id for row in rows}

    def survivor(self, contact_id: str) -> str:
        with transaction() as connection:
            return redirects.survivor(connection, self.workspace.app_id, contact_id)

    def redirect(self, from_id: str, into_id: str) -> None:
        with transaction(write=True) as connection:
            redirects.add(connection, self.workspace.app_id, from_id, into_id, at=self.clock())

    def run(self) -> Run:
        with transaction() as connection:
            run = reconcile_runs.get(connection, self.workspace.app_id)
        assert run is not None
        return run

    def is_claimed(self) -> bool:
        with transaction() as connection:
            run = reconcile_runs.get(connection, self.workspace.app_id)
        return run is not None and run.claimed_until is not None

    def calls(self) -> list[tuple[str, str]]:
        return [(call["method"], call["path"]) for call in self.workspace.calls]

    def attributes(self, contact_id: str) -> Json:
        return dict(self.workspace.contact(contact_id)["custom_attributes"])


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.usecases.reconcile_links.BATCH", BATCH)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def links(request: pytest.FixtureRequest, environment: dict[str, str], serve_app: Serve) -> Iterator[Links]:
    """An empty workspace that knows Kinbox's attributes, and Kinbox on either database with its context pushed."""
    clock = Clock()
    workspace = Workspace(now=clock.timestamp)
    server = serve(create_sandbox(workspace))
    further = for_sandbox(workspace, server.url)
    if request.param == "postgres":
        further["DATABASE_URL"] = request.getfixturevalue("postgres_url")
        app = serve_app(environment | further)
    else:
        make_app: MakeApp = request.getfixturevalue("make_app")
        app = make_app(**further)
    intercom = Intercom(server.url, workspace.token)
    for name in ("kinbox_channel", "kinbox_telegram_id", "kinbox_line_id"):
        intercom.create_data_attribute(name, "of the tests")
    workspace.call_log.clear()
    with app.app_context():
        yield Links(app, workspace, intercom, clock, environment | further)
        if request.param == "postgres":
            with transaction(write=True) as connection:
                for table in reversed(Base.metadata.sorted_tables):
                    connection.execute(table.delete())
    server.stop()


@pytest.fixture
def serve_app(request: pytest.FixtureRequest) -> Serve:
    """`serve` of all tests; here that name is the sandbox's."""
    found: Serve = request.getfixturevalue("serve")
    return found
