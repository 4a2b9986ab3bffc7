"""Looks at the inbox behind Kinbox's back."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from sqlalchemy import bindparam, create_engine, text
from sqlalchemy.engine import make_url

_STATES = text("SELECT state, count(*) FROM inbound_event GROUP BY state")
_HELD = text("SELECT id, epoch FROM inbound_event WHERE worker = :worker AND state = 'waiting'")
_NOW = text("SELECT id, epoch, state FROM inbound_event WHERE id IN :ids").bindparams(bindparam("ids", expanding=True))
_AGAIN = text("SELECT count(*) FROM inbound_event WHERE epoch > 1")
_CODES = text("SELECT last_error FROM inbound_event WHERE state = 'dead'")
_LOOK_EVERY_S = 0.2


class Events:
    """Reads only; used by several threads."""

    def __init__(self, database_url: str) -> None:
        url = make_url(database_url)
        if url.get_backend_name() == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        self._engine = create_engine(url, isolation_level="AUTOCOMMIT")

    def close(self) -> None:
        self._engine.dispose()

    def states(self) -> dict[str, int]:
        with self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(_STATES)}

    def held_by(self, worker: str) -> dict[int, int]:
        """The epochs of the events that this worker has, by their ids."""
        with self._engine.connect() as connection:
            return {row.id: row.epoch for row in connection.execute(_HELD, {"worker": worker})}

    def taken_again(self, held: dict[int, int]) -> set[int]:
        """Which of these events were taken by somebody since, or have ended."""
        with self._engine.connect() as connection:
            rows = connection.execute(_NOW, {"ids": list(held)})
            return {row.id for row in rows if row.epoch > held[row.id] or row.state != "waiting"}

    def worked_again(self) -> int:
        with self._engine.connect() as connection:
            return int(connection.execute(_AGAIN).scalar_one())

    def death_codes(self) -> Iterable[str]:
        with self._engine.connect() as connection:
            return list(connection.execute(_CODES).scalars())


class Recoveries:
    """A thread that measures how long dead workers' events wait."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._lock = threading.Lock()
        self._waiting: list[tuple[float, dict[int, int]]] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.took_s: list[float] = []

    def dies(self, worker: str, killed_s: float) -> None:
        """This worker was killed at `killed_s` of the monotonic clock."""
        held = self._events.held_by(worker)
        if held:
            with self._lock:
                self._waiting.append((killed_s, held))

    @property
    def open_s(self) -> list[float]:
        """How long those wait that were not taken again yet."""
        with self._lock:
            return [time.monotonic() - since_s for since_s, held in self._waiting for _ in held]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopping.wait(_LOOK_EVERY_S):
            with self._lock:
                waiting = list(self._waiting)
            for since_s, held in waiting:
                again = self._events.taken_again(held)
                self.took_s += [time.monotonic() - since_s] * len(again)
                for one in again:
                    held.pop(one, None)
            with self._lock:
                self._waiting = [one for one in self._waiting if one[1]]
