"""The adapter of Africa's Talking. Source: docs.africastalking.com, SMS notifications and delivery reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.channels.africastalking.setup import SETUP
from app.channels.base import Adapter, Parsed, RawCall, Secret
from app.channels.fields import FORM, fields, one_message
from app.channels.numbers import same_number
from app.channels.reading import required, text_of
from app.channels.url_key import require_plausible
from app.channels.written_times import written_instant
from app.domain.message import InboundMessage
from app.domain.phone import read_sender

_TYPES = frozenset({FORM})
_MAX_BYTES = 16 * 1024


class AfricasTalkingAdapter(Adapter):
    """One short code or number at Africa's Talking, which signs nothing: the key in the URL is the proof."""

    slug = "africastalking"
    title = "SMS"
    provider = "Africa's Talking"
    address_hint = "the short code or number that customers text"
    setup = SETUP
    secrets = (
        Secret(name="username", hint="Africa's Talking, the app's user name; for replies", required=False),
        Secret(name="api_key", hint="Africa's Talking, the app's Settings, API key; for replies", required=False),
    )
    identified_by = "phone"
    keeps_id = False
    international_digits = False

    def verify(self, call: RawCall) -> None:
        require_plausible(call, types=_TYPES, max_bytes=_MAX_BYTES)

    def parse(self, call: RawCall) -> Parsed:
        values = fields(call)
        if not _is_message(values):
            return Parsed(ignored=1)
        region, at = self.account.country, call.received_at
        return one_message(call, text_of(values, "id"), lambda: _message(values, region=region, received_at=at))

    def is_ours(self, to: str) -> bool:
        return same_number(to, self.account.address, region=self.account.country)


def _is_message(values: Mapping[str, Any]) -> bool:
    """Delivery reports, opt-outs and subscription notices name the customer in `phoneNumber`, never in `from`."""
    if text_of(values, "phoneNumber") and not text_of(values, "from"):
        return False
    return any(text_of(values, name) for name in ("from", "text"))


def _message(values: Mapping[str, Any], *, region: str | None, received_at: datetime) -> InboundMessage:
    """Raises KeyError with the name of what is missing."""
    sender, message_id = required(values, "from"), required(values, "id")
    return InboundMessage(
        sender_id=sender,
        event_id=message_id,
        message_id=message_id,
        to=text_of(values, "to"),
        account_id=text_of(values, "to"),
        text=text_of(values, "text") or "",
        sent_at=written_instant(values.get("date"), received_at=received_at),
        phone=read_sender(sender, region=region, international_digits=False),
    )
