"""What every test may use: settings, an app, both databases, the log; and no network but loopback."""

from __future__ import annotations

import gc
import ipaddress
import json
import logging
import os
import shutil
import socket
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NoReturn

import flask_migrate  # type: ignore[import-untyped]  # it has no types
import psycopg
import pytest
from flask import Flask
from psycopg import sql
from sqlalchemy.engine import make_url
from werkzeug.routing import Rule

from app import create_app
from app.intercom.transport import Transport
from app.logs import JsonFormatter, JsonHandler, request_id
from app.settings import Settings
from app.storage.database import db, transaction
from app.storage.models import Base
from tests import leaks

CLIENT_SECRET = leaks.CLIENT_SECRET
ENCRYPTION_KEY = leaks.ENCRYPTION_KEY
MakeApp = Callable[..., Flask]
Serve = Callable[[Mapping[str, str]], Flask]


class NotLoopback(BaseException):
    """A test reached for the network. Not an Exception, so that no code under test swallows it."""


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores, as tests often wait; but a server or browser each needs room."""
    return min(4, (os.cpu_count() or 1) + 1)


def pytest_collection_finish() -> None:
    """Let the collector pass over what stays for the whole run: a sixth of the processor's time went into that."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what tests have to tell however they went, such as their seed: `record_property("told", ...)`."""
    for report in (one for reports in terminalreporter.stats.values() for one in reports):
        if getattr(report, "when", None) == "call":
            for text in (value for name, value in report.user_properties if name == "told"):
                terminalreporter.write_line(f"{report.nodeid}: {text}")


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex"):
        patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    yield
    patch.undo()


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_loopback(address[0]):
            raise NotLoopback(f"tests stay on loopback; this one called {address[0]}")
        return connect(self, address)

    return guarded


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def _routes_are_compiled_once() -> Iterator[None]:
    """Most tests build apps of their own, whose routes are always the same: a fifth of the run went into that."""
    patch = pytest.MonkeyPatch()
    patch.setattr(Rule, "_compile_builder", _memo(Rule._compile_builder))
    yield
    patch.undo()


def _memo(compile_builder: Callable[[Rule, bool], Any]) -> Callable[[Rule, bool], Any]:
    """What it makes depends on nothing but the rule's text, its defaults apart; converters are looked up later."""
    made: dict[Any, Any] = {}

    def remembered(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:
            return compile_builder(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in made:
            made[key] = compile_builder(rule, append_unknown)
        return made[key]

    return remembered


@pytest.fixture(autouse=True, scope="session")
def _logs_name_nobody() -> Iterator[None]:
    """Fails the run at its end when any line that was logged in it names a person or shows a secret."""
    watch = leaks.LeakWatch()
    root = logging.getLogger()
    root.addHandler(watch)
    yield
    root.removeHandler(watch)
    assert not watch.found, leaks.told_of(watch)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The least that Kinbox starts with."""
    return {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'kinbox.db'}",
        "INTERCOM_CLIENT_SECRET": CLIENT_SECRET,
        "KINBOX_ENCRYPTION_KEYS": ENCRYPTION_KEY,
    }


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    return Settings.load(environment)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file at the newest migration, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "kinbox.db"
    with _serving(_settings_for(f"sqlite:///{path}")) as app, app.app_context():
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Builds an app of any environment, and leaves nothing of it behind."""
    with ExitStack() as running:
        yield lambda environment: running.enter_context(_serving(Settings.load(environment)))


@pytest.fixture
def make_app(serve: Serve, environment: dict[str, str], migrated_file: Path, tmp_path: Path) -> MakeApp:
    """Builds an app on a migrated SQLite file; keywords are further environment variables."""
    shutil.copyfile(migrated_file, tmp_path / "kinbox.db")
    return lambda **further: serve(environment | further)


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    return make_app()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def make_app_on_each(request: pytest.FixtureRequest) -> Iterator[MakeApp]:
    """Builds an app with empty tables, once on each engine; keywords are further environment variables."""
    if request.param == "sqlite":
        yield request.getfixturevalue("make_app")
        return
    serve, environment = request.getfixturevalue("serve"), request.getfixturevalue("environment")
    url = {"DATABASE_URL": request.getfixturevalue("postgres_url")}
    yield lambda **further: serve(environment | url | further)
    with _serving(_settings_for(url["DATABASE_URL"])) as app:
        _empty(app)


@pytest.fixture
def app_on_each(make_app_on_each: MakeApp) -> Flask:
    """Such an app. Its requests share nothing, for no context is pushed."""
    return make_app_on_each()


@pytest.fixture
def database(app_on_each: Flask) -> Iterator[Flask]:
    """The same with its context pushed: `transaction()` works."""
    with app_on_each.app_context():
        yield app_on_each


@pytest.fixture
def postgres_app(postgres_url: str) -> Iterator[Flask]:
    """An app on PostgreSQL whose tables are empty."""
    with _serving(_settings_for(postgres_url)) as app:
        yield app
        _empty(app)


def _empty(app: Flask) -> None:
    with app.app_context(), transaction(write=True) as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("DELETE FROM procrastinate_jobs")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A migrated database of this test run's own."""
    with _new_postgres_database() as url:
        with _serving(_settings_for(url)) as app, app.app_context():
            flask_migrate.upgrade()
        yield url


@pytest.fixture
def empty_postgres_url() -> Iterator[str]:
    """A database without any table, for one test."""
    with _new_postgres_database() as url:
        yield url


@pytest.fixture
def log_lines() -> Iterator[list[dict[str, Any]]]:
    """What is logged while the test runs, as the JSON that an operator would read."""
    lines: list[dict[str, Any]] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(json.loads(self.format(record)))

    collector = Collector()
    collector.setFormatter(JsonFormatter([CLIENT_SECRET, ENCRYPTION_KEY]))
    root = logging.getLogger()
    level = root.level
    root.addHandler(collector)
    root.setLevel(logging.INFO)
    yield lines
    root.removeHandler(collector)
    root.setLevel(level)


def _missing(reason: str) -> NoReturn:
    """Skip where a tool may be absent; with CI=true nothing may be."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def _new_postgres_database() -> Iterator[str]:
    """An empty database on the server of TEST_POSTGRES_URL, dropped at the end."""
    server = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
    name = f"kinbox_test_{uuid.uuid4().hex}"
    try:
        connection = psycopg.connect(server, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        _missing("no PostgreSQL server: start one on 127.0.0.1:5432, or set TEST_POSTGRES_URL")
    with connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _settings_for(url: str) -> Settings:
    return Settings.load(
        {
            "DATABASE_URL": url,
            "INTERCOM_CLIENT_SECRET": CLIENT_SECRET,
            "KINBOX_ENCRYPTION_KEYS": ENCRYPTION_KEY,
        }
    )


@contextmanager
def _serving(settings: Settings) -> Iterator[Flask]:
    """An app that leaves nothing behind: no connection, no log handler, no hook."""
    app = create_app(settings)
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()
        Transport.on_call = None
        request_id.set(None)
        root = logging.getLogger()
        for handler in [one for one in root.handlers if isinstance(one, JsonHandler)]:
            root.removeHandler(handler)
