"""Twilio: SMS, MMS and WhatsApp senders."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given

from app.channels.base import Account, Parsed, RawCall
from app.channels.twilio import TwilioAdapter
from app.domain.message import Attachment, InboundMessage, Kind
from tests.channels.any_call import assert_it_raises_nothing_else, calls
from tests.channels.expected import FORM, Sample, assert_as_expected, call, sample_call, samples

MINIMAL = {
    "MessageSid": "SM01",
    "AccountSid": "AC01",
    "From": "+14155550100",
    "To": "+14155550199",
    "Body": "hi",
    "NumMedia": "0",
}
WHATSAPP = {**MINIMAL, "From": "whatsapp:+33600000042", "To": "whatsapp:+14155550199", "WaId": "33600000042"}
API = "https://api.twilio.com/2010-04-01/Accounts/AC01/Messages/MM01/Media/ME01"


def adapter(country: str | None = None, **secrets: str) -> TwilioAdapter:
    return TwilioAdapter(Account(address="+14155550199", secrets={"auth_token": "t0ken", **secrets}, country=country))


def form_call(pairs: dict[str, Any] | list[tuple[str, Any]]) -> RawCall:
    return call(urlencode(pairs).encode(), headers={"Content-Type": FORM})


def parse(pairs: dict[str, Any] | list[tuple[str, Any]], country: str | None = None) -> Parsed:
    return adapter(country).parse(form_call(pairs))


def message(pairs: dict[str, Any], country: str | None = None) -> InboundMessage:
    [found] = parse(pairs, country).messages
    return found


@pytest.mark.parametrize("one", samples("twilio"), ids=str)
def test_a_sample_gives_what_is_expected(one: Sample) -> None:
    assert_as_expected(adapter(), adapter().parse(sample_call(one)), one.expected)


def test_a_status_callback_counts_as_ignored() -> None:
    assert parse({**MINIMAL, "MessageStatus": "delivered"}) == Parsed(ignored=1)


@pytest.mark.parametrize(
    "pairs",
    [
        {**MINIMAL, "SmsStatus": "delivered"},
        {**MINIMAL, "EventType": "onMessageAdded"},
        {**WHATSAPP, "MessageType": "reaction", "Body": "👍"},
        {"CallSid": "CA01", "From": "+14155550100", "CallStatus": "ringing"},
        {"unknown": "event"},
        {},
    ],
)
def test_what_is_no_message_is_ignored(pairs: dict[str, str]) -> None:
    assert parse(pairs) == Parsed(ignored=1)


def test_the_message_may_come_in_the_query_of_a_get() -> None:
    [found] = adapter().parse(call(method="GET", query=urlencode(MINIMAL))).messages
    assert (found.text, found.event_id) == ("hi", "SM01")


def test_the_body_of_a_get_is_not_read() -> None:
    body = urlencode({**MINIMAL, "Body": "forged"}).encode()
    [found] = adapter().parse(call(body, method="GET", query=urlencode(MINIMAL))).messages
    assert found.text == "hi"


@pytest.mark.parametrize("text", ["", "  two blanks ", "a\nb\r\nc", "&amp; <b>", "100% + 1", "👋🏽", "=&+"])
def test_a_text_is_taken_as_sent(text: str) -> None:
    assert message({**MINIMAL, "Body": text}).text == text


@pytest.mark.parametrize("name", ["SmsMessageSid", "SmsSid"])
def test_an_old_name_of_the_id_will_do(name: str) -> None:
    pairs = {key: value for key, value in MINIMAL.items() if key != "MessageSid"}
    assert message({**pairs, name: "SM77"}).message_id == "SM77"


@pytest.mark.parametrize("missing", ["MessageSid", "From"])
def test_a_message_that_lacks_an_id_or_a_sender_is_kept_as_poison(missing: str) -> None:
    parsed = parse({**MINIMAL, missing: " " if missing == "From" else ""})
    [poison] = parsed.poison
    assert poison.reason == f"it has no {missing}"
    assert "Body=hi" in poison.raw
    assert (parsed.messages, parsed.ignored) == ((), 0)


def test_the_last_of_a_repeated_pair_counts() -> None:
    [found] = parse([*MINIMAL.items(), ("Body", "second")]).messages
    assert found.text == "second"


@pytest.mark.parametrize(
    ("sender", "phone"),
    [
        ("+14155550100", "+14155550100"),
        ("72975", None),
        ("ACME", None),
        ("whatsapp:+33600000042", "+33600000042"),
        ("messenger:2389572394857293", None),
        ("rcs:+4915112345678", "+4915112345678"),
    ],
)
def test_a_phone_is_never_invented_and_the_sender_never_changed(sender: str, phone: str | None) -> None:
    found = message({**MINIMAL, "From": sender})
    assert (found.sender_id, found.phone) == (sender, phone)


def test_the_place_that_twilio_guesses_is_not_used_for_the_number() -> None:
    assert message({**MINIMAL, "From": "12345", "FromCountry": "DE"}, country="DE").phone is None


def test_a_whatsapp_user_id_is_the_identity_and_the_number_an_alias() -> None:
    found = message({**WHATSAPP, "ExternalUserId": "whatsapp:FR.72", "ProfileName": "Amélie"})
    assert found.sender_id == "whatsapp:FR.72"
    assert found.aliases == ("whatsapp:+33600000042",)
    assert (found.phone, found.sender_name) == ("+33600000042", "Amélie")


def test_a_whatsapp_user_who_hides_the_number_has_no_phone() -> None:
    hidden = {**MINIMAL, "From": "whatsapp:FR.72", "ExternalUserId": "whatsapp:FR.72"}
    found = message(hidden, country="FR")
    assert (found.sender_id, found.phone, found.aliases) == ("whatsapp:FR.72", None, ())


def test_every_file_becomes_an_attachment_of_its_kind_in_order() -> None:
    types = ["image/jpeg", "video/mp4", "audio/ogg", "application/pdf", "text/vcard", "", "Image/PNG"]
    media = {f"MediaUrl{n}": f"{API}{n}" for n in range(7)}
    named = {f"MediaContentType{n}": given for n, given in enumerate(types)}
    found = message({**MINIMAL, "Body": "", "NumMedia": "7", **media, **named})
    assert [one.kind.value for one in found.attachments] == [
        "image",
        "video",
        "audio",
        "file",
        "file",
        "file",
        "image",
    ]
    assert [one.url for one in found.attachments] == [f"{API}{n}" for n in range(7)]


@pytest.mark.parametrize("count", ["", "many", "-1", "10000000000"])
def test_media_do_not_depend_on_an_odd_count(count: str) -> None:
    found = message({**MINIMAL, "NumMedia": count, "MediaUrl0": API, "MediaContentType0": "image/png"})
    assert len(found.attachments) == 1


def test_a_location_tells_its_place() -> None:
    place = {"Latitude": "48.85", "Longitude": "2.29", "Label": "Tour Eiffel", "Address": "Paris"}
    [one] = message({**WHATSAPP, "Body": "", "MessageType": "location", **place}).attachments
    assert (one.kind, one.description) == (Kind.LOCATION, "Tour Eiffel, Paris, 48.85, 2.29")


def test_a_type_that_nobody_knows_is_shown_as_unsupported() -> None:
    [one] = message({**WHATSAPP, "Body": "", "MessageType": "hologram"}).attachments
    assert one.kind is Kind.UNSUPPORTED


def test_a_pressed_button_is_its_text() -> None:
    pressed = {**WHATSAPP, "MessageType": "button", "Body": "Yes", "ButtonText": "Yes", "ButtonPayload": "y"}
    assert (message(pressed).text, message(pressed).attachments) == ("Yes", ())


def test_twilio_hears_an_empty_answer_in_its_own_language() -> None:
    reply = adapter().accepted()
    assert (reply.status, reply.body, reply.content_type) == (200, b"<Response/>", "text/xml")


@pytest.mark.parametrize("to", ["+14155550199", "whatsapp:+14155550199", "14155550199"])
def test_the_account_is_known_by_its_number(to: str) -> None:
    assert adapter().is_ours(to)
    assert not adapter().is_ours("+14155550198")


@pytest.mark.parametrize("address", ["AC01", "MG01"])
def test_an_account_without_a_number_takes_all_its_numbers(address: str) -> None:
    assert TwilioAdapter(Account(address=address)).is_ours("+14155550198")


@pytest.mark.parametrize("address", ["whatsapp:+14155550199", "(415) 555-0199", "14155550199"])
def test_the_number_of_the_account_may_be_written_in_many_ways(address: str) -> None:
    account = TwilioAdapter(Account(address=address, country="US"))
    assert account.is_ours("+14155550199")
    assert not account.is_ours("+14155550198")


def test_media_are_fetched_with_the_accounts_credentials() -> None:
    plan = adapter(account_sid="AC01").media(Attachment(kind=Kind.IMAGE, url=API))
    assert plan is not None
    assert plan.first.url == API
    assert plan.first.headers == {"Authorization": "Basic QUMwMTp0MGtlbg=="}
    assert "QUMwMTp0MGtlbg" not in repr(plan)


@pytest.mark.parametrize(
    "url",
    [
        None,
        "http://api.twilio.com/x",
        "https://api.twilio.com.evil.example/x",
        "https://evil.example/api.twilio.com",
        "https://user@evil.example/",
        "https://api.twilio.com@evil.example/",
        "https://api.twilio.com:99999999/x",
        "https://user:password@api.twilio.com/x",
        "https://api.twilio.com:8443/x",
        "https://[",
    ],
)
def test_credentials_go_to_twilio_only(url: str | None) -> None:
    assert adapter(account_sid="AC01").media(Attachment(kind=Kind.IMAGE, url=url)) is None


def test_without_the_account_sid_media_are_not_fetched() -> None:
    assert adapter().media(Attachment(kind=Kind.IMAGE, url=API)) is None


@given(
    given_call=calls({*WHATSAPP, "MediaUrl0", "Latitude", "Longitude", "MessageType"}, headers=["X-Twilio-Signature"])
)
def test_no_call_raises_anything_else(given_call: RawCall) -> None:
    assert_it_raises_nothing_else(adapter(), given_call)
