"""The time of a run, for Kinbox and for Intercom alike: nothing waits, and every look at it is a moment later."""

from __future__ import annotations

import importlib
import time
from datetime import UTC, datetime, timedelta, tzinfo
from types import SimpleNamespace

import pytest

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
_LOOK = timedelta(milliseconds=1)
_WATCHED = (
    "app.http.channels",
    "app.http.intercom_webhooks",
    "app.intercom.transport",
    "app.storage.inbox_leases",
    "app.usecases.connection",
    "app.usecases.desk",
    "app.worker.base",
    "app.worker.bridge",
    "app.worker.notifications",
    "app.worker.walking",
)
"""The modules that look at the clock where messages, notifications, clicks and walks are worked."""


class Clock:
    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        self.at += _LOOK
        return self.at

    def timestamp(self) -> float:
        return self().timestamp()

    def rest(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def until(self, at: datetime) -> None:
        self.at = max(self.at, at)

    def rule(self, patch: pytest.MonkeyPatch) -> None:
        """Let Kinbox live by this clock."""
        clock = self

        class Told(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # a plain one is told
                return clock()

        for name in _WATCHED:
            patch.setattr(importlib.import_module(name), "datetime", Told)
        # Leases go by PostgreSQL's own clock, retries of a call by this process's.
        patch.setattr("app.storage.inbox_leases.clock", lambda _connection: self())
        patch.setattr("app.intercom.transport.time", SimpleNamespace(sleep=self.rest, monotonic=time.monotonic))
