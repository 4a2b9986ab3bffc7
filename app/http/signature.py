"""Intercom's signature over a canvas request, checked before anything is parsed."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable
from functools import wraps

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.errors import AppError

_HEX_SHA256 = re.compile(r"[ \t]*([0-9a-fA-F]{64})[ \t]*")
"""Blanks around a header's value are no part of it (RFC 9110, 5.5); not every server takes them off."""


class BadSignature(AppError):
    """The body was not signed with a secret of ours. Answer 401 with nothing in it."""


def check_body_signature(body: bytes, header: str | None, secrets: Iterable[str]) -> None:
    """Hold `X-Body-Signature` against the raw bytes: hex HMAC-SHA256 keyed with the client secret.

    Several secrets are tried, all of them each time, so that one can be rotated. Raises BadSignature. A SHA-1 digest
    is refused, though Intercom's own page shows one. Source: Canvas Kit docs, "Signing notifications".
    """
    shaped = _HEX_SHA256.fullmatch(header or "")
    if shaped is None:
        raise BadSignature
    given = bytes.fromhex(shaped[1])
    good = [hmac.compare_digest(hmac.digest(secret.encode(), body, "sha256"), given) for secret in secrets]
    if not any(good):
        raise BadSignature


def signed_by_intercom(
    secrets: tuple[str, ...],
) -> Callable[[Callable[[bytes], Response]], Callable[[], Response]]:
    """Hand a view the raw body only when Intercom signed it with one of `secrets`; else answer an empty 401.

    A body that is larger than the app reads is not read, and answered with an empty 413.
    """

    def guard(view: Callable[[bytes], Response]) -> Callable[[], Response]:
        @wraps(view)
        def guarded() -> Response:
            try:
                body = request.get_data(cache=False)
                check_body_signature(body, request.headers.get("X-Body-Signature"), secrets)
            except RequestEntityTooLarge:
                return Response(status=413)
            except BadSignature:
                return Response(status=401)
            return view(body)

        guarded._signature = "X-Body-Signature"  # type: ignore[attr-defined]  # read by the guard over all routes
        return guarded

    return guard
