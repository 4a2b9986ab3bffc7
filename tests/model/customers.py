"""The customers of a run, the channel accounts that they write to, and how their providers post what they wrote."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask.testing import FlaskClient

from tests.model.people import Sender

Json = dict[str, Any]
TELEGRAM, SHOP, DEPOT = "telegram", "shop", "depot"
ACCOUNTS: Mapping[str, Json] = {
    TELEGRAM: {"slug": "telegram", "address": "7712345678", "secrets": {"secret_token": "hook-secret"}},
    SHOP: {"slug": "africastalking", "address": "+35315550100", "secrets": {"username": "shop", "api_key": "k"}},
    DEPOT: {"slug": "africastalking", "address": "+35315550200", "secrets": {"username": "depot", "api_key": "k"}},
}
PHONES = ("+353861234501", "+353861234502")


def all_senders() -> list[Sender]:
    """Two on Telegram, and two with a phone, one of whom texts to both numbers of the shop."""
    facts = (
        (TELEGRAM, "5201340987", None),
        (TELEGRAM, "6302451098", None),
        (SHOP, PHONES[0], PHONES[0]),
        (SHOP, PHONES[1], PHONES[1]),
        (DEPOT, PHONES[0], PHONES[0]),
    )
    return [Sender(*each, number=number) for number, each in enumerate(facts)]


def post(client: FlaskClient, path: str, sender: Sender, text: str, number: int, at: datetime) -> int:
    """What the provider gets for an answer. The same `number` is the same message."""
    if sender.account != TELEGRAM:
        form = {"from": sender.id, "to": ACCOUNTS[sender.account]["address"], "text": text, "id": f"at-{number}"}
        return client.post(path, data={**form, "linkId": "", "date": f"{at:%Y-%m-%d %H:%M:%S}"}).status_code
    message: Json = {
        "message_id": number + 1,
        "date": int(at.timestamp()),
        "chat": {"id": int(sender.id), "type": "private"},
        "from": {"id": int(sender.id), "is_bot": False, "first_name": sender.name},
        "text": text,
    }
    headers = {"X-Telegram-Bot-Api-Secret-Token": ACCOUNTS[TELEGRAM]["secrets"]["secret_token"]}
    return client.post(path, json={"update_id": number + 1, "message": message}, headers=headers).status_code
