"""WeChat's signature: SHA-1 over the token and what stands in the query. It covers the body in encrypted mode only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from app.channels.base import BadSignature
from app.channels.reading import instant
from app.channels.signing import require_same

MAX_AGE = timedelta(minutes=10)
"""A plain call's signature fits any body, so it is taken only for so long. WeChat repeats a call within 15 seconds."""


def require_signed(token: str, query: Mapping[str, str], signature: str, *further: str) -> None:
    """Raises BadSignature unless it is the SHA-1 of token, timestamp, nonce and `further`, sorted as texts."""
    if not token:
        raise BadSignature("this channel account has no token to check calls with")
    parts = sorted([token, query.get("timestamp", ""), query.get("nonce", ""), *further])
    joined = "".join(parts).encode("utf-8", "surrogatepass")
    require_same(hashlib.sha1(joined).hexdigest(), signature)  # noqa: S324  # WeChat's choice


def require_fresh(query: Mapping[str, str], *, received_at: datetime) -> None:
    """Raises BadSignature for a call whose time is missing or more than MAX_AGE away."""
    called_at = instant(query.get("timestamp"), received_at=received_at)
    if called_at is None or abs(received_at - called_at) > MAX_AGE:
        raise BadSignature("the signature is too old, or a clock is wrong")
