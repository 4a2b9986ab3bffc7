"""How every provider writes a text message.

`number` tells messages apart, `to` is the account, `more` are further or other fields.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

WRITTEN = 1795166142
"""When each message was written, in Unix seconds: 2026-11-20T09:15:42Z."""


def form_body(**pairs: Any) -> bytes:
    return urlencode(pairs).encode()


def json_body(value: Any) -> bytes:
    return json.dumps(value).encode()


def twilio(number: int, to: str, **more: Any) -> bytes:
    sid = f"SM{number:032x}"
    return form_body(**{"MessageSid": sid, "From": "+14155550123", "To": to, "Body": "Hi", "NumMedia": "0", **more})


def messagebird(number: int, to: str, **more: Any) -> bytes:
    at = "2026-11-20T09:15:42+00:00"
    message = {"id": f"{number:032x}", "recipient": to, "originator": "31612345678", "body": "Hi"}
    return form_body(**{**message, "createdDatetime": at, **more})


def vonage(number: int, to: str, **more: Any) -> bytes:
    message = {
        "channel": "sms",
        "message_uuid": f"6c0ab8d1-3f54-4a3e-8d5b-{number:012x}",
        "to": to,
        "from": "447700900111",
        "timestamp": "2026-11-20T09:15:42Z",
        "message_type": "text",
        "text": "Hi",
    }
    return json_body({**message, **more})


def textmagic(number: int, to: str, **more: Any) -> bytes:
    at = "2026-11-20T09:15:42+0000"
    return json_body({"id": number, "sender": "447700900145", "receiver": to, "messageTime": at, "text": "Hi", **more})


def africastalking(number: int, to: str, **more: Any) -> bytes:
    event_id = f"28c0f1d2-9a3b-4c5d-8e6f-{number:012x}"
    at = "2026-11-20T09:15:42Z"
    return form_body(**{"id": event_id, "from": "+254711000042", "to": to, "date": at, "text": "Hi", **more})


def whatsapp(number: int, to: str, **more: Any) -> bytes:
    at = str(WRITTEN)
    message = {"from": "4915770012345", "from_user_id": "DE.70213344556677889900", "id": f"wamid.{number}"}
    message |= {"timestamp": at, "type": "text", "text": {"body": "Hi"}, **more}  # type: ignore[dict-item]  # JSON
    contact = {"profile": {"name": "Ines"}, "wa_id": "4915770012345", "user_id": "DE.70213344556677889900"}
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": to}}
    change = {"field": "messages", "value": {**value, "contacts": [contact], "messages": [message]}}
    return json_body({"object": "whatsapp_business_account", "entry": [{"id": "318840927715526", "changes": [change]}]})


def page(kind: str) -> Callable[..., bytes]:
    def message(number: int, to: str, **more: Any) -> bytes:
        content = {"message": {"mid": f"m_{number}", "text": "Hi"}} if "message" not in more else {}
        event = {"sender": {"id": "5012345678"}, "recipient": {"id": to}, "timestamp": WRITTEN * 1000}
        entry = {"id": to, "time": WRITTEN * 1000, "messaging": [{**event, **content, **more}]}
        return json_body({"object": kind, "entry": [entry]})

    return message


def telegram(number: int, _to: str, **more: Any) -> bytes:
    person = {"id": 5012345678, "is_bot": False, "first_name": "Maya"}
    chat = {"id": 5012345678, "type": "private", "first_name": "Maya"}
    content = {"text": "Hi"} if not more else {}
    message = {"message_id": number, "date": WRITTEN, "from": person, "chat": chat, **content, **more}
    return json_body({"update_id": number, "message": message})


def line(number: int, to: str, **more: Any) -> bytes:
    event = {
        "type": "message",
        "mode": "active",
        "timestamp": WRITTEN * 1000,
        "webhookEventId": f"01JBZ7Q0X9M3V5T8C2K4N{number:05d}",
        "deliveryContext": {"isRedelivery": False},
        "source": {"type": "user", "userId": "U0f1e2d3c4b5a69788796a5b4c3d2e1f0"},
        "message": {"type": "text", "id": str(number), "text": "Hi"},
    }
    return json_body({"destination": to, "events": [{**event, **more}]})


def viber(number: int, _to: str, **more: Any) -> bytes:
    sender = {"id": "q7RkT2mXw9bLzY4eHnVs8Q==", "name": "Marko"}
    event = {"event": "message", "timestamp": WRITTEN * 1000, "message_token": 5912661846655238145 + number}
    return json_body({**event, "sender": sender, "message": {"type": "text", "text": "Hi"}, **more})


def wechat(number: int, to: str, **more: Any) -> bytes:
    fields = {"ToUserName": to, "FromUserName": "oQx7Kt9ZbWm3Lr5Ys8Vc1Hd6Nf2E", "CreateTime": WRITTEN}
    fields |= {"MsgType": "text", "Content": "Hi", "MsgId": 24890011223340000 + number, **more}
    return f"<xml>{''.join(f'<{name}>{value}</{name}>' for name, value in fields.items())}</xml>".encode()
