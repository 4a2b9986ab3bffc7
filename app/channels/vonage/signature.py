"""Vonage's signatures: a token in the header (Messages API), or `sig` among the values (SMS API)."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from hashlib import md5
from typing import Any

from app.channels import jwt
from app.channels.base import BadSignature, RawCall, UnreadableBody
from app.channels.fields import fields
from app.channels.reading import instant, text_of

_HASH = "md5hash"
_METHODS = frozenset({_HASH, "md5", "sha1", "sha256", "sha512"})
_BACK_S = 24 * 3600
"""Vonage repeats a call for a day, and its tokens name no end."""
_AHEAD_S = 300


def require_signature(call: RawCall, secret: str, method: str) -> None:
    """Raises BadSignature unless the account's signature secret signed this call, with all that is read of it."""
    if not secret:
        raise BadSignature("this channel account has no secret to check calls with")
    scheme, _, token = call.header("authorization").strip().partition(" ")
    if scheme.lower() == "bearer":
        _require_token(call, token.strip(), secret)
    else:
        _require_sig(call, secret, method)


def _require_token(call: RawCall, token: str, secret: str) -> None:
    """Source: Vonage, Signed webhooks. The token holds the body by its hash, and no query."""
    claims = jwt.claims(token, secret, algorithms=frozenset({"HS256"}))
    jwt.require_issuer(claims, "Vonage")
    issued = jwt.seconds(claims, "iat")
    jwt.require_within(call.received_at, earliest=issued - _AHEAD_S, latest=issued + _BACK_S)
    jwt.require_hash(claims, "payload_hash", call.body)
    if call.method == "GET":
        raise BadSignature("the token holds no query")


def _require_sig(call: RawCall, secret: str, method: str) -> None:
    """Source: Vonage, Signing messages."""
    try:
        values = fields(call)
    except UnreadableBody as error:
        raise BadSignature("the call holds no signed values") from error
    given = (text_of(values, "sig") or "").lower().encode("utf-8", "surrogatepass")
    text = _base_text(values)
    fits = [hmac.compare_digest(_signature(text, secret, one).encode(), given) for one in _allowed(method)]
    if not any(fits):
        raise BadSignature("the signature does not fit")
    _require_recent(call, values)


def _allowed(method: str) -> frozenset[str]:
    """The account's method alone. An account that names none takes them all: each needs the secret."""
    return _METHODS & {_named(method)} if method.strip() else _METHODS


def is_method(text: str) -> bool:
    """Whether Vonage signs by this method, in any of the spellings of its own pages: `MD5 HASH signature`."""
    return _named(text) in _METHODS


def _named(method: str) -> str:
    return re.sub(r"[^a-z0-9]|hmac|signature", "", method.lower())


def _base_text(values: Mapping[str, Any]) -> bytes:
    """All values but `sig`, sorted by name; an `&` or `=` inside a value counts as `_`."""
    pairs = [(name, "" if values[name] is None else str(values[name])) for name in sorted(values) if name != "sig"]
    text = "".join(f"&{name}={value.replace('&', '_').replace('=', '_')}" for name, value in pairs)
    return text.encode("utf-8", "surrogatepass")


def _signature(text: bytes, secret: str, method: str) -> str:
    key = secret.encode("utf-8", "surrogatepass")
    if method == _HASH:
        return md5(text + key, usedforsecurity=False).hexdigest()
    return hmac.digest(key, text, method).hex()


def _require_recent(call: RawCall, values: Mapping[str, Any]) -> None:
    """`timestamp` is signed too. Vonage states no window, and a call without one is left to the check for repeats."""
    stamp = text_of(values, "timestamp")
    if stamp is None:
        return
    signed_at = instant(stamp, received_at=call.received_at)
    if signed_at is None or not -_AHEAD_S <= (call.received_at - signed_at).total_seconds() <= _BACK_S:
        raise BadSignature("the call is too old, or from the future")
