"""How a piece of background work ends, and the hold that a worker has on it while it lasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from app.deadline import Deadline
from app.errors import AppError


@dataclass(frozen=True)
class Done:
    """Everything that the event asked for has been done, or there was nothing to do."""


@dataclass(frozen=True, kw_only=True)
class WaitUntil:
    """Not now: try again at `at`. `code` says why. A wait that does not count never uses up the event's tries."""

    at: datetime
    code: str
    counts: bool = True


@dataclass(frozen=True)
class Dead:
    """It will never work without somebody's help. `code` says why; the event is kept and can be replayed."""

    code: str


Outcome = Done | WaitUntil | Dead


class Superseded(AppError):
    """Another worker has taken this work over: whoever sees this must do nothing more."""


class Hold(Protocol):
    """A worker's hold on one event."""

    @property
    def deadline(self) -> Deadline:
        """Ends safely before the hold does, so that a process that slept through it sends nothing."""

    def check(self) -> None:
        """Raises Superseded when the hold is lost. To be called right before each call outside."""

    def secure(self, connection: Any) -> None:
        """To be called last in a write transaction: raises Superseded when the hold is lost, so that nothing is kept.

        Nobody can take the hold away, or erase its event, before that transaction has ended.
        """

    def note(self, steps: Mapping[str, Any]) -> None:
        """Keep what was intended and done outside with the event. Raises Superseded."""
