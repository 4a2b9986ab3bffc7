"""What WhatsApp, Messenger and Instagram share. Source: Meta's webhooks, Validating payloads; Graph API v25.0."""

from __future__ import annotations

import hmac
import json
import secrets as chance
from typing import Any

from app.sandbox.providers.base import Account, Asked, Draft, Proof, Provider, Served, digits

VERSION = "v25.0"


class MetaProvider(Provider):
    def new_secrets(self, address: str) -> dict[str, str]:  # noqa: ARG002
        return {
            "app_secret": chance.token_hex(16),
            "verify_token": chance.token_urlsafe(12),
            "access_token": f"EAAG{chance.token_hex(40)}",
        }

    def prove(self, draft: Draft, account: Account, url: str) -> Proof:  # noqa: ARG002
        """HMAC-SHA256 of the raw body with the app's secret."""
        signature = hmac.new(account.secrets["app_secret"].encode(), draft.body, "sha256").hexdigest()
        return Proof({"X-Hub-Signature-256": f"sha256={signature}"})


def as_meta_json(value: Any) -> bytes:
    """Meta writes ASCII with `\\u` escapes and an escaped slash, and signs exactly that."""
    return json.dumps(value, separators=(",", ":")).replace("/", r"\/").encode()


def object_id(asked: Asked) -> str | None:
    """The id that the Graph API is asked for; None for another path or version."""
    version, _slash, found = asked.path.partition("/")
    return found if version == VERSION and found and "/" not in found else None


def unauthorized() -> Served:
    words = "Invalid OAuth access token - Cannot parse access token"
    return _error(401, words, kind="OAuthException", code=190)


def unknown(object_name: str) -> Served:
    words = f"Unsupported get request. Object with ID '{object_name}' does not exist"
    return _error(400, words, kind="GraphMethodException", code=100)


def _error(status: int, words: str, *, kind: str, code: int) -> Served:
    told = {"message": words, "type": kind, "code": code, "fbtrace_id": f"A{digits(12)}"}
    return Served.json({"error": told}, status)
