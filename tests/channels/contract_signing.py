"""How every provider signs a call, with hmac and PyJWT and never by the code that checks it."""

from __future__ import annotations

import hashlib
import hmac
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import jwt

SECRET = "a-secret-that-is-longer-than-32-bytes"


@dataclass(frozen=True)
class Signed:
    """What a signature adds to a call."""

    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


Sign = Callable[[bytes, str], Signed]
"""From the body and the whole URL."""


def _digest(body: bytes, name: str = "sha256") -> hmac.HMAC:
    return hmac.new(SECRET.encode(), body, name)


def meta(body: bytes, _url: str) -> Signed:
    return Signed({"X-Hub-Signature-256": f"sha256={_digest(body).hexdigest()}"})


def twilio(body: bytes, url: str) -> Signed:
    pairs = sorted(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    text = url + "".join(name + value for name, value in pairs)
    return Signed({"X-Twilio-Signature": b64encode(_digest(text.encode(), "sha1").digest()).decode()})


def messagebird(body: bytes, url: str) -> Signed:
    claims = {
        "iss": "MessageBird",
        "nbf": int(time.time()) - 1,
        "exp": int(time.time()) + 60,
        "url_hash": hashlib.sha256(url.encode()).hexdigest(),
    }
    if body:
        claims["payload_hash"] = hashlib.sha256(body).hexdigest()
    return Signed({"MessageBird-Signature-JWT": jwt.encode(claims, SECRET, "HS256")})


def vonage(body: bytes, _url: str) -> Signed:
    claims = {"iss": "Vonage", "iat": int(time.time()), "payload_hash": hashlib.sha256(body).hexdigest()}
    return Signed({"Authorization": f"Bearer {jwt.encode(claims, SECRET, 'HS256')}"})


def telegram(_body: bytes, _url: str) -> Signed:
    return Signed({"X-Telegram-Bot-Api-Secret-Token": SECRET})


def line(body: bytes, _url: str) -> Signed:
    return Signed({"x-line-signature": b64encode(_digest(body).digest()).decode()})


def viber(body: bytes, _url: str) -> Signed:
    return Signed({"X-Viber-Content-Signature": _digest(body).hexdigest()})


def wechat(_body: bytes, _url: str) -> Signed:
    stamp, nonce = str(int(time.time())), "1372623149"
    signature = hashlib.sha1("".join(sorted([SECRET, stamp, nonce])).encode(), usedforsecurity=False).hexdigest()
    return Signed(query={"signature": signature, "timestamp": stamp, "nonce": nonce})


def nothing(_body: bytes, _url: str) -> Signed:
    return Signed()
