"""Kinbox and an Intercom workspace in one process and one thread, by one clock, emptied for each run.

Kinbox's calls to Intercom and Intercom's to Kinbox go from one web application to the other without a socket, so that
a run takes milliseconds and what happens in the middle of a call happens exactly there.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from requests.structures import CaseInsensitiveDict
from sqlalchemy import select
from werkzeug.datastructures import Headers
from werkzeug.test import Client, EnvironBuilder

from app.sandbox.outgoing import Answer
from app.sandbox.server import create_sandbox
from app.sandbox.store import empty_state
from app.sandbox.troubles import AnswerLost
from app.sandbox.webhooks.hazards import Hazards
from app.sandbox.workspace import Account, Workspace
from app.services import services
from app.storage.database import transaction
from app.storage.models import Base, ChannelAccount, Identity, InboundEvent
from app.storage.models import Workspace as WorkspaceRow
from app.wire import Incoming, Lost, Outgoing
from app.worker.base import Performer
from app.worker.work import work_of
from tests.conftest import CLIENT_SECRET
from tests.model.clock import Clock
from tests.model.customers import ACCOUNTS, all_senders, post
from tests.model.people import People, Sender
from tests.sidebar_driver import ADMIN

Json = dict[str, Any]
INTERCOM = "http://127.0.0.1:1"
"""Nobody listens there: what is not caught fails."""
LAG = timedelta(minutes=10)
_KEPT = (WorkspaceRow.__tablename__, ChannelAccount.__tablename__)
_MOST_ROUNDS = 300


class Killed(BaseException):
    """The worker's process died. Not an Exception: nothing of it may be caught."""


