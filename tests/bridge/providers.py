"""The twelve providers as callers of the bridge: each signs for itself, none with the code that checks it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import TestResponse

from app.services import services
from app.storage.database import transaction
from tests.bridge.conftest import Bridge
from tests.channels.contract_samples import PROVIDERS, Provider
from tests.channels.contract_signing import Signed

ORIGIN = "http://localhost"
BY_SLUG = {one.slug: one for one in PROVIDERS}


@dataclass
class Caller:
    """A provider that calls the webhook of one account in the bridge's workspace."""

    bridge: Bridge
    provider: Provider
    address: str
    path: str
    sent: int = 0

    def write(self, to: str | None = None, **more: Any) -> bytes:
        """The body of the next text message; `more` are further or other fields of it."""
        self.sent += 1
        return self.provider.message(self.sent, to or self.address, **more)

    def post(self, body: bytes, signed: Signed | None = None) -> TestResponse:
        signed = signed or self.provider.sign(body, ORIGIN + self.path)
        path = f"{self.path}?{urlencode(signed.query)}" if signed.query else self.path
        headers = {"Content-Type": self.provider.content_type, **signed.headers}
        return self.bridge.app.test_client().post(path, data=body, headers=headers)

    def send(self, **more: Any) -> bytes:
        """One message in, which must be accepted; its body, for sending it again."""
        body = self.write(**more)
        assert self.post(body).status_code == 200
        return body


def connect(bridge: Bridge, slug: str, **secrets: str) -> Caller:
    """An account of this channel in the bridge's workspace."""
    provider, at = BY_SLUG[slug], datetime.now(UTC)
    given = {"address": provider.address, "name": "Shop", "secrets": {**provider.secrets, **secrets}}
    with bridge.app.app_context(), transaction(write=True) as connection:
        made = services().channels.ensure(connection, bridge.workspace.app_id, slug=slug, at=at, **given)  # type: ignore[arg-type]  # a test
    return Caller(bridge, provider, provider.address, f"/channels/{slug}/{made.webhook_key}")
