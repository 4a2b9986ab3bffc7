"""A customer's file is fetched from the provider and put into the conversation, or told in words with the reason."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from app.fetching.fetch import MAX_MEDIA_BYTES
from app.services import services
from app.storage.database import transaction
from tests.bridge.conftest import TELEGRAM, Bridge, Json, bodies, bridge
from tests.bridge.providers import connect
from tests.conftest import MakeApp

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
BOT_TOKEN = "7712345678:bot-token-of-the-tests"
PHOTO: Json = {"photo": [{"file_id": "small", "width": 90}, {"file_id": "F1", "width": 800, "height": 600}]}
GET_FILE = f"/api.telegram.org/bot{BOT_TOKEN}/getFile?file_id=F1"
FILE = f"/api.telegram.org/file/bot{BOT_TOKEN}/photos/1.png"


@dataclass
class Provider:
    """Every provider at once: answers by path, remembers who asked with which token."""

    url: str = ""
    answers: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def serve_photo(self, content: bytes = PNG, *, status: int = 200) -> None:
        self.answers[GET_FILE] = (200, "application/json", b'{"ok":true,"result":{"file_path":"photos/1.png"}}')
        self.answers[FILE] = (status, "image/png", content)


@pytest.fixture
def provider() -> Iterator[Provider]:
    playing = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            playing.asked.append((self.path, self.headers.get("Authorization")))
            status, content_type, body = playing.answers.get(self.path, (404, "text/plain", b""))
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing on the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    playing.url = f"http://127.0.0.1:{server.server_port}"
    yield playing
    server.shutdown()
    server.server_close()


@pytest.fixture
def bridged(make_app: MakeApp, provider: Provider) -> Iterator[Bridge]:
    """The bridge, whose Telegram bot has a token to fetch files with."""
    with bridge(make_app, KINBOX_PROVIDER_URL=provider.url) as running:
        account = {**TELEGRAM, "secrets": {"secret_token": "hook-secret", "bot_token": BOT_TOKEN}}
        with running.app.app_context(), transaction(write=True) as connection:
            at = datetime.now(UTC)
            services().channels.ensure(connection, running.workspace.app_id, name="Shop", at=at, **account)  # type: ignore[arg-type]  # a test
        yield running


def attached(conversation: Json) -> list[tuple[str, str]]:
    """Name and type of each file in the conversation, its first message included."""
    parts = conversation["conversation_parts"]["conversation_parts"]
    return [(one["name"], one["content_type"]) for part in parts for one in part["attachments"]]


def test_a_picture_with_a_caption_starts_a_conversation_and_follows_in_it(bridged: Bridge, provider: Provider) -> None:
    provider.serve_photo()
    bridged.telegram(None, caption="Is this the one?", **PHOTO)
    bridged.work()
    [conversation] = bridged.workspace.list_conversations()
    assert bodies(conversation) == ["<p>Is this the one?</p>", "<p>attachment.png</p>"]
    assert attached(conversation) == [("attachment.png", "image/png")]
    assert [path for path, _ in provider.asked] == [GET_FILE, FILE]


def test_a_picture_goes_into_the_open_conversation(bridged: Bridge, provider: Provider) -> None:
    provider.serve_photo()
    bridged.telegram("Hello")
    bridged.telegram(None, **PHOTO)
    bridged.work()
    [conversation] = bridged.workspace.list_conversations()
    assert bodies(conversation) == ["<p>Hello</p>", "<p>attachment.png</p>"]
    assert attached(conversation) == [("attachment.png", "image/png")]


def test_a_file_from_whatsapp_is_fetched_in_two_steps_with_the_account_s_token(
    bridged: Bridge, provider: Provider
) -> None:
    caller = connect(bridged, "whatsapp", access_token="graph-token")
    place = "/graph.facebook.com/v25.0/991234"
    at = "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=991234"
    provider.answers[place] = (200, "application/json", f'{{"url": "{at}", "id": "991234"}}'.encode())
    provider.answers["/" + at.removeprefix("https://")] = (200, "application/pdf", b"%PDF-1.7")
    caller.send(type="document", document={"id": "991234", "mime_type": "application/pdf", "filename": "Invoice.pdf"})
    bridged.work()
    [conversation] = bridged.workspace.list_conversations()
    assert attached(conversation) == [("Invoice.pdf", "application/pdf")]
    assert {token for _, token in provider.asked} == {"Bearer graph-token"}


@pytest.mark.parametrize(
    ("status", "content", "why"),
    [
        (200, b"\x00" * (MAX_MEDIA_BYTES + 1), "it is larger than Kinbox fetches"),
        (404, b"", "the provider does not have it any more"),
        (403, b"", "the provider does not let us have it"),
    ],
    ids=["too big", "expired", "forbidden"],
)
def test_a_file_that_cannot_be_had_is_told_with_the_reason(
    status: int, content: bytes, why: str, bridged: Bridge, provider: Provider
) -> None:
    provider.serve_photo(content, status=status)
    bridged.telegram(None, caption="Look", **PHOTO)
    bridged.work()
    [conversation] = bridged.workspace.list_conversations()
    [body] = bodies(conversation)
    assert body.startswith("<p>Look<br>") or body.startswith("<p>Look\n"), body
    assert f"[image - {why}" in body
    assert attached(conversation) == []


def test_a_provider_that_is_down_is_waited_for_and_then_told(bridged: Bridge, provider: Provider) -> None:
    provider.answers[GET_FILE] = (503, "text/plain", b"")
    bridged.telegram(None, caption="Look", **PHOTO)
    for _ in range(3):
        bridged.work()
        assert bridged.events() == [("waiting", "media_not_ready")]
        assert bridged.threads() == []
        bridged.hurry()
    bridged.work()
    [[body]] = bridged.threads()
    assert "[image - the provider cannot be reached or is busy]" in body
    assert bridged.events() == [("done", None)]


def test_a_file_that_intercom_does_not_take_is_told_in_words(bridged: Bridge, provider: Provider) -> None:
    provider.serve_photo()
    bridged.telegram("Hello")
    bridged.work()
    bridged.workspace.faults.add("status", status=422, path="/conversations/*/reply", count=1)
    bridged.telegram(None, caption="Look", **PHOTO)
    bridged.work()
    [[_, body]] = bridged.threads()
    assert "Look" in body
    assert "[image - Intercom did not take the file]" in body
    assert bridged.events() == [("done", None), ("done", None)]


def test_without_a_token_the_file_is_told_in_words(bridged: Bridge, provider: Provider) -> None:
    connect(bridged, "whatsapp").send(type="image", image={"id": "991234", "mime_type": "image/jpeg"})
    bridged.work()
    assert bridged.threads() == [["<p>[image]</p>"]]
    assert provider.asked == []
