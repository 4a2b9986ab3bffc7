"""P7: no line of any log shows a secret, a name, an email or a phone; no canvas shows a secret."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

from app.deadline import Deadline
from app.sandbox import people
from app.sandbox.seed import furnished
from app.sandbox.server import create_sandbox, serve
from app.sandbox.workspace import Workspace as Sandbox
from tests.conftest import CLIENT_SECRET, ENCRYPTION_KEY, MakeApp
from tests.http.conftest import for_sandbox, posting_to
from tests.leaks import SECRETS, LeakWatch, leaks, personal_texts
from tests.sidebar_driver import ADMIN, Post, Sidebar, sign

ROOT = Path(__file__).parents[1]


@pytest.fixture
def shop() -> Sandbox:
    return furnished()


@pytest.fixture
def shop_url(shop: Sandbox) -> Iterator[str]:
    server = serve(create_sandbox(shop))
    yield server.url
    server.stop()


@pytest.fixture
def watch() -> Iterator[LeakWatch]:
    seen = LeakWatch()
    root = logging.getLogger()
    level = root.level
    root.addHandler(seen)
    yield seen
    root.removeHandler(seen)
    root.setLevel(level)


def test_the_watch_sees_names_phones_emails_and_secrets(watch: LeakWatch) -> None:
    log = logging.getLogger("kinbox.watched")
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(watch)
    for text in (*SECRETS, "Maya Reilly", "森 由紀", "maya.reilly@quayside.example", "+353 1 555 0123", "35315550123"):
        log.info("something", extra={"detail": {"deep": [f"it was {text}!"]}})
    log.error("failed", exc_info=LookupError("Maya Reilly"))
    log.error("Maya Reilly failed")
    log.removeHandler(watch)
    log.propagate = True
    assert len(watch.found) == len(SECRETS) + 6 == watch.lines - 1
    assert len(set(personal_texts())) > 100


def walk(shop: Sandbox, post: Post) -> None:
    """A merge from the first screen to the last, refusals, typing, and every kind of trouble on the way."""
    conversation = shop.conversation(people.MAYA_CONVERSATION)
    sidebar = Sidebar(post, CLIENT_SECRET, shop.app_id, shop.contact(people.MAYA_LEAD), ADMIN, conversation)
    sidebar.open()
    sidebar.click("merge")
    for typed in ("maya.reilly@quayside.example", "+353 1 555 0123", "cust-1001", "Maya Reilly", people.ARCHIVED_USER):
        sidebar.force("reference", reference=typed)
    for fault in (
        {"kind": "status", "status": 500},
        {"kind": "garbage"},
        {"kind": "lost"},
        {"kind": "status", "status": 404},
    ):
        shop.faults.add(**fault, count=3)
        sidebar.force("reference", reference="maya.reilly@quayside.example")
        shop.faults.clear()
    sidebar.force("reference", reference=people.MAYA_USER)
    sidebar.click("merge.continue")
    sidebar.click("merge.confirm", reason="She is Maya Reilly")
    shop.faults.add("lost", when="after", path="/contacts/merge", count=1)
    sidebar.click("merge.confirm", consents=["irreversible"])
    sidebar.click("home")
    twin = Sidebar(post, CLIENT_SECRET, shop.app_id, shop.contact(people.TWIN_LEAD_FIRST), ADMIN)
    twin.open()
    twin.force("reference", reference=people.TWIN_LEAD_SECOND)
    twin.click("promote.other", identifier="tom.baker@bakehouse.example", consents=["promotion"])
    broken = json.dumps({"contact": {"name": "Maya Reilly"}, "admin": "Maya Reilly"}).encode()
    for body in (broken, b'{"contact": "Maya Reilly', twin.body(component_id=["Maya Reilly"])):
        post("/canvas/submit", body, {"X-Body-Signature": "0" * 64})
        post("/canvas/submit", body, {"X-Body-Signature": sign(body, CLIENT_SECRET)})
    post("/canvas/Maya Reilly?email=maya.reilly@quayside.example", b"", {"X-Request-Id": "Maya Reilly"})


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_a_walk_through_the_sidebar_leaves_no_name_in_the_log(
    level: str, shop: Sandbox, shop_url: str, make_app: MakeApp, watch: LeakWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(**for_sandbox(shop, shop_url), KINBOX_LOG_LEVEL=level)
    walk(shop, posting_to(app.test_client()))
    monkeypatch.setattr("app.http.canvas.home_screen", _fail)
    sidebar = Sidebar(posting_to(app.test_client()), CLIENT_SECRET, shop.app_id, shop.contact(people.MAYA_USER), ADMIN)
    assert "inside Kinbox" in sidebar.open().text
    assert watch.lines > 40
    assert watch.found == []


def _fail(*_: Any) -> None:
    raise KeyError("Maya Reilly", "maya.reilly@quayside.example")


def test_what_a_server_writes_to_stderr_names_nobody(
    shop: Sandbox, shop_url: str, migrated_file: Path, tmp_path: Path
) -> None:
    """Kinbox as in production, with the web server's own lines."""
    database = tmp_path / "served.db"
    database.write_bytes(migrated_file.read_bytes())
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{database}",
        "INTERCOM_CLIENT_SECRET": CLIENT_SECRET,
        "KINBOX_ENCRYPTION_KEYS": ENCRYPTION_KEY,
        "KINBOX_LOG_LEVEL": "DEBUG",
        **for_sandbox(shop, shop_url),
    }
    written = tmp_path / "stderr.txt"
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", "127.0.0.1:0", "--threads", "2"]
    with written.open("wb") as stderr:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=stderr, stdout=stderr)
        try:
            walk(shop, posting_over_http(_address(server, written)))
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)
    log = written.read_text(encoding="utf-8")
    assert log.count("called Intercom") > 10
    assert leaks(log) == []


def _address(server: subprocess.Popen[bytes], written: Path) -> str:
    deadline = Deadline.after(20)
    while deadline.remaining_s() and server.poll() is None:
        found = re.search(r"Listening at: (http://[0-9.:]+)", written.read_text(encoding="utf-8"))
        if found:
            return found[1]
    raise AssertionError(f"the server did not start:\n{written.read_text(encoding='utf-8')}")


def posting_over_http(url: str) -> Post:
    def post(path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        answer = requests.post(url + path, body, headers=dict(headers), timeout=10)
        return answer.status_code, answer.content

    return post


def test_a_canvas_shows_no_secret(shop: Sandbox, shop_url: str, make_app: MakeApp) -> None:
    app: Flask = make_app(**for_sandbox(shop, shop_url))
    canvases: list[bytes] = []
    post = posting_to(app.test_client())

    def keep(path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        status, answer = post(path, body, headers)
        canvases.append(answer)
        return status, answer

    walk(shop, keep)
    assert len(canvases) > 15
    for secret in SECRETS:
        assert not any(secret.encode() in canvas for canvas in canvases)
