"""MessageBird, the classic account. Source: MessageBird, Receive SMS, Verify HTTP requests."""

from __future__ import annotations

import hashlib
import secrets as chance
import time
import uuid
from urllib.parse import urlencode

from app.sandbox.providers.base import (
    Account,
    Asked,
    Desk,
    Draft,
    Message,
    Proof,
    Provider,
    Served,
    new_phone,
    picture_in,
)
from app.sandbox.providers.token import json_web_token

_FILES = "media.messagebird.com"
_LIFE_S = 60


class MessageBird(Provider):
    slug = "messagebird"
    title = "SMS (MessageBird)"
    hosts = (_FILES,)
    known_by = "phone"
    names = "never"

    def new_secrets(self, address: str) -> dict[str, str]:  # noqa: ARG002
        return {"signing_key": chance.token_urlsafe(24)}

    def new_person_id(self) -> str:
        return new_phone()

    def write(self, account: Account, message: Message) -> Draft:
        pairs = {
            "id": f"{message.number:032x}",
            "recipient": account.address.lstrip("+"),
            "originator": message.person.id.lstrip("+"),
            "body": message.text,
            "createdDatetime": f"{message.at:%Y-%m-%dT%H:%M:%S+00:00}",
        }
        if message.picture_id:
            pairs["mediaUrls[0]"] = f"https://{_FILES}/v1/media/{message.picture_id}.png"
        return Draft(urlencode(pairs).encode(), "application/x-www-form-urlencoded")

    def prove(self, draft: Draft, account: Account, url: str) -> Proof:
        """A token in the header, for a minute, that holds the SHA-256 of URL and body."""
        now_s = int(time.time())
        claims = {"iss": "MessageBird", "nbf": now_s - 1, "exp": now_s + _LIFE_S, "jti": str(uuid.uuid4())}
        claims |= {
            "url_hash": hashlib.sha256(url.encode()).hexdigest(),
            "payload_hash": hashlib.sha256(draft.body).hexdigest(),
        }
        return Proof({"MessageBird-Signature-JWT": json_web_token(claims, account.secrets["signing_key"])})

    def serve(self, asked: Asked, desk: Desk) -> Served | None:
        return Served.picture(desk.picture(picture_in(asked.path)))
