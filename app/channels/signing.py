"""Proving who called: comparisons in constant time, and no proof from a secret that was never given."""

from __future__ import annotations

import hmac

from app.channels.base import BadSignature


def hmac_sha256(secret: str, body: bytes) -> bytes:
    """The HMAC-SHA256 of a body. Raises BadSignature without a secret: anybody can sign with an empty key."""
    if not secret:
        raise BadSignature("this channel account has no secret to check calls with")
    return hmac.digest(secret.encode("utf-8", "surrogatepass"), body, "sha256")


def require_same(wanted: str, given: str) -> None:
    """Raises BadSignature unless both are the same text and not empty. A near miss takes as long as a far one."""
    alike = hmac.compare_digest(wanted.encode("utf-8", "surrogatepass"), given.encode("utf-8", "surrogatepass"))
    if not wanted or not alike:
        raise BadSignature("the signature does not fit")
