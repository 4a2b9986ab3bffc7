"""What following one notification works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.domain.work import Hold
from app.domain.workspace import Workspace
from app.intercom.client import Intercom


@dataclass(frozen=True, kw_only=True)
class Case:
    """One notification on its way. `at` is when it happened, as Intercom says, or else when it came."""

    workspace: Workspace
    intercom: Intercom
    hold: Hold
    looks: int
    """How often it was looked at before without finding what it spoke of. Faults are no looks."""
    at: datetime
    now: Callable[[], datetime]
    erase: Callable[[str], None]
    """Remove whatever is kept of this contact. It was deleted in Intercom."""
