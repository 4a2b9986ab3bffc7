"""A file that is no database any more: every edge says so, as for one that does not answer."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.storage.database import DatabaseUnavailable, transaction
from tests.conftest import CLIENT_SECRET, MakeApp
from tests.notifying import Notifier
from tests.sidebar_driver import sign

SAY_SO = "The database file is damaged, or it is no SQLite file."


def _is_text(path: Path) -> None:
    path.write_text("These are the notes of somebody who mistook one file for another.\n" * 200)


def _lost_its_middle(path: Path) -> None:
    """What tables there are can be read, and the version; nothing else."""
    with closing(sqlite3.connect(path)) as connection:
        found = "SELECT rootpage FROM sqlite_master WHERE rootpage > 1 AND tbl_name != 'alembic_version'"
        roots = [root for (root,) in connection.execute(found)]
        [size] = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        for root in roots:
            file.seek((root - 1) * size)
            file.write(b"\xaa" * size)


@pytest.fixture(params=[_is_text, _lost_its_middle])
def kinbox(request: pytest.FixtureRequest, make_app: MakeApp, tmp_path: Path) -> Flask:
    request.param(tmp_path / "kinbox.db")
    return make_app(KINBOX_PUBLIC_URL="https://kin.example", INTERCOM_CLIENT_ID="client-1")


def test_calls_from_outside_are_to_be_sent_again(kinbox: Flask) -> None:
    client = kinbox.test_client()
    assert client.post(f"/channels/telegram/{'k' * 43}", data=b"{}").status_code == 503
    notifier = Notifier(kinbox, "abc12")
    contact = {"type": "contact", "id": "66a1f0c2d3e4f5a6b7c8d9e0"}
    assert notifier.send(notifier.envelope("contact.deleted", contact)).status_code == 503
    body = json.dumps({"app_id": "abc12"}).encode()
    signed = {"X-Body-Signature": sign(body, CLIENT_SECRET)}
    assert client.post("/intercom/uninstall", data=body, headers=signed).status_code == 503


def test_intercom_hears_that_nobody_knows_how_kinbox_does(kinbox: Flask) -> None:
    body = json.dumps({"workspace_id": "abc12"}).encode()
    signed = {"X-Body-Signature": sign(body, CLIENT_SECRET)}
    answer = kinbox.test_client().post("/intercom/health", data=body, headers=signed)
    assert (answer.status_code, (answer.json or {})["state"]) == (200, "UNKNOWN")


@pytest.mark.parametrize("path", ["/intercom/install?region=us", "/intercom/callback?state=x", "/admin/sign-in"])
def test_pages_say_that_the_database_does_not_answer(kinbox: Flask, path: str) -> None:
    answer = kinbox.test_client().get(path, base_url="https://kin.example")
    assert answer.status_code == 503
    assert "database does not answer" in answer.text


def test_commands_say_what_is_wrong_and_what_to_do(kinbox: Flask) -> None:
    ended = kinbox.test_cli_runner().invoke(args=["failed", "list", "--json"])
    assert ended.exit_code == 1
    assert json.loads(ended.stdout)["error"].startswith(SAY_SO)


def test_a_file_that_is_no_database_is_not_ready(make_app: MakeApp, tmp_path: Path) -> None:
    _is_text(tmp_path / "kinbox.db")
    answer = make_app().test_client().get("/health/ready")
    assert answer.status_code == 503
    [fault] = (answer.json or {})["faults"]
    assert fault["what"] == SAY_SO
    assert "DATABASE_URL" in fault["mend"]


def test_a_mistake_of_our_own_is_not_called_damage(app: Flask) -> None:
    twice = text("INSERT INTO workspace (id) VALUES (NULL)")
    with app.app_context(), pytest.raises(IntegrityError), transaction(write=True) as connection:
        connection.execute(twice)


def test_damage_that_is_met_midway_is_told_with_its_transaction(make_app: MakeApp, tmp_path: Path) -> None:
    _lost_its_middle(tmp_path / "kinbox.db")
    broken = text("SELECT * FROM inbound_event")
    with make_app().app_context(), pytest.raises(DatabaseUnavailable, match="damaged") as caught, transaction() as one:
        one.execute(broken)
    assert caught.value.begun
