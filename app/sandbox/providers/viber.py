"""Viber bots. Source: Viber REST Bot API, callbacks."""

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
    picture_in,
)

_FILES = "dl-media.viber.com"
_FIRST_TOKEN = 5912661846655238145


class Viber(Provider):
    slug = "viber"
    title = "Viber"
    hosts = (_FILES,)
    known_by = "id"
    id_shape = r"[A-Za-z0-9+/]{22}=="
    names = "always"

    def new_secrets(self, address: str) -> dict[str, str]:  # noqa: ARG002
        return {"auth_token": "-".join(chance.token_hex(8) for _ in range(3))}

    def new_person_id(self) -> str:
        return b64encode(chance.token_bytes(16)).decode()

    def write(self, account: Account, message: Message) -> Draft:  # noqa: ARG002 - nothing in the call names the bot
        person = message.person
        said: Json = {"text": message.text, "type": "text"}
        if message.picture_id:
            url = f"https://{_FILES}/1/share/2/long/vibes/icon/image/0x0/4fa1/{message.picture_id}.png"
            said |= {"type": "picture", "media": f"{url}?Expires={message.at_s + 3600}", "file_name": "image.png"}
        event = {
            "event": "message",
            "timestamp": message.at_s * 1000,
            "chat_hostname": "SN-CHAT-05_",
            "message_token": _FIRST_TOKEN + message.number,
            "sender": {"id": person.id, "name": person.name, "language": "en", "country": "IE", "api_version": 10},
            "message": said,
            "silent": False,
        }
        return Draft(as_json(event))

    def prove(self, draft: Draft, account: Account, url: str) -> Proof:  # noqa: ARG002
        """HMAC-SHA256 of the raw body with the bot's token, in hex."""
        signature = hmac.new(account.secrets["auth_token"].encode(), draft.body, "sha256").hexdigest()
        return Proof({"X-Viber-Content-Signature": signature})

    def serve(self, asked: Asked, desk: Desk) -> Served | None:
        """Files need no token."""
        return Served.picture(desk.picture(picture_in(asked.path)))
