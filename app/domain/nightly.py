"""When the links of a workspace are walked: once a night, by the clock of the people who work there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from app.domain.setting_readers import is_timezone

FIRST_HOUR, END_HOUR = 2, 5
"""The night, in hours of the workspace's own clock: a walk begins from 2:00 on, and none is begun from 5:00 on."""


@dataclass(frozen=True)
class Due:
    """Walk now: a `new` walk, or `resume` one that did not come to its end."""

    walk: Literal["new", "resume"]


@dataclass(frozen=True)
class NotDue:
    why: Literal["not at night", "walked tonight"]


def nightly(timezone: str, now: datetime, *, started_at: datetime | None, finished_at: datetime | None) -> Due | NotDue:
    """Whether the links are to be walked now, given the last walk (None where there was none). Times are aware UTC.

    A zone that this machine does not know is taken for UTC.
    """
    local = now.astimezone(ZoneInfo(timezone if is_timezone(timezone) else "UTC"))
    if not FIRST_HOUR <= local.hour < END_HOUR:
        return NotDue("not at night")
    if started_at is None:
        return Due("new")
    if finished_at is None:
        return Due("resume")
    # Where the clocks are put back at night 2:00 comes twice: the night began with the first.
    night_began = local.replace(hour=FIRST_HOUR, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)
    return NotDue("walked tonight") if finished_at >= night_began else Due("new")
