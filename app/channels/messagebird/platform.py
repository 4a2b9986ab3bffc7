"""Bird's platform of 2026: its signature and its messages. Sources: Standard Webhooks; Bird's SDK."""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.channels.base import BadSignature, RawCall
from app.channels.messagebird.stamps import require_recent
from app.channels.reading import obj, required, text_of
from app.channels.written_times import written_instant
from app.domain.message import Attachment, InboundMessage, Kind
from app.domain.phone import read_sender

_PREFIX = "whsec_"
_WINDOW_S = 300
_MAX_SIGNATURES = 20
_LEFT_OUT = Attachment(kind=Kind.UNSUPPORTED, description="An attachment, which Bird does not pass on")
"""Only attachments came: the text is absent then, and Bird has no field for them."""


def is_platform(call: RawCall, key: str) -> bool:
    """Whether the platform signs this account's calls, or says that it signed this one."""
    return key.startswith(_PREFIX) or bool(call.header("webhook-signature"))


def require_platform_signature(call: RawCall, key: str) -> None:
    """Raises BadSignature unless the key signed id, time and body. The URL is not signed, so nothing is read of it."""
    event_id, stamp = call.header("webhook-id"), call.header("webhook-timestamp")
    signed = f"{event_id}.{stamp}.".encode("utf-8", "surrogatepass") + call.body
    wanted = b64encode(hmac.digest(_key_bytes(key), signed, "sha256"))
    given = call.header("webhook-signature").split(" ")[:_MAX_SIGNATURES]
    fits = [hmac.compare_digest(b"v1," + wanted, one.encode("utf-8", "surrogatepass")) for one in given]
    if not any(fits) or not event_id or call.method == "GET":
        raise BadSignature("the signature does not fit")
    require_recent(call, stamp, back_s=_WINDOW_S, ahead_s=_WINDOW_S)


def _key_bytes(key: str) -> bytes:
    try:
        decoded = b64decode(key.removeprefix(_PREFIX), validate=True)
    except (ValueError, binascii.Error):
        decoded = b""
    if not decoded:
        raise BadSignature("this channel account has no secret that could check this call")
    return decoded


def looks_like_platform(body: Mapping[str, Any]) -> bool:
    return isinstance(body.get("type"), str) and "data" in body


def is_platform_message(body: Mapping[str, Any]) -> bool:
    """The list of event types is open; only the `.received` ones are messages."""
    return str(body.get("type")).endswith(".received")


def platform_id(body: Mapping[str, Any]) -> str | None:
    data = obj(body.get("data"))
    return text_of(data, "sms_id") or text_of(data, "id")


def platform_message(body: Mapping[str, Any], *, region: str | None, received_at: datetime) -> InboundMessage:
    """Raises KeyError with the name of what is missing."""
    data = obj(body.get("data"))
    message_id = platform_id(body) or required(data, "sms_id")
    sender = required(data, "from")
    text = text_of(data, "text")
    return InboundMessage(
        sender_id=sender,
        event_id=message_id,
        message_id=message_id,
        to=text_of(data, "to"),
        account_id=text_of(data, "workspace_id"),
        text=text or "",
        sent_at=written_instant(body.get("timestamp"), received_at=received_at),
        attachments=() if text else (_LEFT_OUT,),
        phone=read_sender(sender, region=region, international_digits=True),
    )
