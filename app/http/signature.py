"""Intercom's signatures, checked over the raw bytes before anything is parsed."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable
from functools import wraps

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.errors import AppError

_HEX_SHA256 = re.compile(r"[ \t]*([0-9a-fA-F]{64})[ \t]*")
_HEX_SHA1 = re.compile(r"[ \t]*sha1=([0-9a-fA-F]{40})[ \t]*")
"""Blanks around a header's value are no part of it (RFC 9110, 5.5); not every server takes them off."""


class BadSignature(AppError):
    """The body was not signed with a secret of ours. Answer 401 with nothing in it."""


def check_body_signature(body: bytes, header: str | None, secrets: Iterable[str]) -> None:
    """Hold `X-Body-Signature` against the raw bytes: hex HMAC-SHA256 keyed with the client secret.

    Several secrets are tried, all of them each time, so that one can be rotated. Raises BadSignature. A SHA-1 digest
    is refused, though Intercom's own page shows one. Source: Canvas Kit docs, "Signing notifications".
    """
    _check(body, _HEX_SHA256.fullmatch(header or ""), secrets, "sha256")


def check_hub_signature(body: bytes, header: str | None, secrets: Iterable[str]) -> None:
    """Hold `X-Hub-Signature` against the raw bytes: `sha1=` and hex HMAC-SHA1 keyed with the client secret.

    As `check_body_signature` otherwise. Source: developers.intercom.com, "Setting up webhooks".
    """
    _check(body, _HEX_SHA1.fullmatch(header or ""), secrets, "sha1")


def _check(body: bytes, shaped: re.Match[str] | None, secrets: Iterable[str], digest: str) -> None:
    if shaped is None:
        raise BadSignature
    given = bytes.fromhex(shaped[1])
    good = [hmac.compare_digest(hmac.digest(secret.encode(), body, digest), given) for secret in secrets]
    if not any(good):
        raise BadSignature


View = Callable[[bytes], Response]
Guard = Callable[[View], Callable[[], Response]]


def signed_by_intercom(secrets: tuple[str, ...]) -> Guard:
    """Hand a view the raw body only when `X-Body-Signature` holds with one of `secrets`; else answer an empty 401.

    A body that is larger than the app reads is not read, and answered with an empty 413.
    """
    return _guarding("X-Body-Signature", check_body_signature, secrets)


def notified_by_intercom(secrets: tuple[str, ...]) -> Guard:
    """The same for `X-Hub-Signature`, which Intercom's notifications bear."""
    return _guarding("X-Hub-Signature", check_hub_signature, secrets)


def _guarding(
    header: str, check: Callable[[bytes, str | None, Iterable[str]], None], secrets: tuple[str, ...]
) -> Guard:
    def guard(view: View) -> Callable[[], Response]:
        @wraps(view)
        def guarded() -> Response:
            try:
                body = request.get_data(cache=False)
                check(body, request.headers.get(header), secrets)
            except RequestEntityTooLarge:
                return Response(status=413)
            except BadSignature:
                return Response(status=401)
            return view(body)

        guarded._signature = header  # type: ignore[attr-defined]  # read by the guard over all routes
        return guarded

    return guard
