"""What both engines share: take the head of a lane, have it worked under a hold, record how it ended."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

from flask import Flask

from app.domain.work import Dead, Done, Hold, Outcome, Superseded, WaitUntil
from app.storage import inbox_leases as leases
from app.storage.database import DatabaseUnavailable, transaction
from app.storage.inbox_leases import Later
from app.storage.inbox_records import StoredEvent
from app.worker.hold import LEASE_S, Keeper, LeaseHold, clock_s
from app.worker.retries import Settled, after_fault, after_outcome

__all__ = [
    "Dead",
    "Done",
    "Hold",
    "Later",
    "Outcome",
    "Performer",
    "StoredEvent",
    "Superseded",
    "WaitUntil",
    "Work",
    "Worker",
]

Work = Callable[[StoredEvent, Hold], Outcome]
"""The use case: bring one event to its end, or say when to try again. Called inside the app's context."""
_TRY_AGAIN_S = 0.5

_log = logging.getLogger("kinbox.worker")


class Worker(Protocol):
    """An engine: `run` works until `stop` is called, from any thread or signal handler, and what is begun has ended."""

    def run(self) -> None: ...

    def stop(self) -> None: ...


class Performer:
    """Works one event at a time for each of its callers, which may be several threads."""

    def __init__(self, app: Flask, work: Work, *, lease_s: float = LEASE_S) -> None:
        self._work = work
        self._lease_s = lease_s
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self.keeper = Keeper(app, lease_s)

    def work_lane(self, lane: str) -> Later | bool:
        """Work the head of this lane. True when there was one, False when the lane is empty.

        Raises DatabaseUnavailable; an event that was taken then is tried again once its lease is over.
        """
        began_s = clock_s()
        with transaction(write=True) as connection:
            event = leases.take(connection, lane, worker=self._name, lease=timedelta(seconds=self._lease_s))
        if event is None:
            return False
        if isinstance(event, Later):
            return event
        hold = LeaseHold(event, self._lease_s, began_s)
        with self.keeper.keeping(hold):
            self._perform(event, hold)
        return True

    def _perform(self, event: StoredEvent, hold: LeaseHold) -> None:
        began_s = time.monotonic()
        try:
            settled = self._settled(event, hold)
            kept = self._record(event, hold, settled)
        except Superseded:
            kept, settled = False, None
        facts = {"event": event.id, "took_ms": round((time.monotonic() - began_s) * 1000)}
        if settled is None or not kept:
            _log.warning("event was taken over by another worker", extra=facts)
        elif isinstance(settled.outcome, Done):
            _log.info("event done", extra=facts)
        else:
            _tell(settled, facts)

    def _settled(self, event: StoredEvent, hold: LeaseHold) -> Settled:
        try:
            outcome = self._work(event, hold)
        except Superseded:
            raise
        except Exception as fault:  # noqa: BLE001 - whatever a use case raises, its event must not be lost
            _log.warning("event failed", extra={"event": event.id}, exc_info=fault)
            return after_fault(fault, event.attempts, event.received_at, datetime.now(UTC))
        return after_outcome(outcome, event.attempts, event.received_at, datetime.now(UTC))

    def _record(self, event: StoredEvent, hold: LeaseHold, settled: Settled) -> bool:
        """Try for as long as the lease lasts: what is not recorded is done again."""
        while True:
            try:
                with transaction(write=True) as connection:
                    return leases.finish(
                        connection,
                        event,
                        event.epoch,
                        settled.outcome,
                        attempts=settled.attempts,
                        at=datetime.now(UTC),
                    )
            except DatabaseUnavailable:
                if hold.deadline.remaining_s() <= _TRY_AGAIN_S:
                    raise
                time.sleep(_TRY_AGAIN_S)


def _tell(settled: Settled, facts: Mapping[str, object]) -> None:
    outcome = settled.outcome
    if isinstance(outcome, Dead):
        _log.error("event is dead", extra={**facts, "code": outcome.code, "attempts": settled.attempts})
    elif isinstance(outcome, WaitUntil):
        until = outcome.at.isoformat(timespec="seconds")
        _log.info("event waits", extra={**facts, "code": outcome.code, "until": until, "attempts": settled.attempts})
