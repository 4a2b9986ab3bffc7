"""The time that MessageBird and Bird sign along with a call."""

from __future__ import annotations

import re

from app.channels.base import BadSignature, RawCall


def require_recent(call: RawCall, stamp: str, *, back_s: int, ahead_s: int) -> None:
    """Raises BadSignature unless the stamp (unix seconds) lies that near to the moment of receipt."""
    if not re.fullmatch(r"[0-9]{1,12}", stamp):
        raise BadSignature("the call has no time")
    if not -ahead_s <= call.received_at.timestamp() - int(stamp) <= back_s:
        raise BadSignature("the call is too old, or from the future")
