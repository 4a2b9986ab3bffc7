"""When failed work is tried again, and when it is given up. Pure but for the dice."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain.work import Dead, Outcome, WaitUntil
from app.errors import AppError
from app.intercom.errors import IntercomError

SHORTEST_S, LONGEST_S = 2.0, 15 * 60.0
MAX_TRIES = 20
"""Counted tries before an event is given up: about two hours."""
PATIENCE = timedelta(days=1)
"""What may pass by itself (an outage of Intercom's) is tried for this long at least, however often."""


@dataclass(frozen=True)
class Settled:
    """What is recorded: the outcome, and how many tries failed and counted so far."""

    outcome: Outcome
    attempts: int


def backoff_s(attempts: int) -> float:
    """Seconds to wait after so many failures: anything between 2 s and a limit that doubles up to 15 minutes.

    The full spread keeps the work of an outage from coming back all at once.
    """
    limit_s = min(LONGEST_S, SHORTEST_S * 2.0 ** min(attempts + 1, 30))
    return random.uniform(SHORTEST_S, limit_s)  # noqa: S311 - no secret


def after_fault(fault: Exception, attempts: int, received_at: datetime, now: datetime) -> Settled:
    """How a try ends that raised: it waits, and dies with the error's name when its tries are used up."""
    wait = WaitUntil(at=now + timedelta(seconds=backoff_s(attempts)), code=type(fault).__name__)
    # A write without an answer may not be repeated blindly, but the event looks first: it passes like any outage.
    in_doubt = isinstance(fault, IntercomError) and fault.maybe_done
    passes = in_doubt or (isinstance(fault, AppError) and fault.retryable)
    return _counted(wait, attempts, now - received_at, passes=passes)


def after_outcome(outcome: Outcome, attempts: int, received_at: datetime, now: datetime) -> Settled:
    """How a try ends that said itself how it went."""
    if isinstance(outcome, WaitUntil) and outcome.counts:
        return _counted(outcome, attempts, now - received_at, passes=True)
    return Settled(outcome, attempts + isinstance(outcome, Dead))


def _counted(wait: WaitUntil, attempts: int, age: timedelta, *, passes: bool) -> Settled:
    used_up = attempts + 1 >= MAX_TRIES and (age >= PATIENCE or not passes)
    return Settled(Dead(wait.code) if used_up else replace(wait, counts=True), attempts + 1)
