"""The Intercom workspace: its parts put together, and what the workbench asks of it."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.sandbox.attributes import Attributes
from app.sandbox.calls import Calls
from app.sandbox.contact_input import ContactInput
from app.sandbox.contact_records import render_contact
from app.sandbox.contacts import Contacts
from app.sandbox.conversations import Conversations
from app.sandbox.faults import Faults
from app.sandbox.files import Files
from app.sandbox.index import Index
from app.sandbox.installation import Installation
from app.sandbox.lifecycle import Lifecycle
from app.sandbox.limits import RateLimit
from app.sandbox.managing import Managing
from app.sandbox.merging import Merging
from app.sandbox.problems import invalid
from app.sandbox.searching import Searching
from app.sandbox.store import Seed, Store, empty_state
from app.sandbox.tagging import Tagging
from app.sandbox.unconfirmed import Unconfirmed
from app.sandbox.webhooks.notices import Notices
from app.sandbox.webhooks.sender import Webhooks

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who the workspace is to the outside, and the two secrets that it shares with Kinbox."""

    app_id: str = "hp7k2m9x"
    name: str = "Harbour & Pine"
    region: str = "US"
    timezone: str = "Europe/Dublin"
    token: str = field(default="sandbox-access-token", repr=False)
    client_secret: str = field(default="sandbox-client-secret", repr=False)


class Workspace:
    """One Intercom workspace. Thread-safe; everything it returns is a copy.

    With a `path`, every change is on disk before the call that made it is answered, and a new Workspace on
    the same path goes on from there. `seed` furnishes a new or a reset workspace.
    """

    def __init__(
        self,
        account: Account | None = None,
        *,
        seed: Seed = empty_state,
        path: Path | None = None,
        now: Callable[[], float] = time.time,
        unconfirmed: Unconfirmed | None = None,
        webhooks: Webhooks | None = None,
    ) -> None:
        self.account = account or Account()
        self.store = Store(seed=seed, path=path, now=now, unconfirmed=unconfirmed)
        self.index = Index(self.store)
        self.limit = RateLimit(now)
        self.faults = Faults(self.index, self.limit)
        self.call_log = Calls()
        self.files = Files(self.store)
        self.install = Installation(self.store, self.account.token)
        self.webhooks = webhooks or Webhooks(self.account.client_secret, now)
        notices = self._notices = Notices(self.store, self.account.app_id, self.webhooks)
        self.attributes = Attributes(self.store)
        reader = ContactInput(self.store, self.attributes)
        self.directory = Contacts(self.store, self.index, reader, self.account.app_id, notices)
        self.inbox = Conversations(self.store, self.directory, self.files, notices)
        self.managing = Managing(self.store, self.directory, self.inbox, notices)
        self.lifecycle = Lifecycle(self.store, self.directory, self.inbox, notices)
        self.merging = Merging(self.store, self.directory, self.inbox, notices)
        self.tagging = Tagging(self.store, self.directory, self.inbox, notices)
        zone = ZoneInfo(self.account.timezone)
        self.searching = Searching(self.attributes, zone, lambda: self.store.unconfirmed)

    def __repr__(self) -> str:
        return f"Workspace({self.account!r})"

    @property
    def app_id(self) -> str:
        return self.account.app_id

    @property
    def region(self) -> str:
        return self.account.region

    @property
    def token(self) -> str:
        """The app's token here; empty while it has none."""
        return self.install.token or ""

    @property
    def client_secret(self) -> str:
        return self.account.client_secret

    @property
    def unconfirmed(self) -> Unconfirmed:
        return self.store.unconfirmed

    @unconfirmed.setter
    def unconfirmed(self, switches: Unconfirmed) -> None:
        self.store.unconfirmed = switches

    @property
    def calls(self) -> list[Json]:
        """The latest REST calls, oldest first.

        Each has number, at, method, path, query, status (None when the answer was lost), ms, request,
        response, request_id and faults.
        """
        return self.call_log.all()

    def reset(self) -> None:
        """The seed again, no faults, no calls, no notifications. Whether the app is installed stays as it is."""
        with self.store.change():
            kept = self.install.keep_over()
            self.store.reset()
            self.store.state["install"] = kept
        self.faults.clear()
        self.call_log.clear()
        self.webhooks.clear()

    def ping(self) -> None:
        """Send the notification that a new subscription gets."""
        with self.store.change():
            self._notices.ping()

    def list_conversations(self) -> list[Json]:
        """REST conversation objects with their parts, the latest activity first."""
        with self.store.change():
            return [self.inbox.render(record) for record in self.inbox.newest_first()]

    def conversation(self, conversation_id: str) -> Json:
        """Raises ApiError 404."""
        with self.store.change():
            return self.inbox.render(self.inbox.find(conversation_id))

    def contact(self, contact_id: str) -> Json:
        """Raises ApiError 404 or 410 when the contact is not served."""
        with self.store.change():
            return render_contact(self.directory.served(contact_id))

    def contacts(self) -> list[Json]:
        """The served contacts, newest first."""
        with self.store.change():
            active = sorted(self.directory.active(), key=lambda record: -int(record["created_at"]))
            return [render_contact(record) for record in active]

    def raw_contact(self, contact_id: str) -> Json | None:
        """The contact in whatever state it is, with `_state`, `_merged_into` and the other inside fields."""
        with self.store.change():
            return copy.deepcopy(self.directory.record(contact_id))

    def admins(self) -> list[Json]:
        with self.store.change():
            return copy.deepcopy(self.store.state["admins"])

    def add_customer_message(
        self, contact_id: str, body: str, source_type: str, conversation_id: str | None = None
    ) -> Json:
        """What a customer writes: a new conversation of that source type, or a part of the given one.

        Returns the conversation. Raises ApiError when the contact is not served or takes no part in it.
        """
        with self.store.change():
            contact = self.directory.served(contact_id)
            now_s = self.store.clock_s()
            if conversation_id is None:
                record = self.inbox.begin(contact, body, source_type, now_s)
                self.inbox.tell("conversation.user.created", record)
                return self.inbox.render(record)
            record = self.inbox.find(conversation_id)
            if contact_id not in record["_contacts"]:
                raise invalid("The contact takes no part in this conversation", "contact_id")
            part = self.inbox.add_contact_part(record, contact, body, now_s)
            self.inbox.tell("conversation.user.replied", record, part)
            return self.inbox.render(record)
