"""Vonage's Messages API, SMS and MMS. Source: Vonage, Messages API inbound message, signed webhooks."""

from __future__ import annotations

import hashlib
import secrets as chance
import time
import uuid

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
    new_phone,
    picture_in,
)
from app.sandbox.providers.token import json_web_token

_FILES = "api-us.nexmo.com"


class Vonage(Provider):
    slug = "vonage"
    title = "SMS (Vonage)"
    hosts = (_FILES,)
    known_by = "phone"
    names = "never"

    def new_secrets(self, address: str) -> dict[str, str]:  # noqa: ARG002
        return {
            "signature_secret": chance.token_urlsafe(32),
            "signature_method": "sha256",
            "api_key": chance.token_hex(4),
            "api_secret": chance.token_urlsafe(12),
        }

    def new_person_id(self) -> str:
        return new_phone()

    def write(self, account: Account, message: Message) -> Draft:
        said: Json = {
            "to": account.address.lstrip("+"),
            "from": message.person.id.lstrip("+"),
            "channel": "mms" if message.picture_id else "sms",
            "message_uuid": f"6c0ab8d1-3f54-4a3e-8d5b-{message.number:012x}",
            "timestamp": f"{message.at:%Y-%m-%dT%H:%M:%SZ}",
        }
        if message.picture_id:
            url = f"https://{_FILES}/v3/media/6c0ab8d1-3f54-4a3e-8d5b/{message.picture_id}"
            caption = {"caption": message.text} if message.text else {}
            said |= {"message_type": "image", "image": {"url": url, "name": "image.png", **caption}}
        else:
            said |= {"message_type": "text", "text": message.text, "sms": {"num_messages": "1"}}
        return Draft(as_json(said))

    def prove(self, draft: Draft, account: Account, url: str) -> Proof:  # noqa: ARG002
        """A token in the header that holds the body's SHA-256."""
        claims = {"iat": int(time.time()), "jti": str(uuid.uuid4()), "iss": "Vonage"}
        claims |= {"payload_hash": hashlib.sha256(draft.body).hexdigest(), "api_key": account.secrets["api_key"]}
        return Proof({"Authorization": f"Bearer {json_web_token(claims, account.secrets['signature_secret'])}"})

    def serve(self, asked: Asked, desk: Desk) -> Served | None:
        return Served.picture(desk.picture(picture_in(asked.path.rpartition("/")[2])))
