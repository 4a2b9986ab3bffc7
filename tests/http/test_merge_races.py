"""Many clicks at once, several processes, processes that die: one merge call, one truth. On both databases."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from app.sandbox.workspace import Workspace
from tests.conftest import CLIENT_SECRET, ENCRYPTION_KEY
from tests.http.conftest import MakeContact, for_sandbox
from tests.http.merging import CONSENT, LEAD, OTHER_USER, USER
from tests.sidebar_driver import ADMIN, Post, Shown, Sidebar, checked, sign

ROOT = Path(__file__).parents[2]
CLICKS = 200


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, migrated_file: Path) -> str:
    """An empty migrated database, once on each engine."""
    if request.param == "sqlite":
        copy = tmp_path / "races.db"
        copy.write_bytes(migrated_file.read_bytes())
        return f"sqlite:///{copy}"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


class Gunicorn:
    """Kinbox as in production: several processes with several threads each, killed without warning on demand."""

    def __init__(self, environment: Mapping[str, str], workers: int = 2) -> None:
        command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", "127.0.0.1:0", "--log-level", "info"]
        self.process = subprocess.Popen(
            [*command, "--workers", str(workers), "--threads", "4", "--graceful-timeout", "2"],
            cwd=ROOT,
            env={**os.environ, **environment},
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.url = self._listening()

    def _listening(self) -> str:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            found = re.search(r"Listening at: (http://[0-9.:]+)", line)
            if found:
                return found[1]
        raise AssertionError("gunicorn did not start")

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        answer = requests.post(
            self.url + path, body, headers={**headers, "Content-Type": "application/json"}, timeout=30
        )
        return answer.status_code, answer.content

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, how)
        assert self.process.stderr is not None
        self.process.stderr.close()
        self.process.wait(20)


@pytest.fixture
def start(database_url: str, workspace: Workspace, intercom_url: str) -> Iterator[Callable[[], Gunicorn]]:
    """Starts a Kinbox on the database; all are stopped at the end."""
    environment = {
        "DATABASE_URL": database_url,
        "INTERCOM_CLIENT_SECRET": CLIENT_SECRET,
        "KINBOX_ENCRYPTION_KEYS": ENCRYPTION_KEY,
        "KINBOX_LOG_LEVEL": "WARNING",
        **for_sandbox(workspace, intercom_url),
    }
    upgrade = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    subprocess.run(upgrade, cwd=ROOT, env={**os.environ, **environment}, check=True, capture_output=True)
    started: list[Gunicorn] = []

    def begin() -> Gunicorn:
        started.append(Gunicorn(environment))
        return started[-1]

    yield begin
    for one in started:
        one.stop()


def sidebar_on(post: Post, workspace: Workspace, contact_id: str, admin: dict[str, Any] = ADMIN) -> Sidebar:
    contact = workspace.contact(contact_id)
    sidebar = Sidebar(post, CLIENT_SECRET, workspace.app_id, contact, admin)
    sidebar.open()
    return sidebar


def ready_to_confirm(sidebar: Sidebar, other: str) -> bytes:
    """The body of the last click, not sent yet."""
    sidebar.press("Merge with existing")
    sidebar.click("reference", reference=other)
    shown = sidebar.click("merge.continue")
    return sidebar.body(component_id="merge.confirm", input_values=CONSENT, current_canvas=shown.canvas)


def sent_at_once(post: Post, bodies: list[bytes]) -> list[Shown]:
    def send(body: bytes) -> Shown:
        status, answer = post("/canvas/submit", body, {"X-Body-Signature": sign(body, CLIENT_SECRET)})
        assert status == 200
        return Shown(checked(answer, first=False))

    with ThreadPoolExecutor(50) as clicks:
        return list(clicks.map(send, bodies))


def merges_sent(workspace: Workspace) -> int:
    return sum(call["path"] == "/contacts/merge" for call in workspace.calls)


def test_two_hundred_confirmations_at_once_send_one_merge(
    start: Callable[[], Gunicorn], make_contact: MakeContact, workspace: Workspace, database_url: str
) -> None:
    kinbox = start()
    lead, user = make_contact(**LEAD), make_contact(**USER)
    body = ready_to_confirm(sidebar_on(kinbox.post, workspace, lead), user)
    workspace.faults.add("delay", delay_s=0.3, path="/contacts/merge")
    shown = sent_at_once(kinbox.post, [body] * CLICKS)
    titles = Counter(one.title for one in shown)
    assert merges_sent(workspace) == 1
    assert set(titles) <= {"✓ Merged", "✓ Already merged", "Merge under way"}
    assert titles["✓ Merged"] == 1
    assert states(database_url) == {"done": 1}


def test_two_teammates_who_send_one_lead_to_two_users_merge_it_once(
    start: Callable[[], Gunicorn], make_contact: MakeContact, workspace: Workspace, database_url: str
) -> None:
    kinbox = start()
    lead, user, other = make_contact(**LEAD), make_contact(**USER), make_contact(**OTHER_USER)
    bodies = [
        ready_to_confirm(sidebar_on(kinbox.post, workspace, lead, {**ADMIN, "id": admin}), target)
        for admin, target in (("1", user), ("2", other))
    ]
    sent_at_once(kinbox.post, bodies * 10)
    assert merges_sent(workspace) == 1
    assert states(database_url)["done"] == 1
    record = workspace.raw_contact(lead)
    assert record is not None
    assert record["_merged_into"] in {user, other}


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_in_the_middle_of_a_merge_is_found_out_by_looking(
    when: str, start: Callable[[], Gunicorn], make_contact: MakeContact, workspace: Workspace, database_url: str
) -> None:
    kinbox = start()
    lead, user = make_contact(**LEAD), make_contact(**USER)
    sidebar = sidebar_on(kinbox.post, workspace, lead)
    body = ready_to_confirm(sidebar, user)
    delay = workspace.faults.add("delay", delay_s=3.0, path="/contacts/merge", when=when, count=1)
    with ThreadPoolExecutor(1) as clicks:
        click = clicks.submit(sent_at_once, kinbox.post, [body])
        wait_for(lambda: delay.count == 0)
        assert states(database_url) == {"sent": 1}
        kinbox.stop(signal.SIGKILL)
        assert click.exception() is not None
    sidebar.post = start().post
    assert sidebar.open().title == "Merge not confirmed yet"
    wait_for(lambda: "Merged" in sidebar.force("merge.check").title, limit_s=40)
    assert merges_sent(workspace) == 1
    assert states(database_url) == {"done": 1}


def wait_for(condition: Callable[[], bool], *, limit_s: float = 20) -> None:
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def states(database_url: str) -> dict[str, int]:
    """The stored merges, counted by state, read behind Kinbox's back."""
    url = make_url(database_url)
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return Counter(connection.execute(text("SELECT state FROM merge")).scalars())
    finally:
        engine.dispose()
