"""Instagram: where it differs from Messenger."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.channels.base import Account, Parsed
from app.channels.instagram import InstagramAdapter
from app.domain.message import Kind
from tests.channels.expected import call

ADDRESS, IGSID = "17841405512340987", "1122334455667788"
CDN = "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1"


def adapter(**secrets: str) -> InstagramAdapter:
    return InstagramAdapter(Account(address=ADDRESS, secrets={"app_secret": "s", **secrets}))


def parse(**entry: Any) -> Parsed:
    body = {"object": "instagram", "entry": [{"id": ADDRESS, "time": 1793620002100, **entry}]}
    return adapter().parse(call(json.dumps(body).encode()))


def said(**message: Any) -> Parsed:
    event = {"sender": {"id": IGSID}, "recipient": {"id": ADDRESS}, "timestamp": 1793620001777}
    return parse(messaging=[{**event, "message": {"mid": "aWdf1", **message}}])


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ({"attachments": [{"type": "share", "payload": {"url": CDN}}]}, Kind.SHARE),
        ({"attachments": [{"type": "story_mention", "payload": {"url": CDN}}]}, Kind.SHARE),
        ({"attachments": [{"type": "ig_reel", "payload": {"url": CDN}}]}, Kind.SHARE),
        ({"attachments": [{"type": "ephemeral"}]}, Kind.UNSUPPORTED),
        ({"attachments": [{"type": "of_next_year", "payload": {"url": CDN}}]}, Kind.UNSUPPORTED),
        ({"is_unsupported": True}, Kind.UNSUPPORTED),
    ],
)
def test_every_message_is_an_attachment_or_a_placeholder(message: dict[str, Any], kind: Kind) -> None:
    [found] = said(**message).messages
    assert ([one.kind for one in found.attachments], found.text) == ([kind], "")


def test_a_view_once_picture_is_told_by_its_kind_and_not_fetched() -> None:
    [found] = said(attachments=[{"type": "ephemeral"}]).messages
    assert (found.attachments[0].description, adapter().media(found.attachments[0])) == ("ephemeral", None)


@pytest.mark.parametrize(
    "message", [{"is_deleted": True}, {"is_echo": True, "text": "ours"}, {"is_echo": True, "is_unsupported": True}]
)
def test_unsent_messages_and_echoes_are_ignored(message: dict[str, Any]) -> None:
    parsed = said(**message)
    assert (parsed.messages, parsed.poison, parsed.ignored) == ((), (), 1)


def test_the_dashboards_test_button_imports_nothing() -> None:
    value = {
        "sender": {"id": "12334"},
        "recipient": {"id": "23245"},
        "timestamp": "1527459824",
        "message": {"mid": "x"},
    }
    parsed = parse(id="0", changes=[{"field": "messages", "value": value}])
    assert (parsed.messages, parsed.poison, parsed.ignored) == ((), (), 1)


@pytest.mark.parametrize(("token", "host"), [("EAApage", "graph.facebook.com"), ("IGAAuser", "graph.instagram.com")])
def test_a_name_is_asked_where_the_token_is_good(token: str, host: str) -> None:
    plan = adapter(access_token=token).profile(IGSID)
    assert plan is not None
    assert plan.fetch.url == f"https://{host}/v25.0/{IGSID}?fields=name,username"
    assert plan.fetch.hosts == {host}


@pytest.mark.parametrize(
    ("profile", "name"),
    [({"name": "Ada", "username": "ada.b"}, "Ada"), ({"name": None, "username": "ada.b"}, "ada.b"), ({}, None)],
)
def test_who_has_no_name_has_a_user_name(profile: dict[str, Any], name: str | None) -> None:
    plan = adapter(access_token="EAApage").profile(IGSID)
    assert plan is not None
    assert plan.name(profile) == name


def test_without_a_token_nobody_is_asked() -> None:
    assert adapter().profile(IGSID) is None
