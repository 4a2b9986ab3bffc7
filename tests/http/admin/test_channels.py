"""Channels in the browser: add, connect, rename, other secrets, pause, remove. No secret is ever shown again."""

from __future__ import annotations

from html import unescape

import pytest
from flask import Flask

from app.channels.registry import adapters
from app.services import services
from app.storage import audit
from app.storage.channels import StoredAccount
from app.storage.database import transaction
from tests.admin_driver import Browser
from tests.http.admin.conftest import ACME
from tests.http.admin.scene import furnish

SECRET = "s3cret-of-the-provider"
TELEGRAM = {"name": "Shop <bot>", "address": "5012345678", "secret.secret_token": SECRET}
SHAPED = {"signature_method": "SHA-256 HMAC signature", "encoding_aes_key": "k" * 43}
TWILIO = {"name": "Shop line", "address": "+35315550100", "secret.auth_token": SECRET}


@pytest.fixture
def rosa(browser: Browser) -> Browser:
    browser.sign_in(ACME.id)
    return browser


def accounts(app: Flask) -> tuple[StoredAccount, ...]:
    with app.app_context(), transaction() as connection:
        listed = services().channels.list(connection, workspace_id=ACME.id)
        found = [services().channels.get(connection, one.id) for one in listed]
    return tuple(one for one in found if one is not None)


def only(app: Flask) -> StoredAccount:
    [account] = accounts(app)
    return account


