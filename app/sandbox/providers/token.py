"""JSON Web Tokens as Vonage and MessageBird put them into a header: HMAC-SHA256 with the account's secret."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode

from app.sandbox.providers.base import Json, as_json


def json_web_token(claims: Json, secret: str) -> str:
    content = ".".join(_part(as_json(one)) for one in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{content}.{_part(hmac.new(secret.encode(), content.encode(), 'sha256').digest())}"


def _part(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