@dataclass
class World:
    """`people` is the model of the present run."""

    app: Flask
    clock: Clock
    workspace: Workspace
    paths: dict[str, str] = field(default_factory=dict)
    accounts: dict[int, str] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=itertools.count)
    midway: tuple[int, str, Callable[[], None]] | None = None
    """After so many more calls to Intercom, before or after that one is carried out, this happens."""

    def __post_init__(self) -> None:
        self.sandbox = create_sandbox(self.workspace)
        self.client = self.app.test_client()
        self._inside = False
        self._watch()
        self.workspace.webhooks.send = self._notify
        self.workspace.webhooks.subscribe("http://kinbox.test/intercom/webhooks")
        with self.app.app_context(), transaction(write=True) as connection:
            at = self.clock()
            services().workspaces.ensure_row(connection, self.workspace.app_id, at)
            for name, facts in ACCOUNTS.items():
                made = services().channels.ensure(connection, self.workspace.app_id, name=name, at=at, **facts)
                self.paths[name] = f"/channels/{facts['slug']}/{made.webhook_key}"
                self.accounts[made.id] = name
        self.empty()

    # One run after the other.

    def empty(self) -> None:
        """Nobody wrote yet, and Intercom has nobody."""
        with self.app.app_context(), transaction(write=True) as connection:
            for table in reversed(Base.metadata.sorted_tables):
                if table.name not in _KEPT:
                    connection.execute(table.delete())
        self.workspace.reset()
        self.workspace.unconfirmed = self.workspace.unconfirmed.changed({"merge_user_into_user": True})
        self.midway = None
        self.untold: set[str] = set()
        self.nameless: dict[str, set[str]] = {}
        """Who was merged into this contact by a notification that does not name them."""
        self.people = People(all_senders(), self.workspace.directory.table, self.clock, LAG)
        self.restart()

    def restart(self) -> None:
        """A new worker, which knows nothing of the one before."""
        with self.app.app_context():
            self.performer = Performer(self.app, work_of(services()))

    # What passes between the two.

    def exchange(self, outgoing: Outgoing, _limit_s: float) -> Incoming | Lost:
        """Kinbox calls Intercom."""
        self._strike("before")
        parts = urlsplit(outgoing.url)
        builder = EnvironBuilder(
            parts.path,
            base_url=INTERCOM,
            query_string=parts.query,
            method=outgoing.method,
            headers=Headers(dict(outgoing.headers)),
            data=outgoing.body,
        )
        self._inside = True
        try:
            answer = Client(self.sandbox).open(builder, buffered=True)
        except AnswerLost:
            return Lost("network", sent=True)
        finally:
            self._inside = False
            builder.close()
            self._strike("after")
        return Incoming(answer.status_code, CaseInsensitiveDict(answer.headers), answer.get_data())

    def _strike(self, when: str) -> None:
        if self.midway is None or self.midway[1] != when:
            return
        left, _, happens = self.midway
        self.midway = (left - 1, when, happens) if left else None
        if not left:
            self.people.seen["midway"] += 1
            happens()

    def _notify(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Intercom calls Kinbox."""
        answer = self.client.open(urlsplit(url).path, method=method, data=body, headers=dict(headers))
        return Answer(status=answer.status_code)

    def _watch(self) -> None:
        """Let the model see what takes effect in Intercom, whether or not Kinbox learns of it."""
        directory, inbox = self.workspace.directory, self.workspace.inbox
        put, create = directory.put, directory.create
        begin, add_part = inbox.begin, inbox.add_contact_part

        def watched_put(record: Json, **changes: Any) -> Json:
            changed = put(record, **changes)
            self.people.changed(changed)
            return changed

        def watched_create(body: Mapping[str, Any]) -> Json:
            made = create(body)
            if self._inside:
                self.people.made(made)
            return made

        def watched_begin(contact: Json, text: str, *more: Any, **named: Any) -> Json:
            self.people.posted(contact, text)
            return begin(contact, text, *more, **named)

        def watched_part(record: Json, contact: Json, text: str, at_s: int) -> Json:
            self.people.posted(contact, text)
            if contact["id"] not in record["_contacts"]:
                self.people.faults.append(f"{text} shows to the people of another conversation: {record['_contacts']}")
            return add_part(record, contact, text, at_s)

        for owner, name, watched in (
            (directory, "put", watched_put),
            (directory, "create", watched_create),
            (inbox, "begin", watched_begin),
            (inbox, "add_contact_part", watched_part),
        ):
            setattr(owner, name, watched)

    # What happens.

    def write(self, sender: Sender, *, times: int = 1) -> None:
        """The customer writes, and the provider posts it so often."""
        number = next(self.numbers)
        text = f"T{sender.number}x{sender.life}n{number}"
        for _ in range(times):
            assert post(self.client, self.paths[sender.account], sender, text, number, self.clock()) == 200
        self.people.wrote(sender, text)

    def work(self) -> None:
        """Work off all that is due now."""
        with self.app.app_context():
            while sum(self._work_lane(lane) for lane in sorted(self._waiting())):
                pass

    def _work_lane(self, lane: str) -> bool:
        kind, number, name = lane.split(":", 2)
        self.people.begin_work(self.accounts[int(number)] if kind == "channel" else kind, name)
        try:
            return self.performer.work_lane(lane) is True
        except Killed:
            self.people.seen["workers killed"] += 1
            self.restart()
            return False
        finally:
            self.people.end_work()

    def _waiting(self) -> dict[str, datetime]:
        """When the head of each lane that has work is due."""
        columns = (InboundEvent.lane, InboundEvent.next_try_at, InboundEvent.leased_until)
        found: dict[str, datetime] = {}
        with transaction() as connection:
            rows = connection.execute(select(*columns).where(InboundEvent.state == "waiting").order_by(InboundEvent.id))
            for row in rows:
                found.setdefault(row.lane, max(row.next_try_at, row.leased_until or row.next_try_at))
        return found

    def drain(self) -> None:
        """Let time pass until nothing waits any more, on either side."""
        for _ in range(_MOST_ROUNDS):
            self.workspace.webhooks.flush()
            self.work()
            with self.app.app_context():
                waiting = self._waiting()
            if waiting:
                self.clock.until(min(waiting.values()))
            elif not self.workspace.webhooks.waiting():
                return
        raise AssertionError(f"still waiting: {self.events()}")

    def events(self) -> list[tuple[str, str, str | None]]:
        """Lane, state and last error of each event that did not end well."""
        columns = (InboundEvent.lane, InboundEvent.state, InboundEvent.last_error)
        with self.app.app_context(), transaction() as connection:
            rows = connection.execute(select(*columns).where(InboundEvent.state != "done").order_by(InboundEvent.id))
            return [(row.lane, row.state, row.last_error) for row in rows]

    def links(self) -> dict[tuple[str, str], str | None]:
        """Account and sender id of each identity, and the contact that it is linked to."""
        columns = (Identity.account_id, Identity.sender_id, Identity.contact_id)
        with self.app.app_context(), transaction() as connection:
            return {
                (self.accounts[row.account_id], row.sender_id): row.contact_id
                for row in connection.execute(select(*columns))
            }

    def in_intercom(
        self, hazard: str | None, do: Callable[[], Any], *, about: str | None = None, into: str | None = None
    ) -> None:
        """Something is done in Intercom, and the notification of it has this fault.

        `about` is who is gone by it, `into` the survivor. Who was merged without being named is to be found in the
        survivor's merge history, for as long as Intercom serves the survivor: then nobody tells of them any more.
        """
        if about is not None:
            self.untold |= self.nameless.pop(about, set())
            if hazard == "lost":
                self.untold.add(about)
            elif hazard == "without_merged_from" and into is not None:
                self.nameless.setdefault(into, set()).add(about)
        webhooks = self.workspace.webhooks
        webhooks.hazards = Hazards(late_s=3000.0).changed({hazard: True} if hazard else {})
        try:
            with self.workspace.store.change():
                do()
        finally:
            webhooks.hazards = Hazards()


def open_world(make_app: Callable[..., Flask], patch: pytest.MonkeyPatch, **environment: str) -> World:
    """Keywords are further environment variables."""
    clock = Clock()
    clock.rule(patch)
    # A power cut is not what these tests are about.
    patch.setattr("app.storage.database._PRAGMAS", ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = OFF"))
    workspace = Workspace(Account(client_secret=CLIENT_SECRET), seed=_one_admin, now=clock.timestamp)
    app = make_app(
        INTERCOM_API_URL=INTERCOM,
        INTERCOM_ACCESS_TOKEN=workspace.token,
        INTERCOM_WORKSPACE_ID=workspace.app_id,
        INTERCOM_REGION="us",
        KINBOX_LOG_LEVEL="ERROR",
        **environment,
    )
    world = World(app, clock, workspace)
    patch.setattr("app.intercom.transport.exchange", world.exchange)
    return world


def _one_admin(_now: float) -> Json:
    return {**empty_state(), "admins": [{**ADMIN, "has_inbox_seat": True, "avatar": None}]}
