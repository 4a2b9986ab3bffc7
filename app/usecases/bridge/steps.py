"""Exactly once, although every worker may die between a call and its record.

Before a call that makes something, the intent is kept with the event; after it, the outcome. An intent without an
outcome is in doubt, and is resolved by looking at Intercom: found, or surely not done, or not known yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.work import Hold
from app.errors import AppError
from app.intercom.errors import IntercomError


class StillInDoubt(AppError):
    """Looking did not decide yet. Look again at `at`."""

    retryable = True

    def __init__(self, at: datetime) -> None:
        super().__init__("Intercom does not show yet whether an earlier call took effect.")
        self.at = at


@dataclass(frozen=True)
class Looked:
    """What looking found: the outcome of the earlier call, or that it never took effect."""

    found: Any | None


class Steps:
    """The steps of one event, kept under its worker's hold."""

    def __init__(self, hold: Hold, kept: Mapping[str, Any], now: Callable[[], datetime]) -> None:
        self._hold = hold
        self._kept: dict[str, Any] = dict(kept)
        self._now = now

    def outcome(self, name: str) -> Any | None:
        """What this step came to; None before it is done."""
        step = self._kept.get(name) or {}
        return step.get("outcome")

    def was_intended(self, name: str) -> bool:
        """Whether an earlier try began this step, and it was not withdrawn."""
        return bool(self._kept.get(name))

    def forget(self, *names: str) -> None:
        """Let these steps be done anew, because what they made is gone."""
        for name in names:
            self._kept.pop(name, None)
        self._hold.note(self._kept)

    def facts(self, name: str) -> Mapping[str, Any]:
        """What was kept with the intent of this step; empty when it was never intended."""
        step = self._kept.get(name) or {}
        return step.get("facts") or {}

    def once(
        self,
        name: str,
        act: Callable[[], Any],
        look: Callable[[datetime], Looked],
        *,
        facts: Mapping[str, Any] | None = None,
    ) -> Any:
        """Do `act` and keep its outcome (JSON, not None), unless an earlier try did it.

        `look` is asked when an earlier try intended it and no outcome is known; it gets the time of that intent and may
        raise StillInDoubt. `facts` are kept with the intent, for `look` to know what was sent. An error that says that
        nothing was done withdraws the intent. Raises Superseded.
        """
        done = self.outcome(name)
        if done is not None:
            return done
        intended_at = self._intended_at(name)
        if intended_at is not None:
            found = look(intended_at).found
            if found is not None:
                return self._done(name, found)
        return self._done(name, self._acted(name, act, facts or {}))

    def _acted(self, name: str, act: Callable[[], Any], facts: Mapping[str, Any]) -> Any:
        self._kept[name] = {"intended_at": self._now().isoformat(), "facts": dict(facts)}
        self._hold.note(self._kept)
        self._hold.check()
        try:
            return act()
        except IntercomError as error:
            if not error.maybe_done:
                self.forget(name)
            raise

    def _intended_at(self, name: str) -> datetime | None:
        at = (self._kept.get(name) or {}).get("intended_at")
        return datetime.fromisoformat(at) if isinstance(at, str) else None

    def _done(self, name: str, outcome: Any) -> Any:
        self._kept[name] = {"outcome": outcome, "facts": self.facts(name)}
        self._hold.note(self._kept)
        return outcome
