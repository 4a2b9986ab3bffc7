"""What the stand-ins serve: files and profiles, to those who may have them."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.sandbox.providers.base import Account, Person
from app.sandbox.providers.book import Book
from app.sandbox.providers.picture import armchair
from app.sandbox.providers.registry import PROVIDERS
from app.sandbox.providers.server import create_providers

PICTURE = "1795300001"


@pytest.fixture
def book() -> Book:
    made = Book([Person(channel="messenger", id="7719002233445566", name="Ava Lind")])
    made.open(
        Account(
            slug=slug,
            name="Shop",
            address="7712345678",
            secrets=provider.new_secrets("7712345678"),
            webhook_url="http://127.0.0.1/",
        )
        for slug, provider in PROVIDERS.items()
    )
    made.wrote(Person(channel="line", id="U" + "0" * 32, name="Mei Tan"), PICTURE)
    return made


@pytest.fixture
def provider(book: Book) -> FlaskClient:
    return create_providers(book).test_client()


def bearer(book: Book, slug: str, name: str = "access_token") -> dict[str, str]:
    return {"Authorization": f"Bearer {book.accounts[slug].secrets[name]}"}


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"}


def test_telegram_names_a_file_and_serves_it_to_the_bot_only(provider: FlaskClient, book: Book) -> None:
    token = book.accounts["telegram"].secrets["bot_token"]
    named = provider.get(f"/api.telegram.org/bot{token}/getFile?file_id=AgACAgQAAxkBAAIPsm8x{PICTURE}")
    assert named.json is not None
    path = named.json["result"]["file_path"]
    assert provider.get(f"/api.telegram.org/file/bot{token}/{path}").data == armchair().content
    assert provider.get(f"/api.telegram.org/bot1:other/getFile?file_id=x{PICTURE}").status_code == 401
    assert provider.get(f"/api.telegram.org/file/bot1:other/{path}").status_code == 401
    assert provider.get(f"/api.telegram.org/bot{token}/getFile?file_id=x1").status_code == 400


def test_whatsapp_tells_where_a_file_is_and_wants_its_token_twice(provider: FlaskClient, book: Book) -> None:
    asked = f"/graph.facebook.com/v25.0/118442{PICTURE}"
    assert provider.get(asked).status_code == 401
    told = provider.get(asked, headers=bearer(book, "whatsapp")).json
    assert told is not None
    assert told["file_size"] == len(armchair().content)
    place = told["url"].removeprefix("https:/")
    assert provider.get(place).status_code == 401
    assert provider.get(place, headers=bearer(book, "whatsapp")).data == armchair().content


def test_a_profile_is_told_to_the_pages_own_token(provider: FlaskClient, book: Book) -> None:
    asked = "/graph.facebook.com/v25.0/7719002233445566?fields=name,first_name,last_name"
    told = provider.get(asked, headers=bearer(book, "messenger")).json
    assert told == {"name": "Ava Lind", "first_name": "Ava", "last_name": "Lind", "id": "7719002233445566"}
    assert provider.get(asked, headers=bearer(book, "instagram")).status_code == 401
    unknown = provider.get("/graph.facebook.com/v25.0/123456", headers=bearer(book, "messenger"))
    assert unknown.status_code == 400


def test_line_serves_profile_and_content_with_a_token(provider: FlaskClient, book: Book) -> None:
    token = bearer(book, "line", "channel_access_token")
    profile = f"/api.line.me/v2/bot/profile/U{'0' * 32}"
    content = f"/api-data.line.me/v2/bot/message/58001{PICTURE}/content"
    told = provider.get(profile, headers=token).json
    assert told is not None
    assert told["displayName"] == "Mei Tan"
    assert provider.get(content, headers=token).data == armchair().content
    assert [provider.get(path).status_code for path in (profile, content)] == [401, 401]


def test_twilio_wants_the_accounts_name_and_password_and_sends_on(provider: FlaskClient, book: Book) -> None:
    secrets = book.accounts["twilio"].secrets
    sid = secrets["account_sid"]
    media = f"ME{PICTURE.zfill(32)}"
    asked = f"/api.twilio.com/2010-04-01/Accounts/{sid}/Messages/MM1/Media/{media}"
    assert provider.get(asked, headers=basic(sid, "wrong")).status_code == 401
    sent_on = provider.get(asked, headers=basic(sid, secrets["auth_token"]))
    assert (sent_on.status_code, sent_on.headers["Location"]) == (307, f"https://mms.twiliocdn.com/{sid}/{media}")
    assert provider.get(f"/mms.twiliocdn.com/{sid}/{media}").data == armchair().content


@pytest.mark.parametrize(
    "path",
    [
        f"/scontent.xx.fbcdn.net/v/t1.15752-9/{PICTURE}.png",
        f"/scontent.cdninstagram.com/v/t1.15752-9/{PICTURE}.png",
        f"/dl-media.viber.com/1/share/2/long/vibes/icon/image/0x0/4fa1/{PICTURE}.png",
        f"/mmbiz.qpic.cn/mmbiz_jpg/{PICTURE}/0",
        f"/api-us.nexmo.com/v3/media/6c0ab8d1-3f54-4a3e-8d5b/{PICTURE}",
        f"/media.messagebird.com/v1/media/{PICTURE}.png",
    ],
)
def test_an_address_that_cannot_be_guessed_is_enough(provider: FlaskClient, path: str) -> None:
    assert provider.get(path).data == armchair().content
    assert provider.get(path.replace(PICTURE, "1795300002")).status_code == 404


def test_nobody_is_at_home_at_other_hosts(provider: FlaskClient) -> None:
    assert provider.get(f"/files.example/{PICTURE}.png").status_code == 404


def test_no_message_has_the_number_of_one_before_a_restart(tmp_path: Path) -> None:
    """Within a second the numbers run ahead of the clock, and Kinbox takes each number once."""
    path = tmp_path / "phones.json"
    before = [Book(path=path).next_number(1_000)]
    book = Book(path=path)
    before += [book.next_number(1_000) for _ in range(5)]
    after = Book(path=path).next_number(1_002)
    assert before == [1_000, 1_001, 1_002, 1_003, 1_004, 1_005]
    assert after == 1_006
