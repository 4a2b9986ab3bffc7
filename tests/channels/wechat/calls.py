"""Calls as WeChat makes them, signed and encrypted by wechatpy, a library of others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from wechatpy.crypto import PrpCrypto, WeChatCrypto  # type: ignore[import-untyped]  # it has no types
from wechatpy.utils import WeChatSigner  # type: ignore[import-untyped]  # it has no types

from app.channels.base import Account, RawCall
from app.channels.wechat import WeChatAdapter
from tests.channels.expected import call, signature_vectors

READY = signature_vectors("chat")
TOKEN = READY["secrets"]["wechat"]
KEY = READY["wechat_encrypted"]["EncodingAESKey"]
APP_ID = READY["wechat_encrypted"]["appid"]
VECTORS = [one for one in READY["vectors"] if one["channel"] == "wechat"]
SENDER = "oQx7Kt9ZbWm3Lr5Ys8Vc1Hd6Nf2E"
SENT = 1793617812


def account(**secrets: str) -> WeChatAdapter:
    return WeChatAdapter(Account(address="gh_7a1c9e0f2b3d", secrets={"token": TOKEN} | secrets))


def safe_account(**secrets: str) -> WeChatAdapter:
    return account(**({"encoding_aes_key": KEY, "app_id": APP_ID} | secrets))


def xml(**more: Any) -> bytes:
    """A text message; `...` takes a field away."""
    whole = {
        "ToUserName": "gh_7a1c9e0f2b3d",
        "FromUserName": SENDER,
        "CreateTime": SENT,
        "MsgType": "text",
        "Content": "hi",
        "MsgId": "24890011223344556",
    }
    fields = {name: value for name, value in (whole | more).items() if value is not ...}
    inside = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in fields.items())
    return f"<xml>{inside}</xml>".encode()


def signature(*parts: str) -> str:
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


def plain_call(body: bytes, *, sent: int = SENT, token: str = TOKEN, after_s: int = 1, **query: str | None) -> RawCall:
    signed = {"signature": signature(token, str(sent), "1372623149"), "timestamp": str(sent), "nonce": "1372623149"}
    given = {name: value for name, value in (signed | query).items() if value is not None}
    return call(body, query=urlencode(given), received_at=datetime.fromtimestamp(sent + after_s, UTC))


def safe_call(
    inside: bytes, *, key: str = KEY, app_id: str = APP_ID, token: str = TOKEN, beside: str = "", after_s: int = 1
) -> RawCall:
    """An encrypted call; `beside` stands in the body next to `Encrypt`, as the plain fields do in mixed mode."""
    encrypted = PrpCrypto(WeChatCrypto(token, key, app_id).key).encrypt(inside, app_id).decode()
    body = f"<xml><ToUserName>gh_7a1c9e0f2b3d</ToUserName>{beside}<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    msg_signature = signature(token, str(SENT), "1372623149", encrypted)
    return plain_call(body.encode(), token=token, after_s=after_s, encrypt_type="aes", msg_signature=msg_signature)


def vector_call(vector: dict[str, Any], body: bytes) -> RawCall:
    """A ready call, received when its time stamp says."""
    sent = datetime.fromtimestamp(int(vector["query"]["timestamp"]), UTC)
    return call(body, query=urlencode(vector["query"]), received_at=sent)
