from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import pytest
from flask import Flask

from app.worker.engine import register_work
from tests.worker.conftest import Diary, Inbox, until


@pytest.fixture
def stop_when_done(box: Inbox, database: Flask) -> Iterator[None]:
    """Sends this process SIGTERM once a1 is done, as an operator would."""

    def watch() -> None:
        with database.app_context():
            until(lambda: box.are_done("a1"))
        os.kill(os.getpid(), signal.SIGTERM)

    box.store("a1")
    watcher = threading.Thread(target=watch)
    watcher.start()
    yield
    watcher.join()


@pytest.mark.usefixtures("stop_when_done")
def test_the_command_works_until_it_is_told_to_stop(database: Flask, diary: Diary) -> None:
    register_work(database, diary.work)
    handler = signal.getsignal(signal.SIGTERM)
    result = database.test_cli_runner().invoke(args=["worker", "--threads", "2"])
    assert (result.exit_code, result.exception) == (0, None)
    assert diary.done == ["a1"]
    assert signal.getsignal(signal.SIGTERM) == handler


def test_a_worker_without_threads_is_refused(database: Flask) -> None:
    assert database.test_cli_runner().invoke(args=["worker", "--threads", "0"]).exit_code == 2
