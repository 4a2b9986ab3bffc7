"""gunicorn's settings for every server of the benchmark; `--workers` comes with the command."""

from __future__ import annotations

from typing import Any

bind = "127.0.0.1:0"
worker_class = "gthread"
threads = 4
accesslog = None
graceful_timeout = 2


def post_worker_init(worker: Any) -> None:
    """Say that this worker has loaded its app and takes requests now."""
    worker.log.info("Worker ready: %s", worker.pid)
