"""WeChat: what people wrote to the account, out of XML that may be encrypted or hostile."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy import parse_message  # type: ignore[import-untyped]  # it has no types

from app.channels.base import Parsed, Reply, UnreadableBody
from app.channels.wechat import WeChatAdapter
from app.domain.message import Attachment, InboundMessage, Kind
from tests.channels.arbitrary import any_bodies
from tests.channels.expected import Sample, assert_as_expected, call, sample, sample_call, samples
from tests.channels.wechat.calls import APP_ID, SENDER, SENT, account, safe_account, safe_call, xml

SAMPLES = samples("wechat")


def parse(**more: Any) -> Parsed:
    return account().parse(call(xml(**more)))


def the_message(**more: Any) -> InboundMessage:
    [read] = parse(**more).messages
    return read


def receiver_of(given_sample: Sample) -> WeChatAdapter:
    return safe_account() if "encoding_aes_key" in given_sample.request else account()


def test_the_channel_has_its_own_name_and_needs_no_more_than_what_proves_a_call() -> None:
    assert account().title == "WeChat"
    assert [one.name for one in account().secrets if one.required] == ["token"]


@pytest.mark.parametrize("given_sample", SAMPLES, ids=str)
def test_a_sample_gives_what_is_expected_of_it(given_sample: Sample) -> None:
    receiver = receiver_of(given_sample)
    parsed = receiver.parse(sample_call(given_sample))
    assert_as_expected(receiver, parsed, given_sample.expected)
    assert parsed.ignored == given_sample.expected["ignored_events"]
    assert all(receiver.is_ours(message.to or "") for message in parsed.messages)


@pytest.mark.parametrize("name", ["text.xml", "image.xml", "voice.xml", "location.xml"])
def test_wechatpy_reads_the_same_ids(name: str) -> None:
    body = sample("wechat", name).body
    theirs = parse_message(body.decode())
    [ours] = account().parse(call(body)).messages
    assert (ours.sender_id, ours.to, ours.message_id) == (theirs.source, theirs.target, str(theirs.id))


def test_what_wechatpy_encrypts_is_read_and_the_plain_fields_beside_it_are_not() -> None:
    beside = "<MsgType>text</MsgType><Content>forged</Content><FromUserName>oForged</FromUserName>"
    mixed = safe_call(xml(Content="加密 ✓"), beside=beside)
    safe_account().verify(mixed)
    [message] = safe_account().parse(mixed).messages
    assert (message.sender_id, message.text) == (SENDER, "加密 ✓")


@pytest.mark.parametrize(
    ("fields", "kind", "told"),
    [
        (
            {"MsgType": "image", "PicUrl": "http://mmbiz.qpic.cn/a/0", "MediaId": "M"},
            Kind.IMAGE,
            ("https://mmbiz.qpic.cn/a/0", "M", None, None),
        ),
        ({"MsgType": "image"}, Kind.IMAGE, (None, None, None, None)),
        ({"MsgType": "voice", "MediaId": "M", "Format": "amr"}, Kind.AUDIO, (None, "M", "audio/amr", None)),
        ({"MsgType": "voice", "MediaId": "M", "Format": "x\r\ny"}, Kind.AUDIO, (None, "M", None, None)),
        ({"MsgType": "video", "MediaId": "M", "ThumbMediaId": "T"}, Kind.VIDEO, (None, "M", None, None)),
        ({"MsgType": "shortvideo", "MediaId": "M"}, Kind.VIDEO, (None, "M", None, None)),
        (
            {"MsgType": "location", "Location_X": "23.13", "Location_Y": "113.35", "Label": "广州市"},
            Kind.LOCATION,
            (None, None, None, "广州市 (23.13, 113.35)"),
        ),
        (
            {"MsgType": "link", "Title": "Sofa", "Description": "", "Url": "https://shop.example.com/?a=1&b=2"},
            Kind.SHARE,
            (None, None, None, "Sofa\nhttps://shop.example.com/?a=1&b=2"),
        ),
        ({"MsgType": "hologram"}, Kind.UNSUPPORTED, (None, None, None, "hologram")),
    ],
    ids=str,
)
def test_every_type_of_message_is_one_attachment(fields: dict[str, str], kind: Kind, told: tuple[Any, ...]) -> None:
    message = the_message(Content=..., **fields)
    [one] = message.attachments
    assert (message.text, one.kind) == ("", kind)
    assert (one.url, one.media_id, one.content_type, one.description) == told


def test_what_wechat_heard_in_a_voice_message_is_the_text() -> None:
    assert the_message(MsgType="voice", Recognition="我想退货").text == "我想退货"


@pytest.mark.parametrize("text", ["  two  ", "a\nb", "<b>&amp;</b>", "😀", "]]>", ""])
def test_a_text_stays_as_it_is(text: str) -> None:
    message = the_message(Content=text)
    assert (message.text, message.attachments) == (text, ())


@pytest.mark.parametrize(
    "name", ["subscribe", "unsubscribe", "SCAN", "LOCATION", "CLICK", "VIEW", "TEMPLATESENDJOBFINISH", "new", ""]
)
def test_events_are_no_messages(name: str) -> None:
    assert parse(MsgType="event", Event=name, MsgId=..., MsgID="200163840") == Parsed(ignored=1)


def test_the_id_is_text_in_either_spelling_and_else_sender_and_second() -> None:
    assert the_message(MsgId="18446744073709551615").event_id == "18446744073709551615"
    assert the_message(MsgId=..., MsgID="77").event_id == "77"
    assert the_message(MsgId=...).event_id == f"{SENDER}{SENT}"


def test_wechat_tells_neither_name_nor_phone_and_has_no_way_to_ask() -> None:
    message = the_message()
    assert (message.sender_name, message.phone) == (None, None)
    assert safe_account(app_secret="s").profile(SENDER) is None


@pytest.mark.parametrize(
    ("fields", "lacking"),
    [
        ({"FromUserName": ...}, "FromUserName"),
        ({"FromUserName": " "}, "FromUserName"),
        ({"MsgType": ...}, "MsgType"),
        ({"MsgId": ..., "CreateTime": ...}, "CreateTime"),
    ],
)
def test_what_cannot_be_read_is_kept_with_its_reason(fields: dict[str, Any], lacking: str) -> None:
    [poison] = parse(**fields).poison
    assert poison.reason == f"it has no {lacking}"
    assert poison.event_id == ("" if "MsgId" in fields else "24890011223344556")


@pytest.mark.parametrize(
    ("created", "sent_at"),
    [(SENT, datetime(2026, 11, 2, 11, 10, 12, tzinfo=UTC)), ("soon", None), (4_000_000_000, None), ("", None)],
)
def test_a_time_that_cannot_be_believed_is_none(created: Any, sent_at: datetime | None) -> None:
    assert the_message(CreateTime=created).sent_at == sent_at


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "hostile",
    [
        f'<!DOCTYPE xml [<!ENTITY l0 "lol">{LAUGHS}]><xml><Content>&l9;</Content></xml>',
        '<!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><Content>&e;</Content></xml>',
        '<!DOCTYPE xml SYSTEM "http://127.0.0.1:9/x.dtd"><xml><Content>x</Content></xml>',
        '<!DOCTYPE xml [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]><xml/>',
        "<!DOCTYPE xml><xml><MsgType>text</MsgType></xml>",
        "<xml><Content>&unknown;</Content></xml>",
    ],
    ids=["laughs", "file", "DTD elsewhere", "parameter entity", "bare DTD", "unknown entity"],
)
def test_entities_and_dtds_are_refused_inside_and_outside_of_the_encryption(hostile: str) -> None:
    with pytest.raises(UnreadableBody):
        account().parse(call(hostile.encode()))
    with pytest.raises(UnreadableBody):
        safe_account().parse(safe_call(hostile.encode()))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<xml>",
        b"<html></html>",
        b"<xml>\xff</xml>",
        b"<xml>\0</xml>",
        b'<?xml version="1.0" encoding="x-unknown"?><xml/>',
        b'<?xml version="1.0" encoding="utf-7"?><xml/>',
        b"<xml>" * 600_000,
        b"x" * 3_000_000,
    ],
    ids=lambda body: repr(body[:50]),
)
def test_what_is_no_xml_of_wechat_cannot_be_read(body: bytes) -> None:
    with pytest.raises(UnreadableBody):
        account().parse(call(body))


def test_a_body_of_three_megabytes_and_of_many_levels_is_read() -> None:
    assert the_message(Content="x" * 3_000_000).text == "x" * 3_000_000
    nested = xml().replace(b"</xml>", b"<a>" * 100_000 + b"</a>" * 100_000 + b"</xml>")
    assert len(account().parse(call(nested)).messages) == 1


def test_a_picture_is_fetched_from_its_own_address_over_https() -> None:
    plan = account().media(Attachment(kind=Kind.IMAGE, url="https://mmbiz.qpic.cn/a/0", media_id="M"))
    assert plan is not None
    assert (plan.first.url, plan.then) == ("https://mmbiz.qpic.cn/a/0", None)
    assert plan.first.hosts == {".qpic.cn"}


def test_everything_else_is_fetched_with_an_access_token_that_is_never_shown() -> None:
    receiver = account(app_id=APP_ID, app_secret="app s&cret")
    plan = receiver.media(Attachment(kind=Kind.AUDIO, media_id="M/1"))
    assert plan is not None
    assert plan.then is not None
    file = plan.then({"access_token": "t&ken", "expires_in": 7200})
    api = "https://api.weixin.qq.com/cgi-bin"
    assert plan.first.url == f"{api}/token?grant_type=client_credential&appid={APP_ID}&secret=app+s%26cret"
    assert file.url == f"{api}/media/get?access_token=t%26ken&media_id=M%2F1"
    assert plan.first.hosts == file.hosts == {"api.weixin.qq.com"}
    assert "cret" not in f"{plan!r} {receiver.account!r}"
    assert "ken" not in repr(file)


@pytest.mark.parametrize("answer", [{"errcode": 40013, "errmsg": "invalid appid"}, {"access_token": None}, [], None])
def test_an_answer_without_a_token_leads_nowhere(answer: Any) -> None:
    plan = account(app_id=APP_ID, app_secret="s").media(Attachment(kind=Kind.AUDIO, media_id="M"))
    assert plan is not None
    assert plan.then is not None
    with pytest.raises((KeyError, TypeError, ValueError)):
        plan.then(answer)


@pytest.mark.parametrize(
    "attachment",
    [
        Attachment(kind=Kind.AUDIO, media_id="M"),
        Attachment(kind=Kind.IMAGE, url="https://evil.example/a"),
        Attachment(kind=Kind.IMAGE, url="https://evilqpic.cn/a"),
        Attachment(kind=Kind.LOCATION),
    ],
)
def test_what_cannot_be_fetched_has_no_plan(attachment: Attachment) -> None:
    assert account(app_id=APP_ID).media(attachment) is None


def test_wechat_hears_success() -> None:
    assert account().accepted() == Reply(status=200, body=b"success")


values = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=12)
names = ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Content", "MsgId", "PicUrl", "Location_X", "Url"]
kinds = st.sampled_from(["text", "image", "voice", "video", "location", "link", "event", "new"])


@given(any_bodies | st.dictionaries(st.sampled_from(names), values | kinds).map(lambda fields: xml(**fields)))
def test_whatever_comes_is_read_or_called_unreadable(body: bytes) -> None:
    for receiver in (account(), safe_account()):
        try:
            parsed = receiver.parse(call(body))
        except UnreadableBody:
            continue
        assert len(parsed.messages) + len(parsed.poison) + parsed.ignored == 1
