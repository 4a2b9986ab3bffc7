"""Ids as Intercom makes them, the same in every run."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any


def named_id(name: str) -> str:
    """The 24 hex characters of a contact that the seed knows by name."""
    return hashlib.sha256(f"contact:{name}".encode()).hexdigest()[:24]


def named_uuid(name: str) -> str:
    """A UUID of version 4's shape, as Intercom gives a lead for its external id."""
    digest = hashlib.sha256(f"uuid:{name}".encode()).digest()[:16]
    return str(uuid.UUID(bytes=digest, version=4))


class Ids:
    """Counts in the workspace's state, so that ids never repeat, not even after a restart."""

    FIRST_NUMBER = 9000

    def __init__(self, counters: dict[str, Any]) -> None:
        self._counters = counters

    def _next(self, kind: str) -> int:
        number = int(self._counters.get(kind, self.FIRST_NUMBER)) + 1
        self._counters[kind] = number
        return number

    def number(self, kind: str) -> str:
        return str(self._next(kind))

    def contact(self) -> str:
        return named_id(f"#{self._next('contact')}")

    def company(self) -> str:
        return named_id(f"company#{self._next('company')}")

    def uuid(self) -> str:
        return named_uuid(f"#{self._next('uuid')}")
