"""Telegram: files are asked for, then fetched, and the token in their URL is never shown."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.message import Attachment, Kind
from tests.channels.telegram.calls import bot

BOT_TOKEN = "6123450987:AAE-made-up-token_x"


def test_a_file_is_asked_for_and_then_fetched() -> None:
    plan = bot(bot_token=BOT_TOKEN).media(Attachment(kind=Kind.FILE, media_id="A/b?"))
    assert plan is not None
    assert plan.then is not None
    assert plan.first.url == f"https://api.telegram.org/bot{BOT_TOKEN}/getFile?file_id=A%2Fb%3F"
    then = plan.then({"ok": True, "result": {"file_path": "documents/file 1.pdf"}})
    assert then.url == f"https://api.telegram.org/file/bot{BOT_TOKEN}/documents/file%201.pdf"
    assert plan.first.hosts == then.hosts == {"api.telegram.org"}


def test_the_token_in_the_url_is_never_shown() -> None:
    plan = bot(bot_token=BOT_TOKEN).media(Attachment(kind=Kind.FILE, media_id="A"))
    assert plan is not None
    assert plan.then is not None
    then = plan.then({"result": {"file_path": "x"}})
    assert BOT_TOKEN not in f"{plan!r} {plan.first!r} {then!r} {bot(bot_token=BOT_TOKEN).account!r}"


@pytest.mark.parametrize(
    "answer", [{"ok": False}, {"result": {}}, {"result": {"file_path": 5}}, {"result": {"file_path": "../x"}}, None]
)
def test_an_answer_without_a_path_leads_nowhere(answer: Any) -> None:
    plan = bot(bot_token=BOT_TOKEN).media(Attachment(kind=Kind.FILE, media_id="A"))
    assert plan is not None
    assert plan.then is not None
    with pytest.raises((KeyError, TypeError, ValueError)):
        plan.then(answer)


@pytest.mark.parametrize(
    "attachment",
    [Attachment(kind=Kind.LOCATION), Attachment(kind=Kind.VIDEO, media_id="A", size_bytes=21 * 1024 * 1024)],
)
def test_what_cannot_be_fetched_has_no_plan(attachment: Attachment) -> None:
    assert bot(bot_token=BOT_TOKEN).media(attachment) is None


def test_nothing_is_fetched_without_the_bots_token() -> None:
    assert bot().media(Attachment(kind=Kind.FILE, media_id="A")) is None
