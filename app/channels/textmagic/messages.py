"""TextMagic's inbound messages. Source: TextMagic, Receiving SMS; the spellings of its older API count too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.channels.reading import instant, required, text_of
from app.channels.written_times import written_instant
from app.domain.message import InboundMessage
from app.domain.phone import read_sender


def is_message(values: Mapping[str, Any]) -> bool:
    """A delivery report has a status, whatever else is in it: its sender is our number, its receiver the customer."""
    if text_of(values, "status"):
        return False
    return any(text_of(values, name) for name in ("sender", "from", "text"))


def message_id(values: Mapping[str, Any]) -> str | None:
    return text_of(values, "id") or text_of(values, "message_id")


def message(values: Mapping[str, Any], *, region: str | None, received_at: datetime) -> InboundMessage:
    """Raises KeyError with the name of what is missing."""
    sender = text_of(values, "sender") or text_of(values, "from") or required(values, "sender")
    found_id = message_id(values) or required(values, "id")
    names = [found for name in ("firstName", "lastName") if (found := text_of(values, name))]
    return InboundMessage(
        sender_id=sender,
        event_id=found_id,
        message_id=found_id,
        to=text_of(values, "receiver"),
        account_id=text_of(values, "receiver"),
        text=text_of(values, "text") or "",
        sent_at=_sent_at(values, received_at),
        sender_name=" ".join(names) or None,
        phone=read_sender(sender, region=region, international_digits=True),
    )


def _sent_at(values: Mapping[str, Any], received_at: datetime) -> datetime | None:
    written = written_instant(values.get("messageTime"), received_at=received_at)
    return written or instant(values.get("timestamp"), received_at=received_at)
