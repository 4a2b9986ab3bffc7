"""Every provider as the contract suite plays it: how it writes a message and how it signs.

The signatures are made here, with hmac and PyJWT, and never by the code that checks them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import jwt

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
SECRET = "a-secret-that-is-longer-than-32-bytes"
WRITTEN = 1795166142
"""When each message was written, in Unix seconds: 2026-11-20T09:15:42Z."""


@dataclass(frozen=True)
class Signed:
    """What a signature adds to a call."""

    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


Sign = Callable[[bytes, str], Signed]
"""From the body and the whole URL."""


@dataclass(frozen=True, kw_only=True)
class Provider:
    """`message(number, to, **more)` is the body of one text message; `more` are further or other fields of it.

    `proof` names the header, or after a `?` the query parameter, that proves the caller; None where nothing is signed.
    """

    slug: str
    address: str
    secrets: Mapping[str, str]
    message: Callable[..., bytes]
    sign: Sign
    proof: str | None
    content_type: str = JSON
    covers_body: bool = True
    signs_any_body: bool = True
    """Not so where the signature is made of what the body says, or where the shape of a call is part of its proof."""
    stranger: str | None = "999000999000"
    """An address that is nobody's; None where the body does not name the account."""
    odd_type: Mapping[str, Any] | None = None
    """What makes a message one of a type that nobody knows."""
    no_message: bytes = b"{}"
    """An event of a kind that nobody knows."""
    max_bytes: int = 5 * 1024 * 1024
    """Larger calls cannot be this provider's."""

    def __str__(self) -> str:
        return self.slug


def _digest(body: bytes, name: str = "sha256") -> hmac.HMAC:
    return hmac.new(SECRET.encode(), body, name)


def _meta(body: bytes, _url: str) -> Signed:
    return Signed({"X-Hub-Signature-256": f"sha256={_digest(body).hexdigest()}"})


