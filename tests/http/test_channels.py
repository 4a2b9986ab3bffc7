"""The providers' one route: what it lets in, what it stores, and what it says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app.channels.registry import adapters
from app.domain.message import InboundMessage
from app.services import services
from app.storage import inbox
from app.storage.crypto import SecretBox
from app.storage.database import transaction
from app.storage.models import Identity
from tests.conftest import MakeApp
from tests.http.channel_calls import (
    SECRET,
    TELEGRAM_SECRET,
    Json,
    add_account,
    add_bot,
    add_page,
    events,
    page_event,
    path,
    post_bot,
    post_page,
    update,
)


@pytest.fixture
def client(database: Flask) -> FlaskClient:
    return database.test_client()


def test_a_signed_message_is_stored_and_accepted(client: FlaskClient) -> None:
    bot = add_bot()
    answer = post_bot(client, bot, update(7, "Hi there"))
    assert answer.status_code == 200
    [event] = events()
    assert (event.workspace_id, event.account_id, event.state) == ("abc12", bot.id, "waiting")
    assert event.lane == f"channel:{bot.id}:501"
    message = InboundMessage.from_json(event.payload)
    assert (message.sender_id, message.text, message.event_id) == ("501", "Hi there", event.event_id)
    assert event.payload["channel"] == "telegram"


def test_a_delivery_again_is_accepted_and_stored_once(client: FlaskClient) -> None:
    bot = add_bot()
    answers = [post_bot(client, bot, update(7)) for _ in range(3)]
    assert {(answer.status_code, answer.data) for answer in answers} == {(200, answers[0].data)}
    assert len(events()) == 1


def test_every_message_of_a_batch_is_stored_in_its_order(client: FlaskClient) -> None:
    page = add_page("100")
    entries = [page_event("100", f"m_{number}", sender=str(9000 + number % 2)) for number in range(6)]
    assert post_page(client, page, *entries).status_code == 200
    assert [event.event_id for event in events()] == [f"m_{number}" for number in range(6)]
    assert len({event.lane for event in events()}) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        "/channels/telegram/{other}",
        "/channels/telegram/short",
        "/channels/telegram/{key}x",
        "/channels/line/{key}",
        "/channels/unheard/{key}",
        "/channels/telegram/%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00",
        "/channels/telegram/%ff%fe{key}",
        "/channels/telegram/removed:{key}",
        "/channels/telegram/" + "a" * 4000,
    ],
)
def test_an_unknown_address_is_404_and_empty(client: FlaskClient, wrong: str) -> None:
    key = add_bot().webhook_key
    answer = client.post(wrong.format(key=key, other="A" * len(key)), data=b"{}")
    assert (answer.status_code, answer.data) == (404, b"")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_another_method_is_405(client: FlaskClient, method: str) -> None:
    assert client.open(path(add_bot()), method=method).status_code == 405


def test_a_bad_signature_is_401_and_empty_and_nothing_is_parsed(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = add_bot()
    monkeypatch.setattr(adapters()["telegram"], "parse", lambda *_: pytest.fail("it was parsed"))
    answer = post_bot(client, bot, update(7), secret="not-it")
    assert (answer.status_code, answer.data) == (401, b"")
    assert events() == []


def test_a_fault_in_a_signature_check_lets_nobody_in(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    bot = add_bot()

    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(adapters()["telegram"], "verify", broken)
    answer = post_bot(client, bot, update(7))
    assert (answer.status_code, answer.data, events()) == (401, b"", [])


@pytest.mark.parametrize(
    ("token", "status", "body"), [("v3rify-me", 200, b"1158201444"), ("another", 403, b""), ("", 403, b"")]
)
def test_metas_handshake_needs_the_verify_token(client: FlaskClient, token: str, status: int, body: bytes) -> None:
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": token}
    answer = client.get(path(add_page("100")), query_string=query)
    assert (answer.status_code, answer.data) == (status, body)


def test_an_authentic_body_that_nobody_can_read_is_accepted_and_logged(
    client: FlaskClient, log_lines: list[Json]
) -> None:
    bot = add_bot()
    headers = {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET}
    assert client.post(path(bot), data=b"{broken", headers=headers).status_code == 200
    assert events() == []
    [line] = [line for line in log_lines if line["message"] == "channel call not readable"]
    assert (line["channel"], line["account"], line["bytes"]) == ("telegram", bot.id, 7)


def test_a_body_over_the_limit_is_not_read(client: FlaskClient) -> None:
    assert client.post(path(add_bot()), data=b"x" * (5 * 1024 * 1024 + 1)).status_code == 413


def test_the_log_names_channel_counts_and_events_and_nobody(client: FlaskClient, log_lines: list[Json]) -> None:
    page = add_page("100")
    post_page(client, page, page_event("100", "m_1", sender="5012345678", text="my secret wish"))
    [line] = [line for line in log_lines if line["message"] == "channel call"]
    assert (line["channel"], line["stored"], line["known"], line["events"]) == ("messenger", 1, 0, ["m_1"])
    for personal in ("secret wish", "5012345678", page.webhook_key, SECRET):
        assert personal not in json.dumps(log_lines)


Break = Callable[[int], list[int]]


@pytest.fixture
def break_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Break]:
    """Lets the database fail in the middle of the first `times` transactions."""
    store, tries = inbox.store, []

    def start(times: int) -> list[int]:
        def failing(*given: Any) -> inbox.StoreResult:
            tries.append(1)
            result = store(*given)
            if len(tries) <= times:
                raise OperationalError("INSERT", {}, Exception())
            return result

        monkeypatch.setattr(inbox, "store", failing)
        return tries

    yield start
    tries.clear()


def test_a_database_that_fails_is_told_to_the_provider_and_nothing_is_kept(
    client: FlaskClient, break_store: Break
) -> None:
    bot = add_bot()
    break_store(9)
    answer = post_bot(client, bot, update(7))
    assert (answer.status_code, answer.data) == (503, b"")
    assert events() == []
    with transaction() as connection:
        assert connection.execute(select(func.count()).select_from(Identity)).scalar() == 0


def test_a_transaction_that_was_broken_off_goes_again_once(client: FlaskClient, break_store: Break) -> None:
    bot = add_bot()
    tries = break_store(1)
    assert post_bot(client, bot, update(7)).status_code == 200
    assert (len(tries), len(events())) == (2, 1)


def test_a_database_that_is_away_at_the_first_question_is_503(make_app: MakeApp) -> None:
    app = make_app(DATABASE_URL="postgresql://kinbox@127.0.0.1:1/none")
    assert app.test_client().post(f"/channels/telegram/{'k' * 32}").status_code == 503


def test_secrets_that_no_key_opens_are_the_operators_trouble_not_the_providers(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = add_bot()
    other = SecretBox(["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="])
    monkeypatch.setattr(services().channels, "_box", other)
    assert post_bot(client, bot, update(7)).status_code == 503


def test_a_message_for_another_page_of_the_workspace_goes_there(client: FlaskClient) -> None:
    called, other = add_page("100"), add_page("200")
    answer = post_page(client, called, page_event("100", "m_1"), page_event("200", "m_2"))
    assert answer.status_code == 200
    assert {event.event_id: event.account_id for event in events()} == {"m_1": called.id, "m_2": other.id}


def test_a_message_for_nobody_is_accepted_and_not_imported(client: FlaskClient, log_lines: list[Json]) -> None:
    called = add_page("100")
    assert post_page(client, called, page_event("999", "m_1")).status_code == 200
    assert events() == []
    [line] = [line for line in log_lines if line["message"] == "channel call"]
    assert line["not_ours"] == 1


def test_a_page_with_another_secret_takes_nothing_from_this_call(client: FlaskClient) -> None:
    called = add_page("100")
    add_page("200", secret="the-secret-of-another-app")
    assert post_page(client, called, page_event("200", "m_1")).status_code == 200
    assert events() == []


def test_a_page_of_another_workspace_takes_nothing_from_this_call(client: FlaskClient) -> None:
    called = add_page("100")
    add_page("200", workspace="xyz99")
    assert post_page(client, called, page_event("200", "m_1")).status_code == 200
    assert events() == []


def test_a_removed_account_is_404(client: FlaskClient) -> None:
    bot = add_bot()
    post_bot(client, bot, update(7))
    with transaction(write=True) as connection:
        services().channels.remove(connection, bot.id)
    assert post_bot(client, bot, update(8)).status_code == 404
    assert len(events()) == 1


def test_the_url_that_was_signed_is_the_public_one(make_app: MakeApp) -> None:
    """Twilio signs the URL that it was given, not the one behind the proxy."""
    app = make_app(KINBOX_PUBLIC_URL="https://kinbox.example.com/base")
    with app.app_context():
        account = add_account("twilio", "+14155550100", auth_token="t0ken")
        form = {"MessageSid": "SM" + "a" * 32, "From": "+14155550123", "To": "+14155550100", "Body": "Hi"}
        url = f"https://kinbox.example.com/base{path(account)}?b=%20x&a=1"
        text = url + "".join(f"{name}{form[name]}" for name in sorted(form))
        signature = hmac.new(b"t0ken", text.encode(), hashlib.sha1)
        headers = {"X-Twilio-Signature": base64.b64encode(signature.digest()).decode(), "Host": "10.0.0.7:8000"}
        answer = app.test_client().post(f"{path(account)}?b=%20x&a=1", data=form, headers=headers)
        assert (answer.status_code, answer.content_type) == (200, "text/xml")
        assert len(events()) == 1
