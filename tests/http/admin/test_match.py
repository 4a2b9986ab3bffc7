"""Who would match, asked in the browser: the answer in words, and nothing changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import responses
from flask import Flask

from tests.admin_driver import Browser
from tests.http.admin.conftest import ACME
from tests.http.admin.scene import Furnished, furnish, rows_of

EU = "https://api.eu.intercom.io"
IVY = {"type": "contact", "id": "ivy1", "role": "user", "phone": "+35315550123", "custom_attributes": {}}
TWIN = {**IVY, "id": "ivy2", "role": "lead"}
Found = Callable[..., None]


@pytest.fixture
def intercom() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def found(intercom: responses.RequestsMock) -> Found:
    def found(*contacts: object) -> None:
        answer = {"type": "list", "data": list(contacts), "total_count": len(contacts), "pages": {"type": "pages"}}
        intercom.post(f"{EU}/contacts/search", json=answer)

    return found


@pytest.fixture
def scene(kinbox: Flask, browser: Browser) -> Furnished:
    browser.sign_in(ACME.id)
    return furnish(kinbox, ACME)


def test_a_match_is_told_with_its_rule_and_the_runners_up(
    kinbox: Flask, browser: Browser, scene: Furnished, found: Found
) -> None:
    found(IVY, TWIN)
    before = rows_of(kinbox, ACME.id)
    page = browser.post("/admin/match", {"channel": "twilio", "sender": "+353 1 555 0123"}).text
    assert "The user ivy1 would match" in page
    assert "The contact has the phone +35315550123" in page
    assert "ivy2" in page
    assert "https://app.eu.intercom.com/" in page
    assert rows_of(kinbox, ACME.id) == before


def test_a_stored_link_is_told_as_such(browser: Browser, scene: Furnished, intercom: responses.RequestsMock) -> None:
    intercom.get(f"{EU}/contacts/{scene.contact_id}", json={**IVY, "id": scene.contact_id})
    fields = {"channel": str(scene.account_id), "sender": f"sender-{scene.mark}"}
    page = browser.post("/admin/match", fields).text
    assert f"The user {scene.contact_id} would match" in page
    assert "Stored link. This sender is linked to the contact already" in page


def test_nobody_is_told_in_words(browser: Browser, scene: Furnished, found: Found) -> None:
    found()
    page = browser.post("/admin/match", {"channel": str(scene.account_id), "sender": "5201340987"}).text
    assert "Nobody would match" in page
    assert "would make a new lead" in page


@pytest.mark.parametrize(
    ("fields", "at", "words"),
    [
        ({"channel": "twilio", "sender": ""}, "sender", "A sender has 1 to 200"),
        ({"channel": "fax", "sender": "1"}, "channel", "Choose one of the channels"),
        ({"channel": "99999", "sender": "1"}, "channel", "Choose one of the channels"),
        ({"channel": "twilio", "sender": "US.1", "phone": "soon"}, "phone", "This is no phone number"),
        ({"channel": "telegram", "sender": "1", "phone": "+35315550123"}, "phone", "leave the phone out"),
        ({"channel": "twilio", "sender": "1", "alias": "\x07"}, "alias", "A sender has 1 to 200"),
    ],
)
def test_a_fault_is_told_beside_its_field_and_what_was_typed_is_kept(
    browser: Browser, scene: Furnished, fields: dict[str, str], at: str, words: str
) -> None:
    answer = browser.post("/admin/match", fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'id="{at}-fault"' in answer.text
    assert f'value="{fields["sender"]}"' in answer.text


def test_intercom_s_refusal_is_told(browser: Browser, scene: Furnished, intercom: responses.RequestsMock) -> None:
    intercom.post(f"{EU}/contacts/search", status=401, json={"errors": [{"code": "unauthorized"}]})
    answer = browser.post("/admin/match", {"channel": "twilio", "sender": "+35315550123"})
    assert answer.status_code == 503
    assert "no longer accepts this workspace&#39;s access token" in answer.text


def test_what_was_typed_stays_text(browser: Browser, scene: Furnished, found: Found) -> None:
    found()
    page = browser.post("/admin/match", {"channel": "telegram", "sender": '"><script>alert(1)</script>'}).text
    assert "<script" not in page
