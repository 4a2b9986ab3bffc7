"""How much of Intercom's allowance long work may take, so that messages and clicks always find some left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

SHARE = 0.5
"""Of what messages have left over in a window, the part that long work takes at most."""
SHORTEST_PAUSE = timedelta(seconds=1)
"""Intercom's clock and ours may differ: whoever comes too early looks again after this."""
LONGEST_PAUSE = timedelta(seconds=60)
"""Intercom's longest window is a minute. Source: REST reference, rate limiting."""


@dataclass(frozen=True)
class Rate:
    """What an answer tells of the allowance: `remaining` of `limit` calls until `reset_at` (aware UTC)."""

    limit: int
    remaining: int
    reset_at: datetime


@dataclass(frozen=True)
class Window:
    """The present window of the allowance, and how many of its calls were this work's own."""

    rate: Rate
    used: int = 1

    def after(self, rate: Rate, now: datetime) -> Window:
        """This window after one more call of ours, or the next one if that call has opened it.

        Within a window each call leaves fewer; so if as many are left, it is another one.
        """
        over = rate.remaining >= self.rate.remaining or (rate.reset_at > self.rate.reset_at <= now)
        return Window(rate) if over else Window(replace(rate, reset_at=self.rate.reset_at), self.used + 1)

    def pause_until(self, now: datetime, share: float = SHARE) -> datetime | None:
        """When this work may call next; None for at once.

        Its calls are at most `share` of those that others left it. The first call of a window is always made, or
        else nobody would learn that the window has changed.
        """
        if self.used + 1 <= share * (self.used + self.rate.remaining):
            return None
        return min(max(self.rate.reset_at, now + SHORTEST_PAUSE), now + LONGEST_PAUSE)
