"""Notifies Kinbox as Intercom does: envelopes as its documentation has them, signed with the client secret."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.conftest import CLIENT_SECRET

Json = dict[str, Any]
URL = "/intercom/webhooks"


def hub_sign(body: bytes, secret: str = CLIENT_SECRET) -> str:
    return f"sha1={hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()}"


def envelope(topic: str, item: Json, workspace_id: str, *, notification_id: str | None, at_s: int) -> Json:
    """A notification, field by field as the webhook models page lists it."""
    return {
        "type": "notification_event",
        **({"id": notification_id} if notification_id else {}),
        "topic": topic,
        "app_id": workspace_id,
        "self": None,
        "created_at": at_s,
        "first_sent_at": at_s + 1,
        "delivered_at": 0,
        "delivery_attempts": 1,
        "delivery_status": "pending",
        "links": {},
        "data": {"type": "notification_event_data", "item": item},
    }


@dataclass
class Notifier:
    """Intercom's end of the webhook."""

    app: Flask
    workspace_id: str
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def envelope(self, topic: str, item: Json, *, notification_id: str | None = "", at_s: int | None = None) -> Json:
        named = f"notif_{next(self.numbers):08x}" if notification_id == "" else notification_id
        at_s = int(time.time()) if at_s is None else at_s
        return envelope(topic, item, self.workspace_id, notification_id=named, at_s=at_s)

    def send(self, sent: Json) -> TestResponse:
        return self.post(json.dumps(sent).encode())

    def post(self, body: bytes, *, signature: str | None = None) -> TestResponse:
        headers = {"X-Hub-Signature": signature or hub_sign(body), "User-Agent": "intercom-parrot-service-client/1.0"}
        return self.app.test_client().post(URL, data=body, headers=headers, content_type="application/json")

    def tell(self, topic: str, item: Json, **more: Any) -> None:
        """Notify, and expect what Intercom takes for a delivery."""
        answer = self.send(self.envelope(topic, item, **more))
        assert (answer.status_code, answer.data) == (200, b"")

    def merged(self, survivor: Json, lead_id: str | None, **more: Any) -> None:
        """`contact.merged`; some workspaces' notifications do not name the lead."""
        gone = {"merged_from": {"type": "contact", "id": lead_id}} if lead_id else {}
        self.tell("contact.merged", {**survivor, **gone}, **more)

    def deleted(self, contact_id: str, **more: Any) -> None:
        self.tell("contact.deleted", {"type": "contact", "id": contact_id, "deleted": True}, **more)

    def archived(self, contact_id: str, **more: Any) -> None:
        self.tell("contact.archived", {"type": "contact", "id": contact_id, "archived": True}, **more)

    def unarchived(self, contact_id: str, **more: Any) -> None:
        self.tell("contact.unarchive", {"type": "contact", "id": contact_id, "archived": False}, **more)
