"""What has to be done from time to time beside the events. Several processes may do it; none harms another."""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime, timedelta

from flask import Flask

from app.services import services
from app.storage import known_contacts, paused
from app.storage.database import transaction
from app.storage.inbox_parts import join_incomplete
from app.storage.inbox_schedule import schedule_forgotten
from app.usecases.purge import purge
from app.worker.health_watch import HealthWatch
from app.worker.merge_watch import MergeWatch
from app.worker.nightly import NightWatch

PARTS_WAIT = timedelta(minutes=10)
"""How long the parts of a text wait for the missing ones."""
FORGOTTEN_AFTER = timedelta(minutes=1)
KNOWN_FOR = timedelta(days=1)
"""How long we remember a contact that Intercom's search does not show yet; it does so within minutes."""
ROUND_S, PURGE_EVERY_S = 30.0, 3600.0

_log = logging.getLogger("kinbox.worker")


class Housekeeper:
    """A thread that tidies up every `round_s` seconds until it is stopped. The watches run with it."""

    def __init__(self, app: Flask, *, round_s: float = ROUND_S) -> None:
        self._app = app
        self._round_s = round_s
        self._purged_at_s: float | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)
        self._watches = (NightWatch(app), HealthWatch(app), MergeWatch(app))

    def start(self) -> None:
        self._thread.start()
        for watch in self._watches:
            watch.start()

    def stop(self) -> None:
        self._stopping.set()
        for watch in self._watches:
            watch.stop()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                with self._app.app_context():
                    self._tidy()
            except Exception:  # noqa: BLE001 - the thread must live on
                _log.exception("housekeeping failed; it is tried again")
            if self._stopping.wait(self._round_s):
                return

    def _tidy(self) -> None:
        now = datetime.now(UTC)
        tidy_lanes(now)
        if self._purged_at_s is None or time.monotonic() - self._purged_at_s >= PURGE_EVERY_S:
            purge_all(now, self._stopping)
            self._purged_at_s = time.monotonic()


def tidy_lanes(now: datetime) -> None:
    """Bring in texts whose parts are missing for too long, and schedule lanes whose schedule was lost or resumed."""
    with transaction(write=True) as connection:
        joined = join_incomplete(connection, now - PARTS_WAIT, now)
    with transaction(write=True) as connection:
        found = schedule_forgotten(connection, now - FORGOTTEN_AFTER)
    with transaction(write=True) as connection:
        paused.wake(connection, now)
    if joined or found:
        _log.warning("tidied up", extra={"incomplete_texts": joined, "forgotten_lanes": found})


def purge_all(now: datetime, stopping: threading.Event) -> None:
    """Forget what has been kept for long enough."""
    with transaction(write=True) as connection:
        known_contacts.forget(connection, now - KNOWN_FOR)
    purge(services().workspaces, now, lambda: not stopping.is_set())
