"""The signatures of MessageBird's generations. Headers tell which it is; the account's one secret checks them all."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode

from app.channels import jwt
from app.channels.base import BadSignature, RawCall
from app.channels.messagebird.platform import is_platform, require_platform_signature
from app.channels.messagebird.stamps import require_recent
from app.channels.signing import hmac_sha256, require_same

_JWT_ALGORITHMS = frozenset({"HS256", "HS384", "HS512"})
_LEEWAY_S = 5
_OLD_WINDOW_S = 60
"""Of the deprecated classic signature, either way. MessageBird's own SDKs take 5 to 10 s and trust their clock more."""
_RETRIES_S = 24 * 3600
"""Bird repeats a call for hours and keeps its first time stamp."""
_AHEAD_S = 300


def require_signature(call: RawCall, key: str) -> None:
    """Raises BadSignature unless the account's key signed this call, with all that is read of it."""
    if is_platform(call, key):
        require_platform_signature(call, key)
    elif token := call.header("messagebird-signature-jwt"):
        _require_jwt(call, token, key)
    else:
        _require_hmac(call, key)


def _require_jwt(call: RawCall, token: str, key: str) -> None:
    """Classic. Source: MessageBird, Verify HTTP requests."""
    claims = jwt.claims(token, key, algorithms=_JWT_ALGORITHMS)
    jwt.require_issuer(claims, "MessageBird")
    earliest, latest = jwt.seconds(claims, "nbf") - _LEEWAY_S, jwt.seconds(claims, "exp") + _LEEWAY_S
    jwt.require_within(call.received_at, earliest=earliest, latest=latest)
    jwt.require_hash(claims, "url_hash", call.url.encode("utf-8", "surrogatepass"))
    if call.body:
        jwt.require_hash(claims, "payload_hash", call.body)
    elif claims.get("payload_hash") is not None:
        raise BadSignature("a body was signed, and none came")


def _require_hmac(call: RawCall, key: str) -> None:
    """Bird's Channels API, or the deprecated classic signature: the same headers over different texts."""
    given, stamp = call.header("messagebird-signature"), call.header("messagebird-request-timestamp")
    try:
        require_same(_signature(key, stamp, _sorted_query(call.query), call.body), given)
    except BadSignature:
        require_same(_signature(key, stamp, call.url, call.body), given)
        require_recent(call, stamp, back_s=_RETRIES_S, ahead_s=_AHEAD_S)
    else:
        require_recent(call, stamp, back_s=_OLD_WINDOW_S, ahead_s=_OLD_WINDOW_S)


def _signature(key: str, stamp: str, place: str, body: bytes) -> str:
    """The place is the sorted query (classic) or the whole URL (Channels API)."""
    signed = f"{stamp}\n{place}\n".encode("utf-8", "surrogatepass") + sha256(body).digest()
    return b64encode(hmac_sha256(key, signed)).decode("ascii")


def _sorted_query(query: str) -> str:
    """The query sorted by name and encoded anew. Raises BadSignature."""
    try:
        return urlencode(sorted(parse_qsl(query, keep_blank_values=True, max_num_fields=1000)))
    except ValueError as error:
        raise BadSignature("the query has too many names") from error
