"""Times as a workspace's people read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup

from app.domain.counting import count
from app.domain.workspace_settings import is_timezone

Moment = Callable[[datetime | None], Markup | str]
_ELEMENT = Markup('<time datetime="{}">{}</time>')


def moments_in(timezone: str) -> Moment:
    """Tells a time in this zone: `22 Nov 2026, 09:05`. No time is an empty text."""
    zone = ZoneInfo(timezone if is_timezone(timezone) else "UTC")

    def moment(at: datetime | None) -> Markup | str:
        if at is None:
            return ""
        local = at.astimezone(zone)
        return _ELEMENT.format(at.isoformat(timespec="seconds"), f"{local.day} {local:%b %Y, %H:%M}")

    return moment


def duration(length: timedelta) -> str:
    """`less than a minute`, `5 minutes`, `3 hours`, `12 days`: in its largest unit, rounded down."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    for size, unit in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            return count(minutes // size, unit)
    raise AssertionError("a minute is the smallest unit")
