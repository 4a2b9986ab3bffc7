from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from flask import Flask

from app.services import services
from app.worker.engine import new_worker, register_work, working
from tests.conftest import Serve
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


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def without_tables(request: pytest.FixtureRequest, serve: Serve, environment: dict[str, str]) -> Flask:
    if request.param == "postgres":
        environment |= {"DATABASE_URL": request.getfixturevalue("empty_postgres_url")}
    return serve(environment)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Says of the command's worker that it ran; in its place stands one that ends at once."""
    ran: list[bool] = []

    class Stand:
        def run(self) -> None:
            ran.append(True)

        def stop(self) -> None: ...

    monkeypatch.setattr(import_module("app.cli.worker"), "worker_of", lambda *_, **__: Stand())
    return ran


def test_a_worker_does_not_begin_on_a_database_without_tables(without_tables: Flask, ran: list[bool]) -> None:
    ended = without_tables.test_cli_runner().invoke(args=["worker"])
    assert (ended.exit_code, ran) == (1, [])
    assert ended.stderr.startswith("The database has no tables yet. Run `flask --app wsgi db upgrade`")


def test_a_worker_whose_tables_are_gone_says_so(
    without_tables: Flask, diary: Diary, log_lines: list[dict[str, Any]]
) -> None:
    with without_tables.app_context():
        url = services().settings.database_url
    with working(new_worker(without_tables, diary.work, url=url, threads=1)):
        until(lambda: any(line["message"].startswith("The database has no tables yet.") for line in log_lines))


def test_a_worker_says_to_machines_when_it_begins_and_ends(app: Flask, ran: list[bool]) -> None:
    ended = app.test_cli_runner().invoke(args=["worker", "--json"])
    assert (ended.exit_code, ran) == (0, [True])
    assert [json.loads(line) for line in ended.stdout.splitlines()] == [{"worker": "begun"}, {"worker": "ended"}]


def test_a_worker_refuses_in_json(without_tables: Flask, ran: list[bool]) -> None:
    ended = without_tables.test_cli_runner().invoke(args=["worker", "--json"])
    assert (ended.exit_code, ran) == (1, [])
    assert json.loads(ended.stdout)["error"].startswith("The database has no tables yet.")


def test_a_worker_waits_for_a_database_that_is_silent(
    serve: Serve, environment: dict[str, str], ran: list[bool], log_lines: list[dict[str, Any]]
) -> None:
    app = serve(environment | {"DATABASE_URL": "postgresql://kin@127.0.0.1:1/kinbox"})
    assert app.test_cli_runner().invoke(args=["worker"]).exit_code == 0
    assert ran == [True]
    assert any("The database does not answer." in line["message"] for line in log_lines)
