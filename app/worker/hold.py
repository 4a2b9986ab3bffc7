"""A worker's hold on the event that it works: a lease that is renewed meanwhile, and an epoch that fences it off."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Connection

from app.deadline import Deadline
from app.domain.work import Superseded
from app.storage import inbox_leases as leases
from app.storage.database import DatabaseUnavailable, transaction
from app.storage.inbox_records import StoredEvent

LEASE_S = 30.0
"""A worker that is silent for this long loses its event."""
LONGEST_WORK_S = 300.0
"""A lease is renewed no longer than this: whoever hangs must not block a sender for ever."""
_RENEWALS_A_LEASE = 3
_MARGIN = 1 / 6
"""The part of a lease at its end in which nothing new is sent."""

_log = logging.getLogger("kinbox.worker")


def clock_s() -> float:
    """A steady clock that goes on while the machine sleeps, where there is one."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class LeaseDeadline(Deadline):
    """Ends with the lease, and moves on with it."""

    def __init__(self, ends_at_s: Callable[[], float]) -> None:
        super().__init__(ends_at_s(), clock_s)
        object.__setattr__(self, "_ends_at_s", ends_at_s)

    def remaining_s(self) -> float:
        ends_at_s: Callable[[], float] = self.__dict__["_ends_at_s"]
        return max(0.0, ends_at_s() - self.clock())


class LeaseHold:
    """The hold on `event`, whose lease began at `began_s` of `clock_s` or later."""

    def __init__(self, event: StoredEvent, lease_s: float, began_s: float) -> None:
        self._event_id, self._epoch = event.id, event.epoch
        self._lease_s = lease_s
        self._ends_at_s = began_s + lease_s
        self._last_renewal_s = began_s + LONGEST_WORK_S
        self._lost = False
        self._deadline = LeaseDeadline(lambda: self._ends_at_s - lease_s * _MARGIN)

    @property
    def deadline(self) -> Deadline:
        """Moves on while the lease is renewed. It has passed when this process slept through its lease."""
        return self._deadline

    def check(self) -> None:
        """Raises Superseded when another worker has the event, or when the lease is over and cannot be renewed."""
        late = self._deadline.remaining_s() <= 0
        if self._lost or (late and not self.renew()):
            raise self._superseded()
        with transaction() as connection:
            if not leases.holds(connection, self._event_id, self._epoch):
                raise self._superseded()

    def secure(self, connection: Connection) -> None:
        """Raises Superseded inside the transaction of `connection`, which then keeps nothing."""
        if self._lost or not leases.holds(connection, self._event_id, self._epoch, until_the_end=True):
            raise self._superseded()

    def note(self, steps: Mapping[str, Any]) -> None:
        """Raises Superseded, and then nothing was kept."""
        with transaction(write=True) as connection:
            kept = not self._lost and leases.note_steps(connection, self._event_id, self._epoch, steps)
        if not kept:
            raise self._superseded()

    def renew(self) -> bool:
        """Begin the lease anew; False when it is lost or has been renewed for too long."""
        now_s = clock_s()
        if self._lost or now_s > self._last_renewal_s:
            return False
        with transaction(write=True) as connection:
            kept = leases.renew(connection, self._event_id, self._epoch, timedelta(seconds=self._lease_s))
        self._lost = not kept
        if kept:
            self._ends_at_s = now_s + self._lease_s
        return kept

    def _superseded(self) -> Superseded:
        self._lost = True
        return Superseded("Another worker has taken this event over.")


class Keeper:
    """A thread that renews the leases of everything that this process works on."""

    def __init__(self, app: Flask, lease_s: float) -> None:
        self._app = app
        self._every_s = lease_s / _RENEWALS_A_LEASE
        self._holds: set[LeaseHold] = set()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keep-leases", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    @contextmanager
    def keeping(self, hold: LeaseHold) -> Iterator[None]:
        with self._lock:
            self._holds.add(hold)
        try:
            yield
        finally:
            with self._lock:
                self._holds.discard(hold)

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            with self._lock:
                holds = list(self._holds)
            with self._app.app_context():
                for hold in holds:
                    _renew(hold)


def _renew(hold: LeaseHold) -> None:
    try:
        hold.renew()
    except DatabaseUnavailable:
        _log.warning("lease not renewed: the database does not answer")
    except Exception:  # noqa: BLE001 - the other holds must be renewed all the same
        _log.exception("lease not renewed")
