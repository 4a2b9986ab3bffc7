"""Intercom tells of an uninstall, which anybody could claim; and asks how Kinbox does, which it signs."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, update
from werkzeug.test import TestResponse

from app.domain.workspace import Workspace
from app.http.signature import check_body_signature
from app.services import services
from app.storage.database import DatabaseUnavailable, transaction
from app.storage.models import AdminSession, AuditRecord, ChannelAccount, InboundEvent
from app.storage.models import Workspace as Row
from tests.admin_driver import Browser
from tests.conftest import CLIENT_SECRET, MakeApp
from tests.http.admin.conftest import ACME, BEKO, with_workspaces
from tests.http.admin.fake_intercom import FakeIntercom
from tests.sidebar_driver import sign

BODY = json.dumps({"app_id": ACME.id}).encode()


@pytest.fixture
def kinbox(public_app: Flask) -> Flask:
    return with_workspaces(public_app)


def uninstall(app: Flask, body: bytes = BODY, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().post("/intercom/uninstall", data=body, headers=named).status_code


HALF = '"\\ud800"'


@pytest.mark.parametrize("name", ["app_id", "workspace_id"])
def test_half_a_character_is_no_id(kinbox: Flask, name: str) -> None:
    body = f'{{"{name}": {HALF}}}'.encode()
    assert uninstall(kinbox, body) == 200
    assert uninstall(kinbox, body, X_Body_Signature=sign(body, CLIENT_SECRET)) == 200
    answer = kinbox.test_client().post(
        "/intercom/health", data=body, headers={"X-Body-Signature": sign(body, CLIENT_SECRET)}
    )
    assert answer.status_code == 400


def hub_signature(body: bytes) -> str:
    return "sha1=" + hmac.new(CLIENT_SECRET.encode(), body, hashlib.sha1).hexdigest()


def stored(app: Flask, app_id: str = ACME.id) -> Workspace:
    with app.app_context(), transaction() as connection:
        workspace = services().workspaces.get(connection, app_id)
    assert workspace is not None
    return workspace


def ask(app: Flask, workspace_id: object = ACME.id, *, secret: str = CLIENT_SECRET) -> TestResponse:
    body = json.dumps({"workspace_id": workspace_id}).encode()
    return app.test_client().post("/intercom/health", data=body, headers={"X-Body-Signature": sign(body, secret)})


def told_of(app: Flask, workspace_id: str = ACME.id) -> dict[str, str]:
    answer = ask(app, workspace_id)
    assert answer.status_code == 200
    told: dict[str, str] = json.loads(answer.data)
    return told


def arrange(app: Flask, model: Any, **values: Any) -> None:
    with app.app_context(), transaction(write=True) as connection:
        connection.execute(insert(model).values(**values))


def event(app: Flask, number: int, **values: Any) -> None:
    """A message of channel account 1, in a lane of its own unless `lane` says another."""
    now = datetime.now(UTC)
    base: dict[str, Any] = {
        "workspace_id": ACME.id,
        "account_id": 1,
        "source": "channel",
        "event_id": f"e{number}",
        "lane": f"lane{number}",
        "state": "waiting",
        "attempts": 0,
        "next_try_at": now,
        "payload": {},
        "steps": {},
        "epoch": 0,
        "received_at": now,
    }
    arrange(app, InboundEvent, **(base | values))


def channel(app: Flask, name: str = "Shop line") -> None:
    arrange(
        app,
        ChannelAccount,
        id=1,
        workspace_id=ACME.id,
        slug="twilio",
        name=name,
        address="+35315550100",
        webhook_key="k" * 32,
        created_at=datetime.now(UTC),
    )


@pytest.mark.parametrize("header", ["X_Body_Signature", "X_Hub_Signature"])
def test_a_signed_uninstall_is_believed(kinbox: Flask, intercom: FakeIntercom, header: str) -> None:
    browser = Browser(kinbox)
    browser.sign_in(ACME.id)
    signatures = {"X_Body_Signature": sign(BODY, CLIENT_SECRET), "X_Hub_Signature": hub_signature(BODY)}
    assert uninstall(kinbox, BODY, **{header: signatures[header]}) == 200
    workspace = stored(kinbox)
    assert workspace.token is None
    assert workspace.uninstalled_at is not None
    assert browser.get("/admin/").status_code == 303
    assert intercom.calls == []
    with kinbox.app_context(), transaction() as connection:
        assert connection.execute(select(AdminSession)).all() == []
        [row] = connection.execute(select(AuditRecord))
    assert (row.action, row.workspace_id) == ("uninstalled", ACME.id)


def test_an_uninstall_touches_its_own_workspace_only(kinbox: Flask) -> None:
    other = Browser(kinbox)
    other.sign_in(BEKO.id)
    uninstall(kinbox, X_Body_Signature=sign(BODY, CLIENT_SECRET))
    assert stored(kinbox, BEKO.id) == BEKO
    assert other.get("/admin/").status_code == 200


def test_an_unsigned_uninstall_is_a_lie_while_the_token_works(kinbox: Flask, intercom: FakeIntercom) -> None:
    assert uninstall(kinbox) == 200
    assert stored(kinbox) == ACME
    assert intercom.calls == ["GET /me"]


def test_an_unsigned_uninstall_is_true_when_the_token_is_dead(kinbox: Flask, intercom: FakeIntercom) -> None:
    intercom.dead_tokens.add(str(ACME.token))
    assert uninstall(kinbox) == 200
    assert stored(kinbox).uninstalled_at is not None


def test_an_unsigned_uninstall_is_not_believed_while_intercom_is_down(kinbox: Flask, intercom: FakeIntercom) -> None:
    intercom.broken.add("/me")
    assert uninstall(kinbox, X_Body_Signature="0" * 64) == 200
    assert stored(kinbox) == ACME


def test_a_stranger_cannot_make_us_ask_intercom_again_and_again(kinbox: Flask, intercom: FakeIntercom) -> None:
    client = kinbox.test_client()
    for _ in range(5):
        assert client.post("/intercom/uninstall", data=BODY).status_code == 200
    assert intercom.calls == ["GET /me"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b'{"app_id": 5}',
        b'{"app_id": ""}',
        b'{"app_id": "nobody"}',
        b'{"app_id": "a\\u0000b"}',
        b'{"app_id": "' + b"a" * 200 + b'"}',
        b"[" * 20000,
    ],
)
def test_what_names_no_workspace_of_ours_changes_nothing(kinbox: Flask, intercom: FakeIntercom, body: bytes) -> None:
    for headers in ({}, {"X_Body_Signature": sign(body, CLIENT_SECRET)}):
        assert uninstall(kinbox, body, **headers) == 200
    assert stored(kinbox) == ACME
    assert intercom.calls == []


def test_a_large_body_is_not_read(kinbox: Flask) -> None:
    assert uninstall(kinbox, b" " * 100_000) == 413


def test_a_workspace_of_the_environment_keeps_its_token(
    make_app: MakeApp, public_settings: dict[str, str], intercom: FakeIntercom
) -> None:
    token = {"INTERCOM_ACCESS_TOKEN": "dG9rOprivate-of-these-tests", "INTERCOM_WORKSPACE_ID": ACME.id}
    app = make_app(**public_settings, **token)
    assert uninstall(app, X_Body_Signature=sign(BODY, CLIENT_SECRET)) == 200
    assert stored(app).token == "dG9rOprivate-of-these-tests"


def test_a_healthy_workspace_is_ok_and_that_is_remembered(kinbox: Flask) -> None:
    assert told_of(kinbox) == {"state": "OK"}
    with kinbox.app_context(), transaction() as connection:
        assert connection.execute(select(Row.health).where(Row.id == ACME.id)).scalar() == "OK"


def test_health_is_told_to_intercom_alone(kinbox: Flask) -> None:
    assert ask(kinbox, secret="another-secret").status_code == 401
    assert kinbox.test_client().post("/intercom/health", json={"workspace_id": ACME.id}).status_code == 401


@pytest.mark.parametrize("workspace_id", [None, 5, "", [], "a\x00"])
def test_a_signed_question_about_nothing_is_refused(kinbox: Flask, workspace_id: object) -> None:
    assert ask(kinbox, workspace_id).status_code == 400


def test_a_workspace_that_is_not_ours_is_offered_the_install(kinbox: Flask) -> None:
    told = told_of(kinbox, "nobody")
    assert (told["state"], told["cta_type"]) == ("UNHEALTHY", "REINSTALL_CTA")


def test_an_uninstalled_workspace_is_offered_the_install(kinbox: Flask) -> None:
    uninstall(kinbox, X_Body_Signature=sign(BODY, CLIENT_SECRET))
    assert told_of(kinbox)["cta_type"] == "REINSTALL_CTA"


def test_work_that_nobody_does_is_unhealthy(kinbox: Flask) -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    channel(kinbox)
    event(kinbox, 1, next_try_at=long_ago)
    told = told_of(kinbox)
    assert told["state"] == "UNHEALTHY"
    assert f"{long_ago:%H:%M} UTC" in told["message"]
    assert told["cta_url"] == "https://kinbox.example.com/admin/"
    assert told_of(kinbox, BEKO.id) == {"state": "OK"}


def test_work_behind_one_that_waits_for_its_time_is_not_late(kinbox: Flask) -> None:
    long_ago, later = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(minutes=5)
    channel(kinbox)
    event(kinbox, 1, lane="one", next_try_at=later, last_error="disconnected")
    event(kinbox, 2, lane="one", next_try_at=long_ago)
    event(kinbox, 3, lane="two", next_try_at=long_ago, leased_until=later, worker="somebody")
    assert told_of(kinbox) == {"state": "OK"}


@pytest.mark.parametrize(("dead", "done", "state"), [(3, 0, "UNHEALTHY"), (2, 0, "OK"), (9, 1, "OK")])
def test_a_channel_that_only_fails_is_named(kinbox: Flask, dead: int, done: int, state: str) -> None:
    channel(kinbox)
    for number in range(dead + done):
        event(kinbox, number, state="dead" if number < dead else "done", finished_at=datetime.now(UTC))
    told = told_of(kinbox)
    assert told["state"] == state
    assert state == "OK" or "“Shop line”" in told["message"]


def test_failures_of_long_ago_are_forgiven(kinbox: Flask) -> None:
    channel(kinbox)
    for number in range(5):
        event(kinbox, number, state="dead", finished_at=datetime.now(UTC) - timedelta(hours=25))
    assert told_of(kinbox) == {"state": "OK"}


def test_a_refused_token_is_told(kinbox: Flask) -> None:
    with kinbox.app_context(), transaction(write=True) as connection:
        connection.execute(update(Row).where(Row.id == ACME.id).values(revoked_at=datetime.now(UTC)))
    assert told_of(kinbox)["cta_type"] == "REINSTALL_CTA"


def test_a_database_that_does_not_answer_is_told_as_unknown(kinbox: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(*_: object, **__: object) -> None:
        raise DatabaseUnavailable(begun=False)

    monkeypatch.setattr("app.usecases.check_health.transaction", unavailable)
    assert told_of(kinbox)["state"] == "UNKNOWN"


def test_the_signature_of_the_tests_is_the_real_one() -> None:
    check_body_signature(BODY, sign(BODY, CLIENT_SECRET), [CLIENT_SECRET])


def test_an_uninstall_that_could_not_be_stored_is_asked_for_again(
    kinbox: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(*_: object, **__: object) -> None:
        raise DatabaseUnavailable(begun=False)

    monkeypatch.setattr("app.usecases.connection.transaction", unavailable)
    assert uninstall(kinbox, X_Body_Signature=sign(BODY, CLIENT_SECRET)) == 503
    assert stored(kinbox) == ACME
