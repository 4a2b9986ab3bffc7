"""P5, P6, P7 under any signed body: always 200, always a valid canvas, never a call that changes Intercom."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from app.intercom.errors import ContactMerged, IntercomError, NotServed, Unavailable
from app.intercom.transport import READS_BY_POST, Answer, Transport
from app.settings import Settings
from app.storage.database import db
from tests.conftest import CLIENT_SECRET, ENCRYPTION_KEY, _serving
from tests.http.any_json import (
    BODIES_AT_ONCE,
    LEAD,
    USER,
    WORKSPACE,
    anything,
    contacts,
    looking_bodies,
    loose_bodies,
    odd_bodies,
)
from tests.sidebar_driver import checked, sign

IN_CI = os.environ.get("CI") == "true"
ROUTES = ("/canvas/initialize", "/canvas/submit")


def times(number: int) -> settings:
    """So many examples with CI=true, a twentieth elsewhere."""
    return settings(
        max_examples=number if IN_CI else number // 20, deadline=None, suppress_health_check=list(HealthCheck)
    )


class AnyIntercom:
    """Answers reads with whatever an example has drawn; a call that would change something fails the test."""

    def __init__(self) -> None:
        self.world: list[Any] = []
        self.writes: list[str] = []

    def call(self, method: str, path: str, **asked: Any) -> Answer:
        if method != "GET" and path not in READS_BY_POST:
            self.writes.append(f"{method} {path}")
            raise Unavailable(sent=True, write=True)
        drawn = self.world.pop() if self.world else NotServed()
        if isinstance(drawn, IntercomError):
            raise drawn
        return Answer(200, {}, _as_asked(drawn, path, asked.get("ids") or {}))


def _as_asked(drawn: Any, path: str, ids: Mapping[str, str]) -> Mapping[str, Any]:
    """The drawn object in the shape of the endpoint: a contact of the asked id, a page of them, a count."""
    record = drawn if isinstance(drawn, dict) else {"data": drawn}
    if path in READS_BY_POST:
        return {"data": [record, {**record, "id": USER}], "total_count": 2}
    return {**record, "id": ids.get("contact_id", USER)}


@pytest.fixture(scope="module")
def intercom() -> Iterator[AnyIntercom]:
    fake = AnyIntercom()
    patch = pytest.MonkeyPatch()
    patch.setattr(Transport, "call", fake.call)  # a bound method: it is called without the transport
    yield fake
    patch.undo()


@pytest.fixture(scope="module")
def kinbox(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Flask]:
    file = tmp_path_factory.mktemp("any-json") / "kinbox.db"
    shutil.copyfile(migrated_file, file)
    environment = {
        "DATABASE_URL": f"sqlite:///{file}",
        "INTERCOM_CLIENT_SECRET": CLIENT_SECRET,
        "KINBOX_ENCRYPTION_KEYS": ENCRYPTION_KEY,
        "INTERCOM_ACCESS_TOKEN": "token-of-the-tests",
        "INTERCOM_WORKSPACE_ID": WORKSPACE,
        "KINBOX_LOG_LEVEL": "ERROR",
    }
    with _serving(Settings.load(environment)) as app:
        yield app


@pytest.fixture(scope="module")
def client(kinbox: Flask) -> FlaskClient:
    return kinbox.test_client()


@pytest.fixture(scope="module")
def changes(kinbox: Flask) -> list[str]:
    """The statements that changed, or tried to change, a row."""
    found: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.split(maxsplit=1)[0] in {"INSERT", "UPDATE", "DELETE"}:
            found.append(statement)

    with kinbox.app_context():
        event.listen(db.engine, "before_cursor_execute", look)
    return found


worlds = st.lists(
    st.one_of(
        *[contacts] * 8,
        anything,
        st.sampled_from([NotServed(), ContactMerged(USER), ContactMerged(None), Unavailable(sent=True, write=False)]),
    ),
    min_size=2,
    max_size=4,
)


@times(6000 // BODIES_AT_ONCE)
@given(several=odd_bodies, world=worlds)
def test_a_request_of_the_right_shape_with_anything_in_it(
    client: FlaskClient, intercom: AnyIntercom, changes: list[str], several: list[bytes], world: list[Any]
) -> None:
    for body in several:
        assert_harmless(client, intercom, changes, body, world)


@times(2100 // BODIES_AT_ONCE)
@given(several=looking_bodies, world=worlds)
def test_every_screen_about_whatever_contacts_intercom_answers_with(
    client: FlaskClient, intercom: AnyIntercom, changes: list[str], several: list[bytes], world: list[Any]
) -> None:
    for body in several:
        assert_harmless(client, intercom, changes, body, world)


@times(1900)
@given(body=loose_bodies())
@example(body=b"[" * 1_000_000)
@example(body=b'{"a":' * 500_000)
@example(body=b"\xff\xfe")
@example(body=b"\xef\xbb\xbf{}")
@example(body=b"-" + b"9" * 4301)
def test_anything_that_bears_a_good_signature(
    client: FlaskClient, intercom: AnyIntercom, changes: list[str], body: bytes
) -> None:
    assert_harmless(client, intercom, changes, body, [])


def assert_harmless(
    client: FlaskClient, intercom: AnyIntercom, changes: list[str], body: bytes, world: list[Any]
) -> None:
    headers = {"X-Body-Signature": sign(body, CLIENT_SECRET)}
    for route in ROUTES:
        intercom.world = list(world)
        answer = client.post(route, data=body, headers=headers)
        assert answer.status_code == 200
        checked(answer.data, first=route == ROUTES[0])
        assert b"inside Kinbox" not in answer.data, "a fault of ours"
    assert intercom.writes == []
    assert changes == []


def test_what_finds_changes_and_writes_can_find_them(
    kinbox: Flask, client: FlaskClient, intercom: AnyIntercom, changes: list[str]
) -> None:
    with pytest.raises(Unavailable):
        Transport("https://api.intercom.io", "t").call("POST", "/contacts/merge", json={"from": LEAD, "into": USER})
    assert intercom.writes == ["POST /contacts/merge"]
    intercom.writes.clear()
    with kinbox.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM merge")
    assert changes == ["DELETE FROM merge"]
    changes.clear()
