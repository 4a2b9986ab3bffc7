"""Intercom tells of something that its answers do not show yet: look again, a few times and ever later."""

from __future__ import annotations

import logging
from datetime import timedelta

from app.domain.work import Done, Outcome, WaitUntil
from app.usecases.notifications.case import Case

_LOOKS = 5
"""After so many it is not believed any more. Nobody documents by how much Intercom's reads lag."""
_LOOK_AGAIN = timedelta(seconds=20)
LOOKS = "looks"
"""Where an event keeps how often it was looked in vain."""

_log = logging.getLogger("kinbox.notifications")


def look_again(case: Case, code: str) -> Outcome:
    """`code` says what is not shown. Raises Superseded."""
    looks = case.looks + 1
    if looks >= _LOOKS:
        _log.warning("notification not believed", extra={"code": code, "workspace": case.workspace.id})
        return Done()
    case.hold.note({LOOKS: looks})
    return WaitUntil(at=case.now() + _LOOK_AGAIN * looks, code=code)
