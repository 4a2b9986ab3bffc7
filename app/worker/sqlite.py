"""The engine on SQLite: threads that go round the lanes of one file. Several processes may share the file."""

from __future__ import annotations

import logging
import threading

from flask import Flask

from app.storage.database import DatabaseUnavailable, transaction
from app.storage.inbox_leases import ready_lane
from app.storage.inbox_schedule import new_bell
from app.worker.base import Performer, Work
from app.worker.hold import LEASE_S
from app.worker.housekeeping import ROUND_S, Housekeeper
from app.worker.outage import why_idle

THREADS = 4
SHORTEST_REST_S, LONGEST_REST_S = 0.01, 2.0
"""An idle thread looks less and less often; work that this process stores wakes it at once."""
_AFTER_FAULT_S = 1.0

_log = logging.getLogger("kinbox.worker")


class SqliteWorker:
    """Works the inbox with `threads` threads. One object runs once."""

    def __init__(
        self, app: Flask, work: Work, *, threads: int = THREADS, lease_s: float = LEASE_S, round_s: float = ROUND_S
    ) -> None:
        self._app = app
        self._performer = Performer(app, work, lease_s=lease_s)
        self._housekeeper = Housekeeper(app, round_s=round_s)
        self._stopping = threading.Event()
        self._bells = [new_bell() for _ in range(threads)]
        self._turn = threading.Lock()
        self._last_lane = ""

    def run(self) -> None:
        """Work until `stop` is called and everything begun has ended."""
        threads = [
            threading.Thread(target=self._loop, args=(bell,), name=f"worker-{number}", daemon=True)
            for number, bell in enumerate(self._bells)
        ]
        self._performer.keeper.start()
        self._housekeeper.start()
        for thread in threads:
            thread.start()
        self._stopping.wait()
        for thread in threads:
            thread.join()
        self._housekeeper.stop()
        self._performer.keeper.stop()

    def stop(self) -> None:
        self._stopping.set()
        for bell in self._bells:
            bell.set()

    def _loop(self, bell: threading.Event) -> None:
        rest_s = SHORTEST_REST_S
        while not self._stopping.is_set():
            bell.clear()
            busy = self._work_one() or bell.wait(rest_s)
            rest_s = SHORTEST_REST_S if busy else min(LONGEST_REST_S, rest_s * 2)

    def _work_one(self) -> bool:
        """Work one event of the next lane that has some; False when there is none."""
        try:
            with self._app.app_context():
                lane = self._next_lane()
                return lane is not None and self._performer.work_lane(lane) is True
        except DatabaseUnavailable:
            _log.warning(why_idle(self._app))
        except Exception:  # noqa: BLE001 - the thread must live on
            _log.exception("worker failed; it goes on")
        self._stopping.wait(_AFTER_FAULT_S)
        return False

    def _next_lane(self) -> str | None:
        """Threads take turns, so that two rarely want the same lane and no lane has to wait for a busy one."""
        with self._turn, transaction() as connection:
            lane = ready_lane(connection, self._last_lane)
            if lane is not None:
                self._last_lane = lane
            return lane
