"""Intercom tells of something that its answers do not show yet: look again, a few times and ever later."""

from __future__ import annotations

from datetime import timedelta

from app.domain.work import Done, Outcome, WaitUntil
from app.usecases.notifications.case import Case

_LOOKS = 5
"""After so many it is not believed any more. Nobody documents by how much Intercom's reads lag."""
_LOOK_AGAIN = timedelta(seconds=20)


def look_again(case: Case, code: str) -> Outcome:
    """`code` says what is not shown."""
    if case.attempts + 1 >= _LOOKS:
        return Done()
    return WaitUntil(at=case.now() + _LOOK_AGAIN * (case.attempts + 1), code=code)
