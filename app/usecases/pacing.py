"""Long work that keeps within its share of Intercom's allowance, and ends between two calls when it has to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from app.domain.pacing import Rate, Window

_SLICE_S = 5.0
"""Even a long wait is looked up from so often."""


class Patience:
    """The pace of one piece of work, on one thread. `calls` counts every try, `waited` the time spent waiting.

    `now` is aware UTC, `rest` sleeps for as many seconds or less, and `between` is called before each call and while
    waiting: what it raises ends the work there.
    """

    def __init__(
        self, now: Callable[[], datetime], rest: Callable[[float], object], between: Callable[[], None]
    ) -> None:
        self._now = now
        self._rest = rest
        self._between = between
        self._window: Window | None = None
        self._until: datetime | None = None
        self.calls = 0
        self.waited = timedelta()

    def wait(self) -> None:
        """Until the next call may be made."""
        self._between()
        if self._until is not None:
            self.wait_until(self._until)
            self._until = None

    def wait_until(self, at: datetime) -> None:
        began = self._now()
        while (left := at - self._now()) > timedelta():
            self._rest(min(_SLICE_S, left.total_seconds()))
            self._between()
        self.waited += max(timedelta(), self._now() - began)

    def answered(self, rate: Rate | None) -> None:
        self.calls += 1
        if rate is None:
            return
        now = self._now()
        self._window = Window(rate) if self._window is None else self._window.after(rate, now)
        self._until = self._window.pause_until(now)
