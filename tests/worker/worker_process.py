"""A worker in a process of its own, to be killed and frozen. Arguments: the file to write to, the lease in seconds."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from app import create_app
from app.settings import Settings
from app.worker.base import Done, Hold, Outcome, StoredEvent
from app.worker.engine import new_worker


def write(path: Path, word: str, event: StoredEvent) -> None:
    """One line at once, as an append is whole or not there."""
    line = f"{word} {event.event_id} {event.epoch}\n"
    with path.open("ab", buffering=0) as file:
        file.write(line.encode())


def gate(path: Path) -> Path:
    """The file without which the work on a kept event does not end."""
    return path.with_suffix(".gate")


def main(path: Path, lease_s: float) -> None:
    settings = Settings.load(os.environ)
    app = create_app(settings)

    def work(event: StoredEvent, hold: Hold) -> Outcome:
        write(path, "began", event)
        time.sleep(float(event.payload["takes_s"]))
        while event.payload["kept"] and not gate(path).exists():
            time.sleep(0.01)
        hold.check()
        write(path, "sent", event)
        return Done()

    worker = new_worker(app, work, url=settings.database_url, threads=2, lease_s=lease_s)
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: worker.stop())
    worker.run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
