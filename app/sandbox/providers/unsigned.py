"""TextMagic and Africa's Talking: plain SMS, no signature. Source: their documentation of incoming messages."""

from __future__ import annotations

import secrets as chance
from urllib.parse import urlencode

from app.sandbox.providers.base import Account, Draft, Message, Provider, as_json, digits, new_phone


class _Unsigned(Provider):
    known_by = "phone"
    names = "never"
    pictures = False
    signs = False

    def new_secrets(self, address: str) -> dict[str, str]:  # noqa: ARG002
        return {"username": "harbourandpine", "api_key": chance.token_hex(16)}


class TextMagic(_Unsigned):
    slug = "textmagic"
    title = "SMS (TextMagic)"

    def new_person_id(self) -> str:
        return new_phone()

    def write(self, account: Account, message: Message) -> Draft:
        said = {
            "id": message.number,
            "sender": message.person.id.lstrip("+"),
            "receiver": account.address.lstrip("+"),
            "messageTime": f"{message.at:%Y-%m-%dT%H:%M:%S+0000}",
            "text": message.text,
        }
        return Draft(as_json(said))


class AfricasTalking(_Unsigned):
    slug = "africastalking"
    title = "SMS (Africa's Talking)"

    def new_person_id(self) -> str:
        """A number in Kenya."""
        return f"+25471{digits(7)}"

    def write(self, account: Account, message: Message) -> Draft:
        pairs = {
            "linkId": f"SampleLink{message.number:x}",
            "text": message.text,
            "to": account.address,
            "id": f"28c0f1d2-9a3b-4c5d-8e6f-{message.number:012x}",
            "date": f"{message.at:%Y-%m-%dT%H:%M:%SZ}",
            "from": message.person.id,
        }
        return Draft(urlencode(pairs).encode(), "application/x-www-form-urlencoded")
