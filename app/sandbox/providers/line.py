"""LINE. Source: LINE Messaging API, webhook event objects, signature validation, content and profile."""

from __future__ import annotations

import hmac
import secrets as chance
from base64 import b64encode

from app.sandbox.providers.base import (
    Account,
    Asked,
    Desk,
    Draft,
    Json,
    Message,
    Proof,
    Provider,
    Served,
    as_json,
)

_API, _FILES = "api.line.me", "api-data.line.me"
_MESSAGE_ID = "58001"
"""How the id of a message begins."""


class Line(Provider):
    slug = "line"
    title = "LINE"
    hosts = (_API, _FILES)
    known_by = "id"
    id_shape = r"U[0-9a-f]{32}"
    names = "asked"
    captions = False

    def new_secrets(self, address: str) -> dict[str, str]:  # noqa: ARG002
        return {"channel_secret": chance.token_hex(16), "channel_access_token": chance.token_urlsafe(96)}

    def new_person_id(self) -> str:
        return f"U{chance.token_hex(16)}"

    def write(self, account: Account, message: Message) -> Draft:
        said: Json = {"type": "text", "id": f"{_MESSAGE_ID}{message.number}", "text": message.text}
        if message.picture_id:
            said = {"type": "image", "id": f"{_MESSAGE_ID}{message.picture_id}", "contentProvider": {"type": "line"}}
        event = {
            "type": "message",
            "replyToken": f"{message.number:032x}",
            "message": {**said, "quoteToken": "pQ8sT2vX5z"},
            "webhookEventId": f"01JBZ7Q0X9{message.number:016d}",
            "deliveryContext": {"isRedelivery": message.again},
            "timestamp": message.at_s * 1000,
            "source": {"type": "user", "userId": message.person.id},
            "mode": "active",
        }
        return Draft(as_json({"destination": account.address, "events": [event]}))

    def prove(self, draft: Draft, account: Account, url: str) -> Proof:  # noqa: ARG002
        """HMAC-SHA256 of the raw body with the channel secret, in base64."""
        digest = hmac.new(account.secrets["channel_secret"].encode(), draft.body, "sha256").digest()
        return Proof({"x-line-signature": b64encode(digest).decode()})

    def serve(self, asked: Asked, desk: Desk) -> Served | None:
        account = desk.account(self.slug)
        if account is None:
            return None
        if not asked.bears(account.secrets["channel_access_token"]):
            return Served.json({"message": "Authentication failed"}, 401)
        parts = asked.path.split("/")
        if asked.host == _FILES and parts[:3] == ["v2", "bot", "message"] and parts[4:] == ["content"]:
            return Served.picture(desk.picture(parts[3].removeprefix(_MESSAGE_ID)))
        if asked.host == _API and parts[:3] == ["v2", "bot", "profile"] and len(parts) == 4:
            return _profile(parts[3], desk)
        return Served.json({"message": "Not found"}, 404)


def _profile(person_id: str, desk: Desk) -> Served:
    person = desk.person(Line.slug, person_id)
    if person is None or not person.name:
        return Served.json({"message": "Not found"}, 404)
    return Served.json({"userId": person_id, "displayName": person.name, "language": "en"})
