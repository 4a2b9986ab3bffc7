"""A body as Intercom puts it on the wire: its escapes, and its two kinds of signature."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any

_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def to_bytes(fields: Mapping[str, Any]) -> bytes:
    """UTF-8 JSON with HTML characters as lower-case `\\u` escapes, so that a re-dumped body fails its signature."""
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return text.translate(_ESCAPES).encode()


def sign(body: bytes, client_secret: str) -> str:
    """The `X-Body-Signature` of a body: HMAC-SHA256 in lower-case hex."""
    return hmac.digest(client_secret.encode(), body, "sha256").hex()


def sign_notification(body: bytes, client_secret: str) -> str:
    """The `X-Hub-Signature` of a webhook's body: HMAC-SHA1 in lower-case hex, after `sha1=`."""
    return "sha1=" + hmac.digest(client_secret.encode(), body, "sha1").hex()
