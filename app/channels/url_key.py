"""Providers that sign nothing. The unguessable key in the URL proves the call; here the rest that can be checked is."""

from __future__ import annotations

from app.channels.base import BadSignature, RawCall
from app.channels.fields import media_type


def require_plausible(call: RawCall, *, types: frozenset[str], max_bytes: int) -> None:
    """Raises BadSignature unless method, content type and size are those of the provider's calls."""
    if call.method != "POST":
        raise BadSignature("the provider posts its messages")
    if media_type(call) not in types:
        raise BadSignature("the provider sends no such content type")
    if len(call.body) > max_bytes:
        raise BadSignature("no message of the provider is so large")
