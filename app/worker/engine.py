"""Which engine works the inbox: the database decides. And what it does with an event: `create_app` decides."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy.engine import make_url

from app.services import services
from app.worker.base import Work, Worker
from app.worker.hold import LEASE_S
from app.worker.housekeeping import ROUND_S
from app.worker.sqlite import SqliteWorker

_EXTENSION = "kinbox.work"


def register_work(app: Flask, work: Work) -> None:
    """Say what `app`'s workers do with an event."""
    app.extensions[_EXTENSION] = work


def worker_of(app: Flask, *, threads: int | None = None) -> Worker:
    """A worker for `app`'s own inbox. Raises KeyError when no work was registered."""
    with app.app_context():
        url = services().settings.database_url
    return new_worker(app, app.extensions[_EXTENSION], url=url, threads=threads)


def new_worker(
    app: Flask,
    work: Work,
    *,
    url: str,
    threads: int | None = None,
    lease_s: float = LEASE_S,
    round_s: float = ROUND_S,
) -> Worker:
    """A worker for the database at `url`, which is `app`'s."""
    many = {} if threads is None else {"threads": threads}
    if make_url(url).get_backend_name() == "sqlite":
        return SqliteWorker(app, work, lease_s=lease_s, round_s=round_s, **many)
    from app.worker.postgres import PostgresWorker  # noqa: PLC0415 - Procrastinate is loaded only where it runs

    return PostgresWorker(app, work, url=url, lease_s=lease_s, round_s=round_s, **many)


@contextmanager
def working(worker: Worker) -> Iterator[Worker]:
    """`worker` at work on a thread of this process; at the end it finishes what it has begun."""
    thread = threading.Thread(target=worker.run, name="worker", daemon=True)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join()
