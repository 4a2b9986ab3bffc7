"""Kinbox's webhook address without a network: records what comes, and answers what a test says."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.sandbox.outgoing import Answer

URL = "http://127.0.0.1:9/intercom/webhooks"


@dataclass
class Subscriber:
    """Put it in the place of `Webhooks.send`."""

    secret: str = "sandbox-client-secret"
    statuses: list[int | None] = field(default_factory=list)
    """How the next calls are answered; then 200."""
    heads: list[str] = field(default_factory=list)
    told: list[Any] = field(default_factory=list)
    """The bodies of the notifications, in the order in which they came."""

    def __call__(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        status = self.statuses.pop(0) if self.statuses else 200
        if method == "HEAD":
            self.heads.append(url)
        else:
            assert (
                headers["X-Hub-Signature"] == "sha1=" + hmac.new(self.secret.encode(), body, hashlib.sha1).hexdigest()
            )
            self.told.append(json.loads(body))
        return Answer(status=status, failure=None if status else "No answer came.")

    @property
    def topics(self) -> list[str]:
        return [one["topic"] for one in self.told]

    @property
    def items(self) -> list[Any]:
        return [one["data"]["item"] for one in self.told]
