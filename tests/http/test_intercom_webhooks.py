"""Intercom's webhooks at the door: nothing without its signature, nothing personal kept, and always an answer."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import MAX_BODY_BYTES
from app.domain.workspace import Workspace
from app.http.signature import BadSignature, check_hub_signature
from app.services import services
from app.storage import contact_states, redirects
from app.storage.database import DatabaseUnavailable, transaction
from app.storage.models import InboundEvent, KnownContact
from tests.conftest import CLIENT_SECRET, MakeApp
from tests.notifying import URL, Notifier, hub_sign

WORKSPACE, LEAD, USER = "wk7test1", "66a1f0c2d3e4f5a6b7c8d9e0", "5fb1c2d3e4f5a6b7c8d9e0f1"
NOW = datetime.now(UTC)

VECTOR_BODY = (
    b'{"type":"notification_event","topic":"ping","app_id":"wk7test1","data":{"item":{"message":"caf\xc3\xa9"}}}'
)
VECTOR_SIGNATURE = "sha1=7ec17392ff10c84dbefe9446da65038a94798e8b"
"""By `openssl dgst -sha1 -hmac webhook-test-secret-0001` over exactly these bytes."""

CALL = json.dumps({"type": "notification_event", "topic": "ping", "app_id": WORKSPACE}).encode()
GOOD = hub_sign(CALL)
DIGITS = GOOD.removeprefix("sha1=")
BAD_SIGNATURES = {
    "missing": None,
    "empty": "",
    "blank": "   ",
    "another secret's": hub_sign(CALL, "another-secret"),
    "another body's": hub_sign(CALL + b" "),
    "one digit off": GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1"),
    "too short": GOOD[:-1],
    "too long": GOOD + "0",
    "doubled": GOOD * 2,
    "without its prefix": DIGITS,
    "with the prefix alone": "sha1=",
    "with a prefix in upper case": f"SHA1={DIGITS}",
    "with another prefix": f"sha256={DIGITS}",
    "of SHA-256": "sha256=" + hmac.new(CLIENT_SECRET.encode(), CALL, hashlib.sha256).hexdigest(),
    "of SHA-256 as SHA-1": "sha1=" + hmac.new(CLIENT_SECRET.encode(), CALL, hashlib.sha256).hexdigest(),
    "not hexadecimal": "sha1=" + "g" * 40,
    "full-width digits": "sha1=" + "\uff10".encode().decode("latin-1") * 40,
    "non-ASCII": "\xff",
    "non-ASCII of the right length": "sha1=" + "\xff" * 40,
    "sent twice": f"{GOOD},{GOOD}",
    "with a blank inside": f"sha1= {DIGITS}",
    "with a line break": f"{GOOD}\n",
}


@pytest.fixture
def notifier(database: Flask) -> Notifier:
    with transaction(write=True) as connection:
        services().workspaces.save(connection, Workspace(id=WORKSPACE, region="us"), NOW)
    return Notifier(database, WORKSPACE)


def known(contact_id: str) -> None:
    """Somebody who concerns us: the lead of an earlier merge."""
    with transaction(write=True) as connection:
        redirects.add(connection, WORKSPACE, contact_id, "0000000000000000000000aa", at=NOW)


def stored() -> list[tuple[str, str, Any]]:
    columns = (InboundEvent.event_id, InboundEvent.lane, InboundEvent.payload)
    with transaction() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(InboundEvent.id))]


def contact(contact_id: str = LEAD, **more: Any) -> dict[str, Any]:
    return {"type": "contact", "id": contact_id, "role": "lead", "workspace_id": WORKSPACE, **more}


def test_the_signature_is_the_one_that_was_computed_apart() -> None:
    check_hub_signature(VECTOR_BODY, VECTOR_SIGNATURE, ["webhook-test-secret-0001"])
    with pytest.raises(BadSignature):
        check_hub_signature(VECTOR_BODY + b"\n", VECTOR_SIGNATURE, ["webhook-test-secret-0001"])


def test_intercom_finds_the_url_when_it_looks(app: Flask) -> None:
    answer = app.test_client().head(URL)
    assert (answer.status_code, answer.data) == (200, b"")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_other_methods_are_not_allowed(app: Flask, method: str) -> None:
    assert app.test_client().open(URL, method=method, headers={"X-Hub-Signature": GOOD}).status_code == 405


@pytest.mark.parametrize("signature", BAD_SIGNATURES.values(), ids=BAD_SIGNATURES.keys())
def test_a_bad_signature_gets_an_empty_401(app: Flask, signature: str | None) -> None:
    environ = {} if signature is None else {"HTTP_X_HUB_SIGNATURE": signature}
    answer = app.test_client().post(URL, data=CALL, environ_overrides=environ)
    assert (answer.status_code, answer.data) == (401, b"")


@pytest.mark.parametrize("spelt", [GOOD, f"sha1={DIGITS.upper()}", f"  {GOOD}\t"], ids=["lower", "upper", "blanks"])
def test_a_good_signature_gets_an_empty_200(app: Flask, spelt: str) -> None:
    answer = app.test_client().post(URL, data=CALL, environ_overrides={"HTTP_X_HUB_SIGNATURE": spelt})
    assert (answer.status_code, answer.data) == (200, b"")


def test_every_secret_counts_while_one_is_rotated(make_app: MakeApp) -> None:
    app = make_app(INTERCOM_CLIENT_SECRET="new-client-secret, old-client-secret")
    notifier = Notifier(app, WORKSPACE)
    secrets = ("new-client-secret", "old-client-secret", "older-client-secret")
    statuses = [notifier.post(CALL, signature=hub_sign(CALL, secret)).status_code for secret in secrets]
    assert statuses == [200, 200, 401]


def test_a_body_over_the_limit_is_refused(app: Flask) -> None:
    body = b"x" * (MAX_BODY_BYTES + 1)
    answer = Notifier(app, WORKSPACE).post(body)
    assert (answer.status_code, answer.data) == (413, b"")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"topic": "contact.deleted"}',
        b'{"app_id": "wk7test1"}',
        b'{"app_id": "wk7test1", "topic": "contact.deleted"}',
        b'{"app_id": "wk7test1", "topic": "contact.deleted", "data": {"item": []}}',
        b'{"app_id": "wk7test1", "topic": "contact.deleted", "data": {"item": {"id": {"name": "Ivy Stone"}}}}',
        b'{"app_id": "wk7test1", "topic": "conversation.deleted", "data": {"item": {"id": " "}}}',
        b"[" * 100_000,
    ],
)
def test_what_is_signed_and_cannot_be_read_is_taken_and_told(
    notifier: Notifier, body: bytes, log_lines: list[dict[str, Any]]
) -> None:
    """Intercom would only send it again."""
    assert notifier.post(body).status_code == 200
    assert stored() == []
    assert [line["message"] for line in log_lines if line["level"] == "WARNING"] == ["notification not readable"]
    assert "Ivy" not in json.dumps(log_lines)


def test_a_workspace_that_is_not_served_leaves_nothing(notifier: Notifier, log_lines: list[dict[str, Any]]) -> None:
    known(LEAD)
    Notifier(notifier.app, "other999").deleted(LEAD)
    assert stored() == []
    assert "unknown_workspace" in {line.get("kept") for line in log_lines}


@pytest.mark.parametrize("topic", ["ping", "contact.user.tag.created", "company.created", "contact.lead.unheard.of"])
def test_a_topic_without_use_leaves_nothing(notifier: Notifier, topic: str) -> None:
    known(LEAD)
    notifier.tell(topic, contact())
    assert stored() == []


def test_what_is_stored_are_ids_alone(notifier: Notifier) -> None:
    known(LEAD)
    named = {"name": "Ivy Stone", "email": "ivy@shop.example", "phone": "+35315550123"}
    notifier.merged(contact(USER, role="user", **named), LEAD, notification_id="notif_7c1e", at_s=1789000100)
    notifier.tell("contact.lead.updated", contact(**named), notification_id="notif_7c1f", at_s=1789000200)
    assert stored() == [
        (
            "notif_7c1e",
            f"intercom:{WORKSPACE}:{LEAD}",
            {"topic": "contact.merged", "at": "2026-09-10T00:28:20+00:00", "contact_id": USER, "merged_from": LEAD},
        )
    ], "and the second one needs no row: the first has not been worked yet, and looks at the same contact"


def test_a_notification_that_comes_again_is_stored_once(notifier: Notifier) -> None:
    known(LEAD)
    for _ in range(3):
        notifier.deleted(LEAD, notification_id="notif_1")
    unnamed = notifier.envelope("contact.archived", contact(), notification_id=None)
    for _ in range(3):
        assert notifier.send(unnamed).status_code == 200
    first, second = stored()
    assert first[0] == "notif_1"
    assert second[0].startswith("unnamed:")


def test_one_workspace_cannot_take_anothers_notification_id(notifier: Notifier) -> None:
    with transaction(write=True) as connection:
        services().workspaces.save(connection, Workspace(id="wk7test2", region="eu"), NOW)
        redirects.add(connection, "wk7test2", LEAD, USER, at=NOW)
    known(LEAD)
    notifier.deleted(LEAD, notification_id="notif_1")
    Notifier(notifier.app, "wk7test2").deleted(LEAD, notification_id="notif_1")
    assert [lane for _, lane, _ in stored()] == [f"intercom:{WORKSPACE}:{LEAD}", f"intercom:wk7test2:{LEAD}"]


def test_what_concerns_nobody_here_leaves_nothing(notifier: Notifier) -> None:
    notifier.archived(LEAD)
    notifier.merged(contact(USER, role="user"), LEAD)
    notifier.tell("contact.user.updated", contact(USER, role="user", updated_at=time.time()))
    notifier.tell("conversation.admin.closed", {"type": "conversation", "id": "12", "state": "closed"})
    assert stored() == []
    notifier.merged(contact(USER, role="user"), None)
    assert len(stored()) == 1, "who was merged is not told, so it has to be looked for"


def test_a_deleted_stranger_is_remembered_by_their_id_for_a_merge_that_is_told_late(notifier: Notifier) -> None:
    notifier.deleted(USER)
    assert stored() == []
    with transaction() as connection:
        known_state = contact_states.get(connection, WORKSPACE, USER)
    assert known_state is not None
    assert known_state.state == contact_states.DELETED


def test_a_stranger_with_a_phone_is_remembered_for_matching(notifier: Notifier) -> None:
    at_s = int(time.time())
    notifier.tell("contact.lead.created", contact(phone="+353 1 555 0123", updated_at=at_s))
    assert stored() == []
    assert phones() == ["+35315550123"]
    notifier.tell("contact.lead.updated", contact(phone="+353 1 555 0124", updated_at=at_s - 1))
    assert phones() == ["+35315550123"], "what is older than what is known says nothing new"
    notifier.tell("contact.lead.updated", contact(phone=None, updated_at=at_s + 1))
    assert phones() == [None]


def test_old_news_of_a_stranger_is_left_to_the_search(notifier: Notifier) -> None:
    long_ago_s = int(time.time()) - 90 * 86_400
    notifier.tell("contact.lead.created", contact(phone="+35315550123", updated_at=long_ago_s), at_s=long_ago_s)
    assert phones() == []


def phones() -> list[str | None]:
    with transaction() as connection:
        return list(connection.execute(select(KnownContact.phone)).scalars())


def test_a_database_that_does_not_answer_is_the_one_reason_for_an_error(
    notifier: Notifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise DatabaseUnavailable(begun=False)

    known(LEAD)
    monkeypatch.setattr("app.http.intercom_webhooks.receive_notification", fails)
    assert notifier.send(notifier.envelope("contact.deleted", contact())).status_code == 503


def test_an_answer_takes_no_longer_than_a_short_transaction(notifier: Notifier) -> None:
    known(LEAD)
    took_ms = []
    for _ in range(21):
        began_s = time.perf_counter()
        notifier.deleted(LEAD)
        took_ms.append((time.perf_counter() - began_s) * 1000)
    assert sorted(took_ms)[10] < 100
    with transaction() as connection:
        assert connection.execute(select(func.count()).select_from(InboundEvent)).scalar() == 21
