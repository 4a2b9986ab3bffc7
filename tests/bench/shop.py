"""A Kinbox with a Telegram bot and people who wrote to it before: where the bridge's figures are taken."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask_migrate  # type: ignore[import-untyped]  # it has no types
from cryptography.fernet import Fernet
from flask import Flask

from app import create_app
from app.domain.message import Attachment, InboundMessage, Kind
from app.domain.workspace import Workspace
from app.services import services
from app.settings import Settings
from app.storage import conversation_links, identities
from app.storage.database import db, transaction
from app.usecases.receive_call import Delivery, receive
from tests.bench.databases import postgres_database

WORKSPACE_ID = "hp7k2m9x"
CLIENT_SECRET = "client-secret-of-the-benchmark"
_SECRET = "hook-secret"
_FIRST_SENDER = 5_200_000_000
_MATCH: dict[str, Any] = {"rule": "new_lead", "value": None, "runners_up": []}
_KEY = Fernet.generate_key().decode()
_ids = itertools.count(1)


@dataclass(frozen=True)
class Shop:
    """One installation. `account_id` is the bot's, `webhook` its path."""

    environment: Mapping[str, str]
    account_id: int
    webhook: str

    @property
    def url(self) -> str:
        return self.environment["DATABASE_URL"]

    @contextmanager
    def kinbox(self) -> Iterator[Flask]:
        with _kinbox(self.environment) as app:
            yield app

    def know(self, people: range) -> None:
        """These people have a contact and an open conversation. In the current app."""
        now = datetime.now(UTC)
        with transaction(write=True) as connection:
            for number in people:
                sender = identities.Sender(account_id=self.account_id, sender_id=sender_id(number), display_name="Ivy")
                contact_id = f"{number:024x}"
                identity_id = identities.link(
                    connection, WORKSPACE_ID, sender, contact_id, match=_MATCH, at=now, message_at=now
                )
                conversation_links.saw_message(
                    connection, WORKSPACE_ID, identity_id, str(number), contact_id=contact_id, at=now
                )

    def store(self, people: range, messages: int, *, with_photo: bool = False) -> None:
        """As many messages of each of them come in, a round at a time. In the current app."""
        for _ in range(messages):
            told = tuple(_message(number, with_photo=with_photo) for number in people)
            receive([_delivery(self.account_id, told)], datetime.now(UTC))

    def request(self) -> bytes:
        """A webhook call whose ids the load fills in anew each time."""
        person = {"id": "SENDER_NUMBER", "is_bot": False, "first_name": "Ivy"}
        chat = {"id": "SENDER_NUMBER", "type": "private"}
        message = {"message_id": 5, "date": 1_795_300_000, "chat": chat, "from": person, "text": "Where is my order?"}
        body = json.dumps({"update_id": "NUMBER_OF_UPDATE", "message": message}).encode()
        head = (
            f"POST {self.webhook} HTTP/1.1\r\nHost: kinbox.example\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {_SECRET}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def sender_id(number: int) -> str:
    return str(_FIRST_SENDER + number)


def _message(number: int, *, with_photo: bool = False) -> InboundMessage:
    unique = f"{datetime.now(UTC).timestamp():.0f}{next(_ids):08}"
    photo = Attachment(kind=Kind.IMAGE, media_id="photo-1", name="photo.jpg")
    return InboundMessage(
        sender_id=sender_id(number),
        event_id=unique,
        message_id=unique,
        text="Where is my order?",
        sent_at=datetime.now(UTC).replace(microsecond=0),
        sender_name="Ivy",
        attachments=(photo,) if with_photo else (),
    )


def _delivery(account_id: int, messages: tuple[InboundMessage, ...]) -> Delivery:
    return Delivery(account_id=account_id, workspace_id=WORKSPACE_ID, channel="telegram", messages=messages)


@contextmanager
def shops(intercom_url: str, folder: Path) -> Iterator[dict[str, Shop]]:
    """An empty one on each engine, by its name; PostgreSQL only where a server answers."""
    with postgres_database() as postgres:
        urls = {"SQLite": f"sqlite:///{folder / 'shop.db'}"} | ({"PostgreSQL": postgres} if postgres else {})
        yield {name: _open(intercom_url, url) for name, url in urls.items()}


def _open(intercom_url: str, url: str) -> Shop:
    environment = {
        "DATABASE_URL": url,
        "INTERCOM_API_URL": intercom_url,
        "INTERCOM_CLIENT_SECRET": CLIENT_SECRET,
        "KINBOX_ENCRYPTION_KEYS": _KEY,
        "KINBOX_PROVIDER_URL": intercom_url,
    }
    secrets: dict[str, Any] = {"secret_token": _SECRET, "bot_token": "7712345678:token"}
    workspace = Workspace(id=WORKSPACE_ID, region="us", name="Shop", token="token", admin_id="1")
    now = datetime.now(UTC)
    with _kinbox(environment):
        flask_migrate.upgrade()
        with transaction(write=True) as connection:
            services().workspaces.save(connection, workspace, now)
            account = services().channels.ensure(
                connection, WORKSPACE_ID, slug="telegram", address="7712345678", name="Bot", secrets=secrets, at=now
            )
    return Shop(environment, account.id, f"/channels/telegram/{account.webhook_key}")


@contextmanager
def _kinbox(environment: Mapping[str, str]) -> Iterator[Flask]:
    """Kinbox in this process, with its context pushed; it logs errors only."""
    app = create_app(Settings.load({**environment, "KINBOX_LOG_LEVEL": "ERROR"}))
    with app.app_context():
        try:
            yield app
        finally:
            db.engine.dispose()
