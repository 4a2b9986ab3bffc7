"""Channel accounts as a test connects them, calls of their providers, and what is stored of them."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.domain.workspace import Workspace
from app.services import services
from app.storage import inbox
from app.storage.channels import StoredAccount
from app.storage.database import transaction
from app.storage.models import InboundEvent

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
SECRET = "app-secret-of-the-page"
TELEGRAM_SECRET = "hook-secret_1"
Json = dict[str, Any]


def add_account(slug: str, address: str, *, workspace: str = "abc12", **secrets: str) -> StoredAccount:
    with transaction(write=True) as connection:
        if services().workspaces.get(connection, workspace) is None:
            services().workspaces.save(connection, Workspace(id=workspace, region="us"), NOW)
        made = services().channels.add(
            connection, workspace, slug=slug, address=address, name="Shop", secrets=secrets, at=NOW
        )
    assert made is not None
    return made


def add_page(address: str, secret: str = SECRET, **more: str) -> StoredAccount:
    return add_account("messenger", address, app_secret=secret, verify_token="v3rify-me", **more)


def add_bot() -> StoredAccount:
    return add_account("telegram", "710012345", secret_token=TELEGRAM_SECRET)


def path(account: StoredAccount) -> str:
    return f"/channels/{account.slug}/{account.webhook_key}"


def page_event(page: str, mid: str, *, sender: str = "5012345678", text: str = "Where is my order?") -> Json:
    message = {"mid": mid, "text": text}
    at_ms = 1795337000000
    event = {"sender": {"id": sender}, "recipient": {"id": page}, "timestamp": at_ms, "message": message}
    return {"id": page, "time": at_ms, "messaging": [event]}


def post_page(client: FlaskClient, account: StoredAccount, *entries: Json, secret: str = SECRET) -> TestResponse:
    body = json.dumps({"object": "page", "entry": list(entries)}).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": f"sha256={signature}", "Content-Type": "application/json"}
    return client.post(path(account), data=body, headers=headers)


def update(update_id: int, text: str = "Hi", *, sender: int = 501) -> Json:
    person = {"id": sender, "is_bot": False, "first_name": "Maya"}
    chat = {"id": sender, "type": "private", "first_name": "Maya"}
    message = {"message_id": update_id, "date": 1795337000, "from": person, "chat": chat, "text": text}
    return {"update_id": update_id, "message": message}


def post_bot(client: FlaskClient, account: StoredAccount, call: Any, secret: str = TELEGRAM_SECRET) -> TestResponse:
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
    return client.post(path(account), json=call, headers=headers)


def events() -> list[inbox.StoredEvent]:
    with transaction() as connection:
        ids = connection.execute(select(InboundEvent.id).order_by(InboundEvent.id)).scalars().all()
        found = [inbox.get(connection, one) for one in ids]
    return [one for one in found if one is not None]
