"""Updates as Telegram sends them to a bot, and the adapter that reads them."""

from __future__ import annotations

import json
from typing import Any

from app.channels.base import Account, Parsed
from app.channels.telegram import TelegramAdapter
from app.domain.message import InboundMessage
from tests.channels.expected import call, signature_vectors

SECRET = signature_vectors("chat")["secrets"]["telegram"]
PERSON = {"id": 5120093344, "is_bot": False, "first_name": "Олена", "last_name": "Гриценко", "username": "olena_h"}
CHAT = {"id": 5120093344, "type": "private", "first_name": "Олена"}


def bot(**secrets: str) -> TelegramAdapter:
    return TelegramAdapter(Account(address="6123450987", secrets={"secret_token": SECRET} | secrets))


def update(**message: Any) -> dict[str, Any]:
    whole = {"message_id": 4021, "from": PERSON, "chat": CHAT, "date": 1793617812} | message
    return {"update_id": 771200345, "message": {name: value for name, value in whole.items() if value is not ...}}


def parse(body: Any) -> Parsed:
    return bot().parse(call(json.dumps(body).encode()))


def the_message(**message: Any) -> InboundMessage:
    [read] = parse(update(**message)).messages
    return read
