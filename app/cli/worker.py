"""`worker`: bring the stored events into Intercom, until it is told to stop."""

from __future__ import annotations

import logging
import signal

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli.output import as_json, refuse, tell
from app.services import services
from app.worker.engine import worker_of

_log = logging.getLogger("kinbox.worker")


@click.command("worker")
@click.option("--threads", type=click.IntRange(1, 64), help="How many senders are served at a time.")
@as_json
@with_appcontext
def worker(threads: int | None, *, as_json: bool) -> None:
    """Work the stored events. SIGTERM or Ctrl+C ends it once the work in hand is done; a second one ends it at once."""
    for fault in services().database.faults():
        if fault.lasts:
            refuse(str(fault), as_json=as_json)
        _log.warning(str(fault))
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the app itself, for other threads
    working = worker_of(app, threads=threads)
    former = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}

    def stop(*_: object) -> None:
        for one, handler in former.items():
            signal.signal(one, handler)
        working.stop()

    for one in former:
        signal.signal(one, stop)
    tell("Working the stored events. Ctrl+C ends it.", {"worker": "begun"}, as_json=as_json)
    working.run()
    tell("What was begun is done, and the worker has ended.", {"worker": "ended"}, as_json=as_json)