def _twilio(body: bytes, url: str) -> Signed:
    pairs = sorted(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    text = url + "".join(name + value for name, value in pairs)
    return Signed({"X-Twilio-Signature": b64encode(_digest(text.encode(), "sha1").digest()).decode()})


def _messagebird(body: bytes, url: str) -> Signed:
    claims = {
        "iss": "MessageBird",
        "nbf": int(time.time()) - 1,
        "exp": int(time.time()) + 60,
        "url_hash": hashlib.sha256(url.encode()).hexdigest(),
    }
    if body:
        claims["payload_hash"] = hashlib.sha256(body).hexdigest()
    return Signed({"MessageBird-Signature-JWT": jwt.encode(claims, SECRET, "HS256")})


def _vonage(body: bytes, _url: str) -> Signed:
    claims = {"iss": "Vonage", "iat": int(time.time()), "payload_hash": hashlib.sha256(body).hexdigest()}
    return Signed({"Authorization": f"Bearer {jwt.encode(claims, SECRET, 'HS256')}"})


def _telegram(_body: bytes, _url: str) -> Signed:
    return Signed({"X-Telegram-Bot-Api-Secret-Token": SECRET})


def _line(body: bytes, _url: str) -> Signed:
    return Signed({"x-line-signature": b64encode(_digest(body).digest()).decode()})


def _viber(body: bytes, _url: str) -> Signed:
    return Signed({"X-Viber-Content-Signature": _digest(body).hexdigest()})


def _wechat(_body: bytes, _url: str) -> Signed:
    stamp, nonce = str(int(time.time())), "1372623149"
    signature = hashlib.sha1("".join(sorted([SECRET, stamp, nonce])).encode(), usedforsecurity=False).hexdigest()
    return Signed(query={"signature": signature, "timestamp": stamp, "nonce": nonce})


def _nothing(_body: bytes, _url: str) -> Signed:
    return Signed()


def _form(**pairs: Any) -> bytes:
    return urlencode(pairs).encode()


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _twilio_message(number: int, to: str, **more: Any) -> bytes:
    sid = f"SM{number:032x}"
    return _form(**{"MessageSid": sid, "From": "+14155550123", "To": to, "Body": "Hi", "NumMedia": "0", **more})


def _messagebird_message(number: int, to: str, **more: Any) -> bytes:
    at = "2026-11-20T09:15:42+00:00"
    message = {"id": f"{number:032x}", "recipient": to, "originator": "31612345678", "body": "Hi"}
    return _form(**{**message, "createdDatetime": at, **more})


def _vonage_message(number: int, to: str, **more: Any) -> bytes:
    message = {
        "channel": "sms",
        "message_uuid": f"6c0ab8d1-3f54-4a3e-8d5b-{number:012x}",
        "to": to,
        "from": "447700900111",
        "timestamp": "2026-11-20T09:15:42Z",
        "message_type": "text",
        "text": "Hi",
    }
    return _json({**message, **more})


def _textmagic_message(number: int, to: str, **more: Any) -> bytes:
    at = "2026-11-20T09:15:42+0000"
    return _json({"id": number, "sender": "447700900145", "receiver": to, "messageTime": at, "text": "Hi", **more})


def _africastalking_message(number: int, to: str, **more: Any) -> bytes:
    event_id = f"28c0f1d2-9a3b-4c5d-8e6f-{number:012x}"
    at = "2026-11-20T09:15:42Z"
    return _form(**{"id": event_id, "from": "+254711000042", "to": to, "date": at, "text": "Hi", **more})


def _whatsapp_message(number: int, to: str, **more: Any) -> bytes:
    at = str(WRITTEN)
    message = {"from": "4915770012345", "from_user_id": "DE.70213344556677889900", "id": f"wamid.{number}"}
    message |= {"timestamp": at, "type": "text", "text": {"body": "Hi"}, **more}  # type: ignore[dict-item]  # JSON
    contact = {"profile": {"name": "Ines"}, "wa_id": "4915770012345", "user_id": "DE.70213344556677889900"}
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": to}}
    change = {"field": "messages", "value": {**value, "contacts": [contact], "messages": [message]}}
    return _json({"object": "whatsapp_business_account", "entry": [{"id": "318840927715526", "changes": [change]}]})


def _page_message(kind: str) -> Callable[..., bytes]:
    def message(number: int, to: str, **more: Any) -> bytes:
        content = {"message": {"mid": f"m_{number}", "text": "Hi"}} if "message" not in more else {}
        event = {"sender": {"id": "5012345678"}, "recipient": {"id": to}, "timestamp": WRITTEN * 1000}
        entry = {"id": to, "time": WRITTEN * 1000, "messaging": [{**event, **content, **more}]}
        return _json({"object": kind, "entry": [entry]})

    return message


def _telegram_message(number: int, _to: str, **more: Any) -> bytes:
    person = {"id": 5012345678, "is_bot": False, "first_name": "Maya"}
    chat = {"id": 5012345678, "type": "private", "first_name": "Maya"}
    content = {"text": "Hi"} if not more else {}
    message = {"message_id": number, "date": WRITTEN, "from": person, "chat": chat, **content, **more}
    return _json({"update_id": number, "message": message})


def _line_message(number: int, to: str, **more: Any) -> bytes:
    event = {
        "type": "message",
        "mode": "active",
        "timestamp": WRITTEN * 1000,
        "webhookEventId": f"01JBZ7Q0X9M3V5T8C2K4N{number:05d}",
        "deliveryContext": {"isRedelivery": False},
        "source": {"type": "user", "userId": "U0f1e2d3c4b5a69788796a5b4c3d2e1f0"},
        "message": {"type": "text", "id": str(number), "text": "Hi"},
    }
    return _json({"destination": to, "events": [{**event, **more}]})


def _viber_message(number: int, _to: str, **more: Any) -> bytes:
    sender = {"id": "q7RkT2mXw9bLzY4eHnVs8Q==", "name": "Marko"}
    event = {"event": "message", "timestamp": WRITTEN * 1000, "message_token": 5912661846655238145 + number}
    return _json({**event, "sender": sender, "message": {"type": "text", "text": "Hi"}, **more})


def _wechat_message(number: int, to: str, **more: Any) -> bytes:
    fields = {"ToUserName": to, "FromUserName": "oQx7Kt9ZbWm3Lr5Ys8Vc1Hd6Nf2E", "CreateTime": WRITTEN}
    fields |= {"MsgType": "text", "Content": "Hi", "MsgId": 24890011223340000 + number, **more}
    return f"<xml>{''.join(f'<{name}>{value}</{name}>' for name, value in fields.items())}</xml>".encode()


_META_SECRETS = {"app_secret": SECRET, "verify_token": "v3rify-me"}

PROVIDERS = (
    Provider(
        slug="twilio",
        signs_any_body=False,
        address="+14155550100",
        secrets={"auth_token": SECRET},
        message=_twilio_message,
        sign=_twilio,
        proof="X-Twilio-Signature",
        content_type=FORM,
        stranger="+14155550199",
        odd_type={"MessageType": "hologram", "Body": ""},
        no_message=_form(EventType="onUnheardOf", AccountSid="AC" + "0" * 32),
    ),
    Provider(
        slug="messagebird",
        address="+3197010240001",
        secrets={"signing_key": SECRET},
        message=_messagebird_message,
        sign=_messagebird,
        proof="MessageBird-Signature-JWT",
        content_type=FORM,
        stranger="3197010240999",
        no_message=_form(type="unheard.of", id="1"),
    ),
    Provider(
        slug="vonage",
        address="447700900222",
        secrets={"signature_secret": SECRET},
        message=_vonage_message,
        sign=_vonage,
        proof="Authorization",
        stranger="447700900999",
        odd_type={"message_type": "hologram", "text": None},
        no_message=_json({"event": "unheard.of", "id": "1"}),
    ),
    Provider(
        slug="textmagic",
        signs_any_body=False,
        address="447700900300",
        secrets={},
        message=_textmagic_message,
        sign=_nothing,
        proof=None,
        stranger="447700900999",
        no_message=_json({"event": "unheard.of"}),
        max_bytes=64 * 1024,
    ),
    Provider(
        slug="africastalking",
        signs_any_body=False,
        address="22384",
        secrets={},
        message=_africastalking_message,
        sign=_nothing,
        proof=None,
        content_type=FORM,
        stranger="99999",
        no_message=_form(event="unheard.of"),
        max_bytes=16 * 1024,
    ),
    Provider(
        slug="whatsapp",
        address="445201198870331",
        secrets=_META_SECRETS,
        message=_whatsapp_message,
        sign=_meta,
        proof="X-Hub-Signature-256",
        odd_type={"type": "hologram"},
        no_message=_json(
            {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "unheard_of", "value": {}}]}]}
        ),
    ),
    Provider(
        slug="messenger",
        address="104512345678901",
        secrets=_META_SECRETS,
        message=_page_message("page"),
        sign=_meta,
        proof="X-Hub-Signature-256",
        odd_type={"message": {"mid": "m_odd", "attachments": [{"type": "hologram", "payload": {}}]}},
        no_message=_json({"object": "page", "entry": [{"id": "104512345678901", "messaging": [{"unheard_of": {}}]}]}),
    ),
    Provider(
        slug="instagram",
        address="17841405512340987",
        secrets=_META_SECRETS,
        message=_page_message("instagram"),
        sign=_meta,
        proof="X-Hub-Signature-256",
        odd_type={"message": {"mid": "m_odd", "attachments": [{"type": "hologram", "payload": {}}]}},
        no_message=_json(
            {"object": "instagram", "entry": [{"id": "17841405512340987", "messaging": [{"unheard_of": {}}]}]}
        ),
    ),
    Provider(
        slug="telegram",
        address="710012345",
        secrets={"secret_token": SECRET},
        message=_telegram_message,
        sign=_telegram,
        proof="X-Telegram-Bot-Api-Secret-Token",
        covers_body=False,
        stranger=None,
        odd_type={"hologram": {"file_id": "x"}},
        no_message=_json({"update_id": 1, "unheard_of": {}}),
    ),
    Provider(
        slug="line",
        address="U5b1c9e0f7a2d4836b5c0d1e2f3a49586",
        secrets={"channel_secret": SECRET},
        message=_line_message,
        sign=_line,
        proof="x-line-signature",
        stranger="U" + "9" * 32,
        odd_type={"message": {"type": "hologram", "id": "1"}},
        no_message=_json({"destination": "U5b1c9e0f7a2d4836b5c0d1e2f3a49586", "events": [{"type": "unheardOf"}]}),
    ),
    Provider(
        slug="viber",
        address="pa:4912345678901234567",
        secrets={"auth_token": SECRET},
        message=_viber_message,
        sign=_viber,
        proof="X-Viber-Content-Signature",
        stranger=None,
        odd_type={"message": {"type": "hologram"}},
        no_message=_json({"event": "unheard_of", "timestamp": WRITTEN * 1000, "message_token": 1}),
    ),
    Provider(
        slug="wechat",
        address="gh_7a1c9e0f2b3d",
        secrets={"token": SECRET},
        message=_wechat_message,
        sign=_wechat,
        proof="?signature",
        content_type="text/xml",
        covers_body=False,
        stranger="gh_999999999999",
        odd_type={"MsgType": "hologram"},
        no_message=(
            b"<xml><ToUserName>gh_7a1c9e0f2b3d</ToUserName><FromUserName>o1</FromUserName>"
            b"<CreateTime>1795166142</CreateTime><MsgType>event</MsgType><Event>UNHEARD_OF</Event></xml>"
        ),
    ),
)
