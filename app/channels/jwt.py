"""JSON Web Tokens signed with a shared secret: the header that Vonage and MessageBird sign their calls with.

Times are compared with the moment of receipt, not with a clock; that is why no library reads these tokens.
"""

from __future__ import annotations

import binascii
import hmac
import json
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, NoReturn

from app.channels.base import BadSignature
from app.channels.signing import require_same

_HASHES = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}
_MAX_TOKEN_CHARS = 8192


def claims(token: str, secret: str, *, algorithms: frozenset[str]) -> Mapping[str, Any]:
    """The claims of a token that the secret signed with one of our algorithms. Raises BadSignature.

    The token's own `alg` only chooses among `algorithms`; `none` and public keys are never among them.
    """
    if not secret or len(token) > _MAX_TOKEN_CHARS or token.count(".") != 2:
        _refuse()
    head, body, signature = token.split(".")
    algorithm = _object(head).get("alg")
    if not isinstance(algorithm, str) or algorithm not in algorithms:
        _refuse()
    content = f"{head}.{body}".encode("utf-8", "surrogatepass")
    signed = hmac.digest(secret.encode("utf-8", "surrogatepass"), content, _HASHES[algorithm])
    if not hmac.compare_digest(signed, _bytes(signature)):
        _refuse()
    return _object(body)


def require_issuer(held: Mapping[str, Any], issuer: str) -> None:
    if held.get("iss") != issuer:
        _refuse()


def require_hash(held: Mapping[str, Any], name: str, content: bytes) -> None:
    """The claim must be the lower-case hex SHA-256 of the content. Raises BadSignature."""
    claimed = held.get(name)
    require_same(sha256(content).hexdigest(), claimed if isinstance(claimed, str) else "")


def seconds(held: Mapping[str, Any], name: str) -> float:
    """A time claim, in unix seconds. Raises BadSignature when it is missing or no number."""
    value = held.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        _refuse()
    return value


def require_within(moment: datetime, *, earliest: float, latest: float) -> None:
    """The moment of receipt must lie between two times in unix seconds. Raises BadSignature."""
    if not earliest <= moment.timestamp() <= latest:
        raise BadSignature("the signature is too old, or from the future")


def _object(part: str) -> Mapping[str, Any]:
    try:
        read = json.loads(_bytes(part))
    except (ValueError, RecursionError):
        _refuse()
    return read if isinstance(read, dict) else _refuse()


def _bytes(part: str) -> bytes:
    try:
        return b64decode(part.encode("ascii") + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        _refuse()


def _refuse() -> NoReturn:
    raise BadSignature("the token is not one that the secret signed")
