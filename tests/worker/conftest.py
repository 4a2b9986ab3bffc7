"""An inbox on either database, workers on it, and what they did."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app.storage import inbox
from app.storage.database import DatabaseUnavailable, db, transaction
from app.storage.inbox import NewEvent, StoredEvent
from app.worker.base import Done, Hold, Outcome, Work, Worker
from app.worker.engine import new_worker, working
from tests.conftest import CLIENT_SECRET, ENCRYPTION_KEY
from tests.worker.worker_process import gate

LEASE_S = 2.0
ROUND_S = 30.0
SCRIPT = Path(__file__).with_name("worker_process.py")
Working = Callable[..., AbstractContextManager[Worker]]


def until(holds: Callable[[], bool], within_s: float = 30.0) -> None:
    """Wait for something that another thread or process brings about."""
    ends_s = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < ends_s, "it did not come true in time"
        time.sleep(0.01)


class Inbox:
    """Stores events of Intercom's, which need no channel account, and tells how they are."""

    def store(self, *names: str, lane: str = "a", takes_s: float = 0.0, kept: bool = False) -> None:
        """`kept`: a WorkerProcess ends the work on them only once it may."""
        events = [
            NewEvent(
                workspace_id="abc12",
                account_id=None,
                event_id=name,
                lane=f"intercom:{lane}",
                payload={"name": name, "takes_s": takes_s, "kept": kept},
            )
            for name in names
        ]
        with transaction(write=True) as connection:
            inbox.store(connection, events, datetime.now(UTC))

    def event(self, name: str) -> StoredEvent:
        with transaction() as connection:
            found = connection.execute(text("SELECT id FROM inbound_event WHERE event_id = :name"), {"name": name})
            event = inbox.get(connection, found.scalar_one())
        assert event is not None
        return event

    def exists(self, name: str) -> bool:
        with transaction() as connection:
            found = connection.execute(text("SELECT id FROM inbound_event WHERE event_id = :name"), {"name": name})
            return found.first() is not None

    def state(self, name: str) -> str:
        return self.event(name).state

    def are_done(self, *names: str) -> bool:
        return all(self.state(name) == "done" for name in names)

    def replay(self, name: str) -> None:
        event_id = self.event(name).id
        with transaction(write=True) as connection:
            assert inbox.replay(connection, event_id, datetime.now(UTC))

    def execute(self, statement: str) -> None:
        with transaction(write=True) as connection:
            connection.execute(text(statement))

    def is_free(self) -> bool:
        """Whether nobody is inside a transaction that would keep us from writing."""
        try:
            with transaction(write=True) as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(text("SET LOCAL lock_timeout = 200"))
                connection.execute(text("UPDATE inbound_event SET worker = worker"))
        except DatabaseUnavailable:
            return False
        return True


class Diary:
    """A use case that remembers what it was called for; `plans` has what it answers, by name and in order."""

    def __init__(self) -> None:
        self.plans: dict[str, list[Outcome | Exception]] = {}
        self.began: list[str] = []
        self.done: list[str] = []
        self.lock = threading.Lock()

    def work(self, event: StoredEvent, hold: Hold) -> Outcome:
        name = event.payload["name"]
        with self.lock:
            self.began.append(name)
        plan = self.plans.get(name)
        outcome = plan.pop(0) if plan else Done()
        if isinstance(outcome, Exception):
            raise outcome
        if isinstance(outcome, Done):
            hold.check()
            with self.lock:
                self.done.append(name)
        return outcome


class WorkerProcess:
    """A worker in a process of its own and the file that it writes to."""

    def __init__(self, url: str, path: Path) -> None:
        path.touch()
        self.path = path
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "INTERCOM_CLIENT_SECRET": CLIENT_SECRET,
            "KINBOX_ENCRYPTION_KEYS": ENCRYPTION_KEY,
            "PYTHONPATH": str(SCRIPT.parent.parent.parent),
        }
        self.process = subprocess.Popen([sys.executable, SCRIPT, path, str(LEASE_S)], env=environment)

    def wrote(self, word: str) -> list[str]:
        """The names of the events of which it wrote this word."""
        return [line.split()[1] for line in self.path.read_text().splitlines() if line.startswith(f"{word} ")]

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def let_end(self) -> None:
        """Let the work on kept events end."""
        gate(self.path).touch()

    def freeze(self, free: Callable[[], bool]) -> None:
        """Stop it somewhere, but not while it holds a lock that everybody needs."""
        self.send(signal.SIGSTOP)
        while not free():
            self.send(signal.SIGCONT)
            time.sleep(0.02)
            self.send(signal.SIGSTOP)

    def end(self) -> None:
        self.send(signal.SIGCONT)
        self.process.kill()
        self.process.wait()


@pytest.fixture
def box(database: Flask) -> Iterator[Inbox]:
    """An empty inbox on either database."""
    yield Inbox()
    if db.engine.dialect.name == "postgresql":
        Inbox().execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


@pytest.fixture
def diary() -> Diary:
    return Diary()


@pytest.fixture
def url(database: Flask) -> str:
    return str(database.config["SQLALCHEMY_DATABASE_URI"])


@pytest.fixture
def at_work(database: Flask, url: str) -> Working:
    """Lets a use case be worked in this process for as long as the block lasts."""

    def at_work(work: Work, *, threads: int = 3, round_s: float = ROUND_S) -> AbstractContextManager[Worker]:
        return working(new_worker(database, work, url=url, threads=threads, lease_s=LEASE_S, round_s=round_s))

    return at_work


@pytest.fixture
def another_process(url: str, tmp_path: Path) -> Iterator[Callable[[], WorkerProcess]]:
    started: list[WorkerProcess] = []

    def start() -> WorkerProcess:
        started.append(WorkerProcess(url, tmp_path / f"worker-{len(started)}"))
        return started[-1]

    yield start
    for one in started:
        one.end()
