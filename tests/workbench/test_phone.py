"""The customer's phone and the queue in the workbench's API, with a stub in Kinbox's place."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.sandbox.providers.base import Account, Person
from app.sandbox.providers.book import Book
from app.sandbox.workbench import create_workbench
from app.sandbox.workbench.phone import Phone
from tests.workbench.small_workspace import Shop
from tests.workbench.stub_kinbox import Reply, StubKinbox

MESSAGES = "/workbench/api/phone/messages"
QUEUE = {"waiting": 0, "delayed": 1, "dead": 0, "events": []}


@pytest.fixture
def phone_page(shop: Shop, kinbox: StubKinbox) -> FlaskClient:
    """A workbench with a LINE account, an SMS number and a number for which nothing is signed."""
    book = Book([Person(channel="twilio", id="+14155550100", name="Jordan", phone="+14155550100")])
    secrets = {
        "line": {"channel_secret": "line-secret", "channel_access_token": "token"},
        "twilio": {"auth_token": "twilio-token", "account_sid": "AC1"},
        "textmagic": {},
    }
    book.open(
        Account(slug=slug, name="Shop", address="+35315550100", secrets=kept, webhook_url=f"{kinbox.url}/{slug}/key")
        for slug, kept in secrets.items()
    )
    kinbox.answer(Reply(b""))
    phones = {shop.workspace.app_id: Phone(book)}
    return create_workbench(shop.workspace, kinbox.url, phones=phones, queue=lambda _app_id: QUEUE).test_client()


def write(page: FlaskClient, channel: str = "twilio", **more: Any) -> Any:
    return page.post(MESSAGES, json={"channel": channel, "text": "Hello", **more}).get_json()


def test_without_a_running_kinbox_there_is_neither_phone_nor_queue(page: FlaskClient) -> None:
    about = page.get("/workbench/api/workspace").get_json()
    assert (about["phone"], about["queue"]) == (False, False)
    assert [page.get(f"/workbench/api/{path}").status_code for path in ("phone", "queue")] == [404, 404]


def test_the_phone_offers_the_shops_channels_and_the_people_it_knows(phone_page: FlaskClient) -> None:
    told = phone_page.get("/workbench/api/phone").get_json()
    assert [each["slug"] for each in told["channels"]] == ["twilio", "line", "textmagic"]
    assert told["people"] == [
        {"channel": "twilio", "id": "+14155550100", "name": "Jordan", "phone": "+14155550100"},
    ]


def test_the_queue_is_told_as_it_is(phone_page: FlaskClient) -> None:
    assert phone_page.get("/workbench/api/queue").get_json() == QUEUE


def test_a_call_is_signed_over_the_bytes_that_are_sent(phone_page: FlaskClient, kinbox: StubKinbox) -> None:
    write(phone_page, "line", text="営業時間は？")
    [call] = kinbox.calls
    digest = hmac.new(b"line-secret", call.raw, hashlib.sha256).digest()
    assert call.headers["x-line-signature"] == b64encode(digest).decode()
    assert call.json["events"][0]["deliveryContext"] == {"isRedelivery": False}


def test_sending_again_keeps_the_events_id_and_says_that_it_is_a_redelivery(
    phone_page: FlaskClient, kinbox: StubKinbox
) -> None:
    [sent] = write(phone_page, "line")["sent"]
    phone_page.post(f"{MESSAGES}/{sent['id']}/again", json={})
    first, second = (call.json["events"][0] for call in kinbox.calls)
    assert first["webhookEventId"] == second["webhookEventId"]
    assert second["deliveryContext"] == {"isRedelivery": True}


def test_a_picture_and_its_words_are_two_messages_where_the_channel_has_no_captions(
    phone_page: FlaskClient, kinbox: StubKinbox
) -> None:
    sent = write(phone_page, "line", picture=True)["sent"]
    assert [(one["text"], one["picture"]) for one in sent] == [("Hello", False), ("", True)]
    assert [call.json["events"][0]["message"]["type"] for call in kinbox.calls] == ["text", "image"]


@pytest.mark.parametrize("typed", ["(628) 555-0142", "+1 628 555 0142", "628-555-0142"])
def test_a_typed_number_goes_out_as_the_provider_writes_it(phone_page: FlaskClient, typed: str) -> None:
    [sent] = write(phone_page, person_id=typed)["sent"]
    assert sent["person_id"] == "+16285550142"


def test_who_wrote_is_offered_the_next_time(phone_page: FlaskClient) -> None:
    [sent] = write(phone_page, "line", name="Mei Tan")["sent"]
    people = phone_page.get("/workbench/api/phone").get_json()["people"]
    assert people[0] == {"channel": "line", "id": sent["person_id"], "name": "Mei Tan", "phone": None}


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"text": " "}, "Write something"),
        ({"text": "x" * 4001}, "4000 characters"),
        ({"channel": "fax"}, "no account on this channel"),
        ({"channel": "textmagic", "picture": True}, "carries no pictures"),
        ({"person_id": "Jordan"}, "no phone number"),
        ({"person_id": "12"}, "no phone number"),
        ({"channel": "line", "person_id": "somebody"}, "One looks like U"),
        ({"text": None}, "text is missing"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_a_reason(
    phone_page: FlaskClient, kinbox: StubKinbox, asked: dict[str, Any], says: str
) -> None:
    response = phone_page.post(MESSAGES, json={"channel": "twilio", "text": "Hello", **asked})
    assert response.status_code == 400
    assert says in response.get_json()["error"]
    assert kinbox.calls == []


def test_a_message_that_is_long_gone_cannot_be_sent_again(phone_page: FlaskClient) -> None:
    assert phone_page.post(f"{MESSAGES}/1/again", json={}).status_code == 404


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (200, "Kinbox has it"),
        (401, "Kinbox refused it: the signature does not fit"),
        (404, "Kinbox knows no such address"),
        (503, "Kinbox does not have it; the provider would send it again"),
    ],
)
def test_each_answer_is_told_in_words(phone_page: FlaskClient, kinbox: StubKinbox, status: int, words: str) -> None:
    kinbox.answer(Reply(b"", status=status))
    [sent] = write(phone_page)["sent"]
    assert (sent["status"], sent["words"]) == (status, words)


def test_no_answer_is_told_too(phone_page: FlaskClient, kinbox: StubKinbox) -> None:
    kinbox.stop()
    [sent] = write(phone_page)["sent"]
    assert sent["status"] is None
    assert "the connection failed" in sent["words"]