def added(app: Flask, browser: Browser, slug: str, fields: dict[str, str]) -> str:
    answer = browser.post(f"/admin/channels/add/{slug}", fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def trail(app: Flask) -> list[str]:
    with app.app_context(), transaction() as connection:
        return [one.action for one in audit.of_workspace(connection, ACME.id)]


def test_a_channel_is_added_and_its_page_says_what_to_do_next(kinbox: Flask, rosa: Browser) -> None:
    assert "No channel is connected yet" in rosa.get("/admin/channels").text
    assert "/admin/channels/add/telegram" in rosa.get("/admin/channels/add").text
    page = rosa.get(added(kinbox, rosa, "telegram", TELEGRAM)).text
    account = only(kinbox)
    assert account.secrets == {"secret_token": SECRET}
    assert account.webhook_path in page
    assert "Shop &lt;bot&gt; is added" in page
    assert "setWebhook" in page
    assert SECRET not in page
    assert trail(kinbox) == ["channel_added"]
    assert "added the channel Shop &lt;bot&gt; (telegram)." in rosa.get("/admin/activity").text


@pytest.mark.parametrize("slug", list(adapters()))
def test_every_provider_has_a_form_with_all_its_secrets(rosa: Browser, slug: str) -> None:
    page = unescape(rosa.get(f"/admin/channels/add/{slug}").text)
    adapter = adapters()[slug]
    assert adapter.address_hint in page
    for secret in adapter.secrets:
        assert f'name="secret.{secret.name}" type="password" value=""' in page
        assert secret.hint[1:] in page
    assert ('name="country"' in page) == (adapter.identified_by == "phone")


@pytest.mark.parametrize("slug", list(adapters()))
def test_every_provider_has_its_steps_on_the_account_s_page(kinbox: Flask, rosa: Browser, slug: str) -> None:
    secrets = {f"secret.{one.name}": SHAPED.get(one.name, SECRET) for one in adapters()[slug].secrets}
    page = unescape(rosa.get(added(kinbox, rosa, slug, {"address": "12345", "country": "IE", **secrets})).text)
    webhook = f"https://YOUR-KINBOX{only(kinbox).webhook_path}"
    for step in adapters()[slug].setup:
        assert step.text in page
        assert step.sample_for(webhook) in page
    assert SECRET not in page


def test_what_is_missing_is_told_beside_its_field_and_the_rest_is_kept(kinbox: Flask, rosa: Browser) -> None:
    fields = {"name": 'Shop "line"', "address": "", "country": "IE", "secret.account_sid": SECRET}
    answer = rosa.post("/admin/channels/add/twilio", fields)
    assert answer.status_code == 422
    page = answer.text
    assert 'id="address-fault"' in page
    assert 'id="secret.auth_token-fault"' in page
    assert 'value="Shop &#34;line&#34;"' in page
    assert 'value="IE"' in page
    assert SECRET not in page
    assert accounts(kinbox) == ()


def test_the_first_phone_channel_needs_a_country(kinbox: Flask, rosa: Browser) -> None:
    answer = rosa.post("/admin/channels/add/twilio", TWILIO)
    assert answer.status_code == 422
    assert 'id="country-fault"' in answer.text
    answer = rosa.post("/admin/channels/add/twilio", {**TWILIO, "country": "Ireland"})
    assert "two-letter ISO code" in answer.text
    added(kinbox, rosa, "twilio", {**TWILIO, "country": "ie"})
    assert only(kinbox).country == "IE"


def test_an_address_that_is_there_already_is_named(kinbox: Flask, rosa: Browser) -> None:
    added(kinbox, rosa, "twilio", {**TWILIO, "country": "IE"})
    answer = rosa.post("/admin/channels/add/twilio", {**TWILIO, "address": "00353 1 555 0100", "country": "IE"})
    assert answer.status_code == 422
    assert "has this address already, as Shop line" in answer.text


def test_an_unknown_provider_is_not_found(rosa: Browser) -> None:
    assert rosa.get("/admin/channels/add/fax").status_code == 404
    assert rosa.post("/admin/channels/add/fax", TELEGRAM).status_code == 404


def test_a_channel_is_renamed(kinbox: Flask, rosa: Browser) -> None:
    place = added(kinbox, rosa, "telegram", TELEGRAM)
    assert rosa.post(f"{place}/rename", {"name": "Support"}).headers["Location"] == place
    assert only(kinbox).name == "Support"
    answer = rosa.post(f"{place}/rename", {"name": "x" * 201})
    assert answer.status_code == 422
    assert 'id="name-fault"' in answer.text
    assert "x" * 201 in answer.text
    assert only(kinbox).name == "Support"


def test_secrets_are_replaced_one_by_one_and_never_shown(kinbox: Flask, rosa: Browser) -> None:
    place = added(kinbox, rosa, "telegram", {**TELEGRAM, "secret.bot_token": SECRET})
    rosa.post(f"{place}/secrets", {"secret.secret_token": "another-one", "secret.bot_token": " "})
    assert only(kinbox).secrets == {"secret_token": "another-one", "bot_token": SECRET}
    page = rosa.get(place).text
    assert "Saved: Secret token." in page
    assert "Secret token (is set)" in page
    assert "another-one" not in page
    assert SECRET not in page
    answer = rosa.post(f"{place}/secrets", {"secret.unheard_of": "another-one"})
    assert answer.status_code == 422
    assert "another-one" not in answer.text


def test_a_channel_is_paused_and_goes_on(kinbox: Flask, rosa: Browser) -> None:
    place = added(kinbox, rosa, "telegram", TELEGRAM)
    rosa.post(f"{place}/pause")
    assert only(kinbox).paused_at is not None
    assert "Paused" in rosa.get("/admin/channels").text
    assert "Let it go on" in rosa.get(place).text
    rosa.post(f"{place}/resume")
    assert only(kinbox).paused_at is None
    assert trail(kinbox) == ["channel_resumed", "channel_paused", "channel_added"]


def test_a_channel_is_removed_after_a_question(kinbox: Flask, rosa: Browser) -> None:
    place = added(kinbox, rosa, "telegram", TELEGRAM)
    question = rosa.get(f"{place}/remove").text
    assert "Remove Shop &lt;bot&gt;?" in question
    assert len(accounts(kinbox)) == 1
    assert rosa.post(f"{place}/remove").headers["Location"] == "/admin/channels"
    assert accounts(kinbox) == ()
    assert "Shop &lt;bot&gt; is removed" in rosa.get("/admin/channels").text
    assert rosa.get(place).status_code == 404


def test_the_list_tells_how_each_channel_does(kinbox: Flask, rosa: Browser) -> None:
    scene = furnish(kinbox, ACME)
    page = rosa.get("/admin/channels").text
    assert "Has failed events" in page
    assert "The provider sent something unreadable" in page
    assert "22 Nov 2026, 09:05" in page
    assert f"secret-{scene.mark}" not in page
    one = rosa.get(f"/admin/channels/{scene.account_id}").text
    assert f"secret-{scene.mark}" not in one
    assert "flask --app" not in one
