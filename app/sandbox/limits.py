"""Intercom's rate limit: so many calls in each window of ten seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable

WINDOW_S = 10


class RateLimit:
    USUAL = 1666
    """A sixth of 10,000 calls a minute for one app."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._window = 0
        self._used = 0
        self.per_window = self.USUAL

    def take(self) -> tuple[bool, dict[str, str]]:
        """Count one call: whether it is allowed, and the three headers of its answer."""
        with self._lock:
            window = int(self._now()) // WINDOW_S
            if window != self._window:
                self._window, self._used = window, 0
            allowed = self._used < self.per_window
            self._used += allowed
            remaining = max(0, self.per_window - self._used)
        return allowed, self.headers(remaining, (window + 1) * WINDOW_S)

    def remaining(self) -> int:
        """Calls that are left in the present window."""
        with self._lock:
            used = self._used if int(self._now()) // WINDOW_S == self._window else 0
            return max(0, self.per_window - used)

    def headers(self, remaining: int, reset_s: int) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.per_window),
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": str(reset_s),
        }
